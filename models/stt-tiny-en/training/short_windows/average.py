"""The mean of the weights before and after fine-tuning: what was learnt, without forgetting what the new clips lack.

    python -m short_windows.average BEFORE.bin AFTER.pt OUT.pt

The clips of ``clips.py`` hold one sentence each, and the fine-tuned weights stop after the first one where a pause is
too short to cut at; the mean mostly goes on (figures in the model's README). This is WiSE-FT (Wortsman et al. 2022) at
one half, the only share tried.
"""

from __future__ import annotations

import sys
from pathlib import Path

import torch
from short_windows.dequantise import read_state

#: Share of the fine-tuned weights.
AFTER = 0.5


def main(before: str, after: str, out: str) -> None:
    state, tuned = read_state(Path(before)), torch.load(after)
    mean = {
        name: values if name not in state else (1 - AFTER) * state[name] + AFTER * values
        for name, values in tuned["sd"].items()
    }
    torch.save({"sd": mean, "cfg": tuned["cfg"]}, out)


if __name__ == "__main__":
    main(*sys.argv[1:])
