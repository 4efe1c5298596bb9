"""The parts that the judge decides one by one: a rubric's criteria, key points, or a reference answer's sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from deployments.grading.graders import answer_text
from deployments.grading.graders.coverage.by_words import contrasted_things
from deployments.grading.graders.coverage.contradiction import contradicts, denies, is_list_of_terms, swaps
from interview.plans.questions import Criterion, KeyPoint, Question, RubricLevel
from interview.text.sentences import sentences_of

#: The grades of a point: how much of it the answer says.
POINT_GRADES = (0, 1, 2, 3, 4, 5)
#: Texts of points and anchors are cut here in the prompt.
_MAX_WORDING_CHARS = 600


class JudgedItem(Struct, frozen=True):
    """``scores``: the score in [0, 1] of each grade that the model may give, the lowest first. ``criterion`` None: a
    point. ``wordings``: the point's text and variants; ``strictly``: they are key points, not sentences of a reference
    answer. ``contrasted``: the things that the question compares."""

    id: str
    name: str
    weight: float
    scores: Mapping[int, float]
    criterion: Criterion | None = None
    wordings: tuple[str, ...] = ()
    strictly: bool = True
    contrasted: tuple[str, ...] = ()

    @property
    def lowest(self) -> int:
        return next(iter(self.scores))

    @property
    def described(self) -> str:
        """The item in the prompt: a criterion with its anchored levels, or a point."""
        if self.criterion is None:
            return self.name[:_MAX_WORDING_CHARS]
        levels = "; ".join(
            f"level {level.level}: {level.anchor[:_MAX_WORDING_CHARS]}" for level in ordered(self.criterion)
        )
        return f"{self.name} ({levels})"

    def is_refuted_by(self, sentence: str) -> bool:
        """Whether a sentence of the answer cannot earn this point: it denies the point, or only lists terms."""
        if self.criterion is not None:
            return False
        if is_list_of_terms(sentence):
            return True
        if not self.strictly:
            return any(denies(wording, sentence) for wording in self.wordings)
        return any(
            contradicts(wording, sentence) or swaps(wording, sentence, self.contrasted) for wording in self.wordings
        )


def items_of(question: Question) -> tuple[JudgedItem, ...]:
    """The question's criteria; without any, its key points; without those, the sentences of its strong reference
    answer; without that, none."""
    if question.criteria:
        return tuple(
            JudgedItem(
                id=str(at),
                name=one.name,
                weight=one.weight,
                scores={level.level: level.score for level in ordered(one)},
                criterion=one,
            )
            for at, one in enumerate(question.criteria, 1)
        )
    if question.key_points:
        return _points(question.key_points, contrasted_things(question.prompt, question.key_points), strictly=True)
    if question.reference is not None:
        stated = [one for one in sentences_of(question.reference.strong) if answer_text.content_words(one)]
        return _points([KeyPoint(text=one) for one in stated], (), strictly=False)
    return ()


def _points(points: Sequence[KeyPoint], contrasted: Sequence[str], *, strictly: bool) -> tuple[JudgedItem, ...]:
    return tuple(
        JudgedItem(
            id=str(at),
            name=point.text,
            weight=point.weight,
            scores={grade: grade / POINT_GRADES[-1] for grade in POINT_GRADES},
            wordings=(point.text, *point.variants),
            strictly=strictly,
            contrasted=tuple(contrasted),
        )
        for at, point in enumerate(points, 1)
    )


def ordered(criterion: Criterion) -> list[RubricLevel]:
    """Levels by ascending score."""
    return sorted(criterion.levels, key=lambda level: (level.score, level.level))
