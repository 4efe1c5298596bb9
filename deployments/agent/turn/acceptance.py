"""Step 1, accept: make the answer durable before any model sees it, and make sure it is worked on once.

What an ``Idempotency-Key`` meets:

- unknown: the recording is probed (bad audio leaves the session untouched), stored, and ``answer.received`` is
  committed together with an in-flight record whose lease keeps other workers away;
- in flight, lease alive: ``TurnInFlight``, with how long to wait;
- in flight, lease over or given up (or ``takeover``): the accepted answer is resumed;
- done: the recorded reply, byte for byte;
- another answer: ``IdempotencyMismatch``.

An unknown key that meets somebody else's unanswered answer is settled in ``turn.py``.
"""

from __future__ import annotations

import hashlib

import msgspec
from msgspec import Struct

from deployments.agent.config import AgentConfig
from deployments.agent.contract import TurnRequest
from deployments.agent.journal.lease import TURN
from deployments.agent.journal.stage_times import StageTimes
from deployments.agent.journal.step_store import StepStore
from deployments.agent.pins.pinned_plans import PinnedPlans
from deployments.agent.ports import AgentPorts, Clock
from deployments.agent.turn.observe import transcription_request
from interview.errors import (
    AudioTooLarge,
    Conflict,
    EmptyAudio,
    IdempotencyMismatch,
    InternalError,
    InvalidInput,
    NotFound,
    SessionEnded,
    TurnInFlight,
    UnsupportedRequest,
)
from interview.sessions.events import AnswerReceived
from interview.sessions.ids import check_interview_id
from interview.sessions.ledger import Ledger
from interview.sessions.session import AudioRef, PendingAnswer, SessionState
from storage.blobs.audio_types import media_type_of
from storage.blobs.layout import audio_name, audio_path, audio_url
from storage.sessions.amend import Amendment, Loaded, transact
from storage.sessions.port import IdempotencyRecord, SessionKey


class Accepted(Struct, frozen=True):
    """An answer that cannot be lost any more; ``resumed`` when another worker had accepted it."""

    state: SessionState
    pending: PendingAnswer
    fingerprint: str
    resumed: bool = False


class Abandoned(Struct, frozen=True):
    """A new answer met ``earlier``, an accepted one whose reply never came."""

    earlier: Accepted


class Replay(Struct, frozen=True):
    """The answer had its reply; ``state`` is the session as it is now, None when it has expired."""

    record: IdempotencyRecord
    state: SessionState | None


class Acceptance:
    def __init__(self, ports: AgentPorts, config: AgentConfig, clock: Clock, plans: PinnedPlans) -> None:
        self._ports = ports
        self._config = config
        self._clock = clock
        self._plans = plans

    async def accept(self, request: TurnRequest, times: StageTimes) -> Accepted | Abandoned | Replay:
        """The accepted answer, the recorded reply of a finished one, or the earlier answer that stands in the way.

        Raises:
            InvalidInput, AudioRejected, UnsupportedRequest: the request; the session is as it was.
            NotFound, SessionEnded, Conflict, TurnInFlight, IdempotencyMismatch: the session's state.
            Overloaded, DeadlineExceeded, Unavailable: nothing was accepted; try again.
        """
        check_turn_request(request, self._config)
        fingerprint = fingerprint_of(request)
        stored: AudioRef | None = None

        async def decide(loaded: Loaded) -> Amendment[Accepted | Abandoned | Replay]:
            nonlocal stored
            state, record = loaded.state, loaded.record
            if record is not None:
                check_fingerprint(record.fingerprint, fingerprint)
                if record.status == "done":
                    # Before anything else: a late retry gets its first reply even when the session is gone.
                    return Amendment(Replay(record=record, state=state))
            if state is None:
                raise NotFound(no_such_interview(request.interview_id))
            check_open(state)
            if state.pending_answer is not None:
                return await self._taken_over(request, fingerprint, state, state.pending_answer, record, times)
            if record is not None:
                raise Conflict("This answer was settled under another Idempotency-Key; reload the interview.")
            if request.audio is not None and stored is None:
                stored = await self._store_audio(request, state, request.audio, times)
            return self._received(request, fingerprint, state, stored)

        return await transact(
            StepStore(self._ports.sessions, times),
            SessionKey(tenant=request.tenant, interview_id=request.interview_id),
            decide,
            record=(TURN, request.idempotency_key),
            on_conflict=lambda: self._ports.observer.commit_retried("accept"),
        )

    async def _taken_over(
        self,
        request: TurnRequest,
        fingerprint: str,
        state: SessionState,
        pending: PendingAnswer,
        record: IdempotencyRecord | None,
        times: StageTimes,
    ) -> Amendment[Accepted | Abandoned | Replay]:
        """Put this worker's lease on an accepted answer, this one or another, whose worker is gone."""
        earlier = resumed(state, pending)
        own = pending.idempotency_key == request.idempotency_key
        if own:
            check_fingerprint(earlier.fingerprint, fingerprint)
        elif record is not None:
            raise Conflict("This answer was settled under another Idempotency-Key; reload the interview.")
        else:
            key = SessionKey(tenant=request.tenant, interview_id=request.interview_id)
            with times.stage("store"):
                _, record = await self._ports.sessions.load_with_idempotency(key, TURN, pending.idempotency_key)
        if record is not None:
            self._check_lease(record, takeover=request.takeover)
        times.outcome = "resumed"
        return Amendment(
            earlier if own else Abandoned(earlier),
            Ledger(state, self._clock.now),
            self._lease(pending.idempotency_key, earlier.fingerprint),
            snapshot=False,
        )

    def _check_lease(self, record: IdempotencyRecord, *, takeover: bool) -> None:
        """Raises TurnInFlight while another worker holds the turn."""
        left_s = record.lease_until - self._clock.now().timestamp()
        if left_s > 0 and not takeover:
            raise TurnInFlight(
                "This answer is being worked on; ask again with the same Idempotency-Key.",
                retry_after_s=round(min(left_s, 2.0), 3),
                detail={"lease_left_s": round(left_s, 3)},
            )

    async def _store_audio(
        self, request: TurnRequest, state: SessionState, audio: bytes, times: StageTimes
    ) -> AudioRef:
        stt = self._ports.stt
        if stt is None:
            raise UnsupportedRequest("Speech recognition is not installed here; please type the answer.")
        plan = await self._plans.get(state.plan)
        content_type = media_type_of(audio, request.content_type)
        with times.stage("probe"):
            probe = await stt.probe(transcription_request(audio, content_type, state, plan))
        name = audio_name(state.turn_number + 1, "candidate", audio, content_type)
        with times.stage("blob"):
            await self._ports.blobs.put(audio_path(request.tenant, request.interview_id, name), audio)
        return AudioRef(
            url=audio_url(request.interview_id, name),
            content_type=content_type,
            size_bytes=len(audio),
            sha256=hashlib.sha256(audio).hexdigest(),
            duration_s=probe.duration_s,
        )

    def _received(
        self, request: TurnRequest, fingerprint: str, state: SessionState, audio: AudioRef | None
    ) -> Amendment[Accepted | Abandoned | Replay]:
        asked = state.current_question
        ledger = Ledger(state, self._clock.now)
        ledger.record(
            AnswerReceived(
                turn=state.turn_number + 1,
                idempotency_key=request.idempotency_key,
                question_id=asked.question_id if asked else None,
                text=request.text,
                audio=audio,
                signals=request.signals,
            )
        )
        pending = ledger.state.pending_answer
        if pending is None:
            raise InternalError("An accepted answer is not pending.")
        return Amendment(
            Accepted(state=ledger.state, pending=pending, fingerprint=fingerprint),
            ledger,
            self._lease(request.idempotency_key, fingerprint),
            snapshot=False,  # the reply's commit brings it, milliseconds or seconds later
        )

    def _lease(self, idempotency_key: str, fingerprint: str) -> IdempotencyRecord:
        return IdempotencyRecord(
            scope=TURN,
            key=idempotency_key,
            fingerprint=fingerprint,
            status="in_flight",
            lease_until=self._clock.now().timestamp() + self._config.lease_s,
        )


def check_turn_request(request: TurnRequest, config: AgentConfig) -> None:
    """Raises InvalidInput naming the wrong fields, EmptyAudio, AudioTooLarge."""
    check_interview_id(request.interview_id)
    wrong: dict[str, str] = {}
    if not 1 <= len(request.idempotency_key) <= 255:
        wrong["idempotency_key"] = "1 to 255 characters"
    if (request.text is None) == (request.audio is None):
        wrong["answer"] = "exactly one of a typed answer and an audio recording"
    elif request.text is not None:
        if not request.text.strip():
            wrong["answer"] = "empty; say or type something, or ask to skip the question"
        elif not is_unicode(request.text):
            wrong["answer"] = "not valid Unicode"
        elif len(request.text) > config.max_answer_chars:
            wrong["answer"] = f"longer than {config.max_answer_chars} characters"
    if request.signals and len(msgspec.json.encode(request.signals)) > config.max_signals_bytes:
        wrong["signals"] = f"larger than {config.max_signals_bytes} bytes"
    if wrong:
        sentences = "; ".join(f"{field}: {problem}" for field, problem in wrong.items())
        raise InvalidInput(f"The answer cannot be taken: {sentences}.", detail={"fields": wrong})
    if request.audio is not None:
        if not request.audio:
            raise EmptyAudio("The recording is empty. Please record your answer again.")
        if len(request.audio) > config.max_audio_bytes:
            raise AudioTooLarge(
                f"The recording is larger than {config.max_audio_bytes // (1024 * 1024)} MiB. "
                "Please give a shorter answer, or send a compressed format such as webm or mp3.",
                detail={"max_bytes": config.max_audio_bytes},
            )


def is_unicode(text: str) -> bool:
    """Whether ``text`` can be stored: JSON may smuggle in half of a surrogate pair."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def check_open(state: SessionState) -> None:
    """Raises SessionEnded, or Conflict while paused."""
    if state.status in ("concluded", "expired"):
        raise SessionEnded("This interview has ended; no more answers can be given.")
    if state.status == "paused":
        raise Conflict("This interview is paused until a person has looked at it; please wait.")


def fingerprint_of(request: TurnRequest) -> str:
    """What must not change under one Idempotency-Key: the answer's content, as its kind and SHA-256."""
    if request.text is not None:
        return _text_fingerprint(request.text)
    return f"audio:{hashlib.sha256(request.audio or b'').hexdigest()}"


def fingerprint_of_pending(pending: PendingAnswer) -> str:
    """The same of an accepted answer, for when its in-flight record was given up."""
    if pending.audio is not None:
        return f"audio:{pending.audio.sha256}"
    return _text_fingerprint(pending.text or "")


def _text_fingerprint(text: str) -> str:
    return f"text:{hashlib.sha256(text.encode()).hexdigest()}"


def check_fingerprint(known: str, sent: str) -> None:
    """Raises IdempotencyMismatch."""
    if known != sent:
        raise IdempotencyMismatch("This Idempotency-Key was used for another answer; use a new key for a new answer.")


def resumed(state: SessionState, pending: PendingAnswer) -> Accepted:
    return Accepted(state=state, pending=pending, fingerprint=fingerprint_of_pending(pending), resumed=True)


def no_such_interview(interview_id: str) -> str:
    return f"There is no interview {interview_id!r}, or it has expired."
