"""Story analysis for behavioural answers: which of situation, task, action and result are told, and which are missing.

Lexical cues, sentence by sentence: cheap, the same every time, and each finding is a quote a reviewer can check. It
steers the follow-up and words a line of the report; it never scores.
"""

# ruff: noqa: E501 – a pattern of alternatives reads better whole than broken

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, get_args

from msgspec import Struct

from interview.limits import MAX_ANSWER_CHARS

StoryPart = Literal["situation", "task", "action", "result"]
PARTS: tuple[StoryPart, ...] = get_args(StoryPart)

#: What to ask when a part is missing, most telling part first.
FOLLOW_UPS: dict[StoryPart, str] = {
    "action": "What did you do yourself, step by step?",
    "result": "And how did it end? What came of it?",
    "task": "What exactly was your task or your goal in that?",
    "situation": "Can you tell me about the situation: where was it, and what was going on?",
}
TEAM_ONLY_FOLLOW_UP = "You told me what the team did. What was your own part in it?"

_IRREGULAR = (
    "built|wrote|rewrote|led|made|took|gave|ran|set|found|brought|kept|held|told|taught|sent|met|got|chose|drew|put|"
    "broke|cut|began|went|spoke|split|sat|read|said|saw|sold|spent|stood|did|drove|came"
)
_NOT_ACTIONS = (
    "needed|wanted|learned|worked|joined|disagreed|realised|realized|noticed|expected|used to|liked|enjoyed|agreed"
)
_ADVERBS = (
    r"(?:(?:then|also|first|finally|quickly|carefully|immediately|personally|just|simply|even|never|always|at once) )*"
)
_NUMBER = (
    r"(?:\d[\d.,]*|a third|a half|a quarter|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|"
    r"seventy|eighty|ninety|half)(?:[ -](?:one|two|three|four|five|six|seven|eight|nine|hundred|thousand|million))*"
)
_VERBS = rf"(?!(?:{_NOT_ACTIONS}|made (?:a|the) mistake)\b)(?:[a-z]{{3,}}ed|{_IRREGULAR})"

_CUES: dict[StoryPart, tuple[str, ...]] = {
    "situation": (
        r"\b(?:in|at|during|on) my (?:last|previous|former|current|first|old) (?:job|role|company|position|team|project|internship)\b",
        r"\b(?:last|this) (?:year|month|week|summer|spring|winter|autumn|quarter)\b|\b\w+ (?:years?|months?|weeks?) ago\b",
        r"\bwhen (?:i|we) (?:was|were|worked|joined|started|had)\b|\bat (?:that|the) time\b|\bback then\b|\bduring my studies\b",
        r"\bthere (?:was|were|had been) (?:a|an|some|no|two|three|many)\b|\bwe (?:had|faced|got) (?:a|an|some|many|two|three)\b",
        r"\b(?:our|my|the) (?:team|company|service|customers?|product|client|system|project|database|manager)\b[^.]{0,200}\b(?:was|were|had|did not|didn't|could not|couldn't|wanted)\b",
        r"\b(?:disagreed|conflict|argument|dispute|outage|incident|crisis|deadline)\b",
        r"\bi (?:made|had made) a mistake\b",
    ),
    "task": (
        r"\bmy (?:task|job|role|goal|responsibility|part|assignment|aim)\b (?:was|were|had been|in (?:this|that|it) was)\b",
        r"\bi (?:was|had been) (?:responsible|in charge|asked|told|assigned|supposed|expected|tasked)\b",
        r"\b(?:i|we) (?:had to|needed to|wanted to|were asked to|must)\b|\b(?:the|our) (?:goal|aim|task|challenge|objective|question) was\b",
        r"\b(?:asked|told|wanted|expected|needed) (?:me|us|it) (?:to|by)\b|\bi volunteered to\b",
    ),
    "action": (
        rf"\bi {_ADVERBS}{_VERBS}\b",
        rf"\bi [^.,;]{{0,60}}\b(?:and|then) {_ADVERBS}{_VERBS}\b",
        r"\bso i \w+|\bmy (?:first|next) step was\b|\bi decided to\b|\bi started to\b|\bi began (?:to|by)\b",
    ),
    "result": (
        r"\bas a result\b|\bin the end\b|\beventually\b|\bthe (?:result|outcome|effect|consequence) (?:was|is)\b|\bit (?:worked|paid off)\b",
        rf"\b(?:reduced|increased|improved|cut|raised|grew|fell|dropped|rose|saved|doubled|halved|went (?:up|down)|decreased|gained|won)\b[^.]{{0,200}}\b(?:by|from|to|of) {_NUMBER}",
        rf"\b{_NUMBER} ?(?:percent|per cent|%|times|hours?|days?|euros?|dollars?|pounds?) (?:faster|less|more|fewer|better|cheaper|saved|a (?:week|month|year))\b",
        r"\b(?:since then|after that|afterwards|from then on)\b[^.]{0,200}\b(?:no|never|not|fewer|less|more|all|every|always|still)\b",
        r"\bwe (?:agreed|delivered|finished|launched|released|shipped|met the deadline|won|kept)\b|\b(?:was|were) (?:solved|resolved|fixed|happy|satisfied|accepted|adopted|released)\b",
        r"\b(?:the customers?|the client|my manager|my team|everybody|everyone|the users?)\b[^.]{0,200}\b(?:renewed|thanked|happy|stayed|accepted|agreed|signed)\b",
        r"\bi (?:have )?learned (?:that|to|how|from)\b|\bthe lesson was\b",
    ),
}
_COMPILED: dict[StoryPart, re.Pattern[str]] = {
    part: re.compile("|".join(f"(?:{cue})" for cue in cues), re.IGNORECASE) for part, cues in _CUES.items()
}
_TEAM_ACTION = re.compile(rf"\bwe {_ADVERBS}{_VERBS}\b", re.IGNORECASE)
_LESSON = re.compile(r"\b(?:learned|lesson)\b", re.IGNORECASE)
_MEASURED = re.compile(
    rf"{_NUMBER} ?(?:percent|per cent|%|times|hours|days|weeks|euros|dollars|pounds)|\d", re.IGNORECASE
)
_SENTENCE = re.compile(r"[^.!?\n]+[.!?]*")
_LEAD_IN = re.compile(
    r"^(?:(?:in the end|as a result|eventually|finally|then|so|and|but|after that|because of that|well|first|also|later|"
    r"afterwards|since then),? )+",
    re.IGNORECASE,
)
MAX_CHARACTERS = MAX_ANSWER_CHARS


class StoryQuote(Struct, frozen=True):
    """A part of the story and the sentence that tells it; offsets are characters of the answer."""

    part: StoryPart
    quote: str
    start: int
    end: int


class StoryAnalysis(Struct, frozen=True):
    """``missing`` in the order worth asking. ``team_only``: actions are told as "we" alone."""

    present: tuple[StoryQuote, ...]
    missing: tuple[StoryPart, ...]
    team_only: bool = False

    @property
    def complete(self) -> bool:
        return not self.missing

    @property
    def follow_up(self) -> str | None:
        """The question for exactly what is missing most, or None when the story is whole."""
        if not self.missing:
            return None
        if self.missing[0] == "action" and self.team_only:
            return TEAM_ONLY_FOLLOW_UP
        return FOLLOW_UPS[self.missing[0]]


def analyse_story(answer: str) -> StoryAnalysis:
    """What of a story ``answer`` tells. English; text past 20,000 characters is not read."""
    sentences = list(_sentences(answer[:MAX_CHARACTERS]))
    present: list[StoryQuote] = []
    for part in PARTS:
        quotes = [
            StoryQuote(part, text, start, start + len(text))
            for text, start in sentences
            if _COMPILED[part].search(text)
        ]
        if part == "result" and quotes:
            present.append(max(quotes, key=_result_strength))
        elif quotes:
            present.append(quotes[0])
    told = {quote.part for quote in present}
    team_only = "action" not in told and any(_TEAM_ACTION.search(text) for text, _ in sentences)
    return StoryAnalysis(
        present=tuple(present), missing=tuple(part for part in FOLLOW_UPS if part not in told), team_only=team_only
    )


def _result_strength(quote: StoryQuote) -> tuple[bool, bool]:
    """An outcome says more than a lesson, and a measured outcome more than a told one."""
    return not _LESSON.search(quote.quote), bool(_MEASURED.search(quote.quote))


def _sentences(text: str) -> Iterator[tuple[str, int]]:
    for found in _SENTENCE.finditer(text):
        sentence = found.group().strip()
        if sentence:
            yield sentence, found.start() + len(found.group()) - len(found.group().lstrip())


def achievement_line(answer: str) -> str | None:
    """The story as one line for the report, ``what was done – what came of it``, in the candidate's own words.

    None when the answer tells no own action or no result: a reframing must not invent what was not said.
    """
    quotes = {quote.part: quote.quote for quote in analyse_story(answer).present}
    action, result = quotes.get("action"), quotes.get("result")
    if action is None or result is None:
        return None
    line = _first_person_dropped(action)
    return line if action == result else f"{line} – {_result_clause(result)}"


def _first_person_dropped(sentence: str) -> str:
    clause = sentence.rstrip(" .!?")
    found = re.search(rf"\bI ({_ADVERBS}{_VERBS}\b.*)", clause, re.IGNORECASE | re.DOTALL)
    return _capitalised(found.group(1) if found else _LEAD_IN.sub("", clause))


def _result_clause(sentence: str) -> str:
    clause = _LEAD_IN.sub("", sentence.rstrip(" .!?"))
    found = re.match(r"(?:we|i) (.*)", clause, re.IGNORECASE | re.DOTALL)
    # "I learned" keeps its subject dropped as well; names and numbers are left exactly as said.
    return found.group(1) if found else clause[:1].lower() + clause[1:]


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]
