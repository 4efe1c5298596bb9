"""Reads options named by letter, number or place: "option b", "the second one", "a through c", "bee", "the last two"."""

# ruff: noqa: E501 – a pattern of alternatives reads better whole than broken

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

from deployments.grading.graders.closed.mentions import BY_NAME, Line, Mention, free
from deployments.grading.graders.closed.option_catalogue import Entry, OptionCatalogue
from interview.text.number_vocabulary import ONES, ordinal
from interview.text.stems import stem

_WORDS = str.split
NAMING = frozenset(_WORDS("option answer letter choice number options answers choices letters numbers nr item"))
_COUNTED = frozenset(
    _WORDS(
        "one ones option options answer answers choice choices item items bucket range bracket interval category band"
        " statement line entry"
    )
)
_VALUES = frozenset(_WORDS("year number value figure amount date quantity size"))
_ALPHABET = dict(
    zip(
        _WORDS(
            "alpha bravo charlie delta echo foxtrot golf hotel india juliet kilo lima mike november oscar papa quebec romeo"
            " sierra tango uniform victor whiskey xray yankee zulu"
        ),
        "abcdefghijklmnopqrstuvwxyz",
        strict=True,
    )
) | {"alfa": "a", "juliett": "j"}
#: Words that speech recognition writes for a letter's name. They count only where a letter can stand.
_SOUNDS = {
    "ay": "a", "eh": "a", "hey": "a", "be": "b", "bee": "b", "see": "c", "sea": "c", "cee": "c", "si": "c", "dee": "d",
    "the": "d", "ee": "e", "ef": "f", "eff": "f", "gee": "g", "age": "h", "aitch": "h",
}  # fmt: skip
_NUMBER_SOUNDS = {"to": 2, "too": 2, "for": 4, "fore": 4, "won": 1, "tree": 3, "free": 3, "ate": 8, "sex": 6}
_PICKING = frozenset(
    _WORDS(
        "is it's its be say choose pick picking choosing with for take select chose answer and or both also plus are that's"
        " guess think believe probably definitely maybe not than over except but either neither nor just only honest"
        " meant mean sorry actually wait no so leaves leaving therefore without excluding"
    )
)
_AFTER_A = frozenset(
    _WORDS(
        "and or but is isn't isnt was because since as like can't cant cannot could couldn't should would wouldn't has won't"
        " doesn't so nor not no to through thru till until plus then though although definitely sounds seems looks makes please"
        " i i'd i'm it it's that's actually sorry wait only alone also too obviously probably maybe for if instead rather"
        " over n um uh yeah yes well okay right first final versus vs minus without except"
    )
)
_TREE = frozenset(_WORDS("tree trees language code program programming testing test tests compiler shell standard"))
_NEVER_A_LETTER_BEFORE = {
    "see": _WORDS("me i can could you we to will i'd let us'll ll"),
    "be": _WORDS(
        "to would could should can may might must will it'd that'd not wouldn't can't cannot couldn't shouldn't won't mustn't i'd gonna going well also probably maybe just only then always"
    ),
    "the": [],
}


def find(catalogue: OptionCatalogue, line: Line, taken: list[Mention]) -> list[Mention]:
    """Every option named in these ways, ranges and counts merged; ``taken`` are the mentions of the readers before."""
    found = _counts(catalogue, line, taken)
    singles = [
        mention for at in range(len(line.words)) if (mention := _at(catalogue, line, at, [*taken, *found])) is not None
    ]
    singles = _with_runs(catalogue, line, singles, taken)
    return [*found, *_ranges(catalogue, line, singles)]


def _at(catalogue: OptionCatalogue, line: Line, at: int, taken: list[Mention]) -> Mention | None:
    word = line.words[at]
    if not free(word.start, word.end, taken):
        return None
    entry = _place(catalogue, line, at) or _letter(catalogue, line, at) or _number(catalogue, line, at)
    if entry is None:
        return None
    return Mention((entry.id,), BY_NAME, word.start, word.end)


def _naming(line: Line, at: int) -> bool:
    before = line.word(at - 1)
    return (
        before in NAMING
        or (before == "is" and line.word(at - 2) in NAMING)
        or (before == "no" and line.word(at).isdecimal() and line.gap(at - 1).startswith("."))
    )


def _alone(line: Line, at: int) -> bool:
    """Whether the answer consists of this word alone, a frame ("I think it's …") and repetitions aside."""
    return bool(line.content) and all(word.text == line.words[at].text for word in line.content)


_PLACE_WORDS = {"last": -1, "final": -1, "bottom": -1, "penultimate": -2, "top": 1}


_ENDS = frozenset(_WORDS("first final last top bottom"))
_AFTER_PLACE = frozenset(_WORDS("and or because since but then is as not the to through until"))


def _place(catalogue: OptionCatalogue, line: Line, at: int) -> Entry | None:
    """ "the second one", "the last option", "the former", "second", "the middle one"."""
    word, before, following = line.word(at), line.word(at - 1), line.word(at + 1)
    count = len(catalogue.entries)
    if count == 2 and word in ("former", "latter"):
        return catalogue.entries[0 if word == "former" else 1]
    place = ordinal(word)
    if place is None and word in _PLACE_WORDS:
        place = _PLACE_WORDS[word] % (count + 1) if word != "top" else 1
    if place is None and word in ("middle", "center", "centre") and count % 2:
        place = (count + 1) // 2
    own = any(stem(word) in entry.distinctive for entry in catalogue.entries)
    if place is None or own or (word == "final" and following == "answer"):
        return None
    bare = line.ends_clause(at) or following in _AFTER_PLACE
    counted = (
        following in _COUNTED
        or (catalogue.numeric and following in _VALUES)
        or (following in ("answer", "of") and line.word(at + 2) in ("the", "them", "these"))
    )
    listed = _beside(line, at, lambda near: ordinal(near) is not None or near == "last")
    named = counted or listed or _alone(line, at) or (bare and before in ("the", "very", "option", "answer"))
    if named or (bare and before in ("and", "or", "not") and word not in _ENDS):
        return catalogue.at_place(place)
    return None


def _letter(catalogue: OptionCatalogue, line: Line, at: int) -> Entry | None:
    word = line.word(at)
    naming, alone = _naming(line, at), _alone(line, at)
    if len(word) == 1 and word.isalpha():
        entry = catalogue.named(word)
        if entry is None:
            return None
        return entry if naming or alone or _stands_as_letter(catalogue, line, at) else None
    if len(word) > 1 and not word.isdecimal() and any(entry.id.casefold() == word for entry in catalogue.entries):
        return catalogue.named(word)
    spoken = _ALPHABET.get(word)
    if spoken is not None and (naming or _spelled(line) or _picked(line, at)):
        return catalogue.named(spoken)
    spoken = _SOUNDS.get(word)
    if spoken is None or line.word(at - 1) in _NEVER_A_LETTER_BEFORE.get(word, ()):
        return None
    if word == "the":
        return catalogue.named(spoken) if naming and line.ends_clause(at) else None
    return (
        catalogue.named(spoken) if naming or alone or _among_letters(catalogue, line, at) or _picked(line, at) else None
    )


def _spelled(line: Line) -> bool:
    """Whether the answer consists of letters' names and conjunctions."""
    return all(
        word.text in _ALPHABET
        or word.text in _SOUNDS
        or word.text in _PICKING
        or len(word.text) == 1
        or word.text in ("as", "in", "like", "the")
        for word in line.content
    )


def _picked(line: Line, at: int) -> bool:
    """After "I'd go with", "I choose", "the answer is", with nothing after it in its clause."""
    before = line.word(at - 1)
    return line.ends_clause(at) and (
        before in _WORDS("with pick choose say select take")
        or (before == "for" and line.word(at - 2) in _WORDS("go going gonna opt opting vote voting settle settling"))
        or (before == "is" and line.word(at - 2) == "answer")
    )


def _letterlike(catalogue: OptionCatalogue, word: str) -> bool:
    return (len(word) == 1 and catalogue.named(word) is not None) or (
        word in _SOUNDS and word != "the" and catalogue.named(_SOUNDS[word]) is not None
    )


def _among_letters(catalogue: OptionCatalogue, line: Line, at: int) -> bool:
    """Whether a neighbour in the same list is a letter: "a and see and dee"."""
    return _beside(line, at, lambda near: _letterlike(catalogue, near))


def _beside(line: Line, at: int, fits: Callable[[str], bool]) -> bool:
    """Whether the next or the previous item of the list that word ``at`` stands in fits."""
    for step in (-1, 1):
        near = at + step
        while line.word(near) in ("and", "or", "plus", "also", "the", "option", "to", "through", "until"):
            near += step
        if line.word(near) and fits(line.word(near)):
            return True
    return False


def _stands_as_letter(catalogue: OptionCatalogue, line: Line, at: int) -> bool:
    """Whether a single letter among other words is not a word of its own: "a" and "i" are words, "b" seldom."""
    word, raw, before, following = line.word(at), line.raw(at), line.word(at - 1), line.word(at + 1)
    if before in ("as", "like") and line.word(at - 2) == "such":
        return False
    if following in _TREE and not line.ends_clause(at):
        return False
    if word not in ("a", "i"):
        return not (before in ("plan", "vitamin", "grade", "type", "class", "series") and raw.islower())
    if word == "i":
        return raw == "I" and line.begins_clause(at) and line.ends_clause(at)
    shouting = line.answer.isupper() and len(line.words) > 2
    if line.ends_clause(at):
        return True
    if line.gap(at).strip() in ("/", "&", "+", "-", "–", "—", "|"):
        return True
    if following in _AFTER_A and not (following == "can" and line.word(at + 2) == "of"):
        return True
    if (len(following) == 1 and catalogue.named(following) is not None) or (
        _letterlike(catalogue, following) and _spelled(line)
    ):
        return True
    if following in _ALPHABET or ordinal(following) is not None:
        return following in _ALPHABET and _spelled(line)
    if raw == "A" and not shouting:
        if at and not line.begins_clause(at):
            return True
        after = line.raw(at + 1) if at + 1 < len(line.words) else ""
        own = any(following in entry.text.casefold() for entry in catalogue.entries)
        return len(after) > 1 and after.istitle() and not own
    return False


def _number(catalogue: OptionCatalogue, line: Line, at: int) -> Entry | None:
    """A number that counts options: "option two", "2", "1, 3", "one three four"."""
    word = line.word(at)
    naming, alone = _naming(line, at), _alone(line, at)
    digits = word.isdecimal()
    value = int(word) if digits and len(word) <= 2 else ONES.get(word)
    if value is None and (naming or (alone and line.word(at - 1) not in ("a", "an", "the", "some", "my"))):
        value = _NUMBER_SOUNDS.get(word)
    if not value:
        return None
    start, end = line.words[at].start, line.words[at].end
    before_it, after_it = line.answer[max(0, start - 2) : start], line.answer[end : end + 5]
    if re.match(r"\.\d|,\d{3}(?!\d)", after_it) or re.search(r"\d\.$", before_it):
        return None
    if (catalogue.numeric or catalogue.ranges) and not naming:
        return None
    if not digits and word == "one" and line.word(at - 1) in _NOT_ONE:
        return None
    entry = catalogue.named(str(value)) or (catalogue.at_place(value) if naming else None)
    if entry is None:
        return None
    before = line.word(at - 1)
    if naming or alone or _all_numbers(line):
        return entry
    if digits and (line.ends_clause(at) or line.word(at + 1) in ("because", "since", "and", "or", "but", "is")):
        return entry if at == 0 or before in _PICKING or line.begins_clause(at) else None
    return None


_NOT_ONE = frozenset(
    _WORDS("the that this which no every single first last neither either any other another each both")
)


def _all_numbers(line: Line) -> bool:
    framing = _PICKING | NAMING | {"to", "through", "thru", "till", "from"}
    return all(word.text.isdecimal() or word.text in ONES or word.text in framing for word in line.content)


_RANGE = re.compile(
    r"[ \t]*(?:through|thru|to|till|until|up to|all the way to|-|–|—|\.\.+)[ \t]*(?:the |option |letter |number )?",
    re.IGNORECASE,
)


#: "I change from B to C" is no range.
_CHANGES_FROM = re.compile(
    r"\b(?:chang\w+|switch\w*|go|going|mov\w+)(?: (?:it|that|my (?:answer|choice|mind|vote)))? from (?:the |option |answer )*$",
    re.IGNORECASE,
)


def _ranges(catalogue: OptionCatalogue, line: Line, singles: list[Mention]) -> list[Mention]:
    """ "a through c", "1-3" as one mention of all between."""
    merged: list[Mention] = []
    gaps = [line.answer[one.end : two.start].strip() for one, two in pairwise(singles)]
    if len(gaps) > 1 and len(set(gaps)) == 1 and gaps[0] in ("-", "–", "—"):
        return singles  # "a-c-e" is a list
    for one in singles:
        joined = bool(merged) and _RANGE.fullmatch(line.answer[merged[-1].end : one.start])
        if joined and len(merged[-1].options) == 1 and not _CHANGES_FROM.search(line.answer[: merged[-1].start]):
            first, last = catalogue.by_id[merged[-1].options[0]].place, catalogue.by_id[one.options[0]].place
            if first < last:
                ids = tuple(entry.id for entry in catalogue.entries[first - 1 : last])
                merged[-1] = Mention(ids, BY_NAME, merged[-1].start, one.end)
                continue
        merged.append(one)
    return merged


def _with_runs(catalogue: OptionCatalogue, line: Line, singles: list[Mention], taken: list[Mention]) -> list[Mention]:
    """Letters written together: "ACD", "acd" where nothing else is said."""
    runs = list(singles)
    for at, word in enumerate(line.words):
        raw = line.raw(at)
        if (
            not 2 <= len(raw) <= len(catalogue.entries)
            or not raw.isalpha()
            or not free(word.start, word.end, [*taken, *runs])
        ):
            continue
        entries = [catalogue.named(char) for char in word.text]
        distinct = len(set(word.text)) == len(word.text) and None not in entries
        rising = "".join(sorted(word.text)) == word.text
        if distinct and ((raw.isupper() and (_alone(line, at) or len(raw) < 4)) or (_alone(line, at) and rising)):
            runs.append(Mention(tuple(entry.id for entry in entries if entry), BY_NAME, word.start, word.end))
    return sorted(runs, key=lambda mention: mention.start)


_COUNT = r"(?P<count>two|three|four|five|six|2|3|4|5|6|couple|couple of)"
_END = r"(?: (?:ones|options|answers|choices|of (?:them|these|those|the options)))?\b"
_FIRST_N = re.compile(rf"\b(?P<end>first|top|last|final|bottom) {_COUNT}{_END}", re.IGNORECASE)
_MIDDLE_N = re.compile(
    r"\b(?:(?:middle|center|centre|inner) (two|three)|(two|three)(?: ones)? in the (?:middle|center|centre))\b",
    re.IGNORECASE,
)
_FROM_END = re.compile(
    r"\b(?:(?P<place>(?:first|1st)(?= from)|second|third|fourth|2nd|3rd|4th|next) (?:to|from)(?: the)? (?P<from>last|end|bottom|right|top|start|beginning|left)|(?:the )?(?:one )?(?:just |right )?before (?:the )?last"
    r"|last but one|second last|penultimate)\b(?: (?:one|option|answer))?",
    re.IGNORECASE,
)
_COUNTS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "couple": 2, "couple of": 2}


def _counts(catalogue: OptionCatalogue, line: Line, taken: list[Mention]) -> list[Mention]:
    """ "the first three", "the last two", "second to last", "the one before the last"."""
    found: list[Mention] = []
    for match in _FIRST_N.finditer(line.answer):
        said = match.group("count").casefold()
        number = _COUNTS.get(said) or int(said)
        if number > len(catalogue.entries) or not free(match.start(), match.end(), taken):
            continue
        from_start = match.group("end").casefold() in ("first", "top")
        part = catalogue.entries[:number] if from_start else catalogue.entries[-number:]
        found.append(Mention(tuple(entry.id for entry in part), BY_NAME, match.start(), match.end()))
    for match in _MIDDLE_N.finditer(line.answer):
        number = _COUNTS[(match.group(1) or match.group(2)).casefold()]
        start = (len(catalogue.entries) - number) // 2
        if (
            (len(catalogue.entries) - number) % 2 == 0
            and start > 0
            and free(match.start(), match.end(), [*taken, *found])
        ):
            part = catalogue.entries[start : start + number]
            found.append(Mention(tuple(entry.id for entry in part), BY_NAME, match.start(), match.end()))
    for match in _FROM_END.finditer(line.answer):
        place = (match.group("place") or "second").casefold()
        steps = 2 if place == "next" else ordinal(place) or 2
        from_top = (match.group("from") or "").casefold() in ("top", "start", "beginning", "left")
        if steps <= len(catalogue.entries) and free(match.start(), match.end(), [*taken, *found]):
            entry = catalogue.entries[steps - 1 if from_top else -steps]
            found.append(Mention((entry.id,), BY_NAME, match.start(), match.end()))
    return found
