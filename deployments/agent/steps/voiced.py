"""Speaks a step's reply and records a failure of the voice."""

from __future__ import annotations

from deployments.agent.journal.stage_times import StageTimes
from deployments.agent.turn.runtime import Runtime
from deployments.agent.turn.speak import spoken_fallback
from interview.sessions.events import FallbackEntered
from interview.sessions.ledger import Ledger


async def voiced(runtime: Runtime, ledger: Ledger, text: str, *, turn: int, times: StageTimes) -> str | None:
    """The URL of the spoken ``text``; None without a voice.

    If the voice fails, the reply is text only and ``ledger`` records the failure. A substitute voice is recorded once.
    """
    state = ledger.state
    with times.stage("tts"):
        spoken = await runtime.speaker.speak(
            text, tenant=state.tenant, interview_id=state.interview_id, turn=turn, language=state.language
        )
    if (fallback := spoken_fallback(state, turn, spoken)) is not None:
        ledger.record(fallback)
    return spoken.audio.url if spoken.audio else None


def fallbacks_of(ledger: Ledger) -> tuple[FallbackEntered, ...]:
    """The fallbacks recorded by a step, for its reply."""
    return tuple(event.data for event in ledger.events if isinstance(event.data, FallbackEntered))
