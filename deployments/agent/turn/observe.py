"""Step 2, observe: what did the candidate say, how sure is that, and is it an answer at all?"""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from deployments.agent.brief.interviewer import Heard, Observation
from deployments.agent.config import AgentConfig
from interview.plans.plan import InterviewPlan
from interview.sessions.intents import recognise
from interview.sessions.session import AskedQuestion, PendingAnswer, SessionState


class Understood(Struct, frozen=True):
    """What this turn's utterance is, with asking again bounded, and everything answered to the question so far.

    ``confidence`` is the lowest of the transcripts it rests on, None for typed text. ``answer`` is empty when nothing
    has been answered.
    """

    observation: Observation
    answer: str
    confidence: float | None


def understood(
    state: SessionState,
    pending: PendingAnswer,
    asked: AskedQuestion,
    plan: InterviewPlan,
    *,
    hint_open: bool,
    config: AgentConfig,
) -> Understood:
    """What the pending answer means for the question it was given to. Pure."""
    if pending.text is not None:
        observation = observed(pending.text, None, config=config)
    else:
        heard = pending.heard
        observation = observed(heard.text if heard else "", heard.confidence if heard else 0.0, config=config)
    earlier, _ = answer_so_far(state, asked, earlier_only=True, config=config)
    observation = bounded(observation, asked, plan, answered=bool(earlier), hint_open=hint_open, config=config)
    if observation.heard != "answer":
        return Understood(observation, earlier, None)
    return Understood(observation, *answer_so_far(state, asked, config=config))


def observed(text: str, confidence: float | None, *, config: AgentConfig) -> Observation:
    """What an utterance is; ``confidence`` None for typed text. Pure.

    A doubtful transcript still counts as a request to repeat, wait or hint: those are short, and a mistaken one costs
    a candidate nothing but a sentence.
    """
    if confidence is not None and not text.strip():
        return Observation(text=text, heard="unsure", confidence=confidence, why="No words were heard.")
    request = recognise(text)
    intent: Heard = request.kind if request else "answer"
    if intent in ("repeat", "explain", "wait", "hint"):
        return Observation(text=text, heard=intent, confidence=confidence)
    if confidence is not None and confidence < config.unsure_below:
        why = f"The transcript's confidence of {confidence:.2f} is below {config.unsure_below:.2f}."
        return Observation(text=text, heard="unsure", confidence=confidence, why=why)
    return Observation(text=text, heard=intent, confidence=confidence)


def bounded(
    observation: Observation,
    asked: AskedQuestion,
    plan: InterviewPlan,
    *,
    answered: bool,
    hint_open: bool,
    config: AgentConfig,
) -> Observation:
    """``observation`` with asking again bounded: past the limits a doubtful answer is taken as heard, and a request
    that led nowhere moves on. Pure. ``answered`` says whether this question has an answer from earlier turns."""
    heard, used = observation.heard, asked.clarifications
    again = plan.max_clarifications
    move_on: Heard = "done" if answered else "skip"
    if heard == "unsure" and used >= again:
        if observation.text.strip():
            why = f"Taken as heard after {used} attempts. {observation.why}"
            return replace(observation, heard="answer", why=why)
        return replace(observation, heard=move_on, why=f"Nothing was heard in {used + 1} attempts.")
    if heard == "done" and not answered and used >= again:
        return replace(observation, heard=move_on, why="The candidate is done and gave no answer.")
    if heard in ("repeat", "explain", "wait") and used >= again + config.max_repeats:
        return replace(observation, heard=move_on, why="Asked for again often enough.")
    if heard == "hint" and not hint_open and used >= again + config.max_repeats:
        return replace(observation, heard=move_on, why="No hint is left, and it was asked for often enough.")
    return observation


def answer_so_far(
    state: SessionState, asked: AskedQuestion, *, earlier_only: bool = False, config: AgentConfig
) -> tuple[str, float | None]:
    """Everything the candidate answered to ``asked`` (follow-ups joined by newlines) and its lowest confidence.

    Requests ("please repeat") and transcripts that were asked for again are left out; ``""`` when nothing is left.
    ``earlier_only`` leaves out the turn whose reply is still due.
    """
    replies = {said.turn: said for said in state.conversation_history if said.role == "interviewer"}
    parts: list[str] = []
    lowest: float | None = None
    for said in state.conversation_history:
        if said.role != "candidate" or said.turn <= asked.turn or not said.content.strip():
            continue
        reply = replies.get(said.turn)
        if reply is None and earlier_only:
            continue
        heard = observed(said.content, said.confidence, config=config).heard
        if heard not in ("answer", "unsure"):
            continue
        if heard == "unsure" and reply is not None and reply.question_type == "clarification":
            continue
        parts.append(said.content)
        if said.confidence is not None:
            lowest = said.confidence if lowest is None else min(lowest, said.confidence)
    return "\n".join(parts), lowest
