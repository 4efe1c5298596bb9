"""Recall of search by meaning on constructed pairs of a query and a passage that answers it in other words.

``python -m benchmarks.retrieval [--json FILE]``. A pair is found when one of the three nearest passages of its document
holds the expected words; where the document is ``bank``, when one of the three nearest questions is the expected one.
``pairs`` chose the method and ``held-out`` was measured with it. ``recall_at_3_by_words`` ranks by the number of shared
stems instead.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import platform
import time
from pathlib import Path

import msgspec
import numpy as np
from msgspec import Struct

from deployments.retrieval.contract import PASSAGE_CHARS, nearest
from deployments.retrieval.service import RetrievalService
from interview.plans.files import load_bank
from interview.text.chunks import chunks
from interview.text.stems import stem
from interview.text.stop_words import STOP_WORDS
from interview.text.visible_text import words_of

DATA = Path("benchmarks/data/retrieval")
BANKS = Path("configs/interviews/banks")
ENCODER = "minilm-l6-v2-int8"
TOP = 3


class Pair(Struct, frozen=True):
    document: str
    query: str
    expect: str


class Pairs(Struct, frozen=True):
    documents: dict[str, str]
    pairs: tuple[Pair, ...]


class Result(Struct, frozen=True):
    """``missed`` lists the queries whose passage is not among the first three."""

    pairs: int
    recall_at_3: float
    mean_reciprocal_rank: float
    recall_at_3_by_words: float
    missed: tuple[str, ...]


def read_pairs(path: Path) -> Pairs:
    return msgspec.yaml.decode(path.read_bytes(), type=Pairs)


def searched(pairs: Pairs, pair: Pair) -> tuple[list[str], list[bool]]:
    """The texts that the pair's query is searched in, and which of them answer it."""
    if pair.document == "bank":
        questions = [question for path in sorted(BANKS.glob("*.yaml")) for question in load_bank(path)]
        return [one.prompt for one in questions], [one.id == pair.expect for one in questions]
    texts = chunks(pairs.documents[pair.document], PASSAGE_CHARS)
    return texts, [pair.expect in text for text in texts]


async def measure(pairs: Pairs, retrieval: RetrievalService) -> Result:
    ranks, by_words = [], 0
    missed = []
    for pair in pairs.pairs:
        texts, right = searched(pairs, pair)
        if not any(right):
            raise ValueError(f"no passage of {pair.document} holds {pair.expect!r}")
        order = [hit.position for hit in await nearest(retrieval, pair.query, texts, len(texts))]
        rank = next(place for place, position in enumerate(order) if right[position])
        ranks.append(rank)
        if rank >= TOP:
            missed.append(pair.query)
        by_words += any(right[position] for position in _by_words(pair.query, texts)[:TOP])
    return Result(
        pairs=len(ranks),
        recall_at_3=round(sum(rank < TOP for rank in ranks) / len(ranks), 3),
        mean_reciprocal_rank=round(float(np.mean([1 / (rank + 1) for rank in ranks])), 3),
        recall_at_3_by_words=round(by_words / len(ranks), 3),
        missed=tuple(missed),
    )


def _by_words(query: str, texts: list[str]) -> list[int]:
    wanted = _stems(query)
    shared = [len(wanted & _stems(text)) for text in texts]
    return sorted((at for at in range(len(texts)) if shared[at]), key=lambda at: (-shared[at], at))


def _stems(text: str) -> set[str]:
    return {stem(word) for word in words_of(text) if word not in STOP_WORDS}


async def _report() -> str:
    retrieval = RetrievalService(ENCODER)
    results = {name: await measure(read_pairs(DATA / f"{name}.yaml"), retrieval) for name in ("pairs", "held-out")}
    document = chunks(read_pairs(DATA / "pairs.yaml").documents["resume-developer"], PASSAGE_CHARS)
    cold = RetrievalService(ENCODER)
    await cold.scores(["loads the encoder"], [])
    began = time.perf_counter()
    await cold.scores(["on-call duty"], document)
    first_s = time.perf_counter() - began
    began = time.perf_counter()
    await cold.scores(["incident analysis"], document)
    again_s = time.perf_counter() - began
    report = {
        "command": "python -m benchmarks.retrieval",
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
        "date": time.strftime("%Y-%m-%d"),
        "weights": ENCODER,
        "passage_chars": PASSAGE_CHARS,
        "results": msgspec.to_builtins(results),
        "one_page_resume": {
            "passages": len(document),
            "first_search_ms": round(first_s * 1000, 1),
            "next_search_ms": round(again_s * 1000, 1),
        },
    }
    return json.dumps(report, indent=2, ensure_ascii=False)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    target = parser.parse_args().json
    text = asyncio.run(_report())
    print(text)
    if target is not None:
        target.write_text(text + "\n")
