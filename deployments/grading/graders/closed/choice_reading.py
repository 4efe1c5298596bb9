"""Determines the options that an answer chooses, from all readers' mentions and the candidate's stance on each."""

# ruff: noqa: E501 – a pattern of alternatives reads better whole than broken

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

from deployments.grading.graders import answer_text
from deployments.grading.graders.answer_text import Token
from deployments.grading.graders.closed import (
    option_changes,
    option_groups,
    option_intervals,
    option_names,
    option_values,
    option_verdicts,
    option_words,
    truth,
)
from deployments.grading.graders.closed.mentions import BY_NAME, BY_PART, BY_WORDS, Line, Mention, in_order, spans
from deployments.grading.graders.closed.option_catalogue import OptionCatalogue
from deployments.grading.graders.closed.term_role import in_another_role
from deployments.grading.graders.numeric.quantities import quantities
from interview.plans.questions import Option
from interview.text.machine_orders import orders_in, without_orders
from interview.text.stance import Held, hold
from interview.text.stems import stem


class Chosen(Struct, frozen=True):
    """``options``: the ids chosen. ``mentions``: the places that name them. ``doubt``: the reason for a review.

    ``settled`` is False where the answer could not be read or does not decide; ``inferred`` where the choice rests on
    what was ruled out or on part of an option's words.
    """

    options: tuple[str, ...]
    mentions: tuple[Mention, ...] = ()
    settled: bool = True
    inferred: bool = False
    doubt: str = ""


_Pairs = list[tuple[Mention, Held]]
_CONSIDERED = "The option is only considered, or something is said against it."
_RULES_OUT = "The candidate only rules options out."
UNRECOGNISED = "No option was recognised in the answer."


_ONLY_RIGHT = re.compile(
    r"\b(?:all|everything|every one|anything)(?: of them| of these)?(?: else)?"
    r" (?:but|except(?: for)?|other than|apart from|besides) (.{1,60}?) (?:is|are|can be|must be)"
    r"(?: clearly| obviously| just)? (?:wrong|incorrect|false|out|ruled out|eliminated|excluded)\b",
    re.IGNORECASE,
)


#: "The day after Thursday", "the one before b": another option than the one that is named.
_RELATED = re.compile(
    r"\b(?:day|year|month|week|step|item|number|letter|one|option|answer|choice|line)s? "
    r"(?:right |just |directly |immediately |that comes |that is )*"
    r"(?:after|before|following|preceding|next to|above|below)"
    r" (?!(?:the )?(?:last|end|top|others?|rest|two|three)\b|that\b|it\b|this\b|these\b|those\b|them\b|all\b)"
    r"(?:the |option |letter |number )*[\w-]+",
    re.IGNORECASE,
)


#: Words of politeness; they end no choice ("two please").
_COURTESY = frozenset({"please", "thanks", "sir", "madam"})


def line_of(answer: str, options: Sequence[Option] = ()) -> Line:
    """The answer's words without fillers, and without orders to the grader and the text after them.

    What only names a neighbour of an option is left out, unless ``options`` speak so themselves.
    """
    kept = answer
    if not any(_RELATED.search(option.text) for option in options):
        kept = _RELATED.sub(lambda found: " " * len(found.group()), kept)
    if orders_in(answer):
        spared = without_orders(answer)
        kept = "".join(char if any(a <= at < b for a, b in spared) else " " for at, char in enumerate(kept))
    excepted = _ONLY_RIGHT.search(kept)
    if excepted is not None:  # "everything but b is wrong" is b
        kept = " " * excepted.start(1) + excepted.group(1) + " " * (len(kept) - excepted.end(1))
    words = answer_text.closed(answer_text.tokens(kept))
    courtesy = _COURTESY - {word for option in options for word in answer_text.normal(option.text).split()}
    empty = answer_text.HESITATIONS | courtesy
    spoken = tuple(_unglued(word) for word in words if word.text not in empty)
    return Line(kept, spoken or words, answer_text.bare(spoken or words))


_NEIGHBOUR = re.compile(
    r"\W*(?:(?:i think|i'd say|i would say|it's|it is|that's|it must be|probably|maybe|i choose|i pick) )*(?:the )?(?:one|option|answer|choice)"
    r" (?:right |just |directly |immediately |that comes )*(?P<where>after|following|below|beneath|under|before|preceding|above) (?P<other>[^.,;!?]+)[\s.!]*",
    re.IGNORECASE,
)


#: "10 to 20" is a range and no value.
_RANGE = re.compile(r"\w (?:to|and|-|–) \w|\w[-–]\d", re.IGNORECASE)


def _neighbour(catalogue: OptionCatalogue, options: Sequence[Option], answer: str) -> Chosen | None:
    """The option beside a named one: "the one after cache aside". One whose own words hold the relation comes first:
    "the one before commit" is "Run checks before commit".

    Where options are ranges, "the one above 25" compares a value. What else is beside a range or a number is open.
    """
    found = _NEIGHBOUR.fullmatch(answer)
    if found is None or re.match(r"(?:the )?(?:last|end|others?)\b", found["other"], re.IGNORECASE):
        return None
    where = found["where"].casefold()
    compares = where in ("above", "below", "beneath", "under")
    says = [option.id for option in options if _says(option.text, where, found["other"])]
    if len(says) > 1:
        return None
    if says:
        return Chosen((says[0],), (Mention((says[0],), BY_WORDS, found.start("where"), found.end("other")),))
    if catalogue.ranges and compares and len(quantities(found["other"])) == 1 and not _RANGE.search(found["other"]):
        return choose_one(options, " " * found.start("where") + answer[found.start("where") :])
    if catalogue.ranges or (catalogue.numeric and compares):
        return Chosen((), settled=False, doubt=UNRECOGNISED)
    named = choose_one(options, found["other"])
    if not named.settled or len(named.options) != 1:
        return None
    place = [option.id for option in options].index(named.options[0])
    place += 1 if where in ("after", "following", "below", "beneath", "under") else -1
    if not 0 <= place < len(options):
        return None
    return Chosen(
        (options[place].id,), (Mention((options[place].id,), BY_NAME, found.start("where"), found.end("other")),)
    )


def _says(text: str, where: str, other: str) -> bool:
    """Whether ``text`` has ``where`` before the first word of ``other``."""
    words = [word for word in answer_text.normal(other).split() if word not in ("the", "a", "an")]
    said = [word for word in answer_text.normal(text).split() if word not in ("the", "a", "an")]
    return bool(words) and (where, words[0]) in pairwise(said)


def _unglued(word: Token) -> Token:
    """ "a+c" names two options: a sign behind a lone letter is a separator and not part of the name."""
    if len(word.text) == 2 and word.text[1] == "+":
        return Token(word.text[0], word.start, word.start + 1)
    return word


def choose_one(options: Sequence[Option], answer: str) -> Chosen:
    """The one option that the answer settles on."""
    catalogue = OptionCatalogue(options)
    beside = _neighbour(catalogue, options, answer)
    if beside is not None:
        return beside
    line = line_of(answer, options)
    if not line.words:
        return Chosen((), settled=False, doubt=UNRECOGNISED)
    if catalogue.truth is not None and len(catalogue.entries) == 2 and truth.says_partly(line.answer):
        return Chosen((), settled=False, doubt="The answer is neither yes nor no.")
    mentions = _strong(catalogue, line)
    listed = [part for part in option_words.by_part(catalogue, line, mentions) if part.strength > BY_PART]
    mentions = in_order([*mentions, *listed])
    mentions = _verdict_first(catalogue, line, _limited(catalogue, line, mentions))
    chosen = None if truth.taken_back(line.answer) else _one(catalogue, line, mentions)
    if chosen is None:
        chosen = _by_truth(catalogue, line, answer)
    if chosen is None:
        chosen = _one_by_parts(catalogue, line, mentions)
    if chosen is not None and chosen.inferred and not mentions:
        changed = option_changes.find(catalogue, line)  # "it becomes half" is not "It becomes zero"
        if changed and not any(option_changes.change_of(catalogue.by_id[one].text) for one in chosen.options):
            return Chosen(changed[0].options, tuple(changed), inferred=True)
    if chosen is None and not mentions:
        changed = option_changes.find(catalogue, line) or option_intervals.find(catalogue, line, mentions)
        near = changed or _told_by_denial(catalogue, line) or option_words.nearly(catalogue, line)
        if near and (changed or near[0].group or not _denied(line, near)):
            doubt = _CONSIDERED if _SPOKEN_AGAINST.search(line.answer) else ""
            return Chosen(near[0].options, tuple(near), inferred=True, doubt=doubt)
    if chosen is None:
        denied = any(one.stance == "denied" for one in hold(line.answer, spans(mentions)))
        return Chosen((), tuple(mentions), settled=False, doubt=_RULES_OUT if denied else UNRECOGNISED)
    return chosen


_DOES_WITHOUT = re.compile(
    r"n't\b|n’t\b|\b(?:not|no|never|without|skip|avoid|leave (?:it |that )?out|unnecessary|needless|pointless)\b",
    re.IGNORECASE,
)


def _told_by_denial(catalogue: OptionCatalogue, line: Line) -> list[Mention]:
    """The option that there is none of a thing, of which the answer says so: "I wouldn't index it" for "No index"."""
    entry = catalogue.negative
    if entry is None or not _DOES_WITHOUT.search(line.answer):
        return []
    thing = {word for word in entry.stems[1:] if not answer_text.is_stop_word(word)}
    said = {stem(word.text) for word in line.words}
    whole = answer_text.whole(line.answer, limit_chars=400)
    return [Mention((entry.id,), BY_PART, whole.start, whole.end, group="none")] if thing & said else []


def _limited(catalogue: OptionCatalogue, line: Line, mentions: list[Mention]) -> list[Mention]:
    """Without a first "yes" that another option, named in full behind it, limits: "yes, but only with an index"."""
    if catalogue.truth is None or len(mentions) != 2 or any(len(one.options) != 1 for one in mentions):
        return mentions
    first, second = mentions
    plain = {one.id for one in catalogue.truth}
    if first.options[0] not in plain or second.options[0] in plain or second.strength < BY_WORDS:
        return mentions
    between = line.answer[first.end : second.start]
    return (
        [second] if re.fullmatch(r"[\s,]*(?:but|though|however)?[\s,]*(?:it is |it's |that's )?", between) else mentions
    )


#: A reason behind a verdict has at least this many words.
_REASON_WORDS = 4


def _verdict_first(catalogue: OptionCatalogue, line: Line, mentions: list[Mention]) -> list[Mention]:
    """Only the verdict that the answer begins with, if a reason follows: "false, it's true that it orders packets"."""
    if catalogue.truth is None or len(catalogue.entries) > 2 or len(mentions) < 2 or not line.content:
        return mentions
    first, behind = mentions[0], line.answer[mentions[0].end :]
    if first.start > line.content[0].start or not re.match(r"[,;:] |\. (?!\.)| because\b| since\b", behind):
        return mentions
    held = hold(line.answer, spans(mentions))
    stands = held[0].stance == "asserted" and not any(one.alternative for one in held)
    return [first] if stands and len(behind.split()) > _REASON_WORDS else mentions


#: Rejects a change that is stated in other words: "unchanged would be bad", "nobody would leave it".
_SPOKEN_AGAINST = re.compile(
    r"\b(?:nobody|no one|never|of course not|certainly not|(?:would be|is|seems) (?:a )?(?:bad|wrong|mistake|error|worse|silly))\b|\band (?:then )?(?:drop|remove|change|raise|lower)\b",
    re.IGNORECASE,
)


def _denied(line: Line, near: Sequence[Mention]) -> bool:
    """Whether the answer has a negation anywhere, or speaks against what it nearly names."""
    words = answer_text.normal(line.answer).split()
    if any(word in ("not", "never", "cannot") or word.endswith("n't") for word in words):
        return True
    return any(held.stance == "denied" for held in hold(line.answer, spans(near)))


def _strong(catalogue: OptionCatalogue, line: Line) -> list[Mention]:
    """The mentions of options by all their words, by value, by name, or as a group."""
    worded = option_words.in_full(catalogue, line)
    valued = option_values.find(catalogue, line, worded)
    grouped = option_groups.find(catalogue, line, [*worded, *valued])
    named = option_names.find(catalogue, line, [*worded, *valued, *grouped])
    return _resolved(in_order([*worded, *valued, *named, *grouped]))


def _resolved(mentions: Sequence[Mention]) -> list[Mention]:
    """``mentions`` with "the others" standing for the options that no other mention names."""
    named = {one for mention in mentions if not mention.rest for one in mention.options}
    return [
        replace(mention, options=tuple(one for one in mention.options if one not in named)) if mention.rest else mention
        for mention in mentions
    ]


def _held(line: Line, mentions: Sequence[Mention]) -> _Pairs:
    return list(zip(mentions, hold(line.answer, spans(mentions)), strict=True))


def _one(catalogue: OptionCatalogue, line: Line, mentions: Sequence[Mention]) -> Chosen | None:
    """The choice among ``mentions``; None when they do not decide."""
    pairs = _held(line, mentions)
    denied = {
        one
        for mention, held in pairs
        if held.stance == "denied" and mention.group not in ("all", "both")
        for one in mention.options
    }
    live = [(m, h) for m, h in pairs if h.stance == "asserted" and not (m.options and set(m.options) <= denied)]
    if not live:
        return _by_elimination(catalogue, pairs, denied) or _reconsidered(pairs)
    for group in ("all", "none"):
        entry = catalogue.of_kind("all" if group == "all" else "none")
        if group == "all" and denied:
            continue  # "all but green"
        if entry is not None and all(mention.group == group or mention.options == (entry.id,) for mention, _ in live):
            return Chosen((entry.id,), tuple(mention for mention, _ in live))
    distinct = {one for mention, _ in live for one in mention.options}
    if len(distinct) == 1 and all(len(mention.options) == 1 for mention, _ in live):
        doubt = _CONSIDERED if all(held.considered for _, held in live) else ""
        if all(_COMPARED.search(line.answer[: mention.start]) for mention, _ in live):
            doubt = "The option is only compared with."
        if not doubt and all(_may_be_another(line, mention) for mention, _ in live):
            doubt = "Another word stands before the option and may make another thing of it."
        return Chosen(tuple(distinct), tuple(mention for mention, _ in live), doubt=doubt)
    return _as_set(catalogue, live, denied) or _contrasted(line, live, _weighed(live))


#: "Worse than B"; "other than" and "rather than" deny.
_COMPARED = re.compile(
    r"\b(?!other\b|rather\b|else\b)\w+ than (?:(?:the|a|an|option|answer|o of) )*[Oo(]*$", re.IGNORECASE
)

#: An answer of at most so many words is a name.
_NAME_WORDS = 4


def _may_be_another(line: Line, mention: Mention) -> bool:
    """Whether a short answer names an option's word behind another one: "a priority queue" for "Queue"."""
    named = line.answer[mention.start : mention.end]
    if mention.strength < BY_WORDS or not re.fullmatch(r"[A-Za-z]{3,}", named) or len(line.words) > _NAME_WORDS:
        return False
    return in_another_role(line.answer[: mention.end], mention.start, mention.end, 1)


def _as_set(catalogue: OptionCatalogue, live: _Pairs, denied: set[str]) -> Chosen | None:
    """The option that stands for just the options named together: "both", "all of them", "none"."""
    if any(held.alternative for _, held in live):
        either = [entry for entry in catalogue.entries if entry.kind == "set" and "either" in entry.text.casefold()]
        if not either:
            return None
    strongest = max(held.commitment for _, held in live)
    for pool in (live, [pair for pair in live if pair[1].commitment == strongest]):
        named = frozenset(one for mention, _ in pool for one in mention.options) - denied
        entry = catalogue.standing_for(named)
        if entry is None and len(named) == len(catalogue.plain):
            entry = catalogue.of_kind("all")
        if entry is None and not named:
            entry = catalogue.of_kind("none")
        if entry is not None:
            return Chosen((entry.id,), tuple(mention for mention, _ in pool))
        if not named and catalogue.negative is not None:
            where = tuple(mention for mention, _ in pool)
            return Chosen((catalogue.negative.id,), where, doubt="It may mean that no option is right.")
    return None


#: "Quick sort is faster but merge sort is the stable one": either may be meant.
_CONTRASTS = re.compile(r"\b(?:is|are|has|does)\b[^.;]*\bbut (?:the |an? )?$", re.IGNORECASE)


def _contrasted(line: Line, live: _Pairs, chosen: Chosen | None) -> Chosen | None:
    """``chosen``, in doubt where "but" sets another option against it, and both are spoken of."""
    if chosen is None or not chosen.settled or chosen.doubt:
        return chosen
    for (one, _), (other, _) in pairwise(live):
        between = line.answer[one.end : other.start]
        if one.options == chosen.options != other.options and _CONTRASTS.search(between):
            return replace(chosen, doubt="Another option is set against the one chosen.")
    return chosen


def _weighed(live: _Pairs) -> Chosen | None:
    """The option with the strongest commitment; without one, the choice is open."""
    firm = [pair for pair in live if not pair[1].alternative]
    pool = firm or live
    commitment = max(held.commitment for _, held in pool)
    pool = [(mention, held) for mention, held in pool if held.commitment == commitment]
    chosen = _only(pool)
    if chosen is not None:
        return chosen
    strength = max(mention.strength for mention, _ in pool)
    chosen = _only([(mention, held) for mention, held in pool if mention.strength == strength])
    if chosen is not None:
        return replace(chosen, doubt="The option named and the words used belong to different options.")
    last = pool[-1][0]
    if firm and commitment == 2 and len(last.options) == 1:
        return Chosen(last.options, (last,), doubt="Two conclusions were drawn; the last one was graded.")
    ids = tuple(dict.fromkeys(one for mention, _ in live for one in mention.options))
    if not ids:
        return None
    return Chosen(ids, tuple(mention for mention, _ in live), settled=False, doubt="More than one option is named.")


def _only(pool: _Pairs) -> Chosen | None:
    distinct = {mention.options for mention, _ in pool}
    if len(distinct) != 1 or len(pool[0][0].options) != 1:
        return None
    return Chosen(pool[0][0].options, tuple(mention for mention, _ in pool))


def _by_elimination(catalogue: OptionCatalogue, pairs: _Pairs, denied: set[str]) -> Chosen | None:
    """The only option that is left when all others are ruled out."""
    plain = {entry.id for entry in catalogue.plain}
    mentions = tuple(mention for mention, held in pairs if held.stance == "denied")
    if not denied:
        return None
    if plain <= denied:
        none = catalogue.of_kind("none")
        return Chosen((none.id,), mentions) if none is not None else None
    left = [entry for entry in catalogue.entries if entry.id not in denied]
    return Chosen((left[0].id,), mentions, inferred=True) if len(left) == 1 else None


def _reconsidered(pairs: _Pairs) -> Chosen | None:
    """The option that was only considered, if no other was mentioned."""
    aside = [mention for mention, held in pairs if held.stance in ("aside", "withdrawn")]
    distinct = {mention.options for mention in aside}
    if not aside:
        return None
    ids = tuple(dict.fromkeys(one for mention in aside for one in mention.options))
    if len(distinct) == 1 and len(ids) == 1:
        return Chosen(ids, tuple(aside), doubt=_CONSIDERED)
    return Chosen(ids, tuple(aside), settled=False, doubt="Options are weighed, and none is chosen.") if ids else None


#: A longer answer says more than yes or no.
_MAX_POLAR_WORDS = 6


def _by_truth(catalogue: OptionCatalogue, line: Line, answer: str) -> Chosen | None:
    yes = truth.says_yes(line.answer)
    if catalogue.truth is None:
        only = catalogue.polar(yes=yes) if yes is not None and len(line.words) <= _MAX_POLAR_WORDS else None
        if only is None:
            return None
        whole = answer_text.whole(answer, limit_chars=400)
        return Chosen((only.id,), (Mention((), BY_WORDS, whole.start, whole.end),), inferred=True)
    if yes is None and len(line.content) == 1:
        initial = line.content[0].text
        matching = [entry for entry in catalogue.truth if entry.text[:1].casefold() == initial]
        if len(matching) == 1:
            yes = matching[0] is catalogue.truth[0]
    if yes is None:
        return None
    whole = answer_text.whole(answer, limit_chars=400)
    return Chosen((catalogue.truth[0 if yes else 1].id,), (Mention((), BY_WORDS, whole.start, whole.end),))


def _one_by_parts(catalogue: OptionCatalogue, line: Line, mentions: Sequence[Mention]) -> Chosen | None:
    """The option told by words that only it has, together with the named ones ("the error budget one, not CPU")."""
    parts = option_words.by_part(catalogue, line, mentions)
    if not parts:
        return None
    chosen = _one(catalogue, line, in_order([*mentions, *parts]))
    if chosen is None or not chosen.settled:
        ranked = sorted(((option_words.overlap(entry, line), entry.id) for entry in catalogue.plain), reverse=True)
        parted = {one for part in parts for one in part.options}
        if ranked[0][0] >= 0.6 and ranked[0][0] - ranked[1][0] >= 0.3 and ranked[0][1] in parted and chosen is not None:
            return Chosen((ranked[0][1],), chosen.mentions, inferred=True, doubt="The words belong to several options.")
        return chosen
    sure = all(len(mention.options) == 1 and mention.strength > BY_PART for mention in chosen.mentions)
    return Chosen(chosen.options, chosen.mentions, inferred=not sure, doubt=chosen.doubt)


def choose_many(options: Sequence[Option], answer: str) -> Chosen:
    """All options that the answer selects."""
    catalogue = OptionCatalogue(options)
    line = line_of(option_verdicts.without_refused(answer), options)
    if not line.words:
        return Chosen((), settled=False, doubt=UNRECOGNISED)
    mentions = _strong(catalogue, line)
    parts = option_words.by_part(catalogue, line, mentions)
    in_turn = option_verdicts.in_turn(answer, len(catalogue.entries))
    if in_turn:
        right = tuple(entry.id for entry, verdict in zip(catalogue.entries, in_turn, strict=True) if verdict)
        return Chosen(right, inferred=True)
    chosen = _many(catalogue, line, mentions)
    if parts and (chosen is None or len(line.words) <= _LIST_WORDS):
        chosen = _many(catalogue, line, in_order([*mentions, *parts])) or chosen
    if chosen is None:
        near = option_words.nearly(catalogue, line)
        if near and not _denied(line, near):
            return Chosen(near[0].options, tuple(near), inferred=True)
        return Chosen((), tuple(mentions), settled=False, doubt=UNRECOGNISED)
    return chosen


#: "The others are on disk": the rest is mentioned and not chosen.
_DESCRIBES = re.compile(
    r"\s*(?:are|is|do|does|use|write|need|have|aren't|don't|isn't|would|can)\b"
    r"(?! (?:all )?(?:right|correct|true|fine|good|ok))"
)
#: Words that exclude options from all; their complement is not doubtful.
_EXCEPTS = re.compile(
    r"\b(?:except|excluding|apart from|other than|besides|anything but|all but|everything but|but not)\b", re.IGNORECASE
)
#: An answer of at most this many words is a list, in which a word that only one option has stands for the option.
_LIST_WORDS = 14


def _kept_by_correction(pairs: _Pairs) -> list[Mention]:
    """The options of a list whose last one is corrected: the first two of "A, B and D, no, C"."""
    withdrawn = [mention for mention, held in pairs if held.stance == "withdrawn"]
    standing = [mention for mention, held in pairs if held.stance == "asserted"]
    single = len(standing) == 1 and len(standing[0].options) == 1 and not standing[0].group
    listed = len(withdrawn) > 2 and all(len(mention.options) == 1 for mention in withdrawn)
    return withdrawn[:-1] if single and listed and pairs[-1][0] is standing[0] else []


def _many(catalogue: OptionCatalogue, line: Line, mentions: Sequence[Mention]) -> Chosen | None:
    pairs = _held(line, mentions)
    touched = {
        one
        for mention, _ in pairs
        if not mention.rest
        for one in mention.options
        if len(mention.options) < len(catalogue.plain)
    }
    picked: dict[str, bool] = {}
    where: list[Mention] = []
    doubt, said_none = "", False
    kept = _kept_by_correction(pairs)
    if kept:
        pairs = [(mention, Held("asserted") if mention in kept else held) for mention, held in pairs]
        doubt = "A correction may replace the last option named, or all of them."
    for mention, held in pairs:
        if mention.rest and _DESCRIBES.match(line.answer, mention.end):
            doubt = doubt or "The other options are described, too: they may be the ones chosen."
            continue
        ids = [one for one in mention.options if not (mention.rest and one in touched)]
        if held.stance == "asserted":
            where.append(mention)
            said_none = said_none or not mention.options
            picked.update((one, True) for one in ids if picked.get(one) is not False or len(ids) == 1)
            doubt = doubt or ("Options are offered as alternatives." if held.alternative else "")
        elif held.stance == "denied":
            picked.update((one, False) for one in ids)
    chosen = tuple(entry.id for entry in catalogue.entries if picked.get(entry.id))
    if chosen:
        return Chosen(chosen, tuple(where), doubt=doubt)
    if said_none and not chosen:
        none = catalogue.of_kind("none")
        return Chosen((none.id,) if none is not None else (), tuple(where))
    denied = {one for one, kept in picked.items() if not kept}
    if denied:
        left = tuple(entry.id for entry in catalogue.plain if entry.id not in denied)
        excepting = tuple(mention for mention, _ in pairs)
        return Chosen(left, excepting, inferred=True, doubt="" if _EXCEPTS.search(line.answer) else _RULES_OUT)
    return None
