"""One turn, top to bottom: accept → observe → act → decide and speak → reflect and commit.

The first commit (``accept``) makes the answer durable; the second makes everything that follows from it visible at
once, with the reply recorded under its ``Idempotency-Key``. Between the two nothing is kept but in ``SlowWork``, so a
worker may die anywhere: whoever takes the turn over starts from the accepted answer and one commit wins.

A new answer that meets an earlier one whose worker died: the earlier one is answered first. The new one is then refused
with ``Conflict``, because the candidate has not seen the question it would be taken to answer – unless it is the
same answer sent again under a new key, which gets the earlier one's reply.
"""

from __future__ import annotations

from msgspec.structs import replace

from deployments.agent.config import AgentConfig
from deployments.agent.contract import StepReply, TurnRequest
from deployments.agent.journal.evaluation import needs_evaluation, trigger_evaluation
from deployments.agent.journal.lease import TURN, given_up_on_failure
from deployments.agent.journal.reply import done_record
from deployments.agent.journal.stage_times import StageTimes
from deployments.agent.journal.step_store import StepStore
from deployments.agent.pins.pinned_plans import PinnedPlans
from deployments.agent.ports import AgentPorts, Clock
from deployments.agent.streaming.heard_so_far import Aloud
from deployments.agent.turn.acceptance import (
    Abandoned,
    Acceptance,
    Accepted,
    Replay,
    fingerprint_of,
    no_such_interview,
)
from deployments.agent.turn.decide import Decider
from deployments.agent.turn.slow_work import SlowWork
from deployments.agent.turn.speak import Speaker
from deployments.agent.turn.turn_pass import Exchange, ExchangePass
from interview.errors import Conflict, NotFound, SessionEnded
from interview.sessions.ledger import Ledger
from interview.sessions.session import SessionState
from storage.sessions.amend import Amendment, Loaded, transact
from storage.sessions.port import IdempotencyRecord, SessionKey


class TurnStep:
    def __init__(
        self,
        ports: AgentPorts,
        config: AgentConfig,
        clock: Clock,
        plans: PinnedPlans,
        decider: Decider,
        speaker: Speaker,
    ) -> None:
        self._ports = ports
        self._config = config
        self._clock = clock
        self._acceptance = Acceptance(ports, config, clock, plans)
        self._pass = ExchangePass(ports, config, clock, plans, decider, speaker)

    async def run(self, request: TurnRequest, times: StageTimes, aloud: Aloud | None = None) -> StepReply:
        """The reply to one answer; see ``contract.Agent.turn`` for what it raises.

        ``aloud`` hears it as it comes about; of a recorded reply, or of the reply to another answer, it hears nothing.
        """
        found = await self._acceptance.accept(request, times)
        if isinstance(found, Replay):
            return await self._replayed(found.record, found.state, times)
        if isinstance(found, Abandoned):
            return await self._settle_abandoned(request, found.earlier, times)
        work = SlowWork(audio_bytes=request.audio, aloud=aloud)
        return await self._finish(found, work, times, voice=request.voice)

    async def _replayed(self, record: IdempotencyRecord, state: SessionState | None, times: StageTimes) -> StepReply:
        if state is not None and needs_evaluation(state):
            # The worker that concluded the interview may have died before it asked for the evaluation.
            await trigger_evaluation(self._ports, self._clock, state)
        return StepReply(body=record.body, replayed=True, stage_ms=times.snapshot())

    async def _settle_abandoned(self, request: TurnRequest, earlier: Accepted, times: StageTimes) -> StepReply:
        # Whoever speaks now may have given up on audio: a tier that is down must not block the interview for good.
        reply = await self._finish(earlier, SlowWork(), times, voice=request.voice, without_stt=True)
        fingerprint = fingerprint_of(request)
        if earlier.fingerprint != fingerprint:
            raise Conflict(
                "An earlier answer of this interview had been interrupted and was answered just now. "
                "Reload the interview: its last question may be a new one. Then answer that with a new key.",
                detail={"recovered_turn": earlier.pending.turn, "recovered_key": earlier.pending.idempotency_key},
            )
        await self._remember_alias(request, fingerprint, reply)
        return replace(reply, replayed=True)

    async def _remember_alias(self, request: TurnRequest, fingerprint: str, reply: StepReply) -> None:
        """Keep the reply under the second key of the same answer, too."""
        key = SessionKey(tenant=request.tenant, interview_id=request.interview_id)
        alias = done_record(TURN, request.idempotency_key, fingerprint, reply.body)

        async def decide(loaded: Loaded) -> Amendment[None]:
            return Amendment(None, Ledger(loaded.state, self._clock.now) if loaded.state else None, alias)

        await transact(self._ports.sessions, key, decide, on_conflict=self._lost_race)

    async def _finish(
        self, accepted: Accepted, work: SlowWork, times: StageTimes, *, voice: bool, without_stt: bool = False
    ) -> StepReply:
        """Work on an accepted answer until one commit stands, this worker's or another's."""
        key = SessionKey(tenant=accepted.state.tenant, interview_id=accepted.state.interview_id)
        idempotency_key = accepted.pending.idempotency_key

        async def decide(loaded: Loaded) -> Amendment[Exchange | Replay]:
            if loaded.record is not None and loaded.record.status == "done":
                return Amendment(Replay(record=loaded.record, state=loaded.state))
            state = _still_pending(loaded.state, accepted)
            exchange = await self._pass.run(state, work, times, voice=voice, without_stt=without_stt)
            done = done_record(TURN, idempotency_key, accepted.fingerprint, exchange.body)
            return Amendment(exchange, exchange.ledger, done)

        async with given_up_on_failure(self._ports.sessions, key, idempotency_key):
            outcome = await transact(
                StepStore(self._ports.sessions, times),
                key,
                decide,
                record=(TURN, idempotency_key),
                known=Loaded(accepted.state),
                on_conflict=self._lost_race,
            )
            if isinstance(outcome, Replay):
                return await self._replayed(outcome.record, outcome.state, times)
            await self._after_commit(outcome)
            return StepReply(body=outcome.body, stage_ms=times.snapshot())

    def _lost_race(self) -> None:
        self._ports.observer.commit_retried("turn")

    async def _after_commit(self, exchange: Exchange) -> None:
        observer = self._ports.observer
        for fallback in exchange.fallbacks:
            observer.fallback_entered(fallback.tier, fallback.to)
        for trip in exchange.trips:
            observer.guardrail_tripped(trip.rule, trip.action)
        if exchange.concluded_by:
            observer.session_concluded(exchange.plan.id, exchange.concluded_by)
            await trigger_evaluation(self._ports, self._clock, exchange.ledger.state)


def _still_pending(state: SessionState | None, accepted: Accepted) -> SessionState:
    """The state to try again on; raises when the answer is no longer anybody's to work on."""
    if state is None:
        raise NotFound(no_such_interview(accepted.state.interview_id))
    if state.status in ("concluded", "expired"):
        raise SessionEnded("This interview was ended while the answer was being worked on; the answer is kept.")
    if state.pending_answer != accepted.pending:
        raise Conflict("This answer was settled by another request; reload the interview.")
    return state
