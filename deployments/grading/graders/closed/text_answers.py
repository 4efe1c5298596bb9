"""Answers that are words: exact, short text with accepted variants and typos, ordered lists."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import combinations

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from deployments.grading.graders import answer_text
from deployments.grading.graders.answer_text import Token
from deployments.grading.graders.grade_builder import mark, no_answer
from interview.errors import InvalidInput
from interview.grades import Grade
from interview.plans.questions import Exact, Ordered, ShortText
from interview.text.number_words import canonical_numbers

#: Prefixes that turn a word into its opposite: "asynchronous" is no typo of "synchronous".
_OPPOSITES = ("a", "an", "un", "in", "im", "ir", "il", "non", "dis", "anti", "de", "mis")
_NEGATIONS = frozenset(
    {"not", "isn't", "never", "neither", "nor", "aren't", "wasn't", "cannot", "without", "non", "anti"}
)
_NOTATION = {"squared": "2", "cubed": "3", "sharp": "#"}
_ORDER_OF = re.compile(r"\b(?:big o of|big o notation of|big o|order of|o of|order)\b")


def grade_exact(spec: Exact, answer: str) -> Grade:
    """All or nothing: the answer, without a lead-in, is one of ``spec.accepted``."""
    if not spec.accepted:
        raise InvalidInput(
            "An exact grader needs at least one accepted answer.", detail={"fields": {"accepted": "empty"}}
        )
    empty = no_answer("exact", answer)
    if empty and not any(_same(answer, accepted, spec.case_sensitive) for accepted in spec.accepted):
        return empty
    evidence = [answer_text.whole(answer, "the answer")]
    tail = answer[answer_text.after_correction(answer) :]
    for accepted in spec.accepted:
        if _same(answer, accepted, spec.case_sensitive) or _same(tail, accepted, spec.case_sensitive):
            return mark("exact", 1.0, f"The answer is the accepted answer {accepted!r}.", evidence=evidence)
    return mark("exact", 0.0, "The answer is none of the accepted ones.", confidence=0.95, evidence=evidence)


def _same(answer: str, accepted: str, case_sensitive: bool) -> bool:
    if case_sensitive:
        trimmed = " ".join(answer.split()).strip(" .!?\"'")
        target = " ".join(accepted.split())
        return trimmed == target or trimmed.endswith((f" is {target}", f"'s {target}"))
    if answer.strip().casefold() == accepted.strip().casefold():
        return True
    wanted, said = _comparable(accepted), _comparable(answer)
    return bool(wanted) and (said == wanted or _comparable(canonical_numbers(said)) == wanted)


def grade_short_text(spec: ShortText, answer: str) -> Grade:
    """An accepted variant, alone or within a sentence, spelling mistakes allowed up to ``spec.similarity``."""
    if not spec.accepted:
        raise InvalidInput(
            "A short-text grader needs at least one accepted answer.", detail={"fields": {"accepted": "empty"}}
        )
    empty = no_answer("short_text", answer)
    if empty:
        return empty
    words = answer_text.closed(answer_text.tokens(answer))
    cut = answer_text.after_correction(answer)
    said = [word for word in words if word.start >= cut] or list(words)
    best, span, variant = 0.0, (0, 0), ""
    for accepted in spec.accepted:
        ratio, start, end = _best_window(said, accepted)
        if ratio > best:
            best, span, variant = ratio, (start, end), accepted
    if best < spec.similarity:
        return mark(
            "short_text",
            0.0,
            f"None of the accepted answers was found (nearest similarity {best:.2f}, {spec.similarity:.2f} needed).",
            confidence=0.9 if best < spec.similarity - 0.15 else 0.7,
            evidence=[answer_text.whole(answer, "the answer")],
        )
    evidence = [answer_text.quote(answer, *span, supports=variant)]
    if _negated(words, span[0], span[1]):
        return mark(
            "short_text",
            0.0,
            f"The accepted answer {variant!r} occurs, but the candidate denies it.",
            confidence=0.6,
            evidence=evidence,
            review="The accepted answer occurs next to a negation.",
        )
    exact = best >= 0.999
    how = "matches" if exact else f"matches, spelling aside (similarity {best:.2f}),"
    return mark(
        "short_text",
        1.0,
        f"The answer {how} the accepted answer {variant!r}.",
        confidence=(1.0 if exact else 0.9) - (0.15 if len(words) > 40 else 0.0),
        evidence=evidence,
    )


def _best_window(words: Sequence[Token], accepted: str) -> tuple[float, int, int]:
    """The best similarity in [0, 1] of ``accepted`` to a run of words, and that run's offsets."""
    targets = [_comparable(accepted)]
    best = (0.0, 0, 0)
    for target in targets:
        parts = target.split()
        if not parts:
            continue
        for size in {len(parts), max(1, len(parts) - 1), len(parts) + 1, len(parts) + 3}:
            for at in range(max(1, len(words) - size + 1)):
                run = words[at : at + size]
                if not run:
                    continue
                ratio = _similar(_joined(run), target)
                if ratio > best[0]:
                    best = (ratio, run[0].start, run[-1].end)
    return best


def _similar(said: str, target: str) -> float:
    """Similarity that forgives typing and hearing, not meaning: digits, short words and opposites must agree."""
    if said == target or said.replace(" ", "") == target.replace(" ", ""):
        return 1.0
    if any(char.isdigit() for char in target) and canonical_numbers(said) == target:
        return 1.0
    ratio = fuzz.ratio(said, target) / 100
    if ratio < 0.7:
        return ratio
    phrase = " " in target
    for mine, theirs in zip(said.split(), target.split(), strict=False):
        if mine != theirs and not _typo(mine, theirs, phrase=phrase):
            return min(ratio, 0.6)
    return min(ratio, 0.99)


def _typo(mine: str, theirs: str, *, phrase: bool) -> bool:
    """Whether one word may stand for the other. Alone, a short word must be spelled right ("http" is not "https");
    within a ``phrase`` the other words tell what is meant."""
    if re.search("[aeiouy]", theirs) and answer_text.stem(mine) == answer_text.stem(theirs):
        return True
    if any(char.isdigit() for char in mine + theirs) or min(len(mine), len(theirs)) <= 3:
        return False
    if len(theirs) <= 5 and len(mine) != len(theirs) and not phrase:
        return False
    short, long = sorted((mine, theirs), key=len)
    if any(long == prefix + short for prefix in _OPPOSITES):
        return False
    return Levenshtein.distance(mine, theirs) <= max(1, len(theirs) // 4 + 1)


def _comparable(text: str) -> str:
    return _joined(answer_text.bare(answer_text.closed(answer_text.tokens(text))))


def _joined(words: Sequence[Token]) -> str:
    text = " ".join(_NOTATION.get(word.text, word.text) for word in words)
    return _ORDER_OF.sub("o", text)


def _negated(words: Sequence[Token], start: int, end: int) -> bool:
    before = [word.text for word in words if word.end <= start][-3:]
    after = [word.text for word in words if word.start >= end][:3]
    return bool(_NEGATIONS & set(before)) or after[:2] in (["is", "wrong"], ["isn't", "right"], ["is", "incorrect"])


def grade_ordered(spec: Ordered, answer: str) -> Grade:
    """Kendall's τ over all pairs of the key, floored at 0: pairs in order less pairs out of order, missing ones none.

    Source: M. Kendall, "A New Measure of Rank Correlation" (1938).
    """
    if len(set(spec.answer)) != len(spec.answer) or not spec.answer:
        raise InvalidInput(
            "An ordered grader needs distinct items.", detail={"fields": {"answer": "empty or with duplicates"}}
        )
    empty = no_answer("ordered", answer)
    if empty:
        return empty
    words = answer_text.closed(answer_text.tokens(answer))
    cut = answer_text.after_correction(answer)
    corrected = [word for word in words if word.start >= cut]
    places = _places(corrected, spec.answer)
    if len(places) < max(2, len(spec.answer) // 2) and cut:
        places = _places(words, spec.answer)
    if not places:
        return mark(
            "ordered",
            0.0,
            "None of the items to put in order was found in the answer.",
            confidence=0.9,
            evidence=[answer_text.whole(answer, "the answer")],
        )
    evidence = [
        answer_text.quote(answer, *place, supports=item)
        for item, place in sorted(places.items(), key=lambda entry: entry[1])
    ]
    if len(spec.answer) == 1:
        return mark("ordered", 1.0, "The one item was named.", evidence=evidence)
    pairs = list(combinations(spec.answer, 2))
    right = sum(a in places and b in places and places[a] < places[b] for a, b in pairs)
    wrong = sum(a in places and b in places and places[a] > places[b] for a, b in pairs)
    missing = [item for item in spec.answer if item not in places]
    rationale = f"{right} of {len(pairs)} pairs are in the right order and {wrong} in the wrong one"
    rationale += f"; not named: {', '.join(missing)}." if missing else "."
    return mark("ordered", (right - wrong) / len(pairs), rationale, confidence=0.95, evidence=evidence)


def _places(words: Sequence[Token], items: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Where each item is first named; longer items are found first and their words are then taken."""
    taken: set[int] = set()
    found: dict[str, tuple[int, int]] = {}
    for item in sorted(items, key=len, reverse=True):
        target = _comparable(item)
        size = len(target.split())
        best = (0.87, -1)
        for at in range(len(words) - size + 1):
            if taken & set(range(at, at + size)):
                continue
            ratio = _similar(_joined(words[at : at + size]), target)
            if ratio > best[0]:
                best = (ratio, at)
        if best[1] >= 0:
            run = words[best[1] : best[1] + size]
            taken |= set(range(best[1], best[1] + size))
            found[item] = (run[0].start, run[-1].end)
    return found
