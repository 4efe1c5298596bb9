"""The models of the inference tier, and their OpenAI aliases."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Literal

from msgspec import Struct

from deployments.llm.contract import LanguageModel
from deployments.stt.contract import SpeechToText
from deployments.tts.contract import TextToSpeech
from interview.errors import InterviewError, NotFound

Tier = Literal["llm", "stt", "tts"]

#: OpenAI's model names; the tier's own model answers for them.
OPENAI_NAMES: dict[Tier, tuple[str, ...]] = {
    "llm": (),
    "stt": ("whisper-1", "gpt-4o-transcribe", "gpt-4o-mini-transcribe", "gpt-transcribe"),
    "tts": ("tts-1", "tts-1-hd", "gpt-4o-mini-tts"),
}

HOW_TO_CONFIGURE: dict[Tier, str] = {
    "llm": "No language model is configured here: set llm.engine in the Serve configuration.",
    "stt": "No speech-to-text tier is deployed here.",
    "tts": "No text-to-speech tier is deployed here.",
}


class ServedModel(Struct, frozen=True):
    """One model name for requests. ``root`` is the answering model when ``id`` is one of OpenAI's names."""

    id: str
    tier: Tier
    engine: str
    root: str
    notice: str | None = None

    def listed(self, created: int) -> dict[str, Any]:
        """OpenAI's ``model`` object, with ``root``, ``tier``, ``engine`` and ``notice`` added."""
        return {
            "id": self.id,
            "object": "model",
            "created": created,
            "owned_by": "interview",
            "root": self.root,
            "tier": self.tier,
            "engine": self.engine,
            "notice": self.notice,
        }


class Catalogue:
    """The models of the running tiers; None means that a tier is not deployed.

    An audio tier's models do not change while it runs, so they are queried once.
    """

    def __init__(self, stt: SpeechToText | None, llm: LanguageModel | None, tts: TextToSpeech | None) -> None:
        self._ask: dict[Tier, Callable[[], Awaitable[list[ServedModel]]]] = {}
        if llm is not None:
            self._ask["llm"] = lambda: _llm_models(llm)
        if stt is not None:
            self._ask["stt"] = lambda: _stt_models(stt)
        if tts is not None:
            self._ask["tts"] = lambda: _tts_models(tts)
        self._known: dict[Tier, list[ServedModel]] = {}

    async def models(self) -> tuple[list[ServedModel], dict[Tier, InterviewError]]:
        """Every model name, and the tiers that could not be queried, with the reason."""
        tiers = list(self._ask)
        found = await asyncio.gather(*(self._of(tier) for tier in tiers), return_exceptions=True)
        models: list[ServedModel] = []
        unavailable: dict[Tier, InterviewError] = {}
        for tier, answer in zip(tiers, found, strict=True):
            if isinstance(answer, InterviewError):
                unavailable[tier] = answer
            elif isinstance(answer, BaseException):
                raise answer
            else:
                models += answer
        return models, unavailable

    async def find(self, id: str) -> ServedModel:
        """The model called ``id``.

        Raises:

            NotFound: no tier has it, and all tiers answered.
            InterviewError: no answering tier has it, but one could not be queried.
        """
        models, unavailable = await self.models()
        for model in models:
            if model.id == id:
                return model
        for error in unavailable.values():
            raise error
        raise unknown_model(id, [model.id for model in models])

    async def check(self, tier: Tier, id: str) -> ServedModel:
        """The model ``id`` of one tier.

        Raises:

            NotFound: the tier is not deployed (the message says how to configure it), or serves no such model (the
                message lists its models).
        """
        if tier not in self._ask:
            raise no_model_served(tier)
        models = await self._of(tier)
        for model in models:
            if model.id == id:
                return model
        raise unknown_model(id, [model.id for model in models])

    async def _of(self, tier: Tier) -> list[ServedModel]:
        known = self._known.get(tier)
        if known is None:
            known = await self._ask[tier]()
            if tier != "llm":  # a remote server's models may change
                self._known[tier] = known
        return known


def no_model_served(tier: Tier) -> NotFound:
    """OpenAI's ``model_not_found`` (404) for every model of a tier that is not deployed."""
    detail = {"tier": tier, "fields": {"model": "no model is served"}, "openai_code": "model_not_found"}
    return NotFound(HOW_TO_CONFIGURE[tier], detail=detail)


def unknown_model(id: str, choices: list[str]) -> NotFound:
    text = f"The model {id[:100]!r} does not exist here; choose one of: {', '.join(choices) or 'none'}."
    return NotFound(text, detail={"fields": {"model": "unknown"}, "openai_code": "model_not_found"})


def _named(tier: Tier, root: str, engine: str, notice: str | None) -> list[ServedModel]:
    return [ServedModel(id, tier, engine, root, notice) for id in dict.fromkeys((root, *OPENAI_NAMES[tier]))]


async def _llm_models(llm: LanguageModel) -> list[ServedModel]:
    info = await llm.info()
    return [ServedModel(id, "llm", info.engine, id, info.notice) for id in info.models]


async def _stt_models(stt: SpeechToText) -> list[ServedModel]:
    info = await stt.info()
    return _named("stt", info.model, info.name, info.notice)


async def _tts_models(tts: TextToSpeech) -> list[ServedModel]:
    info = await tts.info()
    # "espeak-ng 1.52.0" is an engine and its version; a model's name has no space.
    return _named("tts", info.name.split()[0], info.name, info.notice)
