"""Whether a candidate may speak is what speech to text tells of the interview's language."""

from __future__ import annotations

import pytest

from deployments.stt.contract import EngineInfo
from deployments.stt.engines.fake import FakeSpeechToText
from interview.errors import EngineUnavailable
from serve.http.interviews.heard_languages import hears


class Ears(FakeSpeechToText):
    def __init__(self, *languages: str, down: bool = False) -> None:
        super().__init__()
        self._languages, self._down = languages, down

    async def info(self) -> EngineInfo:
        if self._down:
            raise EngineUnavailable("The tier is down.")
        return EngineInfo("whisper", "w", languages=self._languages)


@pytest.mark.parametrize(
    ("ears", "language", "heard"),
    [
        (Ears("en"), "en-GB", True),
        (Ears("en"), "de", False),
        (Ears("en", "de"), "de-AT", True),
        (Ears(), "de", True),
        (Ears("en", down=True), "de", True),
        (None, "en", False),
    ],
    ids=["its-language", "another", "several", "unknown", "down", "none"],
)
async def test_a_candidate_may_speak_where_the_language_is_heard(ears: Ears | None, language: str, heard: bool) -> None:
    assert await hears(ears, language) is heard
