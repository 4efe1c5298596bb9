"""Step 2, observe: what did the candidate say, how sure is that, and is it an answer at all?"""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from deployments.agent.brief.interviewer import Heard, Observation
from deployments.agent.config import AgentConfig
from deployments.stt.contract import EngineInfo, SpeechToText, TranscribeRequest, Transcript
from interview.errors import AudioRejected, InterviewError
from interview.plans.plan import InterviewPlan
from interview.sessions.events import AnswerTranscribed, FallbackEntered
from interview.sessions.intents import recognise
from interview.sessions.session import AskedQuestion, SessionState

#: How many words of a plan's vocabulary bias the decoder; more crowd out the speech in Whisper's prompt.
MAX_HOTWORDS = 48


def transcription_request(
    audio: bytes, content_type: str, state: SessionState, plan: InterviewPlan
) -> TranscribeRequest:
    """The recording with the words this question makes likely."""
    asked = state.current_question
    question = plan.by_id.get(asked.question_id) if asked else None
    words = (*(question.vocabulary if question else ()), *plan.vocabulary)
    return TranscribeRequest(
        audio=audio,
        content_type=content_type,
        language=state.language or None,
        hotwords=tuple(dict.fromkeys(words))[:MAX_HOTWORDS],
    )


async def transcribe(stt: SpeechToText, request: TranscribeRequest) -> Transcript:
    """The transcript; a recording in which nothing can be heard after all is an empty one, which gets asked again.

    Raises:
        Overloaded, DeadlineExceeded, EngineUnavailable: worth another try; the accepted answer waits.
    """
    try:
        return await stt.transcribe(request)
    except AudioRejected as error:
        # The probe let it pass, so this is the decoder's verdict. An accepted answer must not become a dead end.
        return nothing_heard(request, error)


def nothing_heard(request: TranscribeRequest, error: InterviewError) -> Transcript:
    return Transcript(
        text="",
        language=request.language or "",
        duration_s=0.0,
        segments=(),
        confidence=0.0,
        engine=EngineInfo(name="none", model="", notice=error.message),
    )


def transcribed_event(turn: int, transcript: Transcript) -> AnswerTranscribed:
    return AnswerTranscribed(
        turn=turn,
        text=transcript.text,
        confidence=transcript.confidence,
        duration_s=transcript.duration_s,
        language=transcript.language,
        engine=msgspec.to_builtins(transcript.engine),
        segments=tuple(msgspec.to_builtins(segment) for segment in transcript.segments),
        guards=tuple(msgspec.to_builtins(guard) for guard in transcript.guards),
    )


def stt_fallback(turn: int, error: InterviewError) -> FallbackEntered:
    return FallbackEntered(turn=turn, tier="stt", to="asking again", reason=f"{error.code}: {error.message}")


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


def settled(
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
