"""One turn, top to bottom: accept (hear) → assess → decide → judge → speak → reflect → commit.

The first commit (``accept``) makes the answer durable. The second makes all its consequences visible at once, with the
reply recorded under its ``Idempotency-Key``. Between the two only ``SlowWork`` holds state, so a worker may die
anywhere: the next worker starts from the accepted answer, and one commit wins.

If a new answer finds an earlier one whose worker died, the earlier one is answered first. The new one is then rejected
with ``Conflict``, because the candidate has not seen the question it would answer – unless it is the same answer sent
again under a new key, which gets the earlier one's reply.
"""

from __future__ import annotations

from msgspec.structs import replace

from deployments.agent.contract import StepReply, TurnRequest
from deployments.agent.journal.evaluation import trigger_evaluation
from deployments.agent.journal.lease import TURN
from deployments.agent.journal.reply import done_record
from deployments.agent.journal.stage_times import StageTimes
from deployments.agent.streaming.heard_so_far import HeardSoFar
from deployments.agent.turn.acceptance import (
    Abandoned,
    Acceptance,
    Accepted,
    Late,
    Replay,
    no_such_interview,
)
from deployments.agent.turn.exchange import Exchange
from deployments.agent.turn.runtime import Runtime
from deployments.agent.turn.slow_work import SlowWork
from deployments.agent.turn.turn_pass import run_pass
from interview.errors import Conflict, NotFound, SessionEnded
from interview.sessions.session import SessionState
from storage.sessions.amend import Amendment, Loaded, transact
from storage.sessions.port import IdempotencyRecord, SessionKey

ENDED_MEANWHILE = "This interview was ended while the answer was being processed; the answer is kept."


class TurnStep:
    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._acceptance = Acceptance(runtime)

    async def run(self, request: TurnRequest, times: StageTimes, heard_so_far: HeardSoFar | None = None) -> StepReply:
        """The reply to one answer; raises as ``contract.Agent.turn``.

        ``heard_so_far`` gets it as it is produced, except a recorded reply or the reply to another answer.
        """
        found = await self._acceptance.accept(request, times)
        if isinstance(found, Replay):
            return await self._replayed(found.record, found.state, times)
        if isinstance(found, Late):
            raise SessionEnded(ENDED_MEANWHILE)
        if isinstance(found, Abandoned):
            return await self._finish_abandoned(request, found, times)
        work = SlowWork(heard_so_far=heard_so_far, prepared=request.prepared)
        return await self._finish(found, work, times, voice=request.voice)

    async def _replayed(self, record: IdempotencyRecord, state: SessionState | None, times: StageTimes) -> StepReply:
        if state is not None and state.awaits_report:
            # The worker that concluded the interview may have died before it requested the evaluation.
            await trigger_evaluation(self._runtime.ports, self._runtime.clock, state)
        return StepReply(encoded=record.body, replayed=True, stage_ms=times.snapshot())

    async def _finish_abandoned(self, request: TurnRequest, found: Abandoned, times: StageTimes) -> StepReply:
        earlier = found.earlier
        reply = await self._finish(earlier, SlowWork(), times, voice=request.voice)
        if earlier.fingerprint != found.fingerprint:
            raise Conflict(
                "An earlier answer of this interview was interrupted and has just been answered. "
                "Reload the interview: its last question may be a new one. Then answer that with a new key.",
                detail={"recovered_turn": earlier.pending.turn, "recovered_key": earlier.pending.idempotency_key},
            )
        await self._remember_alias(request, found.fingerprint, reply)
        return replace(reply, replayed=True)

    async def _remember_alias(self, request: TurnRequest, fingerprint: str, reply: StepReply) -> None:
        """Store the reply under the second key of the same answer, too."""
        key = SessionKey(tenant=request.tenant, interview_id=request.interview_id)
        alias = done_record(TURN, request.idempotency_key, fingerprint, reply.encoded)

        async def decide(loaded: Loaded) -> Amendment[None]:
            return Amendment(None, self._runtime.ledger(loaded.state) if loaded.state else None, alias)

        await transact(self._runtime.ports.sessions, key, decide, on_conflict=self._lost_race)

    async def _finish(self, accepted: Accepted, work: SlowWork, times: StageTimes, *, voice: bool) -> StepReply:
        """Process an accepted answer until a commit succeeds, this worker's or another's."""
        key = SessionKey(tenant=accepted.state.tenant, interview_id=accepted.state.interview_id)
        idempotency_key = accepted.pending.idempotency_key

        async def decide(loaded: Loaded) -> Amendment[Exchange | Replay]:
            if loaded.record is not None and loaded.record.status == "done":
                return Amendment(Replay(record=loaded.record, state=loaded.state))
            state = _still_pending(loaded.state, accepted)
            exchange = await run_pass(self._runtime, state, work, times, voice=voice)
            done = done_record(TURN, idempotency_key, accepted.fingerprint, exchange.body)
            return Amendment(exchange, exchange.ledger, done)

        async with (
            self._runtime.leases.given_up_on_failure(key, idempotency_key),
            self._runtime.leases.renewed(key, idempotency_key, accepted.fingerprint),
            self._runtime.speaker.growing(work.heard_so_far if voice else None, accepted.state.language) as growing,
        ):
            work.growing_speech = growing
            outcome = await transact(
                self._runtime.sessions(times),
                key,
                decide,
                record=(TURN, idempotency_key),
                known=Loaded(accepted.state),
                on_conflict=self._lost_race,
            )
            if isinstance(outcome, Replay):
                return await self._replayed(outcome.record, outcome.state, times)
            await self._after_commit(outcome)
            return StepReply(encoded=outcome.body, stage_ms=times.snapshot())

    def _lost_race(self) -> None:
        self._runtime.ports.observer.commit_retried("turn")

    async def _after_commit(self, exchange: Exchange) -> None:
        observer = self._runtime.ports.observer
        for fallback in exchange.fallbacks:
            if not fallback.substitute_voice:
                observer.fallback_entered(fallback.tier, fallback.to)
        for trip in exchange.trips:
            observer.guardrail_tripped(trip.rule, trip.action)
        if exchange.concluded_by:
            observer.session_concluded(exchange.ledger.state.plan, exchange.concluded_by)
            await trigger_evaluation(self._runtime.ports, self._runtime.clock, exchange.ledger.state)


def _still_pending(state: SessionState | None, accepted: Accepted) -> SessionState:
    """The state for the next attempt; raises when the answer no longer awaits a reply."""
    if state is None:
        raise NotFound(no_such_interview(accepted.state.interview_id))
    if state.has_ended:
        raise SessionEnded(ENDED_MEANWHILE)
    if state.pending_answer != accepted.pending:
        raise Conflict("This answer was completed by another request; reload the interview.")
    return state
