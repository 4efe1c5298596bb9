"""Step 2 of a turn, observe: classifies the utterance and decides whether it is an answer."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from msgspec import Struct
from msgspec.structs import replace

from deployments.agent.brief.interviewer import Heard, Observation
from deployments.agent.config import AgentConfig
from interview.languages.language import language_of
from interview.plans.plan import InterviewPlan
from interview.plans.questions import MultiSelect, Question
from interview.sessions.answer_forms import is_bare
from interview.sessions.candidate_questions import CandidateQuestion
from interview.sessions.hearing import heard_from, replies_by_turn
from interview.sessions.session import AskedQuestion, PendingAnswer, SessionState
from interview.sessions.utterances import is_silence, read_utterance
from interview.text.facts import fact_for
from interview.text.machine_orders import text_without_orders
from interview.text.visible_text import is_foreign

EMPTY: Mapping[str, str] = MappingProxyType({})

#: Utterances that cannot refer to a question that the candidate has not heard: the question is put again instead.
_NEEDS_THE_QUESTION = frozenset({"answer", "unsure", "done", "wait", "hint"})


class Answer(Struct, frozen=True):
    """The answer to a question, utterances joined by newlines; empty without one.

    ``confidence`` is the lowest of its transcripts', None when all of it was typed.
    """

    text: str = ""
    confidence: float | None = None

    def and_then(self, text: str, confidence: float | None) -> Answer:
        """This answer with one more utterance."""
        known = [each for each in (self.confidence, confidence) if each is not None]
        return Answer(f"{self.text}\n{text}" if self.text else text, min(known, default=None))


class Understood(Struct, frozen=True):
    """This turn's utterance, with repeated requests limited, and the answer to the question.

    ``answer`` is what counts now: it includes this turn's utterance only if that is an answer. ``whole`` includes it
    even when it is too doubtful to count.
    """

    observation: Observation
    answer: Answer
    whole: Answer


def understood(
    state: SessionState,
    pending: PendingAnswer,
    asked: AskedQuestion,
    plan: InterviewPlan,
    *,
    hint_open: bool,
    config: AgentConfig,
) -> Understood:
    """Interpret the pending answer to its question. Pure. Each utterance is read once."""
    first = observed_answer(pending, asked, plan, language=state.language, config=config)
    if first.heard == "afterthought" and _answering(first, state.language):
        first = replace(first, heard="answer")  # the addition came in the same utterance
    question = plan.by_id[asked.question_id]
    if first.heard in _NEEDS_THE_QUESTION and heard_from(state, asked, question) is None:
        first = replace(first, heard="repeat", why="The candidate spoke before the question was heard.")
    earlier = answer_so_far(state, asked, question, earlier_only=True, config=config)
    said = _answering(first, state.language)
    whole = _with(earlier, question, said, first.confidence) if said else earlier
    observation = bounded(first, asked, plan, answered=bool(earlier.text), hint_open=hint_open, config=config)
    if observation.heard == "answer" and _is_first_foreign(observation.text, state):
        observation = replace(observation, is_foreign=True)
    return Understood(observation, whole if observation.heard == "answer" else earlier, whole)


def _is_first_foreign(text: str, state: SessionState) -> bool:
    """Whether ``text`` is in another language than the interview's, and the candidate was not told its language yet."""
    if not is_foreign(text_without_orders(text), state.language):
        return False
    told = language_of(state.language).replies.language
    return not any(turn.role == "interviewer" and told in turn.content for turn in state.conversation_history)


def observed_answer(
    pending: PendingAnswer, asked: AskedQuestion, plan: InterviewPlan, *, language: str, config: AgentConfig
) -> Observation:
    """Interpret the pending answer to ``asked`` before repeated requests are limited. Pure."""
    text, confidence = pending.text, None
    if text is None:
        heard = pending.heard
        text, confidence = (heard.text, heard.confidence) if heard else ("", 0.0)
    question = plan.by_id[asked.question_id]
    invited = asked.phase == "closing" and not question.is_scored
    return observed(
        text,
        confidence,
        language=language,
        config=config,
        asked_for_questions=invited,
        clarifications=question.clarifications,
        question=question,
    )


def _answering(observation: Observation, language: str) -> str:
    """The part of an utterance that answers a question; empty when there is none."""
    if observation.heard == "unsure":
        return observation.text
    if observation.heard not in ("answer", "afterthought"):
        return ""
    answer = read_utterance(observation.text, language).answer
    return "" if is_silence(answer) else answer


def observed(
    text: str,
    confidence: float | None,
    *,
    language: str,
    config: AgentConfig,
    asked_for_questions: bool = False,
    clarifications: Mapping[str, str] = EMPTY,
    question: Question | None = None,
) -> Observation:
    """Classify an utterance; ``confidence`` None for typed text. Pure. ``clarifications``: the facts of ``question``,
    the open one.

    A doubtful transcript still counts as a request to repeat, wait or hint: those are short, and a misread one costs
    the candidate only a sentence.
    """
    said = read_utterance(text, language, asked_for_questions=asked_for_questions, clarifiable=bool(clarifications))
    if said.kind == "silence":
        if not is_silence(text):
            return Observation(text=text, heard="unsure", confidence=confidence, why="Only a greeting or thanks.")
        why = "No words were heard." if confidence is not None else "Nothing was typed."
        return Observation(text="", heard="unsure", confidence=confidence, why=why)
    if said.kind == "explain" and fact_for(text, clarifications):
        asks = (CandidateQuestion("clarification", text, 0, len(text)),)
        return Observation(text=text, heard="question", confidence=confidence, questions=asks)
    if said.kind in ("repeat", "explain", "wait", "hint"):
        return Observation(text=text, heard=said.kind, confidence=confidence)
    least = config.unsure_below
    if confidence is not None and confidence < least and question is not None and is_bare(question, text):
        least = min(least, config.unsure_form_below)
    if confidence is not None and confidence < least:
        why = f"The transcript's confidence of {confidence:.2f} is below {least:.2f}."
        return Observation(text=text, heard="unsure", confidence=confidence, why=why)
    return Observation(text=text, heard=said.kind, confidence=confidence, questions=said.questions)


def bounded(
    observation: Observation,
    asked: AskedQuestion,
    plan: InterviewPlan,
    *,
    answered: bool,
    hint_open: bool,
    config: AgentConfig,
) -> Observation:
    """``observation`` with repeated requests limited: past the limits a doubtful answer counts as heard, and a futile
    request moves on. Pure. ``answered``: this question has an answer from earlier turns."""
    heard, used = observation.heard, asked.attempts
    again = plan.max_clarifications
    move_on: Heard = "done" if answered else "skip"
    if heard == "unsure" and used >= again:
        if observation.text.strip():
            why = f"Taken as heard after {used} attempts. {observation.why}"
            return replace(observation, heard="answer", why=why)
        return replace(observation, heard=move_on, why=f"Nothing was heard in {used + 1} attempts.")
    if heard == "done" and not answered and used >= again:
        return replace(observation, heard=move_on, why="The candidate is done and gave no answer.")
    if heard in ("repeat", "explain", "wait", "afterthought") and used >= again + config.max_repeats:
        return replace(observation, heard=move_on, why="Asked for again often enough.")
    if heard == "question" and asked.asked_back >= again + 2 * config.max_repeats:
        return replace(observation, heard=move_on, why="Questions were answered often enough.")
    if heard == "hint" and not hint_open and used >= again + config.max_repeats:
        return replace(observation, heard=move_on, why="No hint is left, and it was asked for often enough.")
    return observation


def _with(answer: Answer, question: Question, text: str, confidence: float | None) -> Answer:
    """``answer`` and a later utterance. A later formula, number or option replaces the earlier one; later
    prose or list items are added."""
    listed = isinstance(question.grader, MultiSelect)
    replaced = question.answer_mode in ("formula", "number", "choice") and not listed
    return (Answer() if replaced else answer).and_then(text, confidence)


def answer_so_far(
    state: SessionState, asked: AskedQuestion, question: Question, *, earlier_only: bool = False, config: AgentConfig
) -> Answer:
    """Everything the candidate answered to ``asked``, which put ``question``.

    It omits requests ("please repeat"), questions to the interviewer, answers that were requested again, and what was
    said before the question was heard. ``earlier_only`` omits the turn whose reply is still due.
    """
    since = heard_from(state, asked, question)
    if since is None:
        return Answer()
    replies = replies_by_turn(state)
    answer = Answer()
    for said in state.conversation_history:
        if said.role != "candidate" or said.turn <= since or said.question_id not in (asked.question_id, None):
            continue
        reply = replies.get(said.turn)
        if (reply is None and earlier_only) or (reply is not None and reply.asked_form):
            continue
        observation = observed(
            said.content,
            said.confidence,
            language=state.language,
            config=config,
            clarifications=question.clarifications,
            question=question,
        )
        if observation.heard == "unsure" and reply is not None and reply.question_type == "clarification":
            continue
        if answering := _answering(observation, state.language):
            answer = _with(answer, question, answering, said.confidence)
    return answer
