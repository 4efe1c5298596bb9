"""The secrets of a question (keys, key points, reference answers, anchors), and leak detection in text."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from msgspec import Struct

from interview.plans.questions import (
    Exact,
    Formula,
    MultipleChoice,
    MultiSelect,
    Numeric,
    Ordered,
    Question,
    RubricGrading,
    ShortText,
    Symbolic,
    Ungraded,
)
from interview.policies.rules import Scene
from interview.text.stop_words import STOP_WORDS
from interview.text.visible_text import grams, number_in_words, visible, words_of

#: A run of words counts as a leak only if at least this many of its words are not stop words.
_TELLING_WORDS = 2
_COMMON = STOP_WORDS | frozenset({"every", "made", "make", "off", "one", "other", "out", "up", "way"})


class Secrets(Struct, frozen=True):
    """``runs`` are word runs of one length from the secret texts; ``wholes`` are shorter secrets; ``choices`` name the
    right option where all options are public."""

    runs: frozenset[tuple[str, ...]]
    wholes: frozenset[tuple[str, ...]]
    choices: frozenset[tuple[str, ...]]


def leak_in(text: str, scene: Scene, size: int) -> str:
    """The kind of secret of the current or next question that ``text`` reveals, or ``""``.

    The candidate's own words, and prompts, follow-ups and hints already given, are not secret. Which option is right
    stays secret, although all options are public.
    """
    spoken = words_of(text)
    if not spoken:
        return ""
    answered = [words_of(said) for said in _said(scene)]
    known = [*answered, *(words_of(told) for told in _told(scene))]
    for question in (scene.question, scene.next_question):
        if question is None:
            continue
        secrets = _secrets_of(_Key(scene.state.plan.digest, question, size))
        for run in grams(spoken, size):
            if run in secrets.runs and not any(_holds(words, run) for words in known):
                return f"{size} words in a row of the expected answer to {question.id}"
        for whole in secrets.wholes:
            if _holds(spoken, whole) and not any(_holds(words, whole) for words in known):
                return f"the key of {question.id}"
        for choice in secrets.choices:
            if _holds(spoken, choice) and not any(_holds(words, choice) for words in answered):
                return f"the right option of {question.id}"
    return ""


def hint_in(text: str, scene: Scene, size: int) -> str:
    """The hint of the current question that ``text`` reveals before it was given, or ``""``."""
    asked = scene.state.current_question
    given = asked.hints if asked is not None else 0
    spoken = set(grams(words_of(text), size))
    known = [words_of(text) for text in (*_said(scene), *_told(scene))]
    for number, hint in enumerate(scene.question.hints[given:], start=given + 1):
        for run in grams(words_of(hint.text), size):
            if run in spoken and _telling(run) and not any(_holds(words, run) for words in known):
                return f"rung {number} of the hint ladder of {scene.question.id} is told"
    return ""


def secret_texts(question: Question) -> list[str]:
    """Texts from which no run of words may be revealed."""
    texts = [point for key in question.key_points for point in (key.text, *key.variants)]
    if question.reference is not None:
        # The weak answer holds nothing secret: it says the obvious.
        texts += [question.reference.strong, question.reference.average]
    for criterion in question.criteria:
        texts += [level.anchor for level in criterion.levels]
    return texts


def secret_keys(question: Question) -> list[str]:
    """Short answers that must not be revealed as a whole."""
    match question.grader:
        case Exact(accepted=accepted) | ShortText(accepted=accepted):
            return list(accepted)
        case Numeric() as key:
            return [form for value in (key.value, key.low, key.high) if value is not None for form in _forms(value)]
        case Symbolic(expression=expression):
            return [expression]
        case Formula(reference=reference):
            return [reference]
        case Ordered(answer=order):
            return [" ".join(order)]
        case MultipleChoice() | MultiSelect():
            return []  # the candidate sees every option; right_choices protects which of them is right
        case RubricGrading() | Ungraded():
            return []  # an open question has no key; secret_texts protects its points, anchors and references


def right_choices(question: Question) -> list[str]:
    """The names of the right options."""
    match question.grader:
        case MultipleChoice(answer=answer):
            return [f"answer is {answer}", f"option {answer}"]
        case MultiSelect(answers=answers):
            return ["answers are " + " and ".join(answers), "options " + " and ".join(answers)]
        case Exact() | ShortText() | Numeric() | Symbolic() | Formula() | Ordered() | RubricGrading() | Ungraded():
            return []


class _Key:
    """A question identified by its plan's digest and its id (a question itself is not hashable)."""

    __slots__ = ("digest", "question", "size")

    def __init__(self, digest: str, question: Question, size: int) -> None:
        self.digest, self.question, self.size = digest, question, size

    def __hash__(self) -> int:
        return hash((self.digest, self.question.id, self.size))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _Key):
            return NotImplemented
        return (self.digest, self.question.id, self.size) == (other.digest, other.question.id, other.size)


@lru_cache(maxsize=512)
def _secrets_of(key: _Key) -> Secrets:
    runs: set[tuple[str, ...]] = set()
    wholes: set[tuple[str, ...]] = set()
    for text in secret_texts(key.question):
        words = words_of(text)
        if len(words) < key.size:
            if len(words) > 1 and _telling(tuple(words)):
                wholes.add(tuple(words))
        else:
            runs.update(run for run in grams(words, key.size) if _telling(run))
    for text in secret_keys(key.question):
        words = words_of(text)
        if words:
            wholes.add(tuple(words))
    choices = frozenset(tuple(words_of(text)) for text in right_choices(key.question))
    return Secrets(frozenset(runs), frozenset(wholes), choices)


def _said(scene: Scene) -> Iterable[str]:
    return (turn.content for turn in scene.state.conversation_history if turn.role == "candidate")


def _told(scene: Scene) -> Iterable[str]:
    asked = scene.state.current_question
    yield scene.question.prompt
    yield from scene.question.planned_follow_ups
    yield from scene.question.clarifications.values()
    yield scene.question.rephrased
    yield from (hint.text for hint in scene.question.hints[: asked.hints if asked else 0])
    if scene.next_question is not None:
        yield scene.next_question.prompt


def _holds(words: list[str], run: tuple[str, ...]) -> bool:
    if run[0] not in words:
        return False
    size = len(run)
    return any(tuple(words[start : start + size]) == run for start in range(len(words) - size + 1))


def _telling(run: tuple[str, ...]) -> bool:
    return sum(word not in _COMMON for word in run) >= _TELLING_WORDS


def _forms(value: float) -> list[str]:
    """The written and spoken forms of a number."""
    if value == int(value):
        whole = int(value)
        return [form for form in (str(whole), f"{whole:,}", number_in_words(whole)) if form]
    return [f"{value:g}"]


def hidden_characters(text: str) -> int:
    """The number of invisible characters in ``text``, without carriage returns."""
    return len(text.replace("\r\n", "\n")) - len(visible(text))
