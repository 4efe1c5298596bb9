"""Keeps a replica's full garbage collections short: what start-up made is taken out of the collector's sight.

A replica holds 200,000 objects and more once Ray, its models and its plans are loaded, and none of them is garbage.
Python walks them all in each full collection, every few minutes, while no request runs: 190 ms for an ingress replica
on one quiet core, 3 to 8 ms once they are frozen (2026-11-21, docs/performance.md).
"""

from __future__ import annotations

import gc


def settle() -> None:
    """For a replica to call once, when it is ready to serve: collects what is garbage and freezes what is not."""
    gc.collect()
    gc.freeze()
