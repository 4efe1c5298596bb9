"""Step 1 of a turn, accept: hear the answer, make it durable first, and let one worker process it.

Cases by ``Idempotency-Key``:

- unknown: a recording is transcribed (bad audio leaves the session untouched) and stored; then ``answer.received`` and
  ``answer.transcribed`` are committed together with an in-flight record whose lease excludes other workers;
- in flight, lease valid: ``TurnInFlight``, with the time to wait;
- in flight, lease expired or released (or ``takeover``): the accepted answer is resumed;
- done: the recorded reply, byte for byte;
- another answer: ``IdempotencyMismatch``.

``turn.py`` handles an unknown key that meets another client's unanswered answer.
"""

from __future__ import annotations

import hashlib
from contextlib import nullcontext

import msgspec
from msgspec import Struct

from deployments.agent.config import AgentConfig
from deployments.agent.contract import TurnRequest
from deployments.agent.journal.lease import TURN
from deployments.agent.journal.stage_times import StageTimes
from deployments.agent.turn.hear import HeardRecording, Recording, hear, keep
from deployments.agent.turn.hearing import Hearing
from deployments.agent.turn.runtime import Runtime
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
)
from interview.limits import MAX_KEY_CHARS
from interview.sessions.answered_question import check_current
from interview.sessions.events import AnswerReceived
from interview.sessions.ids import check_interview_id
from interview.sessions.ledger import Ledger
from interview.sessions.room import check_room
from interview.sessions.session import AudioRef, PendingAnswer, SessionState
from storage.sessions.amend import Amendment, Loaded, transact
from storage.sessions.port import IdempotencyRecord, SessionKey


class Accepted(Struct, frozen=True):
    """A durable answer; ``resumed`` when another worker had accepted it."""

    state: SessionState
    pending: PendingAnswer
    fingerprint: str
    resumed: bool = False


class Abandoned(Struct, frozen=True):
    """An accepted answer without a reply, ``earlier``, stands before a new one, whose ``fingerprint`` this is."""

    earlier: Accepted
    fingerprint: str


class Late(Struct, frozen=True):
    """The interview ended while the recording was transcribed: the answer is recorded for the evaluation, without a
    reply."""


class Replay(Struct, frozen=True):
    """The answer already had its reply; ``state`` is the current session, None when it has expired."""

    record: IdempotencyRecord
    state: SessionState | None


Acceptable = Accepted | Abandoned | Replay | Late


class Acceptance:
    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    async def accept(self, request: TurnRequest, times: StageTimes) -> Acceptable:
        """The accepted answer, the recorded reply of a finished one, or the earlier answer that blocks it.

        Raises:

            InvalidInput, AudioRejected, UnsupportedRequest: the request; the session is unchanged.
            NotFound, SessionEnded, Conflict, TurnInFlight, IdempotencyMismatch: the session's state.
            QuestionNotCurrent: the request names another question than the current one; nothing was accepted.
            Overloaded, DeadlineExceeded, Unavailable: nothing was accepted; try again.
        """
        check_turn_request(request, self._runtime.config)
        recording = Recording.of(request.audio, request.content_type) if request.audio is not None else None
        fingerprint = fingerprint_of(request.text, recording.sha256 if recording else "")
        corrected, recording = (recording, None) if request.text is not None else (None, recording)
        heard: HeardRecording | None = None
        key = SessionKey(tenant=request.tenant, interview_id=request.interview_id)
        hearing = Hearing(self._runtime, key, request.idempotency_key, fingerprint) if recording else None
        note = hearing.note if hearing else None

        async def decide(loaded: Loaded) -> Amendment[Acceptable]:
            nonlocal heard
            state, record = loaded.state, loaded.record
            if record is not None:
                check_fingerprint(record.fingerprint, fingerprint)
                if record.status == "done":
                    # Before all other checks: a late retry gets the recorded reply even when the session is gone.
                    return Amendment(Replay(record=record, state=state))
            if state is None:
                raise NotFound(no_such_interview(request.interview_id))
            if heard is not None and record is None and state.has_ended:
                return self._late(request, fingerprint, state, heard, note)
            check_open(state)
            check_room(state)
            if state.pending_answer is not None:
                return await self._taken_over(request, fingerprint, state, state.pending_answer, record, times)
            if record is not None:
                raise Conflict("This answer was completed under another Idempotency-Key; reload the interview.")
            check_current(state, request.question_id, request.turn_number)
            if recording is not None and heard is None:
                heard = await hear(self._runtime, recording, state, times, request.transcript)
            kept = await keep(self._runtime, corrected, state, times) if corrected is not None else None
            return self._received(request, fingerprint, state, heard, note, kept)

        async with hearing or nullcontext():
            outcome = await transact(
                self._runtime.sessions(times),
                key,
                decide,
                record=(TURN, request.idempotency_key),
                note=note,
                on_conflict=lambda: self._runtime.ports.observer.commit_retried("accept"),
            )
            if hearing is not None:
                hearing.released = isinstance(outcome, Late) or (isinstance(outcome, Accepted) and not outcome.resumed)
            return outcome

    async def _taken_over(
        self,
        request: TurnRequest,
        fingerprint: str,
        state: SessionState,
        pending: PendingAnswer,
        record: IdempotencyRecord | None,
        times: StageTimes,
    ) -> Amendment[Acceptable]:
        """Acquire the lease on an accepted answer, this one or another, whose worker is gone."""
        earlier = resumed(state, pending)
        own = pending.idempotency_key == request.idempotency_key
        if own:
            check_fingerprint(earlier.fingerprint, fingerprint)
        elif record is not None:
            raise Conflict("This answer was completed under another Idempotency-Key; reload the interview.")
        else:
            key = SessionKey(tenant=request.tenant, interview_id=request.interview_id)
            sessions = self._runtime.sessions(times)
            _, record = await sessions.load_with_idempotency(key, TURN, pending.idempotency_key)
        if record is not None:
            self._check_lease(record, takeover=request.takeover)
        times.outcome = "resumed"
        return Amendment(
            earlier if own else Abandoned(earlier, fingerprint),
            self._runtime.ledger(state),
            self._runtime.leases.lease(pending.idempotency_key, earlier.fingerprint),
            snapshot=False,
        )

    def _check_lease(self, record: IdempotencyRecord, *, takeover: bool) -> None:
        """Raises TurnInFlight while another worker holds the turn."""
        left_s = self._runtime.leases.left_s(record)
        if left_s > 0 and not takeover:
            raise TurnInFlight(
                "This answer is being processed; retry with the same Idempotency-Key.",
                retry_after_s=round(min(left_s, 2.0), 3),
                detail={"lease_left_s": round(left_s, 3)},
            )

    def _received(
        self,
        request: TurnRequest,
        fingerprint: str,
        state: SessionState,
        heard: HeardRecording | None,
        note: IdempotencyRecord | None,
        kept: AudioRef | None,
    ) -> Amendment[Acceptable]:
        ledger = self._recorded(request, state, heard, kept)
        pending = ledger.state.pending_answer
        if pending is None:
            raise InternalError("An accepted answer is not pending.")
        return Amendment(
            Accepted(state=ledger.state, pending=pending, fingerprint=fingerprint),
            ledger,
            self._runtime.leases.lease(request.idempotency_key, fingerprint),
            releases=note,
            snapshot=False,  # the reply's commit brings it, milliseconds or seconds later
        )

    def _late(
        self,
        request: TurnRequest,
        fingerprint: str,
        state: SessionState,
        heard: HeardRecording,
        note: IdempotencyRecord | None,
    ) -> Amendment[Acceptable]:
        # the record keeps a duplicate of the request from recording the answer twice
        lease = self._runtime.leases.lease(request.idempotency_key, fingerprint)
        return Amendment(Late(), self._recorded(request, state, heard), lease, releases=note)

    def _recorded(
        self, request: TurnRequest, state: SessionState, heard: HeardRecording | None, kept: AudioRef | None = None
    ) -> Ledger:
        asked = state.current_question
        turn = state.turn_number + 1
        ledger = self._runtime.ledger(state)
        ledger.record(
            AnswerReceived(
                turn=turn,
                idempotency_key=request.idempotency_key,
                question_id=asked.question_id if asked else None,
                text=request.text,
                audio=heard.audio if heard else None,
                signals=request.signals,
                recording=kept,
            )
        )
        if heard is not None:
            ledger.record(heard.transcribed(turn))
        return ledger


def check_turn_request(request: TurnRequest, config: AgentConfig) -> None:
    """Raises InvalidInput naming the wrong fields, EmptyAudio, AudioTooLarge."""
    check_interview_id(request.interview_id)
    wrong: dict[str, str] = {}
    if not 1 <= len(request.idempotency_key) <= MAX_KEY_CHARS:
        wrong["idempotency_key"] = f"1 to {MAX_KEY_CHARS} characters"
    if request.text is None and request.audio is None:
        wrong["answer"] = "a typed answer or an audio recording"
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
        raise InvalidInput(f"The answer cannot be accepted: {sentences}.", detail={"fields": wrong})
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
    """Whether ``text`` can be stored: JSON may contain a lone surrogate."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def check_open(state: SessionState) -> None:
    """Raises SessionEnded, or Conflict while paused."""
    if state.has_ended:
        raise SessionEnded("This interview has ended; no more answers can be given.")
    if state.status == "paused" and state.paused_by == "candidate":
        raise Conflict(
            "The candidate paused this interview; resume it first.",
            detail={"paused_by": "candidate", "return_by": state.return_by.isoformat() if state.return_by else None},
        )
    if state.status == "paused":
        raise Conflict("This interview is paused for a person's review; please wait.", detail={"paused_by": "policy"})


def fingerprint_of(text: str | None, audio_sha256: str) -> str:
    """The hash of an answer's content, which must not change under one Idempotency-Key."""
    if text is None:
        return f"audio:{audio_sha256}"
    return f"text:{hashlib.sha256(text.encode()).hexdigest()}"


def fingerprint_of_pending(pending: PendingAnswer) -> str:
    """The same for an accepted answer, when its in-flight record was released."""
    return fingerprint_of(pending.text, pending.audio.sha256 if pending.audio else "")


def check_fingerprint(known: str, sent: str) -> None:
    """Raises IdempotencyMismatch."""
    if known != sent:
        raise IdempotencyMismatch("This Idempotency-Key was used for another answer; use a new key for a new answer.")


def resumed(state: SessionState, pending: PendingAnswer) -> Accepted:
    return Accepted(state=state, pending=pending, fingerprint=fingerprint_of_pending(pending), resumed=True)


def no_such_interview(interview_id: str) -> str:
    return f"There is no interview {interview_id!r}, or it has expired."
