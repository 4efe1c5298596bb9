"""Full collections in a replica look at what requests left, not at what start-up made."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator

import pytest

from deployments.shell import garbage_collection
from deployments.stt.config import SttConfig
from deployments.stt.deployment import SpeechToTextDeployment
from deployments.tts.deployment import TtsDeployment


class Node:
    """Something a collector must walk: a cycle."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def thawed() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)


@pytest.mark.usefixtures("thawed")
def test_what_start_up_made_is_never_walked_again() -> None:
    made_at_start = [Node() for _ in range(100)]
    garbage_collection.freeze_startup_objects()
    walked = {id(item) for item in gc.get_objects()}
    assert not walked & {id(node) for node in made_at_start}


@pytest.mark.usefixtures("thawed")
def test_garbage_of_requests_is_still_collected() -> None:
    garbage_collection.freeze_startup_objects()
    gc.collect()
    for _ in range(100):
        Node()
    assert gc.collect() >= 100


@pytest.mark.usefixtures("thawed")
def test_a_turns_worth_of_objects_starts_no_collection_and_many_turns_worth_do() -> None:
    garbage_collection.freeze_startup_objects()
    gc.collect()
    collections = 0

    def count(phase: str, _: dict[str, int]) -> None:
        nonlocal collections
        collections += phase == "start"

    gc.callbacks.append(count)
    try:
        for _ in range(5_000):
            Node()
        assert collections == 0
        for _ in range(50_000):
            Node()
        assert collections > 0
    finally:
        gc.callbacks.remove(count)


@pytest.mark.usefixtures("thawed")
@pytest.mark.parametrize(
    "replica",
    [
        lambda: TtsDeployment({"engine": "fake"}),
        lambda: SpeechToTextDeployment(SttConfig(engine="fake")),
    ],
    ids=["tts", "stt"],
)
def test_replicas_freeze_startup_objects_when_they_are_ready(replica: Callable[[], object]) -> None:
    gc.unfreeze()
    replica()
    assert gc.get_freeze_count() > 100_000
