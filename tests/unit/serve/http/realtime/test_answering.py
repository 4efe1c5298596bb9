"""A piece of audio that is refused leaves nothing behind: what the client sends after it sounds as without it."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import pytest

from deployments.stt.contract import Transcript
from interview.errors import EngineUnavailable
from serve.http.realtime.answering import Answering, AnsweringEvents
from serve.http.realtime.faults import Fault
from serve.http.settings import RealtimeSettings
from storage.sessions.port import SessionKey

KEY = SessionKey("acme", "i-1")
RNG = np.random.default_rng(1)
FIRST, REFUSED, SECOND = (RNG.bytes(count) for count in (9_601, 48_001, 9_599))


class Silent:
    """Stands for what announces and prepares; nothing is prepared."""

    def __getattr__(self, name: str) -> Any:
        return lambda *_, **__: None


async def unheard(_samples: Any) -> Transcript:
    raise EngineUnavailable("Nobody listens.")


def answering(settings: RealtimeSettings) -> Answering:
    events = AnsweringEvents(
        spoke=lambda: None, interrupted=lambda _goes_on: None, ready=lambda: None, nothing=lambda: None
    )
    quiet: Any = Silent()
    return Answering(settings, None, unheard, unheard, quiet, lambda _event: None, quiet, events)


def send(one: Answering, data: bytes) -> None:
    one.append(base64.b64encode(data).decode())


def recording(one: Answering) -> bytes | None:
    one.commit()
    return one.taken().request(KEY, speaks=False).audio


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        (RealtimeSettings(audio_rate=1e-6, audio_burst_s=0.5), "rate_limit_exceeded"),
        (RealtimeSettings(max_answer_s=0.5), "input_audio_buffer_full"),
    ],
    ids=["too fast", "too long"],
)
def test_a_refused_piece_leaves_nothing_behind(settings: RealtimeSettings, code: str) -> None:
    refusing, plain = answering(settings), answering(RealtimeSettings())
    send(refusing, FIRST)
    with pytest.raises(Fault) as refused:
        send(refusing, REFUSED)
    assert refused.value.code == code
    send(refusing, SECOND)
    for piece in (FIRST, SECOND):
        send(plain, piece)
    assert recording(refusing) == recording(plain)
