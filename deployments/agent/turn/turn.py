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
from interview.errors import Conflict, NotFound, SessionEnded, VersionConflict
from interview.sessions.session import SessionState
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
        return StepReply(body=record.body, http_status=record.http_status, replayed=True, stage_ms=times.snapshot())

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
        alias = done_record(TURN, request.idempotency_key, fingerprint, reply.body, http_status=reply.http_status)
        for _ in range(self._config.commit_attempts):
            state = await self._ports.sessions.load(key)
            if state is None:
                return
            try:
                await self._ports.sessions.commit(
                    key, expected_version=state.version, state=state, events=(), idempotency=alias
                )
                return
            except VersionConflict:
                self._ports.observer.commit_retried("turn")

    async def _finish(
        self, accepted: Accepted, work: SlowWork, times: StageTimes, *, voice: bool, without_stt: bool = False
    ) -> StepReply:
        key = SessionKey(tenant=accepted.state.tenant, interview_id=accepted.state.interview_id)
        async with given_up_on_failure(self._ports, key, accepted.pending.idempotency_key):
            return await self._complete(key, accepted, work, times, voice=voice, without_stt=without_stt)

    async def _complete(
        self,
        key: SessionKey,
        accepted: Accepted,
        work: SlowWork,
        times: StageTimes,
        *,
        voice: bool,
        without_stt: bool,
    ) -> StepReply:
        """Work on an accepted answer until one commit stands, this worker's or another's."""
        state = accepted.state
        idempotency_key = accepted.pending.idempotency_key
        for _ in range(self._config.commit_attempts):
            exchange = await self._pass.run(state, work, times, voice=voice, without_stt=without_stt)
            try:
                with times.stage("store"):
                    await self._ports.sessions.commit(
                        key,
                        expected_version=exchange.ledger.base_version,
                        state=exchange.ledger.state,
                        events=exchange.ledger.events,
                        idempotency=done_record(TURN, idempotency_key, accepted.fingerprint, exchange.body),
                    )
            except VersionConflict:
                self._ports.observer.commit_retried("turn")
                with times.stage("store"):
                    fresh, known = await self._ports.sessions.load_with_idempotency(key, TURN, idempotency_key)
                if known is not None and known.status == "done":
                    return await self._replayed(known, fresh, times)
                state = _still_pending(fresh, accepted)
                continue
            await self._after_commit(exchange)
            return StepReply(body=exchange.body, stage_ms=times.snapshot())
        raise VersionConflict("The interview is being updated by other requests; try again shortly.", retry_after_s=1)

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
