"""Chooses the encoder window: Whisper's fixed 30 s dominates the cost of a short answer on a CPU."""

from __future__ import annotations

import math

from msgspec.structs import replace

from deployments.stt.audio.vad import Segmentation
from deployments.stt.config import SttConfig
from deployments.stt.engines.model_profile import ModelProfile

FULL_WINDOW_S = 30.0
FRAMES_PER_S = 100
FULL_WINDOW_FRAMES = int(FULL_WINDOW_S * FRAMES_PER_S)


def windows_for(config: SttConfig, profile: ModelProfile) -> tuple[float, ...]:
    """The windows in use, ascending and ending with the full one.

    An operator's list overrides the model's; ``full`` disables it.
    """
    if config.windows_s:
        chosen: tuple[float, ...] = config.windows_s
    elif config.window_policy == "full":
        chosen = ()
    else:
        chosen = profile.windows_s
    return (*sorted({window for window in chosen if 0 < window < FULL_WINDOW_S}), FULL_WINDOW_S)


def segmentation_for(windows_s: tuple[float, ...], profile: ModelProfile) -> Segmentation:
    """The model's rules, without ``packed_s`` where the smallest window for such a piece would be less than half full.

    A window costs the same whether it is full or not.
    """
    rules = profile.segmentation
    if rules.packed_s is None:
        return rules
    window = window_frames(rules.packed_s, windows_s, profile.window_margin_s) / FRAMES_PER_S
    return rules if 2 * rules.packed_s >= window else replace(rules, packed_s=None)


def window_frames(audio_s: float, windows_s: tuple[float, ...], margin_s: float) -> int:
    """Frames (10 ms) of the smallest window that holds the audio and its margin.

    The full window needs no margin, because the weights were trained on it. CTranslate2 takes any even number of frames
    up to 3,000.
    """
    for window in windows_s:
        if audio_s + margin_s <= window:
            return math.ceil(window * FRAMES_PER_S / 2) * 2
    return FULL_WINDOW_FRAMES
