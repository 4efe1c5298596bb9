"""Reads options named by their own words: by all of them, or by one that no other option has."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from rapidfuzz import fuzz

from deployments.grading.graders import answer_text
from deployments.grading.graders.answer_text import Token
from deployments.grading.graders.closed.mentions import BY_PART, BY_WORDS, Line, Mention, free, in_order
from deployments.grading.graders.closed.notation import is_mathematical, notation
from deployments.grading.graders.closed.option_catalogue import Entry, OptionCatalogue
from deployments.grading.graders.closed.spelling import misspelt, same_word, sounds_like
from interview.text.english_words import is_english
from interview.text.number_vocabulary import ordinal
from interview.text.opposites import opposites_of
from interview.text.stems import stem
from interview.text.stop_words import STOP_WORDS

#: Minimum similarity (0-100) of a whole answer to an option's text, and its minimum lead over the next option.
_NEAR = 80.0
_CLEAR = 8.0
#: The same for the words that only this option has.
_NEAR_OWN = 65.0
_SOUNDS_ALIKE = 95.0


def in_full(catalogue: OptionCatalogue, line: Line) -> list[Mention]:
    """Options whose words occur in sequence, the longest first; a word counts for one option only."""
    words = notation(_written_out(line.words), line.answer)
    stems = [stem(word.text) for word in words]
    targets = [
        (target, entry) for entry in catalogue.entries for target in [*_targets(entry), *_initials(entry, catalogue)]
    ]
    found: list[Mention] = _turned_round(catalogue, words, stems)
    for target, entry in sorted(targets, key=lambda pair: len(" ".join(pair[0])), reverse=True):
        size = len(target)
        formula = all(map(is_mathematical, target))
        for at in range(len(stems) - size + 1):
            start, end = words[at].start, words[at + size - 1].end
            if stems[at : at + size] != target or not free(start, end, found):
                continue
            if (formula and _goes_on(words, at, size)) or (size == 1 and _is_frame(words, at)):
                continue
            found.append(Mention((entry.id,), BY_WORDS, start, end))
        if size == 1 and 2 <= len(target[0]) <= 5:  # "u d p" for "UDP"
            for at in range(len(words) - len(target[0]) + 1):
                run = words[at : at + len(target[0])]
                spelled = [word.text for word in run] == list(target[0])
                if spelled and free(run[0].start, run[-1].end, found):
                    found.append(Mention((entry.id,), BY_WORDS, run[0].start, run[-1].end))
        if size == 1 and len(target[0]) > 5:  # "dead lock" for "deadlock"
            for one, two in pairwise(words):
                if stem(one.text + two.text) == target[0] and free(one.start, two.end, found):
                    found.append(Mention((entry.id,), BY_WORDS, one.start, two.end))
    return found


#: What joins the words of an option that is turned round: "pudding made from bread".
_BETWEEN = frozenset({"of", "the", "a", "an", "made", "from", "with", "for", "in", "that", "is", "about", "on"})


def _turned_round(catalogue: OptionCatalogue, words: Sequence[Token], stems: Sequence[str]) -> list[Mention]:
    """Options whose words hold those of another one, said in another order: "pudding made from bread"."""
    found: list[Mention] = []
    for entry in catalogue.plain:
        own = entry.stems
        if len(own) < 2 or not any(set(other.stems) < set(own) for other in catalogue.plain):
            continue
        for start in range(len(stems)):
            for end in range(start + len(own), min(len(stems), start + len(own) + 3) + 1):
                run = stems[start:end]
                rest = [word.text for word, one in zip(words[start:end], run, strict=True) if one not in own]
                ends = run[0] in own and run[-1] in own
                if ends and rest and set(own) <= set(run) and _BETWEEN.issuperset(rest):
                    found.append(Mention((entry.id,), BY_WORDS, words[start].start, words[end - 1].end))
    return in_order(found)


_SHORTENED = {"can't": "can", "won't": "will", "ain't": "is", "shan't": "shall"}


def _written_out(words: Sequence[Token]) -> tuple[Token, ...]:
    """ "isn't" as "is not", so that it is found in an option that denies."""
    found: list[Token] = []
    for word in words:
        if word.text.endswith("n't"):
            middle = word.end - 3
            verb = _SHORTENED.get(word.text, word.text[:-3])
            found += [Token(verb, word.start, middle), Token("not", middle, word.end)]
        else:
            found.append(word)
    return tuple(found)


def _goes_on(words: Sequence[Token], at: int, size: int) -> bool:
    """Whether a formula is longer than ``words[at:at + size]``: "n squared log n" does not mean "n squared"."""
    before = words[at - 1].text if at else ""
    after = words[at + size].text if at + size < len(words) else ""
    return any(is_mathematical(word) and word not in ("a", "i") for word in (before, after))


_CHOOSERS = frozenset({"i", "i'd", "i'll", "i'm", "would", "will", "to", "gonna", "let's", "lets", "we"})
_CHOOSING = frozenset({"select", "pick", "take", "choose", "put", "get", "say", "mean", "guess", "set", "go", "use"})


def _is_frame(words: Sequence[Token], at: int) -> bool:
    """Whether an option's word only frames the choice: "I'd go with Rust", "let me see", "I accept that it's B"."""
    word = words[at].text
    before = words[at - 1].text if at else ""
    following = words[at + 1].text if at + 1 < len(words) else ""
    if word == "let":
        return following in ("me", "us")
    if word == "go" and (following in ("with", "for", "on") or before in ("let's", "lets")):
        return True
    if before == "i" and following == "that" and at + 2 < len(words):
        return True
    return word in _CHOOSING and before in _CHOOSERS and following != ""


#: A single word of more letters is the name of a running time, and no formula.
_LETTERS = 4


def _targets(entry: Entry) -> list[list[str]]:
    """The stems an option is known by: in order, as notation and as written ("linear"), joined ("typechecks"), without
    the O of "O(n)"; its aliases."""
    written = _written_out(answer_text.tokens(entry.text))
    words = notation(written, entry.text)
    stems = [stem(word.text) for word in words]
    found = [stems]
    if len(written) == 1 < len(words) and len(written[0].text) > _LETTERS:
        found.append([stem(written[0].text)])
    if 2 <= len(stems) <= 3 and all(len(word.text) > 2 for word in words):
        found.append([stem("".join(word.text for word in words))])
    content = all(len(word.text) > 2 for word in words) and not any(answer_text.is_stop_word(w.text) for w in words[:2])
    if len(stems) == 3 and content:  # "whitebox" for "white box testing"
        found.append([stem(words[0].text + words[1].text)])
    if stems[:1] == ["o"] and len(stems) > 2:
        found.append(stems[1:])
    found += [[stem(word.text) for word in notation(answer_text.tokens(alias), alias)] for alias in entry.aliases]
    return [one for one in found if one and not (len(one) == 1 and (len(one[0]) == 1 or one[0].isdecimal()))]


def _initials(entry: Entry, catalogue: OptionCatalogue) -> list[list[str]]:
    """The option's initials if no other option has them: "bcnf", "3nf", "xp"; long enough not to be a typing error."""
    others = {
        one for other in catalogue.entries if other is not entry for one in (*other.stems, *_abbreviations(other))
    }
    return [[one] for one in sorted(_abbreviations(entry) - others) if one not in _COMMON_SHORT]


def _abbreviations(entry: Entry) -> set[str]:
    words = answer_text.normal(entry.text.replace("-", " ")).split()
    words = words[1:] if words[:1] in (["the"], ["a"], ["an"]) else words
    if not 2 <= len(words) <= 5:
        return set()
    letters = "".join(word[0] for word in words)
    numbered = "".join(str(ordinal(word) or word[0]) for word in words)
    crossed = "".join("x" if word.startswith(("ex", "cross")) else word[0] for word in words)
    compounds = {
        "".join(part[0] for part in word.split("-"))
        for word in entry.text.casefold().split()
        if re.fullmatch(r"[a-z]{2,}(?:-[a-z]{2,})+", word)
    }
    return {letters, numbered, crossed, *compounds}


#: Initials that are words of their own.
_COMMON_SHORT = frozenset(STOP_WORDS | {"ok", "hi", "um", "uh", "ah", "oh", "er", "go", "id", "im", "ill", "ive", "ya"})


def by_part(catalogue: OptionCatalogue, line: Line, taken: Sequence[Mention]) -> list[Mention]:
    """Options by words that only they have ("the quorum one"); neighbouring words of one option are one mention.

    A part that is listed with an option named in full ("unit and integration tests") counts as named in full.
    """
    short = len(line.content) <= _FEW_WORDS
    owner = _owners(catalogue, short=short)
    found: list[Mention] = []
    last_at = -2
    for at, word in enumerate(line.words):
        if (
            word.text in _NAMES
            or _is_frame(line.words, at)
            or not free(word.start, word.end, taken)
            or (len(word.text) < 3 and word.text not in owner)
        ):
            continue
        entry = _owner(word.text, owner, short=short)
        if entry is None or _needs_more(entry, line):
            continue
        start, end = _extended(line, at, entry)
        near = found and found[-1].options == (entry.id,) and at - last_at <= 3 and not line.ends_clause(at - 1)
        if near and not _negated_between(entry, line.answer[found[-1].end : start]):
            start = found.pop().start
        found.append(Mention((entry.id,), BY_PART, start, end))
        last_at = at
    return [_promoted(one, line, taken) for one in found if free(one.start, one.end, taken)]


def _negated_between(entry: Entry, between: str) -> bool:
    """Whether the answer denies what the option states: "the model isn't too small" for "The model is too small"."""
    denied = any(word in _NEGATES or word.endswith("n't") for word in answer_text.normal(between).split())
    return denied and not any(
        word in _NEGATES or word.endswith("n't") for word in answer_text.normal(entry.text).split()
    )


_NEGATES = frozenset({"no", "not", "never", "without", "none", "nothing", "cannot"})


def _needs_more(entry: Entry, line: Line) -> bool:
    """Whether part of an option says something else: of a formula or a negation, or beside the opposite of a word."""
    words = notation(answer_text.tokens(entry.text), entry.text)
    if len(words) > 1 and all(is_mathematical(word.text) for word in words):
        return True
    own = {word.text for word in words}
    said = {word.text for word in line.words}
    if words[0].text in _NEGATES and not said & _NEGATES and not any(word.endswith("n't") for word in said):
        return True
    return any(opposites_of(word) & said and word not in said for word in own)


def _owners(catalogue: OptionCatalogue, *, short: bool) -> dict[str, Entry]:
    """The words that only one option has; where little is said ("same"), words of grammar as well."""
    owner: dict[str, Entry] = {}
    for entry in catalogue.entries:
        elsewhere = {one for other in catalogue.entries if other is not entry for one in other.stems}
        for word in answer_text.normal(entry.text).split():
            rare = short and entry.kind == "plain" and len(word) > 3 and stem(word) not in elsewhere
            if stem(word) in entry.distinctive or rare:
                owner[word] = entry
        for joined in ("".join(answer_text.normal(word).split()) for word in entry.text.split() if "-" in word):
            if len(joined) >= 4 and stem(joined) not in elsewhere:  # "btree" for "B-tree"
                owner[joined] = entry
    return owner


#: A word such as "into" stands for an option only in a short answer.
_FEW_WORDS = 3
_MAX_LIST_WORDS = 8
_NAMES = frozenset({"option", "options", "answer", "answers", "choice", "choices", "one", "ones"})
_JOINED = re.compile(r"\s*(?:,|;|/|&|\+|\b(?:and|or|nor|plus|as well as)\b)+\s*(?:the |also )*", re.IGNORECASE)


def _promoted(part: Mention, line: Line, taken: Sequence[Mention]) -> Mention:
    for other in taken:
        first, second = sorted((part, other), key=lambda one: one.start)
        between = line.answer[first.end : second.start]
        listed = between.strip() != "," or (other.strength == BY_WORDS and len(line.words) <= _MAX_LIST_WORDS)
        if _JOINED.fullmatch(between) and listed:
            return Mention(part.options, BY_WORDS, part.start, part.end)
    return part


def _extended(line: Line, at: int, entry: Entry) -> tuple[int, int]:
    """The offsets of the longest run around word ``at`` that stands in the option's text as it is said."""
    own = answer_text.normal(entry.text).split()
    first = last = at
    text = [line.word(at)]
    while first > 0 and _within([line.word(first - 1), *text], own):
        first, text = first - 1, [line.word(first - 1), *text]
    while last + 1 < len(line.words) and _within([*text, line.word(last + 1)], own):
        last, text = last + 1, [*text, line.word(last + 1)]
    return line.words[first].start, line.words[last].end


def _within(run: list[str], words: list[str]) -> bool:
    return any(words[at : at + len(run)] == run for at in range(len(words) - len(run) + 1))


_CALENDAR = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday "  # noqa: SIM905
    "january february march april june july august september october november december".split()
)


def _owner(word: str, owner: dict[str, Entry], *, short: bool) -> Entry | None:
    if word in owner and (short or not answer_text.is_stop_word(word)):
        return owner[word]
    if answer_text.is_stop_word(word):
        return None
    for own, entry in owner.items():
        if same_word(word, own, in_phrase=True):
            return entry
    unknown = not is_english(word)
    begun = {own for own in owner if own.startswith(word.removesuffix("s"))}
    if len(begun) == 1 and len(word) >= 3 and (begun & _CALENDAR):  # "thurs" for "Thursday"
        return owner[begun.pop()]
    near = {
        entry.id: entry
        for own, entry in owner.items()
        if misspelt(word, own)
        or (unknown and len(own) > 3 and sounds_like(word, own))
        or (len(word) >= 4 and begun == {own} and (unknown or not is_english(own)))
    }
    return next(iter(near.values())) if len(near) == 1 else None


def nearly(catalogue: OptionCatalogue, line: Line) -> list[Mention]:
    """The option whose whole text the answer nearly equals, if no other is similar."""
    said = " ".join(word.text for word in line.content) or answer_text.normal(line.answer)
    entries = [entry for entry in catalogue.plain if not _needs_more(entry, line)]
    ranked = sorted(((_nearness(entry, said), entry.id) for entry in entries), reverse=True)
    if not ranked or (" " not in said and is_english(said) and ranked[0][0] < _SOUNDS_ALIKE):
        return []
    if ranked[0][0] < _NEAR or (len(ranked) > 1 and ranked[0][0] - ranked[1][0] < _CLEAR):
        return []
    digits = re.findall(r"\d+", said)
    if digits and digits != re.findall(r"\d+", catalogue.by_id[ranked[0][1]].text):
        return []
    if not _near_in_own_words(catalogue, catalogue.by_id[ranked[0][1]], said):
        return []
    entry = catalogue.by_id[ranked[0][1]]
    own = [word for word in line.words if stem(word.text) in entry.stems] or line.words
    return [Mention((entry.id,), BY_PART, own[0].start, own[-1].end)]


def _near_in_own_words(catalogue: OptionCatalogue, entry: Entry, said: str) -> bool:
    """Whether the answer is near an option also without the words that several options share: "put the price up" is not
    near "Keep the price"."""
    shared = {one for other in catalogue.plain if other is not entry for one in other.stems}
    own, rest = (
        " ".join(word for word in text.split() if stem(word) not in shared and word not in STOP_WORDS)
        for text in (answer_text.normal(entry.text), said)
    )
    return not own or fuzz.partial_ratio(own, rest) >= _NEAR_OWN


def _nearness(entry: Entry, said: str) -> float:
    text = re.sub(r"^(?:a|an|the) ", "", answer_text.normal(entry.text))
    if min(len(text), len(said)) >= 3 and sounds_like(said, text):
        return _SOUNDS_ALIKE
    if min(len(text), len(said)) < 4:
        return 0.0
    partial = fuzz.partial_ratio(text, said) if len(said) >= len(text) and " " in said else 0.0
    return float(max(fuzz.ratio(text, said), fuzz.token_sort_ratio(text, said), partial))


def overlap(entry: Entry, line: Line) -> float:
    """The share of the option's content words that occur in the answer, in [0, 1]."""
    wanted = {one for one in entry.stems if len(one) > 2}
    said = {stem(word.text) for word in line.words}
    return len(wanted & said) / len(wanted) if wanted else 0.0
