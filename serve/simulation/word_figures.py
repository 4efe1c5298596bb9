"""Figures of a model's own words in simulated interviews: whether they take up the answer, and what follow-ups ask for.

They describe the words that the candidate heard, after the rules. Each is a count, so that interviews can be added up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import asdict

from deployments.agent.brief.follow_up_target import shared_with_points
from deployments.agent.model.answer import SOURCE
from deployments.agent.script.scripted import spoken_prompt
from interview.plans.plan import InterviewPlan
from interview.plans.questions import Question
from interview.policies.wording import TOLD_WORDS
from interview.sessions.events import (
    AnswerReceived,
    AnswerTranscribed,
    Event,
    FallbackEntered,
    GradeRecorded,
    GuardrailTripped,
    PlanMade,
    ResponseSent,
)
from interview.text.content_stems import content_stems
from interview.text.dont_know import says_dont_know
from interview.text.sentences import sentences_of
from interview.text.visible_text import searchable

#: A shorter sentence may be said again.
_REPEATABLE_WORDS = 4


class WordFigures(Struct, frozen=True):
    """Counts of one interview, or of several.

    ``asked``: turns in which a model was asked; ``fallbacks``: those in which the script spoke instead;
    ``rewritten``: those in which a rule left something out. ``wrote``: sentences that the model wrote; ``heard``: those
    of them that the candidate heard. ``spoken``: the model's acknowledgements and follow-ups
    after an answer in sentences; ``referring``: those that share a word of content with the answer; ``telling`` and
    ``referring_to_told``: of both, those whose answer holds a sentence of a reference answer, so that it tells
    something. ``repeats``: sentences that were said before, or belong to another question of the plan.
    ``follow_ups``: the model's, to a question with key points; ``targeted``: those whose question shares a word of
    content with a point that the answer left out, and no more with any that it covers. Tokens are those that the
    server reports; ``cached_tokens`` is part of ``prompt_tokens``.
    """

    asked: int = 0
    fallbacks: int = 0
    rewritten: int = 0
    wrote: int = 0
    heard: int = 0
    spoken: int = 0
    referring: int = 0
    telling: int = 0
    referring_to_told: int = 0
    repeats: int = 0
    follow_ups: int = 0
    targeted: int = 0
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0


def summed(figures: Iterable[WordFigures]) -> WordFigures:
    total = dict.fromkeys(WordFigures.__struct_fields__, 0)
    for one in figures:
        for name, count in asdict(one).items():
            total[name] += count
    return WordFigures(**total)


def word_figures(plan: InterviewPlan, events: Iterable[Event]) -> WordFigures:
    """The figures of one interview with ``plan``, whose key points the grades' evidence names. Pure."""
    return summed(_of_turns(plan, events))


class _Turn:
    """What is known of the turn that is being read."""

    def __init__(self) -> None:
        self.answer = ""
        self.made: PlanMade | None = None
        self.fallback = False
        self.rewritten = False


def _of_turns(plan: InterviewPlan, events: Iterable[Event]) -> Iterator[WordFigures]:
    turn, told = _Turn(), list[str]()
    covered: dict[str, frozenset[str]] = {}
    for event in events:
        match event.data:
            case AnswerReceived(text=text):
                turn = _Turn()
                turn.answer = text or ""
            case AnswerTranscribed(text=text):
                turn.answer = text
            case GradeRecorded(question_id=name, grade=grade):
                covered[name] = frozenset(found.supports for found in grade.evidence)
            case FallbackEntered(tier="llm"):
                turn.fallback = True
            case GuardrailTripped(action="rewrite"):
                turn.rewritten = True
            case PlanMade() as made:
                turn.made = made
            case ResponseSent() as sent:
                if turn.made is not None:
                    yield _of_turn(plan, turn, turn.made, sent, covered, told)
                told += sentences_of(sent.text)
            case _:
                pass


def _of_turn(
    plan: InterviewPlan,
    turn: _Turn,
    made: PlanMade,
    sent: ResponseSent,
    covered: dict[str, frozenset[str]],
    told: list[str],
) -> WordFigures:
    usage = made.output.get("usage", {})
    tokens = {name: int(usage.get(name, 0)) for name in ("prompt_tokens", "cached_tokens", "completion_tokens")}
    if made.source != SOURCE:
        return WordFigures(asked=int(turn.fallback), fallbacks=int(turn.fallback), **tokens)
    own = _own_words(plan, sent)
    follows_up = made.action.action_type == "ask_followup"
    in_sentences = len(turn.answer.split()) >= TOLD_WORDS and not says_dont_know(turn.answer, plan.language)
    counts = in_sentences and (follows_up or made.action.action_type == "new_question")
    question = plan.by_id.get(made.question_id or "")
    aimed = follows_up and question is not None and bool(question.key_points)
    refers = counts and bool(content_stems(own) & content_stems(turn.answer))
    tells = counts and _tells(turn.answer, plan)
    wrote, said = sentences_of(made.output.get("own", made.output).get("utterance", "")), searchable(sent.text)
    return WordFigures(
        asked=1,
        rewritten=int(turn.rewritten or "own" in made.output),
        wrote=len(wrote),
        heard=sum(1 for sentence in wrote if searchable(sentence) in said),
        spoken=int(counts),
        referring=int(refers),
        telling=int(tells),
        referring_to_told=int(tells and refers),
        repeats=sum(1 for sentence in sentences_of(own) if _is_repeated(sentence, told, plan, sent)),
        follow_ups=int(aimed),
        targeted=int(aimed and question is not None and _targets_a_gap(own, question, covered.get(question.id))),
        **tokens,
    )


def _own_words(plan: InterviewPlan, sent: ResponseSent) -> str:
    """The reply without the plan's wording at its end."""
    question = plan.by_id.get(sent.question.question_id) if sent.question is not None else None
    endings = [plan.closing, *(hint.text for one in plan.questions for hint in one.hints)]
    if question is not None and sent.action.action_type == "new_question":
        endings.append(spoken_prompt(question, plan.language))
    text = " ".join(sent.text.split())
    for ending in endings:
        text = text.removesuffix(" ".join(ending.split())).rstrip()
    return text


def _tells(answer: str, plan: InterviewPlan) -> bool:
    """Whether a simulated answer holds a sentence of a reference answer, and not only what a persona says instead."""
    told = searchable(" ".join(text for question in plan.questions for text in _references(question)))
    plain = (searchable(sentence) for sentence in sentences_of(answer))
    return any(len(sentence.split()) > _REPEATABLE_WORDS and sentence in told for sentence in plain)


def _references(question: Question) -> tuple[str, ...]:
    reference = question.reference
    return (reference.strong, reference.average, reference.weak) if reference is not None else ()


def _is_repeated(sentence: str, told: list[str], plan: InterviewPlan, sent: ResponseSent) -> bool:
    plain = searchable(sentence)
    if len(plain.split()) <= _REPEATABLE_WORDS or sent.action.action_type == "clarify":
        return False
    of_plan = (one for question in plan.questions for one in sentences_of(question.prompt))
    return any(plain == searchable(one) for one in (*told, *of_plan))


def _targets_a_gap(words: str, question: Question, covered: frozenset[str] | None) -> bool:
    """Whether a follow-up's question shares as many words of content with a missing point as with any that is there."""
    asked = " ".join(sentence for sentence in sentences_of(words) if sentence.endswith("?")) or words
    there, missing = shared_with_points(asked, question.key_points, tuple(covered or ()))
    return missing > 0 and missing >= there
