"""Keeps garbage collections short and rare in a replica, because no request runs meanwhile.

A replica holds 200,000 objects and more once Ray, its models and its plans are loaded, and none of them is garbage.
Python walks them all in each full collection, every few minutes, while no request runs: 190 ms for an ingress replica
on one quiet core, 3 to 8 ms once they are frozen (2026-11-21, docs/measurements/2026-11-22-load.md). Between them it looks for young
garbage whenever 700 objects more were made than freed; here, whenever 10,000 were, a few megabytes at most: 4
collections in a minute at 70 turns/s instead of 220, 0.02 s of an ingress's time instead of 0.15 (2026-11-22).
"""

from __future__ import annotations

import gc

#: How many more objects are made than freed before the collector looks for young garbage.
YOUNG_OBJECTS = 10_000


def freeze_startup_objects() -> None:
    """For a replica to call once, when it is ready to serve: collects what is garbage and freezes what is not."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, *gc.get_threshold()[1:])
