"""Multiple choice and multi-select as people answer aloud: "option b", "the second one", the option's own words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct
from rapidfuzz import fuzz

from deployments.grading.graders import answer_text
from deployments.grading.graders.answer_text import Token
from deployments.grading.graders.grade_builder import mark, no_answer
from interview.errors import InvalidInput
from interview.grades import Evidence, Grade
from interview.plans.questions import MultipleChoice, MultiSelect, Option
from interview.text.number_vocabulary import ONES, ordinal


class Pick(Struct, frozen=True):
    """An option found in the answer. ``strength``: 3 by letter, number or place, 2 by its words, 1 nearly so."""

    option: str
    strength: int
    start: int
    end: int
    denied: bool = False


_NAMING = frozenset(
    {"option", "answer", "letter", "choice", "number", "options", "answers", "choices", "letters", "numbers"}
)
_SPOKEN_LETTERS = {
    "ay": "a", "eh": "a", "hey": "a", "be": "b", "bee": "b", "see": "c", "sea": "c", "si": "c", "dee": "d", "the": "d",
    "ee": "e", "ef": "f", "eff": "f", "gee": "g", "alpha": "a", "bravo": "b", "charlie": "c", "delta": "d", "echo": "e",
    "foxtrot": "f",
}  # fmt: skip
_HOMOPHONES = {"to": 2, "too": 2, "for": 4, "won": 1}
_DENIALS = ("not", "isn't", "neither", "nor", "except", "without", "excluding", "but not", "never", "aren't", "besides")
_WRONG = frozenset({"wrong", "incorrect", "false", "out"})
_PICKING_TEXT = (
    "is it's its be say choose pick picking choosing with for take select chose answer and or both also plus are that's"
)
_PICKING = frozenset(_PICKING_TEXT.split())
_THINKING = frozenset({"", "the", "think", "probably", "definitely", "maybe", "wait", "sorry", "mean"})
_CORRECTED = frozenset({"wait", "no", "sorry", "mean"})
_SEPARATORS = frozenset({"and", "or", "both", "also", "plus", "then"})
_ALL = re.compile(
    r"\b(?:all (?:of )?(?:them|these|those|the above|the options|four|five|three|six)"
    r"|every (?:one|option)|everything)\b"
    r"|\ball(?=\s*(?:$|[.,;!?]|except|but|apart))"
)
#: "Everything" in a longer answer is more likely part of an explanation.
_MAX_WORDS_FOR_ALL = 10
_BOTH = re.compile(r"\bboth(?: of (?:them|these))?\b")
_NONE = re.compile(r"\bnone(?: of (?:them|these|those|the above))?\b")
_EXCEPT = re.compile(r"\b(?:except|but|apart from|other than|besides|excluding)\b")
_COMMIT = re.compile(
    r"\b(?:(?:my |the |final |correct |right )*answer (?:is|would be)"
    r"|i(?:'ll| will|'d| would)? (?:go with|choose|pick|say|take)"
    r"|going with|i'm picking|it(?:'s| is| must be| has to be| should be)|final answer)\b"
)


def grade_multiple_choice(spec: MultipleChoice, answer: str) -> Grade:
    """1 for the right option, 0 for another; two options at once are no choice.

    Raises:
        InvalidInput: the key is not one of the options.
    """
    _check_options(spec.options, (spec.answer,))
    picks = find_picks(spec.options, answer)
    chosen, doubt = _single(picks, answer)
    name = {option.id: option.text for option in spec.options}
    if not chosen:
        return _unrecognised("multiple_choice", answer, picks)
    evidence = _evidence(answer, chosen, name)
    distinct = list(dict.fromkeys(pick.option for pick in chosen))
    if len(distinct) > 1:
        return mark(
            "multiple_choice",
            0.0,
            f"The candidate names {len(distinct)} options ({', '.join(distinct)}) and does not choose one.",
            confidence=0.6,
            evidence=evidence,
            review="More than one option is named.",
        )
    confidence = {3: 0.99, 2: 0.97, 1: 0.8}[max(pick.strength for pick in chosen)]
    right = distinct[0] == spec.answer
    verdict = "right" if right else "not the right option"
    rationale = f"The candidate chose {distinct[0]!r} ({name[distinct[0]]}), which is {verdict}."
    return mark(
        "multiple_choice",
        1.0 if right else 0.0,
        rationale,
        confidence=min(confidence, 0.7) if doubt else confidence,
        evidence=evidence,
        review=doubt,
    )


def grade_multi_select(spec: MultiSelect, answer: str) -> Grade:
    """(right picks - wrong picks) / right options, floored at 0.

    Raises:
        InvalidInput: the key is empty or names an option that is not there.
    """
    _check_options(spec.options, spec.answers)
    text = answer.casefold()
    picks = find_picks(spec.options, answer, many=True)
    short = len(answer_text.tokens(answer)) <= _MAX_WORDS_FOR_ALL
    everything = short and (_ALL.search(text) or (len(spec.options) == 2 and _BOTH.search(text)))
    chosen: set[str]
    if _NONE.search(text) and not any(pick.strength > 1 and not pick.denied for pick in picks):
        chosen = set()
        evidence = [answer_text.whole(answer, "none")]
    elif everything and (not picks or _EXCEPT.search(text)):
        left_out = {pick.option for pick in picks} if _EXCEPT.search(text) else set()
        chosen = {option.id for option in spec.options} - left_out
        evidence = [answer_text.whole(answer, "all of them")]
    else:
        cut = answer_text.after_correction(answer)
        kept = [pick for pick in picks if not pick.denied]
        kept = [pick for pick in kept if pick.start >= cut] or kept
        strongest = [pick for pick in kept if pick.strength > 1]
        kept = strongest or kept
        if not kept:
            return _unrecognised("multi_select", answer, picks)
        chosen = {pick.option for pick in kept}
        evidence = _evidence(answer, kept, {option.id: option.text for option in spec.options})
    right, wrong = chosen & set(spec.answers), chosen - set(spec.answers)
    missed = set(spec.answers) - chosen
    rationale = f"{len(right)} of {len(spec.answers)} right options were picked"
    rationale += f", and {len(wrong)} wrong ({', '.join(sorted(wrong))})" if wrong else ""
    rationale += f"; missed: {', '.join(sorted(missed))}." if missed else "."
    score = max(0.0, (len(right) - len(wrong)) / len(set(spec.answers)))
    return mark("multi_select", score, rationale, confidence=0.95, evidence=evidence)


def _check_options(options: Sequence[Option], key: Sequence[str]) -> None:
    ids = [option.id for option in options]
    if len(set(ids)) != len(ids) or len(ids) < 2:
        raise InvalidInput(
            "A choice needs at least two options with distinct ids.",
            detail={"fields": {"options": "too few or duplicate"}},
        )
    unknown = [one for one in key if one not in ids]
    if unknown or not key:
        raise InvalidInput(
            f"The key names no such option: {', '.join(unknown) or 'it is empty'}.",
            detail={"fields": {"answer": "unknown option"}},
        )


def _unrecognised(grader: str, answer: str, picks: Sequence[Pick]) -> Grade:
    empty = no_answer(grader, answer)
    if empty:
        return empty
    rationale = "The candidate only rules options out." if picks else "No option was recognised in the answer."
    return mark(
        grader,
        0.0,
        rationale,
        confidence=0.7,
        evidence=[answer_text.whole(answer, "no option recognised")],
        review=rationale if picks or len(answer.split()) > 3 else "",
    )


def _evidence(answer: str, picks: Sequence[Pick], name: dict[str, str]) -> list[Evidence]:
    return [answer_text.quote(answer, pick.start, pick.end, f"{pick.option}: {name[pick.option]}") for pick in picks]


def _single(picks: Sequence[Pick], answer: str) -> tuple[list[Pick], str]:
    """The picks that count for one choice: not denied, after a correction, the strongest kind, after a commitment."""
    kept = [pick for pick in picks if not pick.denied]
    cut = answer_text.after_correction(answer)
    kept = [pick for pick in kept if pick.start >= cut] or kept
    if not kept:
        return [], ""
    strongest = max(pick.strength for pick in kept)
    best = [pick for pick in kept if pick.strength == strongest]
    if len({pick.option for pick in best}) > 1:
        commitments = [found.end() for found in _COMMIT.finditer(answer.casefold())]
        for end in reversed(commitments):
            after = [pick for pick in best if pick.start >= end - 1]
            if after:
                hedge = [pick for pick in after if _or_between(answer, after[0], pick)]
                return ([after[0], *hedge] if hedge else [after[0]]), ""
    doubt = ""
    if strongest == 3 and any(pick.strength == 2 and pick.option != best[0].option for pick in kept):
        doubt = "The option named and the words used belong to different options."
    return best, doubt


def _or_between(answer: str, first: Pick, other: Pick) -> bool:
    between = answer[first.end : other.start].casefold()
    return (
        other.start > first.end
        and re.fullmatch(r"[\s,]*(?:or|and|or maybe|or perhaps)\s+(?:maybe |option |answer |the )*", between)
        is not None
    )


def find_picks(options: Sequence[Option], answer: str, *, many: bool = False) -> list[Pick]:
    """Every option the answer names, in order of place. ``many`` reads lists of bare letters ("a and c")."""
    words = answer_text.closed(answer_text.tokens(answer))
    by_words, taken = _by_words(options, words, answer)
    picks = [*_by_name(options, words, answer, taken, many), *by_words]
    if not picks:
        picks = _nearly(options, answer)
    return sorted((_with_denial(pick, words, answer) for pick in picks), key=lambda pick: pick.start)


def _by_words(options: Sequence[Option], words: Sequence[Token], answer: str) -> tuple[list[Pick], set[int]]:
    """Options whose own words occur, the longest first; the words of one option are not read again for another."""
    taken: set[int] = set()
    picks: list[Pick] = []
    for option in sorted(options, key=lambda one: len(one.text), reverse=True):
        target = [answer_text.stem(token.text) for token in answer_text.tokens(option.text)]
        size = len(target)
        if not size or (size == 1 and len(option.text) == 1):
            continue
        for at in range(len(words) - size + 1):
            run = words[at : at + size]
            if not taken & set(range(at, at + size)) and [answer_text.stem(word.text) for word in run] == target:
                taken |= set(range(at, at + size))
                picks.append(Pick(option.id, 2, run[0].start, run[-1].end))
    return picks, taken


def _nearly(options: Sequence[Option], answer: str) -> list[Pick]:
    """The one option whose words nearly occur, if it stands clear of the others."""
    said = answer_text.normal(answer)
    ranked = sorted(((_nearness(option, said), option.id) for option in options), reverse=True)
    if ranked[0][0] < 80 or ranked[0][0] - ranked[1][0] < 8:
        return []
    stripped = answer_text.whole(answer, limit_chars=400)
    return [Pick(ranked[0][1], 1, stripped.start, stripped.end)]


def _nearness(option: Option, said: str) -> float:
    text = answer_text.normal(option.text)
    if min(len(text), len(said)) < 4:
        return 0.0
    return float(
        max(
            fuzz.ratio(text, said),
            fuzz.token_sort_ratio(text, said),
            fuzz.partial_ratio(text, said) if len(said) >= len(text) else 0,
        )
    )


def _by_name(options: Sequence[Option], words: Sequence[Token], answer: str, taken: set[int], many: bool) -> list[Pick]:
    """Options named by letter, number or place."""
    picks: list[Pick] = []
    content = answer_text.bare(words)
    whole = len(content) == 1
    for index, word in enumerate(words):
        if index in taken:
            continue
        before = words[index - 1].text if index else ""
        naming = before in _NAMING or (before == "is" and index > 1 and words[index - 2].text in _NAMING)
        option = _place(options, words, index) or _letter(
            options, words, index, answer, naming=naming, alone=whole and content[0] == word, many=many, picks=picks
        )
        if option is not None:
            start = words[index - 1].start if before in _NAMING else word.start
            picks.append(Pick(option.id, 3, start, word.end))
    return picks


def _place(options: Sequence[Option], words: Sequence[Token], index: int) -> Option | None:
    """ "the second one", "the last option", "number two", "the former"."""
    word = words[index].text
    following = words[index + 1].text if index + 1 < len(words) else ""
    before = words[index - 1].text if index else ""
    last_word = index + 1 == len(words)
    if len(options) == 2 and word in ("former", "latter"):
        return options[0 if word == "former" else 1]
    counted = following in ("one", "option", "answer", "choice", "and", "or", "ones", "options") or last_word
    if word == "last" and counted:
        return options[-1]
    place = ordinal(word)
    if (
        place is not None
        and counted
        and (before in ("the", "and", "or", "option", "") or last_word or following == "one")
    ):
        return options[place - 1] if 1 <= place <= len(options) else None
    return None


def _letter(
    options: Sequence[Option],
    words: Sequence[Token],
    index: int,
    answer: str,
    *,
    naming: bool,
    alone: bool,
    many: bool,
    picks: Sequence[Pick],
) -> Option | None:
    """A letter, a number or an id that names an option, where it cannot be an ordinary word."""
    token = words[index]
    word = token.text
    option = _by_id(options, word)
    if option is None and (naming or alone):
        spoken = _SPOKEN_LETTERS.get(word)
        number = ONES.get(word, _HOMOPHONES.get(word) if naming else None)
        option = _by_id(options, spoken) if spoken and (word != "the" or naming) else None
        if option is None and number:
            option = _by_id(options, str(number))
    if option is None:
        return None
    if naming or alone or (len(word) > 1 and not word.isdigit()):
        return option
    return option if _stands_as_letter(options, words, index, answer, many=many, listed=bool(picks)) else None


def _stands_as_letter(
    options: Sequence[Option], words: Sequence[Token], index: int, answer: str, *, many: bool, listed: bool
) -> bool:
    """Whether a single letter or digit among other words names an option. "a" and "i" are words of their own and need
    a clearer place; ``listed`` says that an option was named before it."""
    token = words[index]
    raw = answer[token.start : token.end]
    before = words[index - 1].text if index else ""
    following = words[index + 1].text if index + 1 < len(words) else ""
    left = answer[words[index - 1].end : token.start] if index else "."
    after_char = answer[token.end] if token.end < len(answer) else "."
    ends_clause = after_char in ".,;:!?)\n" or not following
    begins_clause = bool(set(left) & set(".,;:!?(\n"))
    if raw.isdigit():
        # Numbers are everywhere ("score: 1.0"): one alone names an option only in its own clause or in a list.
        listed_here = many and (before in _SEPARATORS or following in _SEPARATORS)
        whole_number = not re.match(r"\.\d", answer[token.end : token.end + 2])
        return whole_number and (listed_here or (ends_clause and (index == 0 or before in {*_PICKING, *_CORRECTED})))
    if (begins_clause and ends_clause) or (following in ("as", "because", "since") and before in {"", *_PICKING}):
        return True
    another = len(following) == 1 and _by_id(options, following) is not None
    then = words[index + 2].text if index + 2 < len(words) else ""
    if token.text not in ("a", "i"):
        if before in _PICKING or (raw.isupper() and raw.isalpha()):
            return True
        if many:
            return True
        return ends_clause and before in _THINKING
    if ends_clause and (before in _PICKING or before in _THINKING or raw.isupper()):
        return True
    if following in ("or", "and") and (many or following == "or") and _by_id(options, then) is not None:
        return True
    return (many and raw.isupper() and another) or (listed and before in _SEPARATORS and ends_clause)


def _by_id(options: Sequence[Option], word: str) -> Option | None:
    """By id; letters and numbers also count off options whose ids are of the other kind."""
    for option in options:
        if option.id.casefold() == word:
            return option
    ids_are_letters = all(len(option.id) == 1 and option.id.isalpha() for option in options)
    ids_are_numbers = all(option.id.isdigit() for option in options)
    place: int | None = None
    if word.isdigit() and len(word) <= 2 and not ids_are_numbers:
        place = int(word)
    elif len(word) == 1 and "a" <= word <= "z" and not ids_are_letters:
        place = ord(word) - ord("a") + 1
    return options[place - 1] if place is not None and 1 <= place <= len(options) else None


def _with_denial(pick: Pick, words: Sequence[Token], answer: str) -> Pick:
    before = [word for word in words if word.end <= pick.start][-3:]
    after = [word.text for word in words if word.start >= pick.end][:3]
    near = [word.text for word in before if not re.search(r"[.;,!?]", answer[word.end : pick.start])]
    denied = any(word in _DENIALS for word in near)
    if after[:1] and after[0] in ("is", "isn't", "are") and (_WRONG & set(after[1:]) or after[0] == "isn't"):
        denied = True
    return Pick(pick.option, pick.strength, pick.start, pick.end, denied)
