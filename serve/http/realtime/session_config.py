"""The settings of a realtime session: defaults, a client's changes, and the object that clients are shown.

Clients of other servers send settings that have no meaning here (a model's name, instructions, tools). They are
accepted and have no effect: the interview's plan decides what is said. The session object shows the settings in force.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

import msgspec
from msgspec import Struct

from serve.http.realtime.audio_formats import AudioFormat, Pcm
from serve.http.realtime.faults import Fault

MODEL = "interview"
VOICE = "default"

Eagerness = Literal["low", "medium", "high", "auto"]


class Transcription(Struct, frozen=True):
    """Shown only: the speech-to-text tier is the server's. ``model`` is a string, as Pipecat requires."""

    model: str = MODEL
    language: str | None = None
    prompt: str | None = None


class ServerVad(Struct, frozen=True, tag_field="type", tag="server_vad"):
    """``silence_duration_ms``: a plain silence rule in place of the profile of the question's type."""

    threshold: float = 0.5
    prefix_padding_ms: int = 300
    silence_duration_ms: int | None = None
    idle_timeout_ms: int | None = None
    create_response: bool = True
    interrupt_response: bool = True

    def __post_init__(self) -> None:
        _bounded("threshold", self.threshold, 0.05, 0.95)
        _bounded("prefix_padding_ms", self.prefix_padding_ms, 0, 2_000)
        _bounded("silence_duration_ms", self.silence_duration_ms, 100, 20_000)


class SemanticVad(Struct, frozen=True, tag_field="type", tag="semantic_vad"):
    """``eagerness`` scales the profile of the question's type."""

    eagerness: Eagerness = "auto"
    create_response: bool = True
    interrupt_response: bool = True


TurnDetection = ServerVad | SemanticVad


class InputAudio(Struct, frozen=True):
    format: AudioFormat = Pcm()
    transcription: Transcription | None = Transcription()
    noise_reduction: dict[str, Any] | None = None
    turn_detection: TurnDetection | None = SemanticVad()


class OutputAudio(Struct, frozen=True):
    format: AudioFormat = Pcm()
    voice: str = VOICE
    speed: float = 1.0


class Audio(Struct, frozen=True):
    input: InputAudio = InputAudio()
    output: OutputAudio = OutputAudio()


class Display(Struct, frozen=True):
    """An extension of this server. ``shows_text``: the candidate reads each reply as well, so that an interruption of
    its audio leaves nothing unknown."""

    shows_text: bool = False


class SessionConfig(Struct, frozen=True):
    """The settings in force."""

    type: Literal["realtime"] = "realtime"
    model: str = MODEL
    output_modalities: tuple[Literal["audio", "text"], ...] = ("audio",)
    instructions: str = ""
    tools: tuple[Any, ...] = ()
    tool_choice: str = "auto"
    max_output_tokens: int | Literal["inf"] = "inf"
    tracing: None = None
    truncation: str = "auto"
    audio: Audio = Audio()
    interview: Display = Display()

    @property
    def speaks(self) -> bool:
        return "audio" in self.output_modalities

    def shown(self, session_id: str, expires_at: int) -> dict[str, Any]:
        """The session object of ``session.created`` and ``session.updated``."""
        return {**msgspec.to_builtins(self), "object": "realtime.session", "id": session_id, "expires_at": expires_at}


#: The fields that a client changes, as paths; every other field stays as it is.
_CHANGEABLE = (
    ("output_modalities",),
    ("audio", "input", "format"),
    ("audio", "input", "transcription"),
    ("audio", "input", "noise_reduction"),
    ("audio", "input", "turn_detection"),
    ("audio", "output", "format"),
    ("interview", "shows_text"),
)
_MISSING: Any = object()


def changed(config: SessionConfig, patch: Mapping[str, Any]) -> SessionConfig:
    """``config`` with a client's changes: objects are merged, null clears.

    Raises:

        Fault: a known field has a value that it cannot have; ``param`` is its path.
    """
    if not isinstance(patch, Mapping):
        raise Fault("invalid_value", "A session is an object.", "session")
    if patch.get("type", "realtime") != "realtime":
        raise Fault("invalid_value", "Only sessions of the type 'realtime' are served.", "session.type")
    merged: dict[str, Any] = msgspec.to_builtins(config)
    for path in _CHANGEABLE:
        value = _at(patch, path)
        if value is not _MISSING:
            # Pipecat sends false where the API has null
            _merge(merged, path, None if path[-1] == "turn_detection" and value is False else value)
    try:
        new = msgspec.convert(merged, SessionConfig)
    except msgspec.ValidationError as error:
        problem, _, where = str(error).partition(" - at `$")
        raise Fault("invalid_value", f"{problem}.", _param(merged, where, problem)) from error
    if set(new.output_modalities) not in ({"audio"}, {"text"}):
        raise Fault("invalid_value", 'Either ["audio"] or ["text"].', "session.output_modalities")
    return new


def _at(patch: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    found: Any = patch
    for place, name in enumerate(path):
        if found is None:
            return _MISSING
        if not isinstance(found, Mapping):
            raise Fault("invalid_value", "Expected an object.", ".".join(("session", *path[:place])))
        found = found.get(name, _MISSING)
        if found is _MISSING:
            return _MISSING
    return found


def _merge(merged: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for name in path[:-1]:
        merged = merged[name]
    before = merged[path[-1]]
    same_kind = isinstance(value, Mapping) and isinstance(before, dict)
    if same_kind and value.get("type", before.get("type")) == before.get("type"):
        value = {**before, **{name: one for name, one in value.items() if one is not None or name not in before}}
    elif isinstance(value, Mapping):
        value = {name: one for name, one in value.items() if one is not None}
    merged[path[-1]] = value


def _param(merged: dict[str, Any], where: str, problem: str) -> str:
    """The path of the wrong field; msgspec ends at the object when a tag is unknown or a bound is missed."""
    path = ".".join(("session", *re.findall(r"\w+", where)))
    named = re.match(r"`(\w+)`", problem)
    return f"{path}.{named[1]}" if named else path


def _bounded(name: str, value: float | None, least: float, most: float) -> None:
    if value is not None and not least <= value <= most:
        raise ValueError(f"`{name}` must be from {least:g} to {most:g}")
