"""Replicas by seconds of audio in hand: ten short answers and one long one are not the same load."""

from __future__ import annotations

import math
from typing import Any

#: What a replica reports under ``record_autoscaling_stats``.
QUEUED_AUDIO_METRIC = "stt_queued_audio_s"


class QueuedAudioPolicy:
    """``f(ctx) -> (replicas, state)`` for Serve: total audio in hand divided by what one replica should hold.

    Keeps no state of its own; Serve applies its delays and bounds to the result.
    """

    def __init__(self, target_audio_s: float) -> None:
        self._target_audio_s = target_audio_s

    def __call__(self, ctx: Any) -> tuple[int | float, dict[str, Any]]:
        per_replica: dict[Any, float] = (ctx.aggregated_metrics or {}).get(QUEUED_AUDIO_METRIC, {})
        if not per_replica:
            # Nothing reported yet: a starting replica must not read as an idle tier.
            return ctx.target_num_replicas, {}
        wanted = math.ceil(sum(per_replica.values()) / self._target_audio_s)
        return max(wanted, ctx.capacity_adjusted_min_replicas), {}
