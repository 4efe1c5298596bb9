"""The compiled patterns of stories in one language: English's are in ``story_cues``, the others' in its data file."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache

from msgspec import Struct

from interview.languages.language import language_of
from interview.languages.reading import reading_of
from interview.measurement import story_cues as english
from interview.measurement.story_clauses import CONJUNCTION
from interview.measurement.story_cues import StoryPart
from interview.text.hesitations import is_hesitation

_LEAD_IN = re.compile(
    r"^(?:(?:in the end|as a result|eventually|finally|then|so|and|but|after that|because of that|well|first|also|"
    r"later|afterwards|since then),? )+",
    re.IGNORECASE,
)


class StoryRules(Struct, frozen=True):
    """Fields as in ``interview.languages.language.Story``."""

    is_english: bool
    is_hesitation: Callable[[str], bool]
    cues: Mapping[StoryPart, re.Pattern[str]]
    past: re.Pattern[str]
    generic: re.Pattern[str]
    conditional: re.Pattern[str]
    ongoing: re.Pattern[str]
    present_action: re.Pattern[str]
    team_action: re.Pattern[str]
    idle: re.Pattern[str]
    doing: re.Pattern[str]
    by_now: re.Pattern[str]
    remark: re.Pattern[str]
    lesson: re.Pattern[str]
    measured: re.Pattern[str]
    lead_in: re.Pattern[str]
    conjunction: re.Pattern[str]


_ENGLISH = StoryRules(
    is_english=True,
    is_hesitation=is_hesitation,
    cues=english.CUES,
    past=english.PAST,
    generic=english.GENERIC,
    conditional=english.CONDITIONAL,
    ongoing=english.ONGOING,
    present_action=english.PRESENT_ACTION,
    team_action=english.TEAM_ACTION,
    idle=english.IDLE,
    doing=english.DOING,
    by_now=english.BY_NOW,
    remark=english.REMARK,
    lesson=english.LESSON,
    measured=english.MEASURED,
    lead_in=_LEAD_IN,
    conjunction=CONJUNCTION,
)


@lru_cache(maxsize=16)
def story_rules(language: str) -> StoryRules:
    """Raises InvalidInput: no such language."""
    understanding, reading = language_of(language).understanding, reading_of(language)
    if understanding is None or reading is None:
        return _ENGLISH
    story = understanding.story
    own = {name: re.compile(getattr(story, name), re.IGNORECASE) for name in story.__struct_fields__ if name != "cues"}
    cues: dict[StoryPart, re.Pattern[str]] = {
        "situation": re.compile(story.cues.situation, re.IGNORECASE),
        "task": re.compile(story.cues.task, re.IGNORECASE),
        "action": re.compile(story.cues.action, re.IGNORECASE),
        "result": re.compile(story.cues.result, re.IGNORECASE),
    }
    return StoryRules(is_english=False, is_hesitation=reading.is_hesitation, cues=cues, **own)
