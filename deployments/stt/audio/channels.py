"""Mixes several channels into one without cancelling speech or diluting it with silent channels."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

#: A channel this far below the loudest one (power ratio) is excluded from the mix.
_SILENT_BELOW = 0.01


def mixed_to_mono(channels: npt.NDArray[np.int16]) -> npt.NDArray[np.int16]:
    """The mean of the channels that carry sound, each with the polarity of the loudest.

    A microphone wired with reversed polarity, or a balanced line recorded as stereo, has one channel that is the
    inverse of the other, and their plain mean is silence. Levels and polarity are compared on the first difference of
    the signal, so that hum and direct current have no influence.

    ``channels``: int16, shape (channels, samples). Returns int16, shape (samples,).
    """
    first: npt.NDArray[np.int16] = channels[0]
    if len(channels) == 1:
        return first
    edges = np.diff(channels.astype(np.float32), axis=1)
    power = np.einsum("cs,cs->c", edges, edges)
    loudest = int(power.argmax())
    if not power[loudest]:
        return first  # every channel is constant
    audible = power >= _SILENT_BELOW * power[loudest]
    polarity = np.where(edges @ edges[loudest] < 0, -1.0, 1.0).astype(np.float32)
    weights = np.where(audible, polarity, 0.0).astype(np.float32) / np.float32(audible.sum())
    return np.clip(np.rint(weights @ channels), -32768, 32767).astype(np.int16)
