"""Grades answers in other languages than English: the English rules grade a gloss of key and answer.

An answer that is a key or an option word for word needs no gloss. The evidence is the answer's own sentences, and a
rationale names the key's own words.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import assert_never

from msgspec.structs import replace

from deployments.grading.graders.answer_text import is_stop_word, quote
from deployments.grading.graders.verbatim import verbatim
from interview.grades import Evidence, Grade
from interview.languages.gloss import NOT_KNOWING, Glossary, Glossed, glossary_of, only_stop_words
from interview.plans import questions as q
from interview.text.machine_orders import without_orders

GradeEnglish = Callable[[q.Question, str], Awaitable[Grade]]


async def graded(question: q.Question, answer: str, language: str, grade: GradeEnglish) -> Grade:
    """The grade of an answer in ``language``; ``grade`` reads English. Formulas and mathematical terms are the same in
    every language and are not glossed. Raises as ``grade``, and InvalidInput: no such language."""
    glossary = glossary_of(language)
    if glossary is None:
        return await grade(question, answer)
    if (same := verbatim(question.grader, answer)) is not None:
        return same
    glossed = glossary.glossed(_without_orders(answer))
    names: dict[str, str] = {}
    if isinstance(question.grader, q.Formula | q.Symbolic | q.Ungraded):
        if glossed.text != NOT_KNOWING:
            return await grade(question, answer)
        return _in_own_words(await grade(question, glossed.text), answer, glossed, names)
    found = await grade(_glossed_question(question, glossary, names), glossed.text)
    return _in_own_words(found, answer, glossed, names)


def _without_orders(answer: str) -> str:
    """``answer`` with blanks in place of orders to the machine: a gloss would hide their grammar."""
    kept = [" "] * len(answer)
    for start, end in without_orders(answer):
        kept[start:end] = answer[start:end]
    return "".join(kept)


def _glossed_question(question: q.Question, glossary: Glossary, names: dict[str, str]) -> q.Question:
    """``question`` with glossed keys; ``names`` receives each gloss with the words it stands for.

    A key without words or of stop words only is not glossed: its gloss would match almost any answer.
    """

    def key(text: str) -> str:
        gloss = glossary.key(text)
        if not any(map(str.isalnum, gloss)) or only_stop_words(gloss):
            return text
        names.setdefault(gloss, text)
        return gloss

    def keys(texts: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(key(text) for text in texts)

    reference = question.reference
    return replace(
        question,
        prompt=glossary.key(question.prompt),
        key_points=tuple(
            replace(point, text=key(point.text), variants=keys(point.variants)) for point in question.key_points
        ),
        reference=None if reference is None else replace(reference, strong=glossary.key(reference.strong)),
        grader=_glossed_key(question.grader, key, keys),
    )


def _glossed_key(
    spec: q.AnyGrader, key: Callable[[str], str], keys: Callable[[tuple[str, ...]], tuple[str, ...]]
) -> q.AnyGrader:
    match spec:
        case q.Exact():
            return replace(spec, accepted=keys(spec.accepted))
        case q.ShortText():
            return replace(spec, accepted=keys(spec.accepted))
        case q.Ordered():
            return replace(spec, answer=keys(spec.answer))
        case q.MultipleChoice() | q.MultiSelect():
            return replace(spec, options=tuple(replace(option, text=key(option.text)) for option in spec.options))
        case q.Numeric() | q.RubricGrading() | q.Formula() | q.Symbolic() | q.Ungraded():
            return spec
        case _:
            assert_never(spec)


def _in_own_words(grade: Grade, answer: str, glossed: Glossed, names: dict[str, str]) -> Grade:
    pattern = _pattern(names)

    def named(text: str) -> str:
        return text if pattern is None else pattern.sub(lambda found: names[found.group()], text)

    def own(evidence: Evidence) -> Evidence:
        start, end = glossed.original(max(0, evidence.start), max(0, evidence.end))
        return quote(answer, start, end, named(evidence.supports))

    criteria = tuple(replace(part, criterion=named(part.criterion)) for part in grade.criteria)
    return replace(
        grade,
        rationale=named(grade.rationale),
        review_reason=named(grade.review_reason),
        evidence=tuple(own(evidence) for evidence in grade.evidence),
        criteria=criteria,
    )


#: Glosses that are also words of the graders' own sentences.
_PROSE = frozenset({"yes", "true", "false", "correct", "option", "answer"})


def _pattern(names: dict[str, str]) -> re.Pattern[str] | None:
    """Matches the glosses as whole words, the longest first.

    A gloss of the words that the graders' own sentences use is matched only in quotes or brackets, after a colon, or as
    the whole text.
    """
    parts: list[str] = []
    for gloss in sorted(names, key=len, reverse=True):
        whole = rf"(?<!\w){re.escape(gloss)}(?!\w)"
        if all(is_stop_word(word) or word in _PROSE for word in re.findall(r"\w+", gloss)):
            whole = rf"(?:^|(?<=['\"(])|(?<=: )){re.escape(gloss)}(?=['\"),]|$)"
        parts.append(whole)
    return re.compile("|".join(parts)) if parts else None
