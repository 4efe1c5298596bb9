"""Story analysis for behavioural answers: detects situation, task, action and result, and reports the missing parts.

The analysis uses lexical cues, clause by clause, and in English a small trained model beside them: it is cheap and
deterministic, and each finding is a quote a reviewer can check. It drives the follow-up question and one line of the
report; it never scores.
"""

from __future__ import annotations

import re
from functools import partial

from msgspec import Struct

from interview.languages.language import language_of
from interview.limits import MAX_ANSWER_CHARS
from interview.measurement.story_cues import ADVERBS, OUTCOME, PARTS, VERBS, StoryPart
from interview.measurement.story_parts import clauses_in, parts_told
from interview.measurement.story_rules import StoryRules, story_rules

#: The missing part that is asked for first: the most informative one.
_ASKED_FIRST: tuple[StoryPart, ...] = ("action", "result", "task", "situation")

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
    language: str = "en"

    @property
    def complete(self) -> bool:
        return not self.missing

    @property
    def follow_up(self) -> str | None:
        """The question about the most important missing part, or None when the story is complete."""
        if not self.missing:
            return None
        follow_ups = language_of(self.language).story_follow_ups
        if self.missing[0] == "action" and self.team_only:
            return follow_ups.team_only
        asked: str = getattr(follow_ups, self.missing[0])
        return asked


def analyse_story(answer: str, language: str = "en") -> StoryAnalysis:
    """Find the parts of a story in ``answer``, which is in ``language``; text past 20,000 characters is ignored.

    Orders to the grader and hesitations are not part of a story.
    """
    rules = story_rules(language)
    clauses = clauses_in(answer[:MAX_CHARACTERS], rules)
    told = parts_told(clauses, rules)
    present: list[StoryQuote] = []
    for part in PARTS:
        quotes = [
            StoryQuote(part, text, start, start + len(text))
            for (text, start), parts in zip(clauses, told, strict=True)
            if part in parts
        ]
        if part == "result" and quotes:
            present.append(max(quotes, key=partial(_result_strength, rules)))
        elif quotes:
            present.append(quotes[0])
    found = {quote.part for quote in present}
    return StoryAnalysis(
        present=tuple(present),
        missing=tuple(part for part in _ASKED_FIRST if part not in found),
        team_only="action" not in found
        and any(
            rules.team_action.search(text) for text, _ in clauses if not (rules.is_english and OUTCOME.match(text))
        ),
        language=language,
    )


def _team_acts(clause: str, rules: StoryRules) -> bool:
    """Whether ``clause`` tells what "we" did; "in the end we finished" tells what came of it."""
    return bool(rules.team_action.search(clause)) and not (rules.is_english and OUTCOME.match(clause))


def _result_strength(rules: StoryRules, quote: StoryQuote) -> tuple[bool, bool]:
    """Rank results: an outcome outranks a lesson, and a measured outcome outranks an unmeasured one."""
    return not rules.lesson.search(quote.quote), bool(rules.measured.search(quote.quote))


def achievement_line(answer: str, language: str = "en") -> str | None:
    """The story as one line for the report, ``action – result``, in the candidate's own words.

    None when the answer tells no own action or no result: a summary must not invent content.
    """
    rules = story_rules(language)
    quotes = {quote.part: quote.quote for quote in analyse_story(answer, language).present}
    action, result = quotes.get("action"), quotes.get("result")
    if action is None or result is None:
        return None
    line = _first_person_dropped(action, rules)
    return line if action == result else f"{line} – {_result_clause(result, rules)}"


def _first_person_dropped(sentence: str, rules: StoryRules) -> str:
    clause = sentence.rstrip(" .!?")
    found = re.search(rf"\bI ({ADVERBS}{VERBS}\b.*)", clause, re.IGNORECASE | re.DOTALL) if rules.is_english else None
    return _capitalised(found.group(1) if found else rules.lead_in.sub("", clause))


def _result_clause(sentence: str, rules: StoryRules) -> str:
    clause = rules.lead_in.sub("", sentence.rstrip(" .!?"))
    if not rules.is_english:
        return clause  # German nouns keep their capitals, and the verb may have no pronoun to drop
    found = re.match(r"(?:we|i) (.*)", clause, re.IGNORECASE | re.DOTALL)
    # "I learned" also drops its subject; names and numbers stay as said.
    return found.group(1) if found else clause[:1].lower() + clause[1:]


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]
