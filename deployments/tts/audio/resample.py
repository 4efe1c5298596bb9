"""Resamples speech to one rate, whichever engine produced it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def resampled(samples: NDArray[np.int16], from_hz: int, to_hz: int) -> NDArray[np.int16]:
    """Mono int16 ``samples`` (shape ``[n]``) at ``to_hz``, through FFmpeg's resampler."""
    if from_hz == to_hz or not len(samples):
        return samples
    import av

    frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
    frame.sample_rate = from_hz
    resampler = av.AudioResampler(format="s16", layout="mono", rate=to_hz)
    frames = [*resampler.resample(frame), *resampler.resample(None)]
    return np.concatenate([part.to_ndarray().reshape(-1) for part in frames])
