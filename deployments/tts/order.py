"""A validated request: the text, the voice, and the cache key of its result."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from deployments.tts.cache import SpeechKey
from deployments.tts.config import TtsConfig
from deployments.tts.contract import CONTENT_TYPES, AudioFormat, SynthesisRequest
from deployments.tts.engines.port import VoiceEngine
from deployments.tts.utterance import SpokenUnit, units_of
from interview.errors import InvalidInput


class Order(NamedTuple):
    units: list[SpokenUnit]
    voice: str
    language: str
    key: SpeechKey
    format: AudioFormat
    speed: float
    continues: bool


class Orders:
    """Validates requests against the configuration and the engine's voices."""

    def __init__(self, config: TtsConfig, engine: VoiceEngine) -> None:
        self._config = config
        self._engine = engine
        offered = config.voice_aliases if config.voice_aliases is not None else engine.openai_voices
        self.aliases: Mapping[str, str] = {
            name: voice for name, voice in offered.items() if engine.resolve(voice, "en") is not None
        }

    def checked(self, request: SynthesisRequest) -> Order:
        """Raises InvalidInput; the message names the wrong field and the choices."""
        config = self._config
        if len(request.text) > config.max_characters:
            raise InvalidInput(
                f"The text has {len(request.text)} characters; at most {config.max_characters} can be spoken at once.",
                detail={"fields": {"input": f"longer than {config.max_characters} characters"}},
            )
        if not config.min_speed <= request.speed <= config.max_speed:
            raise InvalidInput(
                f"Speed {request.speed:g} is outside {config.min_speed:g} to {config.max_speed:g}.",
                detail={"fields": {"speed": f"must be within {config.min_speed:g} to {config.max_speed:g}"}},
            )
        if request.format not in CONTENT_TYPES:
            raise InvalidInput(
                f"Audio format {request.format!r} is not offered; choose one of {', '.join(CONTENT_TYPES)}.",
                detail={"fields": {"response_format": "not offered"}},
            )
        pause_s = config.pause_s / request.speed
        units = units_of(request.text, request.language, pause_s=pause_s)
        if not units:
            raise InvalidInput("There is no text to speak.", detail={"fields": {"input": "has no words"}})
        if request.continues:
            units[0] = units[0]._replace(pause_s=pause_s)
        voice = self.voice(request.voice, request.language)
        key = SpeechKey(
            engine=self._engine.version(voice),
            voice=voice,
            format=request.format,
            speed=request.speed,
            language=request.language,
            continues=request.continues,
            text=request.text,
        )
        return Order(units, voice, request.language, key, request.format, request.speed, request.continues)

    def voice(self, name: str | None, language: str) -> str:
        """The engine's voice for a request. Raises InvalidInput."""
        wanted = self.aliases.get(name, name) if name else None
        voice = self._engine.resolve(wanted, language)
        if voice is not None:
            return voice
        if name is None:
            raise InvalidInput(
                f"{self._engine.name} has no voice for the language {language!r}.",
                detail={"fields": {"language": "no voice speaks it"}},
            )
        native = [other for other in self._engine.voices() if other.split("-")[0] == language.split("-")[0].lower()]
        choices = sorted({*self.aliases, *(native or self._engine.voices())})
        raise InvalidInput(
            f"Unknown voice {name!r}. Choose one of: {', '.join(choices)}.",
            detail={"fields": {"voice": "unknown"}, "choices": choices},
        )
