"""Whether a candidate may speak: speech to text serves, and knows the language of the interview."""

from __future__ import annotations

import asyncio

from deployments.stt.contract import SpeechToText
from interview.errors import InterviewError

_ASKED_FOR_S = 2.0


async def hears(stt: SpeechToText | None, language: str) -> bool:
    """Whether recordings in ``language`` (a tag such as ``pt-BR``) are transcribed, as far as the tier tells. A tier
    that does not answer now may be back when the candidate speaks."""
    if stt is None:
        return False
    try:
        async with asyncio.timeout(_ASKED_FOR_S):
            known = (await stt.info()).languages
    except (InterviewError, TimeoutError):
        return True
    return not known or language.lower().partition("-")[0] in known
