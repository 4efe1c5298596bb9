"""Keeps garbage collections short and rare in a replica, because no request runs meanwhile.

A replica holds more than 200,000 live objects once Ray, models and plans are loaded. A full collection walks all of
them while no request runs: 190 ms in an ingress replica, 3 to 8 ms once they are frozen. The young generation is
collected after 10,000 new objects instead of 700. Figures: docs/measurements/2026-11-22-load.md.
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
