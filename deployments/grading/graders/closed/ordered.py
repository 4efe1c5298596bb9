"""Grades ordered lists; an answer gives the order in sequence or by relations ("before", "first")."""

# ruff: noqa: E501 – a pattern of alternatives reads better whole than broken

from __future__ import annotations

import re
from collections.abc import Sequence
from graphlib import CycleError, TopologicalSorter
from itertools import combinations

from deployments.grading.graders import answer_text
from deployments.grading.graders.answer_text import Token
from deployments.grading.graders.closed.order_direction import compared, end_of, listed_backwards
from deployments.grading.graders.closed.order_segments import by_segment
from deployments.grading.graders.closed.order_swaps import swapped
from deployments.grading.graders.closed.order_units import by_unit
from deployments.grading.graders.closed.spelling import same_word
from deployments.grading.graders.closed.term_matching import Match, Term, find
from deployments.grading.graders.grade_builder import mark, no_answer
from interview.errors import InvalidInput
from interview.grades import Grade
from interview.plans.questions import Ordered
from interview.text.number_vocabulary import ONES, ordinal
from interview.text.stance import hold

_FLOOR = 0.88
#: Words of one item that stand so near each other are one mention of it.
_NEAR_CHARS = 12
#: The share of such grades that are right: ``benchmarks/grading_calibration.py``.
_READ, _FEW, _UNREAD = 0.96, 0.88, 0.9


_DENIED = re.compile(
    r"\W*(?:(?:it|that|this)(?:'s| is) )?(?:definitely |certainly |obviously )?(?:not|never|don't|do not)\s+(?:in )?(?:the )?(?:order )?",
    re.IGNORECASE,
)


#: An order that is told, rather than listed, may be read wrongly.
_TOLD = re.compile(
    r"\b(?:before|after|afterwards|until|till|unless|than|depends?|needs?|requires?|reports?|swap\w*|switch\w*|exchange|reverse\w*|backwards?|above|below|on top|preced\w+|follow\w*|between"
    r"|(?:second|third|fourth|fifth|last|first) (?:is|comes|one)|is (?:the )?(?:first|second|third|fourth|fifth|last)|no|wait|sorry|actually|or)\b",
    re.IGNORECASE,
)
#: "A > B > C" may rank from the top, whatever the question asks for.
_RANKED = re.compile(r"(?<![-=<>])[<>](?![-=<>])")
_PRECEDES = re.compile(r"\b(?:before|after|until|till|unless|first|last|reverse\w*|other way)\b", re.IGNORECASE)
_TOGETHER = re.compile(
    r"\b(?:in parallel|together(?! with)|side by side|in one (?:step|go)|at the same time|simultaneously|concurrently|at once)\b",
    re.IGNORECASE,
)
_RELATES = re.compile(r"\b(?:before|until|till|unless|without)\b", re.IGNORECASE)


def grade_ordered(spec: Ordered, answer: str, prompt: str = "") -> Grade:
    """Kendall's τ over all pairs of the key, floored at 0: pairs in order minus pairs out of order; missing pairs count 0.

    ``prompt`` is the question: it says the direction in which a list "from largest to smallest" is read.

    Source: M. Kendall, "A New Measure of Rank Correlation" (1938).

    Raises:
        InvalidInput: the key has no items, or one twice.
    """
    if len(set(spec.answer)) != len(spec.answer) or not spec.answer:
        raise InvalidInput(
            "An ordered grader needs distinct items.", detail={"fields": {"answer": "empty or with duplicates"}}
        )
    empty = no_answer("ordered", answer)
    if empty:
        return empty
    places, shown = order_in(answer, spec.answer, prompt)
    if not places:
        return mark(
            "ordered",
            0.0,
            "None of the items to put in order was found in the answer.",
            confidence=_UNREAD,
            evidence=[answer_text.whole(answer, "the answer")],
            review="No item was recognised.",
        )
    evidence = [answer_text.quote(answer, one.start, one.end, supports=one.term) for one in shown]
    held = hold(answer, [(one.start, one.end) for one in shown])
    denied = [one.stance == "denied" for one in held]
    if (all(denied) or _DENIED.fullmatch(answer[: shown[0].start])) and not _RELATES.search(answer):
        return mark(
            "ordered",
            0.0,
            "The order is denied, and no other is given.",
            confidence=_UNREAD,
            evidence=evidence,
            review="The answer says which order is wrong.",
        )
    if len(spec.answer) == 1:
        return mark("ordered", 1.0, "The one item was named.", confidence=_READ, evidence=evidence)
    pairs = list(combinations(spec.answer, 2))
    right = sum(a in places and b in places and places[a] < places[b] for a, b in pairs)
    wrong = sum(a in places and b in places and places[a] > places[b] for a, b in pairs)
    missing = [item for item in spec.answer if item not in places]
    rationale = f"{right} of {len(pairs)} pairs are in the right order and {wrong} in the wrong one"
    rationale += f"; not named: {', '.join(missing)}." if missing else "."
    told = right < len(pairs) and (
        _TOLD.search(answer)
        or listed_backwards(answer, prompt) is None
        or (wrong == len(pairs) and _RANKED.search(answer) is not None)
    )
    offered = _alternatives(answer, spec.answer)
    dropped = any(denied) and not _PRECEDES.search(answer)
    together = _TOGETHER.search(answer) is not None
    few = bool(missing) and len(places) < max(2, len(spec.answer) // 2)
    return mark(
        "ordered",
        (right - wrong) / len(pairs),
        rationale,
        confidence=_FEW if few or told or dropped or offered or together else _READ,
        evidence=evidence,
        review="Few of the items were recognised."
        if few and len(answer.split()) > 3
        else "The order is told in words that may be read wrongly."
        if told
        else "One of the steps is denied."
        if dropped
        else "Several orders are offered."
        if offered
        else "Steps are said to happen together."
        if together
        else "",
    )


def _alternatives(answer: str, items: Sequence[str]) -> bool:
    """Whether an "or" stands between two lists of the items."""
    parts = re.split(r"\bor\b", answer, flags=re.IGNORECASE)
    return len(parts) > 1 and sum(len(order_in(part, items)[0]) == len(items) > 1 for part in parts) > 1


def order_in(answer: str, items: Sequence[str], prompt: str = "") -> tuple[dict[str, float], list[Match]]:
    """The rank of each item that the answer places (smaller is earlier), and the mentions that it is based on."""
    if any("-" in item for item in items) and not any("+" in item for item in items):
        answer = answer.replace("+", "-")  # "SYN+ACK" for "SYN-ACK"
    words = answer_text.closed(answer_text.tokens(answer))
    spoken = [word for word in words if word.text not in answer_text.HESITATIONS]
    found = _mentions(items, spoken, answer)
    if not found:
        return {}, []
    found, exchanged = swapped(answer, found)
    sequence = list(found) if exchanged else _sequence(answer, found)
    ranks: dict[str, float] = {}
    for at, match in enumerate(sequence):
        ranks.setdefault(match.term, float(at))
    around = answer[: sequence[0].start] + " . " + answer[sequence[-1].end :]
    if listed_backwards(around, prompt) or _begins_at_end(answer, sequence, prompt):
        ranks = {term: -rank for term, rank in ranks.items()}
    ranks = _related(answer, [match for match in found if match.start >= sequence[0].start], ranks, prompt)
    if exchanged is not None and set(exchanged) <= set(ranks):
        one, other = exchanged
        ranks = {**ranks, one: ranks[other], other: ranks[one]}
    return ranks, sorted(sequence, key=lambda one: one.start)


def _begins_at_end(answer: str, sequence: Sequence[Match], prompt: str) -> bool:
    """Whether the first item is called the last one asked for, or the last item the first: "GB is the largest, then …"."""
    if len(sequence) < 2:
        return False
    first, second, last = sequence[0], sequence[1], sequence[-1]
    return (
        end_of(prompt, answer[: first.start], answer[first.end : second.start]) > 0
        or end_of(prompt, answer[sequence[-2].end : last.start], answer[last.end :]) < 0
    )


def _mentions(items: Sequence[str], words: Sequence[Token], answer: str) -> list[Match]:
    """Every mention of an item; letters that are written together are split ("BADC")."""
    letters = {item.casefold(): item for item in items if len(item) == 1}
    if len(letters) == len(items):
        for word in words:
            if len(word.text) > 1 and set(word.text) <= set(letters) and len(set(word.text)) == len(word.text):
                return [
                    Match(letters[char], 1.0, word.start + at, word.start + at + 1) for at, char in enumerate(word.text)
                ]
    years = {item[2:]: item for item in items if re.fullmatch(r"[12]\d{3}", item)}
    if len(years) == len(items):  # "'69, '83"
        short = [
            Match(years[found[1]], 1.0, found.start(), found.end())
            for found in re.finditer(r"(?<!\w)['’](\d\d)\b", answer)
            if found[1] in years
        ]
        if len(short) > 1:
            return short
    terms = [Term(item) for item in sorted(items, key=len, reverse=True)]
    found = _by_length(terms, words, answer)
    found = by_segment(items, answer, [*found, *_by_own_words(items, words, found)])
    units = by_unit(items, words, answer)
    return units if len({one.term for one in units}) > len({one.term for one in found}) else found


def _by_own_words(items: Sequence[str], words: Sequence[Token], found: Sequence[Match]) -> list[Match]:
    """Items that are not named in full, by words that no other item has: "brush" for "Brush teeth"."""
    named = {match.term for match in found}
    texts = {item: [word.text for word in answer_text.tokens(item)] for item in items}
    parts: list[Match] = []
    for item in (item for item in items if item not in named and len(texts[item]) > 1):
        others = [word for other in items if other != item for word in texts[other]]
        own = [
            word
            for word in texts[item]
            if (len(word) > 2 or re.search(r"\d", word))
            and not answer_text.is_stop_word(word)
            and not any(same_word(word, one) for one in others)
        ]
        for word in words:
            free = all(word.end <= match.start or word.start >= match.end for match in found)
            if free and any(same_word(word.text, one, in_phrase=True) for one in own):
                if parts and parts[-1].term == item and word.start - parts[-1].end <= _NEAR_CHARS:
                    parts[-1] = Match(item, _FLOOR, parts[-1].start, word.end)
                else:
                    parts.append(Match(item, _FLOOR, word.start, word.end))
    return parts


def _by_length(terms: Sequence[Term], words: Sequence[Token], answer: str) -> list[Match]:
    """Mentions of the longest items first; the words of one are not read again for another."""
    free = list(words)
    found: list[Match] = []
    for term in terms:
        found += find([term], free, answer, floor=_FLOOR, short_by_sound=True)
        free = [word for word in free if all(word.end <= one.start or word.start >= one.end for one in found)]
    return found


def _sequence(answer: str, found: Sequence[Match]) -> list[Match]:
    """The run of mentions that gives the order: the last one that has every item named.

    A correction that names only some of the items again puts these into their places in the run before it.
    """
    held = hold(answer, [(match.start, match.end) for match in found])
    standing = [match for match, one in zip(found, held, strict=True) if one.stance != "withdrawn"]
    withdrawn = [match for match, one in zip(found, held, strict=True) if one.stance == "withdrawn"]
    corrected = _last_run(answer, standing)
    if not withdrawn:
        return corrected
    before = _last_run(answer, withdrawn)
    terms = {match.term for match in corrected}
    if not corrected:
        return before
    if corrected[0].term not in {match.term for match in before[:-1]} and len(before) > 1:
        joined = [*before[:-1], *corrected]  # "plan, test, sorry, build, then test, ship"
        if len({match.term for match in joined}) == len(joined) > len({match.term for match in before}):
            return joined
    if not terms < {match.term for match in before}:
        return corrected
    again = iter(corrected)
    return [next(again) if match.term in terms else match for match in before]


_RESTARTS = re.compile(
    r"[.;:!?\n]|\b(?:so|therefore|hence|thus|order|sequence|wait|no|sorry|i mean|again)\b", re.IGNORECASE
)


def _last_run(answer: str, mentions: Sequence[Match]) -> list[Match]:
    """The last stretch of ``mentions`` that has every item once and begins anew; all of them where there is none."""
    distinct = len({match.term for match in mentions})
    for start in range(len(mentions) - distinct, -1, -1):
        run = mentions[start : start + distinct]
        before = answer[mentions[start - 1].end : run[0].start] if start else "."
        if len({match.term for match in run}) == distinct and _RESTARTS.search(before):
            return list(run)
    return list(mentions)


_SUBJECT = r"(?:you |we |the |an? |i )*"
_VERB = r"(?:comes?|goes?|happens?|runs?|must be|should be|has to be|is|are|would be)(?: \w+)?"
#: Text between two items that puts the first of them earlier, or later.
_EARLIER = re.compile(
    rf"\b(?:{_VERB} (?:before|ahead of|prior to)|before|precedes?|prior to|ahead of|leads? to|(?:is )?followed by)\s+{_SUBJECT}$",
    re.IGNORECASE,
)
_LATER = re.compile(
    rf"\b(?:{_VERB} (?:after|behind)|after|follows?|(?:is )?preceded by|depends? on|needs?|requires?|relies on|builds? on|presupposes?|before (?:that|this|it|which)(?: (?:comes|is))?,?)\s+{_SUBJECT}$|(?:<-+|←|⇐)\s*$",
    re.IGNORECASE,
)
#: "Before you merge you push": the clause before relates the next item.
_FRONTED = re.compile(rf"(?:[.;!?]|\band\b|\bso\b)\s*(before|after|once|when)\s+{_SUBJECT}$", re.IGNORECASE)
_ONLY_ARTICLE = re.compile(r"\s*,?\s*(?:(?:comes?|goes?|is|are) )?(?:the |an? )", re.IGNORECASE)
_NOT_A_RELATION = re.compile(
    r"\b(?:not|never|cannot)\b|n't\b|\bafter (?:that|this|it|which)\b|(?<!comes )(?<!come )(?<!goes )(?<!go )(?<!is )(?<!happens )\bright after\b",
    re.IGNORECASE,
)
_AT_END = r"(?:last|at the end|in the end|at the very end|the end|final|finally)"
_AT_START = r"(?:first|at the start|at the beginning|at the very beginning)"
#: With a verb, or as the last words of their clause: "X comes last", "X last, …" but not "…, last X".
_CLOSES = r"(?=\s*(?:[,.;]|\band\b|$))"
_LAST_AFTER = re.compile(
    rf"^\s*,?\s*(?:{_VERB}\s+(?:the\s+)?(?:very\s+)?{_AT_END}\b|{_AT_END}{_CLOSES})", re.IGNORECASE
)
_FIRST_AFTER = re.compile(
    rf"^\s*,?\s*(?:{_VERB}\s+(?:the\s+)?(?:very\s+)?{_AT_START}\b|{_AT_START}{_CLOSES})", re.IGNORECASE
)
_INTRODUCES = r"(?: (?:is|comes|you|we|the|of all|it|to|do|,))*\s*,?\s*$"
_LAST_BEFORE = re.compile(
    rf"\b(?:last(?:ly)?|final(?:ly)?|at the (?:very )?end|end(?:s|ing)? (?:with|at|in|on)|the last (?:one|step|thing)){_INTRODUCES}",
    re.IGNORECASE,
)
_FIRST_BEFORE = re.compile(
    rf"\b(?:first(?:ly)?|(?:start|begin)(?:s|n?ing)? (?:with|at|from|out with)|the first (?:one|step|thing)){_INTRODUCES}",
    re.IGNORECASE,
)


#: "Test comes before release and after develop": two relations of one item.
_SAME_SUBJECT = re.compile(
    r"\s*,?\s*(?:and|but)\s+(?:also\s+)?(?:comes?\s+)?(?:before|after)\s+(?:the\s+)?", re.IGNORECASE
)


#: "The review right before it": the item before the one that was spoken of last.
_BEFORE_IT = re.compile(
    rf"^\s*(?:{_VERB}\s+)?(?:(?:right|just|directly|immediately) )?before (?:it|that|this|them)(?=\s*(?:[,.;]|\band\b|$))",
    re.IGNORECASE,
)


def _related(answer: str, found: Sequence[Match], ranks: dict[str, float], prompt: str) -> dict[str, float]:
    """``ranks`` after the answer's statements about first and last, and then its "before" and "after"."""
    earlier: list[tuple[str, str]] = []
    told = False
    subject = found[0].term if found else ""
    for at, match in enumerate(found):
        before = answer[found[at - 1].end if at else 0 : match.start]
        after = f"{answer[match.end : found[at + 1].start]}§" if at + 1 < len(found) else answer[match.end :]
        low, high = min(ranks.values(), default=0.0), max(ranks.values(), default=0.0)
        last, first = _LAST_AFTER.search(after), _FIRST_AFTER.search(after)
        called = end_of(prompt, before, after.rstrip("§")) if at or len(found) == 1 else 0
        if called:
            ranks[match.term] = high + 1 if called > 0 else low - 1
        elif last or (_LAST_BEFORE.search(before) and not first and not told):
            ranks[match.term] = high + 1
        elif first or (_FIRST_BEFORE.search(before) and not told):
            ranks[match.term] = low - 1
        told = bool(last or first)
        following = found[at + 1].term if at + 1 < len(found) else match.term
        other = found[at - 1].term if at else match.term
        same_subject = at > 0 and bool(_SAME_SUBJECT.fullmatch(before) and re.match(r"\s*(?:[,.;]|$)", after))
        if same_subject:  # "test comes before release and after develop"
            other = subject
        else:
            subject = other
        fronted = _FRONTED.search(before if at else f". {before}")
        if fronted is None and _ONLY_ARTICLE.fullmatch(after.rstrip("§")):  # ", before the review the design"
            fronted = _FRONTED.search(before.replace(",", "."))
        if fronted is not None and not same_subject and following != match.term:
            pair = (following, match.term)
            earlier.append(pair if fronted.group(1).casefold() == "before" else (match.term, following))
        elif other != match.term and _denied_before(answer, found, at):
            earlier.append((match.term, other))
        elif other == match.term:
            continue
        elif _BEFORE_IT.match(after):
            earlier.append((match.term, other))
        elif _NOT_A_RELATION.search(before):
            continue
        elif compared(before, prompt):
            earlier.append((other, match.term) if compared(before, prompt) < 0 else (match.term, other))
        elif _LATER.search(before):
            earlier.append((match.term, other))
        elif _EARLIER.search(before):
            earlier.append((other, match.term))
    return _numbered(answer, found) or _placed(answer, found) or _arranged(ranks, earlier)


_ORDINAL = r"(?:(?:number|no\.?|step|place|position|#)\s*)?(first|second|third|fourth|fifth|sixth|seventh|eighth|last|[1-9](?!\d)|one|two|three|four|five|six|seven|eight)"
_PLACE = re.compile(rf"^\s*[,:(\[=-]*\s*(?:{_VERB} )?(?:the )?{_ORDINAL}\b(?! of\b)", re.IGNORECASE)


def _place(said: re.Match[str] | None, count: int) -> float | None:
    """The place that a match of ``_ORDINAL`` names, from 1; "last" is ``count``."""
    if said is None:
        return None
    word = said.group(1).casefold()
    if word.isdecimal():
        return float(word)
    return float(ordinal(word) or ONES.get(word) or count)


def _numbered(answer: str, found: Sequence[Match]) -> dict[str, float]:
    """The place that the answer gives each item behind its name: "test third, build second"; empty where one has none."""
    places: dict[str, float] = {}
    for at, match in enumerate(found):
        following = found[at + 1].start if at + 1 < len(found) else len(answer)
        place = _place(_PLACE.search(answer[match.end : following]), len(found))
        if place is None or match.term in places:
            return {}
        places[match.term] = place
    return places if len(set(places.values())) == len(places) > 1 else {}


_PLACE_BEFORE = re.compile(
    rf"(?<![\w.]){_ORDINAL}(?: (?:one|step|item|place|thing))?(?:\s*[,:.)\]]|\s+(?:is|comes?|would be|we|you|the|to))*\s*$",
    re.IGNORECASE,
)


def _placed(answer: str, found: Sequence[Match]) -> dict[str, float]:
    """The place that the answer gives each item before its name: "the third is test"; empty where one has none."""
    places: dict[str, float] = {}
    for at, match in enumerate(found):
        place = _place(_PLACE_BEFORE.search(answer[found[at - 1].end if at else 0 : match.start]), len(found))
        if place is None or match.term in places:
            return {}
        places[match.term] = place
    return places if len(set(places.values())) == len(places) > 1 else {}


_BEFORE_OR_UNTIL = re.compile(
    r"\b(?:before|until|till|unless|without)\s+(?:(?:you|we|the|an?|i|it|is|are|have|has|had|been|it's|you've|we've|i've)\s+)*$",
    re.IGNORECASE,
)
_FORBIDS = re.compile(r"(?:\b(?:not|never|cannot)\b|n['’]t\b)[^.;,]*$", re.IGNORECASE)


def _denied_before(answer: str, found: Sequence[Match], at: int) -> bool:
    """Whether item ``at`` must come before the one mentioned before it: "you can't release before you test"."""
    if not at or not _BEFORE_OR_UNTIL.search(answer[found[at - 1].end : found[at].start]):
        return False
    return _FORBIDS.search(answer[found[at - 2].end if at > 1 else 0 : found[at - 1].start]) is not None


def _arranged(ranks: dict[str, float], earlier: Sequence[tuple[str, str]]) -> dict[str, float]:
    """The order closest to ``ranks`` in which each pair of ``earlier`` holds; ``ranks`` if they contradict each other."""
    sorter: TopologicalSorter[str] = TopologicalSorter({term: set() for term in ranks})
    for first, second in earlier:
        if first in ranks and second in ranks:
            sorter.add(second, first)
    try:
        sorter.prepare()
    except CycleError:
        return ranks
    arranged: dict[str, float] = {}
    ready: list[str] = []
    while sorter.is_active():
        ready += sorter.get_ready()
        term = min(ready, key=lambda one: ranks[one])
        ready.remove(term)
        arranged[term] = float(len(arranged))
        sorter.done(term)
    return arranged
