"""Ranks a session's passages, and finds company facts, by their nearness to the question and the answer."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from deployments.agent.brief.interviewer import TurnBrief
from deployments.agent.model.documents import Passage, passages
from deployments.retrieval.contract import Retrieval
from interview import failures
from interview.errors import InterviewError

logger = logging.getLogger(__name__)

#: The document kind of the plan's company facts.
COMPANY = "company_facts"

#: A fact this near to the answer is shown to the interviewer: the candidate speaks of it.
_FACT_FROM = 0.45
_FACTS_AT_MOST = 2
#: Passages of one document that are ranked by meaning; the first pages describe the person.
_RANKED_AT_MOST = 80
#: A shorter answer says nothing to search by; a longer one is searched by its beginning.
_LEAST_ANSWER_WORDS, _QUERY_CHARS = 4, 800
#: A first search encodes every passage. A turn does not wait longer; the vectors are ready for the next one.
_PATIENCE_S = 0.3


class PassageSearch:
    """Search by meaning within a turn. Where it is late or fails, the passages are ranked by words."""

    def __init__(self, retrieval: Retrieval) -> None:
        self._retrieval = retrieval

    async def ranked(
        self, brief: TurnBrief, documents: Mapping[str, Sequence[Passage]]
    ) -> dict[str, tuple[Passage, ...]]:
        """The documents with their passages' scores, and the company facts that the answer is about."""
        unranked = {kind: tuple(found) for kind, found in documents.items()}
        try:
            async with asyncio.timeout(_PATIENCE_S):
                facts = await self._facts(brief)
                ranked = {kind: await self._scored(brief, found) for kind, found in unranked.items()}
        except TimeoutError:
            logger.info("passages are ranked by words in this turn: the search by meaning was not ready")
            return unranked
        except InterviewError as error:
            logger.warning("passages are ranked by words: error=%s", failures.item_failed("retrieval", error))
            return unranked
        return {**ranked, **({COMPANY: facts} if facts else {})}

    async def _scored(self, brief: TurnBrief, found: tuple[Passage, ...]) -> tuple[Passage, ...]:
        head = found[:_RANKED_AT_MOST]
        if not head:
            return found
        answered = len(brief.answer.split()) >= _LEAST_ANSWER_WORDS
        queries = [brief.question.prompt, *([brief.answer[:_QUERY_CHARS]] if answered else [])]
        scores = await self._retrieval.scores(queries, [passage.text for passage in head])
        best = scores.max(axis=0).tolist()
        scored = (replace(passage, score=float(score)) for passage, score in zip(head, best, strict=True))
        return (*scored, *(replace(passage, score=0.0) for passage in found[_RANKED_AT_MOST:]))

    async def _facts(self, brief: TurnBrief) -> tuple[Passage, ...]:
        facts = [f"{names.split(',')[0].strip()}: {fact}" for names, fact in brief.plan.company_facts.items()]
        said = brief.observation.text
        if not facts or not said.strip():
            return ()
        scores = (await self._retrieval.scores([said[:_QUERY_CHARS]], facts))[0].tolist()
        near = sorted((place for place in range(len(facts)) if scores[place] >= _FACT_FROM), key=lambda at: -scores[at])
        return tuple(
            replace(passage, score=scores[place])
            for place in near[:_FACTS_AT_MOST]
            for passage in passages(facts[place])
        )
