"""What an interview needs in one language, as data: ``<code>.yaml`` in this package.

Every field is required. A phrase that a file leaves out, an unknown one, a placeholder that differs from English or a
pattern that does not compile is a ``ConfigError`` when the file is read.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from interview.errors import InvalidInput
from interview.languages.folding import folded
from interview.languages.report_words import ReportWords
from interview.yaml.schema import misfits
from interview.yaml.source import YamlDocument, read_yaml

#: ISO 639-1 codes of the languages in which an interview can be held. Each has a file in this package.
SUPPORTED = ("en", "de", "fr", "es")

_HERE = Path(__file__).parent
#: Longest input of a pattern: utterances are bounded before they are read.
Lines = tuple[str, ...]


class _Data(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A part of a language's file."""


class FormWanted(_Data, frozen=True):
    """Asks for the form that the open question needs."""

    formula: Lines
    number: Lines
    choice: Lines


class Entering(_Data, frozen=True):
    """The first words of a phase."""

    intro: Lines
    technical: Lines
    behavioral: Lines
    closing: Lines


class Untold(_Data, frozen=True):
    """``replies`` take up an answer that tells nothing and that the pattern ``says`` is found in."""

    says: str
    replies: Lines


class Script(_Data, frozen=True):
    """The scripted interviewer's words. Each list holds alternatives; acknowledgements say nothing about the grade.

    ``acknowledge_told`` follows an answer in sentences, ``acknowledge`` a word, a number, a formula or an option, and
    ``acknowledge_unknown`` a "don't know". ``taking_up`` repeats a part of the answer, ``{words}``. ``untold``
    replies to an answer that tells nothing; the first whose pattern is found counts. ``options_are`` holds
    ``{options}``.
    """

    acknowledge_told: Lines
    taking_up: Lines
    untold: tuple[Untold, ...]
    acknowledge: Lines
    acknowledge_unknown: Lines
    acknowledge_skip: Lines
    added: Lines
    back_to: Lines
    anything_else: Lines
    go_back: Lines
    nothing_earlier: Lines
    form_wanted: FormWanted
    nothing_typed: Lines
    probe: Lines
    ask_again: Lines
    heard_nothing: Lines
    repeat: Lines
    wait: Lines
    explain: Lines
    in_other_words: Lines
    answer_needed: Lines
    offer_help: Lines
    offer_repeat_or_skip: Lines
    hint: Lines
    no_hint: Lines
    move_on: Lines
    all_asked: Lines
    time_is_up: Lines
    stop_here: Lines
    pause: Lines
    until_later: Lines
    welcome_back: Lines
    end_on_request: Lines
    entering: Entering
    options_are: str
    #: First clauses and short first sentences of replies, synthesised ahead.
    openings: Lines

    def everything(self) -> Iterator[str]:
        """All phrases that are spoken as they stand."""
        for name in self.__struct_fields__:
            value = getattr(self, name)
            match value:
                case FormWanted() | Entering():
                    for part in value.__struct_fields__:
                        yield from getattr(value, part)
                case tuple() if name == "untold":
                    for one in value:
                        yield from one.replies
                case tuple() if name not in ("openings", "taking_up"):
                    yield from value


class ConsentWords(_Data, frozen=True):
    """Patterns of the words by which a consent text's sentences about a topic are found."""

    recorded: str
    data: str
    assessed: str
    integrity: str
    deletion: str
    machine: str
    person: str


class Replies(_Data, frozen=True):
    """The script's replies to candidates' questions. ``consent`` finds the sentences of the plan's own consent text."""

    passed_on: str
    unspecified: str
    recorded: str
    objection: str
    deletion: str
    machine: str
    person: str
    last_question: str
    one_question_left: str
    questions_left: str
    count_range: str
    one_minute_left: str
    minutes_left: str
    take_time: str
    no_hint_left: str
    one_hint_left: str
    hints_left: str
    hint_costs: str
    hint_is_free: str
    language: str
    enough: str
    accommodation: str
    solution: str
    tools: str
    answered: str
    typing: str
    presence: str
    result: str
    rules: str
    consent: ConsentWords


class StoryFollowUps(_Data, frozen=True):
    """Asks for the missing part of a story. ``team_only``: every action was told as "we"."""

    action: str
    result: str
    task: str
    situation: str
    team_only: str


class RequestMarks(_Data, frozen=True):
    """Patterns of the words that carry a request, the worst to miss first."""

    end: str
    repeat: str
    explain: str
    hint: str
    wait: str
    skip: str
    done: str


class QuestionMarks(_Data, frozen=True):
    """Patterns of the words that carry a question to the interviewer, by topic; narrower topics first."""

    objection: str
    deletion: str
    person: str
    accommodation: str
    data: str
    hint_cost: str
    questions_left: str
    time_left: str
    integrity: str
    assessed: str
    recorded: str
    machine: str
    enough: str
    typing: str
    result: str
    language: str
    solution: str
    tools: str
    answered: str
    rules: str
    company: str
    presence: str


class Cues(_Data, frozen=True):
    """Patterns of the clauses that tell a part of a story."""

    situation: str
    task: str
    action: str
    result: str


class Story(_Data, frozen=True):
    """Patterns of a story, as ``interview.measurement.story_cues`` has them for English.

    ``past`` marks what happened, ``generic`` habits and advice, ``conditional`` hypotheticals and ``ongoing`` a story
    told in the present, whose actions ``present_action`` finds. ``own_action`` cuts an action to the words for a
    report's line. ``lead_in`` are connectives before a clause, ``conjunction`` is where a long clause is cut.
    """

    past: str
    generic: str
    conditional: str
    ongoing: str
    present_action: str
    cues: Cues
    team_action: str
    idle: str
    doing: str
    by_now: str
    remark: str
    lesson: str
    measured: str
    lead_in: str
    conjunction: str


class Understanding(_Data, frozen=True):
    """How candidates' words are read. Words and patterns are matched without case, accents and punctuation.

    An utterance is a request, a question to the interviewer or a "don't know" when it carries the pattern of one and
    every word of it is in ``conversation``; a word about the subject makes it an answer.

    ``spellings``: other spellings of a word. ``hesitations``: words that fill a pause. ``social``: an utterance that
    only greets, thanks or acknowledges. ``conversation``: words of talk about the interview itself.
    ``interview_words``: further words of questions to the interviewer. ``addressed``: words of which a request without
    a question mark has one. ``hypothetical``: what makes similar words an answer ("I would ask them to repeat it").
    ``whole``: short requests that stand alone. ``asking``: how a question to the interviewer begins when it has no
    question mark. ``interrogative``: how a question about the task begins. ``afterthought``: the announcement of an
    addition to an earlier answer. ``not_knowing``: a "don't know"; ``not_knowing_words``: further words of one.
    """

    spellings: dict[str, str]
    hesitations: str
    social: str
    conversation: str
    interview_words: str
    addressed: str
    hypothetical: str
    whole: RequestMarks
    requests: RequestMarks
    asking: str
    questions: QuestionMarks
    interrogative: str
    afterthought: str
    not_knowing: str
    not_knowing_words: str
    story: Story


class Numbers(_Data, frozen=True):
    """How numbers are written. ``before`` are rewritings (pattern to words) before number words become digits."""

    decimal_comma: bool
    before: dict[str, str]


class Gloss(_Data, frozen=True):
    """How an answer is glossed for the graders, whose rules are English.

    ``words``: pattern to English function words (negation, hedges, comparisons, units, ordinals). ``contrasts``: an
    English word to its counterparts, which tell one answer from another: prepositions, adverbs, modal verbs.
    ``stop_words``: articles, pronouns and auxiliaries, which say nothing about the subject. Other words become their
    stems (``stemmer``: Snowball's name of the language).
    """

    stemmer: str
    numbers: Numbers
    words: dict[str, str]
    contrasts: dict[str, str]
    stop_words: str


class Language(_Data, frozen=True):
    """One language. ``understanding`` and ``gloss`` are null in English only, whose rules are the modules' own."""

    code: str
    name: str
    english_name: str
    script: Script
    replies: Replies
    story_follow_ups: StoryFollowUps
    report: ReportWords
    understanding: Understanding | None
    gloss: Gloss | None


def is_supported(tag: str) -> bool:
    """Whether a BCP 47 tag such as "en" or "de-AT" names a supported language."""
    return base_of(tag) in SUPPORTED


def base_of(tag: str) -> str:
    """The ISO 639-1 code of a BCP 47 tag: "de" of "de-AT"."""
    return tag.partition("-")[0].casefold()


def language_of(tag: str) -> Language:
    """The language of a BCP 47 tag.

    Raises:
        InvalidInput: it is not supported.
        ConfigError: its file is incomplete; names file, line and field.
    """
    code = base_of(tag)
    if code not in SUPPORTED:
        raise InvalidInput(
            f"{tag!r} is not a language of interviews. Supported: {', '.join(SUPPORTED)}.",
            detail={"fields": {"language": f"must be one of {', '.join(SUPPORTED)}"}},
        )
    return _loaded(code)


@lru_cache(maxsize=len(SUPPORTED))
def _loaded(code: str) -> Language:
    return read_language(_HERE / f"{code}.yaml", like=None if code == "en" else _loaded("en"))


def read_language(path: Path, like: Language | None = None) -> Language:
    """The language in a file. ``like`` is English, whose placeholders its templates must have.

    Raises:
        ConfigError: names file, line and field.
    """
    document = read_yaml(path)
    for field, problem in misfits(document.data, Language):
        raise document.error(field, problem)
    language = msgspec.convert(document.data, Language)
    _check(document, language, like)
    return language


def _check(document: YamlDocument, language: Language, like: Language | None) -> None:
    if language.code != Path(document.file).stem:
        raise document.error(("code",), f"is {language.code!r}, the file is {Path(document.file).stem!r}")
    for name in ("understanding", "gloss"):
        if (getattr(language, name) is None) != (language.code == "en"):
            raise document.error((name,), "must be given, except in English, whose rules are in code")
    _check_texts(document, document.data, ())
    if like is not None:
        for part in ("script", "replies", "report"):
            _check_placeholders(document, getattr(language, part), getattr(like, part), (part,))
    for where, source in _patterns(language):
        try:
            re.compile(folded(source) if where[0] == "understanding" and where[1] != "story" else source)
        except re.error as error:
            raise document.error(where, f"is not a pattern: {error}") from error


def _check_texts(document: YamlDocument, data: Any, path: tuple[str | int, ...]) -> None:
    """Every list has a line, and no text is empty."""
    match data:
        case dict():
            for name, value in data.items():
                _check_texts(document, value, (*path, name))
        case list():
            if not data:
                raise document.error(path, "needs at least one line")
            for index, value in enumerate(data):
                _check_texts(document, value, (*path, index))
        case str() if not data.strip() and path[0] != "gloss":
            raise document.error(path, "is empty")
        case _:
            pass


def _check_placeholders(document: YamlDocument, data: Struct, like: Struct, path: tuple[str, ...]) -> None:
    for name in data.__struct_fields__:
        ours, theirs = getattr(data, name), getattr(like, name)
        if isinstance(ours, str) and placeholders(ours) != placeholders(theirs):
            wanted = ", ".join(sorted(placeholders(theirs))) or "none"
            raise document.error((*path, name), f"has other placeholders than English, which has: {wanted}")


def placeholders(template: str) -> frozenset[str]:
    """The names in braces in a template."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(template) if name)


def _patterns(language: Language) -> Iterator[tuple[tuple[str, ...], str]]:
    yield from _of(language.replies.consent, ("replies", "consent"))
    for one in language.script.untold:
        yield ("script", "untold"), one.says
    if language.understanding is not None:
        read = language.understanding
        for name in ("social", "addressed", "hypothetical", "asking", "interrogative", "afterthought", "not_knowing"):
            yield ("understanding", name), getattr(read, name)
        for part in ("whole", "requests", "questions"):
            yield from _of(getattr(read, part), ("understanding", part))
        yield from _of(read.story, ("understanding", "story"))
        yield from _of(read.story.cues, ("understanding", "story", "cues"))
    if language.gloss is not None:
        for pattern in (*language.gloss.numbers.before, *language.gloss.words):
            yield ("gloss", "words"), pattern


def _of(part: Struct, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    for name in part.__struct_fields__:
        value = getattr(part, name)
        if isinstance(value, str):
            yield (*path, name), value
