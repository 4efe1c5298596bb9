"""Search by meaning, on the shipped encoder: passages in other words are found, and memory is bounded."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import numpy as np
import pytest

from benchmarks.retrieval import measure, read_pairs
from deployments.retrieval.config import RetrievalConfig
from deployments.retrieval.contract import Hit, nearest
from deployments.retrieval.service import RetrievalService, retrieval_of
from interview.errors import ConfigError, ModelMissing
from interview.text.chunks import chunks
from tests.support.paths import ROOT

ENCODER = "minilm-l6-v2-int8"


@pytest.fixture(scope="module")
def retrieval() -> RetrievalService:
    return RetrievalService(ENCODER)


@pytest.mark.parametrize("name", ["pairs", "held-out"])
async def test_nine_of_ten_passages_in_other_words_are_among_the_first_three(
    retrieval: RetrievalService, name: str
) -> None:
    result = await measure(read_pairs(ROOT / "benchmarks" / "data" / "retrieval" / f"{name}.yaml"), retrieval)
    assert result.pairs == 40
    assert result.recall_at_3 >= 0.9, result.missed


async def test_the_nearest_comes_first_and_equals_keep_their_order(retrieval: RetrievalService) -> None:
    texts = ["The cat sleeps.", "We cut the cloud bill by a third.", "The cat sleeps."]
    hits = await nearest(retrieval, "saving money on infrastructure", texts, 3)
    assert [hit.position for hit in hits] == [1, 0, 2]
    assert await nearest(retrieval, "saving money on infrastructure", texts, 1) == hits[:1]


async def test_a_score_does_not_depend_on_what_else_is_searched(retrieval: RetrievalService) -> None:
    texts = ["Trained new colleagues.", "Wrote the rota."]
    together = await retrieval.scores(["mentoring", "shift planning"], texts)
    alone = await RetrievalService(ENCODER).scores(["shift planning"], texts[1:])
    assert together.shape == (2, 2)
    assert together[1, 1] == alone[0, 0]


async def test_texts_without_words_are_near_to_nothing(retrieval: RetrievalService) -> None:
    found = await retrieval.scores(["", "rota"], ["", "rota"])
    assert found[0].tolist() == [0, 0]
    assert found[1, 0] == 0
    assert (await retrieval.scores(["rota"], [])).shape == (1, 0)
    assert await nearest(retrieval, "rota", [], 3) == []


async def test_searching_leaves_the_event_loop_free(
    retrieval: RetrievalService, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[threading.Thread] = []
    original = RetrievalService._scores

    def noted(self: RetrievalService, queries: tuple[str, ...], texts: tuple[str, ...]) -> np.ndarray:
        threads.append(threading.current_thread())
        return original(self, queries, texts)

    monkeypatch.setattr(RetrievalService, "_scores", noted)
    await asyncio.gather(*(retrieval.scores(["a"], ["b"]) for _ in range(3)))
    assert len(threads) == 3
    assert threading.main_thread() not in threads


async def test_memory_is_bounded_and_a_forgotten_text_scores_the_same() -> None:
    small = RetrievalService(ENCODER, remembered_bytes=20_000)
    texts = [f"We moved service number {number} to another region." for number in range(12)]
    first = await small.scores(["migration"], texts)
    assert sum(kept.vectors.nbytes for kept in small._kept.values()) <= 20_000
    assert (await small.scores(["migration"], texts) == first).all()


async def test_a_missing_encoder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="minilm-l99"):
        await RetrievalService("minilm-l99").scores(["a"], ["b"])
    with pytest.raises(ConfigError):
        await RetrievalService(str(tmp_path)).scores(["a"], ["b"])


def test_no_encoder_is_a_choice() -> None:
    assert retrieval_of(RetrievalConfig(embeddings=None)) is None
    assert Hit(0, 0.5) != Hit(1, 0.5)


def test_chunks_keep_every_line_and_stay_short() -> None:
    text = (
        "Profile\nNurse.\n\nWork\n"
        + "\n".join(f"- line {number} of the list" for number in range(20))
        + "\n"
        + "x" * 500
    )
    found = chunks(text, 240)
    assert max(map(len, found)) <= 240
    assert "".join("".join(found).split()) == "".join(text.split())
    assert found[0] == "Profile\nNurse."
    assert chunks(" \n\n ", 240) == []
