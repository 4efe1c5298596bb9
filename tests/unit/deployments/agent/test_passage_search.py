"""The interviewer's context by meaning: the right passage first, facts only when asked for, and never a late turn."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

from deployments.agent.brief.interviewer import TurnBrief
from deployments.agent.model.documents import passages, relevant
from deployments.agent.model.passage_search import COMPANY, PassageSearch
from deployments.retrieval.service import RetrievalService
from interview.errors import EngineFailed
from tests.unit.deployments.agent.test_prompts_context import PLAN, brief

RESUME = "\n\n".join(
    [
        "Jonas Lindqvist, software developer",
        "Built the product search on Elasticsearch, including synonyms.",
        "Rewrote the settlement job so that it survives restarts.",
        "Carries the pager one week in five and wrote the postmortems of two outages.",
        "Reviews code of a team of six and mentors two juniors.",
        "Brought page load down from 4.1 to 1.3 seconds.",
    ]
)


@pytest.fixture(scope="module")
def retrieval() -> RetrievalService:
    return RetrievalService("minilm-l6-v2-int8")


def asking(prompt: str, answer: str = "", **facts: str) -> TurnBrief:
    made = brief(answer or "Well.")
    return replace(made, question=replace(made.question, prompt=prompt), plan=replace(PLAN, company_facts=facts or {}))


async def warm(search: PassageSearch, turn: TurnBrief) -> dict[str, Any]:
    documents = {"resume": passages(RESUME)}
    await search._retrieval.scores([turn.question.prompt, turn.answer], [one.text for one in documents["resume"]])
    return dict(await search.ranked(turn, documents))


async def test_a_passage_in_other_words_comes_before_the_others(retrieval: RetrievalService) -> None:
    turn = asking("Tell me about an incident you handled while on call.")
    found = await warm(PassageSearch(retrieval), turn)
    budget = found["resume"][3].tokens + 2
    assert relevant(found["resume"], "no shared word", budget).startswith("Carries the pager")
    by_words = relevant(passages(RESUME), turn.question.prompt, budget)
    assert "pager" not in by_words


async def test_a_fact_is_shown_when_the_candidate_speaks_of_it_and_not_else(retrieval: RetrievalService) -> None:
    facts = {"home office, remote work": "Two days a week in the office.", "salary, pay": "The range is in the advert."}
    search = PassageSearch(retrieval)
    silent = await warm(search, asking("How would you test it?", "I would write a test for each branch.", **facts))
    assert COMPANY not in silent
    asked = await warm(search, asking("How would you test it?", "How often would I work in the office?", **facts))
    assert [passage.text for passage in asked[COMPANY]] == ["home office: Two days a week in the office."]


async def test_a_long_answer_is_searched_by_its_beginning() -> None:
    noted: list[str] = []

    class Noting(Stuck):
        async def scores(self, queries: Sequence[str], texts: Sequence[str]) -> np.ndarray[Any, Any]:
            noted.extend(queries)
            return np.zeros((len(queries), len(texts)), np.float32)

    turn = asking("How would you test it?", "word " * 4000, salary="The range is in the advert.")
    await PassageSearch(Noting()).ranked(turn, {"resume": passages(RESUME)})
    assert len(noted) == 3
    assert max(map(len, noted)) <= 800


class Stuck:
    """A search that never ends, or fails."""

    def __init__(self, error: Exception | None = None) -> None:
        self._error = error

    async def scores(self, queries: Sequence[str], texts: Sequence[str]) -> np.ndarray[Any, Any]:
        if self._error is not None:
            raise self._error
        return await asyncio.Future()


@pytest.mark.parametrize("error", [None, EngineFailed("down")])
async def test_a_turn_goes_on_with_words_when_the_search_is_late_or_fails(error: Exception | None) -> None:
    documents = {"resume": passages(RESUME)}
    found = await PassageSearch(Stuck(error)).ranked(asking("Anything?"), documents)
    assert found == documents
    assert all(passage.score is None for passage in found["resume"])


async def test_a_long_document_is_ranked_in_its_first_pages(retrieval: RetrievalService) -> None:
    long = passages("\n\n".join(f"Line {number} about nothing." for number in range(200)))
    noted: list[int] = []

    class Noting(Stuck):
        async def scores(self, queries: Sequence[str], texts: Sequence[str]) -> np.ndarray[Any, Any]:
            noted.append(len(texts))
            return np.full((len(queries), len(texts)), 0.5, np.float32)

    found = await PassageSearch(Noting()).ranked(asking("Anything?"), {"resume": long})
    assert noted == [80]
    assert [passage.score for passage in found["resume"]] == [0.5] * 80 + [0.0] * 120
