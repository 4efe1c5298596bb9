"""The dependencies that all steps of the agent share, as one object."""

from __future__ import annotations

from dataclasses import dataclass

from deployments.agent.config import AgentConfig
from deployments.agent.journal.lease import Leases
from deployments.agent.journal.stage_times import StageTimes
from deployments.agent.journal.step_store import StepStore
from deployments.agent.ports import AgentPorts, Clock, SystemClock
from deployments.agent.turn.decide import Decider
from deployments.agent.turn.prefix_warming import PrefixWarming
from deployments.agent.turn.speak import Speaker
from interview.sessions.ledger import Ledger
from interview.sessions.session import SessionState
from storage.blobs.pinned_plans import PinnedPlans


@dataclass(frozen=True)
class Runtime:
    """The agent's ports, settings and clock, and objects built from them once. It holds no session."""

    ports: AgentPorts
    config: AgentConfig
    clock: Clock
    leases: Leases
    plans: PinnedPlans
    speaker: Speaker
    decider: Decider
    warming: PrefixWarming

    @classmethod
    def over(cls, ports: AgentPorts, config: AgentConfig | None = None, clock: Clock | None = None) -> Runtime:
        config = config or AgentConfig()
        clock = clock or SystemClock()
        decider = Decider(config, model=ports.model, policy=ports.policy, ahead=ports.ahead)
        return cls(
            ports=ports,
            config=config,
            clock=clock,
            leases=Leases(ports.sessions, clock, lease_s=config.lease_s, renew_every_s=config.renew_lease_every_s),
            plans=PinnedPlans(ports.blobs, capacity=config.plan_cache),
            speaker=Speaker(ports.tts, ports.blobs, config, ports.observer.speech_repeated),
            decider=decider,
            warming=PrefixWarming(decider, on=config.warm_prefix),
        )

    def ledger(self, base: SessionState | None) -> Ledger:
        """A ledger on ``base``, dated by this runtime's clock."""
        return Ledger(base, self.clock.now)

    def sessions(self, times: StageTimes) -> StepStore:
        """The session store; ``times`` measures its calls."""
        return StepStore(self.ports.sessions, self.leases, times)
