"""One node of a capacity plan in the queueing simulation."""

from __future__ import annotations

import math

from msgspec import Struct

from serve.capacity.plan import INGRESS, CapacityPlan, Demand
from serve.capacity.queueing import CORES, REPLICAS, Simulated, Traffic, simulate
from serve.capacity.service_times import nearest_times


class SimulatedNode(Struct, frozen=True):
    """One of ``nodes`` equal nodes with its share of the interviews. ``service_times`` is the result file."""

    nodes: int
    sessions: int
    cores: int
    service_times: str
    simulated: Simulated


def simulated_node(demand: Demand, plan: CapacityPlan) -> SimulatedNode:
    """The plan's ingress replicas on nodes of ``REPLICAS`` each, the interviews divided evenly among them.

    Redis and the model tiers work on the node, for its share of the interviews, as in the measured runs.
    """
    replicas = next(need.amount for need in plan.needs if need.resource == INGRESS)
    nodes = math.ceil(replicas / REPLICAS)
    sessions = math.ceil(demand.sessions / nodes)
    times = nearest_times(sessions / demand.think_s)
    found = simulate(Traffic(sessions, demand.think_s, demand.audio_share), times)
    return SimulatedNode(nodes, sessions, CORES, times.source, found)
