"""Which questions of the banks ask for something that a role needs, by meaning."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from deployments.retrieval.contract import Retrieval
from interview.plans.questions import Question

#: At this nearness a question asks for the need: chosen on `development` in benchmarks/data/retrieval/needs.yaml.
COVERED_FROM = 0.34


class Match(Struct, frozen=True):
    """A question near to a need. ``score``: the mean of four nearnesses, in [-1, 1]."""

    question: Question
    score: float


class BankSearch:
    """Searches fixed questions; their vectors are computed with the first search."""

    def __init__(self, retrieval: Retrieval, questions: Sequence[Question]) -> None:
        self._retrieval = retrieval
        self._questions = tuple(question for question in questions if question.is_scored)
        self._prompts = [question.prompt for question in self._questions]
        self._wholes = [_whole(question) for question in self._questions]
        self._topics = [_topics(question) for question in self._questions]

    async def near(self, needs: Sequence[str]) -> list[list[Match]]:
        """For each need, every question, the nearest first.

        The score is the mean nearness of the need and the whole question, of the prompt and the need, and of the need
        and the question's topics in both directions. Raises as ``Retrieval.scores``.
        """
        scores = self._retrieval.scores
        whole, topics = await scores(needs, self._wholes), await scores(needs, self._topics)
        prompts_back, topics_back = await scores(self._prompts, needs), await scores(self._topics, needs)
        means = (whole + topics + prompts_back.T + topics_back.T) / 4
        return [
            sorted(
                (
                    Match(question, round(float(score), 3))
                    for question, score in zip(self._questions, row.tolist(), strict=True)
                ),
                key=lambda match: (-match.score, match.question.id),
            )
            for row in means
        ]


def _whole(question: Question) -> str:
    return f"{question.prompt} {'; '.join(point.text for point in question.key_points)} {_topics(question)}"


def _topics(question: Question) -> str:
    return ", ".join((question.skill.replace("-", " "), *question.topics))
