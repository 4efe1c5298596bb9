"""Keeps garbage collections short and rare in a replica, because they pause all requests.

A replica holds hundreds of thousands of live objects once Ray, models and plans are loaded, and a full collection walks
all of them; freezing them excludes them. The young generation is collected after 10,000 new objects instead of 700.
Figures: docs/measurements/2026-11-22-load.md.
"""

from __future__ import annotations

import gc

#: Allocations minus deallocations before the young generation is collected.
YOUNG_OBJECTS = 10_000


def freeze_startup_objects() -> None:
    """Called once by a replica when it is ready to serve: collects garbage and freezes all remaining objects."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, *gc.get_threshold()[1:])
