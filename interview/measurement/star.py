"""Story analysis for behavioural answers: detects situation, task, action and result, and reports the missing parts.

The analysis uses lexical cues, sentence by sentence: it is cheap and deterministic, and each finding is a quote a
reviewer can check. It drives the follow-up question and one line of the report; it never scores.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import get_args

from msgspec import Struct

from interview.limits import MAX_ANSWER_CHARS
from interview.measurement.story_cues import (
    ADVERBS,
    BY_NOW,
    CONDITIONAL,
    CUES,
    DOING,
    GENERIC,
    IDLE,
    LESSON,
    MEASURED,
    ONGOING,
    PAST,
    PRESENT_ACTION,
    REMARK,
    TEAM_ACTION,
    VERBS,
    StoryPart,
)
from interview.text.hesitations import is_hesitation
from interview.text.machine_orders import without_orders

PARTS: tuple[StoryPart, ...] = get_args(StoryPart)

#: The follow-up for each missing part, most informative part first.
FOLLOW_UPS: dict[StoryPart, str] = {
    "action": "What did you do yourself, step by step?",
    "result": "And how did it end? What came of it?",
    "task": "What exactly was your task or your goal in that?",
    "situation": "Can you tell me about the situation: where was it, and what was going on?",
}
TEAM_ONLY_FOLLOW_UP = "You told me what the team did. What was your own part in it?"

_SENTENCE = re.compile(r"[^.!?\n]+[.!?]*")
#: Conjunctions and subjects at which an unpunctuated sentence of more than ``_LONG_WORDS`` words is split.
_CONJUNCTION = re.compile(
    r"(?<=\s)(?:and|so|but|because)(?= (?:yeah|then|so|in the end|they|he|she|it|we|i|what i did|eventually|finally|"
    r"now|my|our|the|as a result|after|since|everybody|everyone|nobody|there|this|that)\b)",
    re.IGNORECASE,
)
_LONG_WORDS = 24
_LEAD_IN = re.compile(
    r"^(?:(?:in the end|as a result|eventually|finally|then|so|and|but|after that|because of that|well|first|also|"
    r"later|afterwards|since then),? )+",
    re.IGNORECASE,
)
MAX_CHARACTERS = MAX_ANSWER_CHARS


class StoryQuote(Struct, frozen=True):
    """One part of the story and the sentence that tells it; offsets are characters of the answer."""

    part: StoryPart
    quote: str
    start: int
    end: int


class StoryAnalysis(Struct, frozen=True):
    """``missing`` is in the order to ask about. ``team_only``: every action is told as "we"."""

    present: tuple[StoryQuote, ...]
    missing: tuple[StoryPart, ...]
    team_only: bool = False

    @property
    def complete(self) -> bool:
        return not self.missing

    @property
    def follow_up(self) -> str | None:
        """The question about the most important missing part, or None when the story is complete."""
        if not self.missing:
            return None
        if self.missing[0] == "action" and self.team_only:
            return TEAM_ONLY_FOLLOW_UP
        return FOLLOW_UPS[self.missing[0]]


def analyse_story(answer: str) -> StoryAnalysis:
    """Find the parts of a story in ``answer``. English; text past 20,000 characters is ignored.

    Orders to the grader and hesitations are not part of a story.
    """
    answer = answer[:MAX_CHARACTERS]
    clauses = [
        (text, kept + start)
        for kept, until in without_orders(answer)
        for text, start in _clauses(answer[kept:until])
        if not is_hesitation(text)
    ]
    ongoing = any(ONGOING.search(text) for text, _ in clauses)
    told = [_told_in(text, ongoing=ongoing) for text, _ in clauses]
    _tell_by_place([text for text, _ in clauses], told)
    present: list[StoryQuote] = []
    for part in PARTS:
        quotes = [
            StoryQuote(part, text, start, start + len(text))
            for (text, start), parts in zip(clauses, told, strict=True)
            if part in parts
        ]
        if part == "result" and quotes:
            present.append(max(quotes, key=_result_strength))
        elif quotes:
            present.append(quotes[0])
    found = {quote.part for quote in present}
    return StoryAnalysis(
        present=tuple(present),
        missing=tuple(part for part in FOLLOW_UPS if part not in found),
        team_only="action" not in found and any(TEAM_ACTION.search(text) for text, _ in clauses),
    )


def _told_in(clause: str, *, ongoing: bool) -> set[StoryPart]:
    """The parts that ``clause`` names explicitly; habits, plans and advice do not count."""
    if _is_general(clause) or not (ongoing or PAST.search(clause) or ONGOING.search(clause)):
        return set()
    parts = {part for part, cue in CUES.items() if cue.search(clause)}
    if ongoing and PRESENT_ACTION.search(clause):
        parts.add("action")
    if IDLE.search(clause):
        parts.discard("action")
    return parts


def _is_general(clause: str) -> bool:
    return bool(GENERIC.search(clause) or (CONDITIONAL.search(clause) and not CUES["action"].search(clause)))


def _tell_by_place(clauses: list[str], told: list[set[StoryPart]]) -> None:
    """Add parts without a cue: the first clause is the situation; after an action, a clause about another subject is
    the result."""
    acted = False
    for number, (clause, parts) in enumerate(zip(clauses, told, strict=True)):
        happened = bool(PAST.search(clause)) and not _is_general(clause)
        if number == 0 and len(clauses) > 1 and happened and not parts:
            parts.add("situation")
        outcome = happened or (BY_NOW.search(clause) and not _is_general(clause))
        if (
            acted
            and outcome
            and not parts & {"action", "task"}
            and not DOING.match(clause)
            and not REMARK.search(clause)
        ):
            parts.add("result")
        acted = acted or "action" in parts or bool(TEAM_ACTION.search(clause))


def _result_strength(quote: StoryQuote) -> tuple[bool, bool]:
    """Rank results: an outcome outranks a lesson, and a measured outcome outranks an unmeasured one."""
    return not LESSON.search(quote.quote), bool(MEASURED.search(quote.quote))


def _clauses(text: str) -> Iterator[tuple[str, int]]:
    """Sentences and their offsets; long unpunctuated sentences are split at conjunctions."""
    for found in _SENTENCE.finditer(text):
        cuts = [0]
        if found.group().count(" ") > _LONG_WORDS:
            cuts += [cut.start() for cut in _CONJUNCTION.finditer(found.group())]
        for at, until in zip(cuts, [*cuts[1:], len(found.group())], strict=True):
            piece = found.group()[at:until]
            if piece.strip():
                yield piece.strip(), found.start() + at + len(piece) - len(piece.lstrip())


def achievement_line(answer: str) -> str | None:
    """The story as one line for the report, ``action – result``, in the candidate's own words.

    None when the answer tells no own action or no result: a summary must not invent content.
    """
    quotes = {quote.part: quote.quote for quote in analyse_story(answer).present}
    action, result = quotes.get("action"), quotes.get("result")
    if action is None or result is None:
        return None
    line = _first_person_dropped(action)
    return line if action == result else f"{line} – {_result_clause(result)}"


def _first_person_dropped(sentence: str) -> str:
    clause = sentence.rstrip(" .!?")
    found = re.search(rf"\bI ({ADVERBS}{VERBS}\b.*)", clause, re.IGNORECASE | re.DOTALL)
    return _capitalised(found.group(1) if found else _LEAD_IN.sub("", clause))


def _result_clause(sentence: str) -> str:
    clause = _LEAD_IN.sub("", sentence.rstrip(" .!?"))
    found = re.match(r"(?:we|i) (.*)", clause, re.IGNORECASE | re.DOTALL)
    # "I learned" also drops its subject; names and numbers stay as said.
    return found.group(1) if found else clause[:1].lower() + clause[1:]


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]
