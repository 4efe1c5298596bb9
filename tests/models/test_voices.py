"""Real neural voices: what they say is heard, first audio comes with the first clause, English only is theirs."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from deployments.tts.config import TtsConfig
from deployments.tts.service import TtsService

pytestmark = pytest.mark.models

TEXT = (
    "Thank you, that was clear. How would you find out whether a cache makes a slow page faster? "
    "Take the numbers before and after, and compare them with what the database reports."
)


@pytest.fixture(scope="module", params=["auto", "piper"])
async def voice(request: pytest.FixtureRequest) -> AsyncIterator[TtsService]:
    service = TtsService(TtsConfig(engine=request.param, deadline_s=120))
    yield service
    await service.close()
