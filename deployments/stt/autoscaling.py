"""Scales replicas by seconds of queued audio, because the number of requests does not reflect their length."""

from __future__ import annotations

import math
from typing import Any

#: What a replica reports under ``record_autoscaling_stats``.
QUEUED_AUDIO_METRIC = "stt_queued_audio_s"


class QueuedAudioPolicy:
    """``f(ctx) -> (replicas, state)`` for Serve: total queued audio divided by the target per replica.

    It is stateless; Serve applies its delays and bounds to the result.
    """

    def __init__(self, target_audio_s: float) -> None:
        self._target_audio_s = target_audio_s

    def __call__(self, ctx: Any) -> tuple[int | float, dict[str, Any]]:
        per_replica: dict[Any, float] = (ctx.aggregated_metrics or {}).get(QUEUED_AUDIO_METRIC, {})
        if not per_replica:
            # No report yet: a starting replica must not look like an idle tier.
            return ctx.target_num_replicas, {}
        wanted = math.ceil(sum(per_replica.values()) / self._target_audio_s)
        return max(wanted, ctx.capacity_adjusted_min_replicas), {}
