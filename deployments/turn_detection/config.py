"""Configuration of turn detection: section ``turn_detection`` of a Serve config."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct


class TurnDetectionConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """``end_of_turn``: ``auto`` uses the model if its weights are installed, else a rule on silence alone, which
    ``interview doctor``, ``/status`` and every session say; ``model`` fails without the weights; ``silence`` is the
    rule."""

    end_of_turn: Literal["auto", "model", "silence"] = "auto"
    model: str = "smart-turn-v3.2"
    #: Threads of the end-of-turn model, in one ingress replica.
    threads: int = 1
