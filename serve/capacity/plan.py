"""Derives replicas, cores, GPUs, memory and network from the number of sessions. Pure arithmetic over ``costs``.

By the utilisation law a resource with service demand D per turn is busy D × turns per second; it is sized so that it is
busy for at most ``BUSY`` of the time (Denning and Buzen, 1978).
"""

from __future__ import annotations

import math

from msgspec import Struct

from interview.errors import InvalidInput
from serve.capacity.costs import COSTS, GPU_TOKENS_PER_S

#: Queues grow without bound as this nears 1.
BUSY = 0.6

#: The resource of the plan whose amount is the number of ingress replicas.
INGRESS = "ingress replicas with the agent in them"

#: One Redis executes commands on one thread; beyond this, sessions are split over several platforms.
REDIS_BUSY = 0.6

#: Sessions stay in Redis for two hours after their last event.
SESSION_TTL_S = 7200.0


class Demand(Struct, frozen=True):
    """``audio_share``: the part of turns that is spoken. ``model``: ``none`` or a size of ``GPU_TOKENS_PER_S``.

    ``think_s`` is the mean time from a reply to the next answer, the time of speaking included.
    """

    sessions: int
    think_s: float
    audio_share: float
    model: str
    gpu: str


class Need(Struct, frozen=True):
    """One line of the plan. ``costs`` names its constants; ``measured`` is false if one of them is an estimate."""

    resource: str
    amount: float
    unit: str
    costs: tuple[str, ...]
    measured: bool


class CapacityPlan(Struct, frozen=True):
    turns_per_s: float
    needs: tuple[Need, ...]
    breaks_first: str
    remedy: str


def plan_capacity(demand: Demand) -> CapacityPlan:
    """Raises InvalidInput for a demand out of range or a model and card without a figure."""
    _check(demand)
    turns = demand.sessions / demand.think_s
    spoken = turns * demand.audio_share
    needs = [*_platform(turns), *_store(turns), *_voice(spoken, demand), *_model(turns, demand)]
    breaks, remedy = _first_limit(turns, needs)
    needs.append(_network(turns, spoken))
    return CapacityPlan(turns_per_s=turns, needs=tuple(needs), breaks_first=breaks, remedy=remedy)


def redis_shards(turns_per_s: float) -> int:
    """The platforms, each with one Redis, that keep the Redis thread below ``REDIS_BUSY``."""
    return max(1, math.ceil(turns_per_s * COSTS["redis_cpu_ms"].value / 1000 / REDIS_BUSY))


def _check(demand: Demand) -> None:
    if demand.sessions < 1 or demand.think_s <= 0 or not 0 <= demand.audio_share <= 1:
        raise InvalidInput("Sessions and think time must be positive, the share of audio between 0 and 1.")
    if demand.model != "none" and demand.gpu not in GPU_TOKENS_PER_S.get(demand.model, {}):
        known = "; ".join(f"{model} on {', '.join(cards)}" for model, cards in GPU_TOKENS_PER_S.items())
        raise InvalidInput(f"There is no figure for {demand.model!r} on {demand.gpu!r}. Known: {known}; or model none.")


def _need(resource: str, amount: float, unit: str, *costs: str) -> Need:
    return Need(resource, amount, unit, costs, all(COSTS[name].source for name in costs))


def _platform(turns: float) -> list[Need]:
    ingress = math.ceil(turns * COSTS["ingress_cpu_ms"].value / 1000 / BUSY)
    others = (COSTS["platform_cpu_ms"].value - COSTS["ingress_cpu_ms"].value - COSTS["redis_cpu_ms"].value) / 1000
    return [
        _need(INGRESS, max(2, ingress), "of one core", "ingress_cpu_ms"),
        _need("other processes", math.ceil(turns * others / BUSY), "cores", "platform_cpu_ms"),
    ]


def _store(turns: float) -> list[Need]:
    shards = redis_shards(turns)
    memory = turns * SESSION_TTL_S * COSTS["redis_bytes"].value
    return [
        _need("Redis servers, one for each platform", shards, "servers", "redis_cpu_ms"),
        # twice: copy on write while the append-only file is rewritten
        _need("memory of all Redis servers", round(2 * memory / 1e9, 1), "GB", "redis_bytes"),
    ]


def _voice(spoken: float, demand: Demand) -> list[Need]:
    if not spoken:
        return []
    audio = spoken * COSTS["answer_s"].value
    speech = spoken * COSTS["reply_s"].value
    if demand.model == "none":
        cores = math.ceil(audio * COSTS["stt_cpu_base"].value / BUSY)
        heard = _need("speech to text, whisper-base on CPUs", cores, "cores", "stt_cpu_base", "answer_s")
    else:
        cards = math.ceil(audio / COSTS["stt_gpu_realtime"].value / BUSY)
        heard = _need("speech to text, large-v3", cards, f"{demand.gpu} GPUs", "stt_gpu_realtime", "answer_s")
    voice = math.ceil(speech * COSTS["tts_cpu_kokoro"].value / BUSY)
    return [heard, _need("voice, Kokoro, nothing kept", voice, "cores", "tts_cpu_kokoro", "reply_s")]


def _model(turns: float, demand: Demand) -> list[Need]:
    if demand.model == "none":
        return []
    rate = GPU_TOKENS_PER_S[demand.model][demand.gpu]
    return [
        _need(
            f"{kind}, {demand.model}",
            math.ceil(turns * COSTS[f"{kind}_tokens"].value / rate / BUSY),
            f"{demand.gpu} GPUs",
            f"{kind}_tokens",
        )
        for kind in ("interviewer", "judge")
    ]


def _network(turns: float, spoken: float) -> Need:
    bits = 8 * (turns * COSTS["network_text_bytes"].value + spoken * COSTS["network_audio_bytes"].value)
    return _need("network at the ingress", round(bits / 1e6, 1), "Mbit/s", "network_text_bytes", "network_audio_bytes")


def _first_limit(turns: float, needs: list[Need]) -> tuple[str, str]:
    """What breaks first as the number of sessions grows, and the remedy."""
    if redis_shards(turns) > 1:
        return (
            f"the one thread of Redis: {redis_shards(turns)} would be needed",
            "a Redis Cluster of that many primaries (redis+cluster://), or as many platforms with a Redis each and a "
            "gateway that routes by interview id",
        )
    cards = [need for need in needs if need.unit.endswith("GPUs")]
    if cards:
        largest = max(cards, key=lambda need: need.amount)
        if largest.resource.startswith("judge"):
            return "the judge's GPUs", "take fewer samples, or a smaller model for the judge"
        return f"the GPUs of {largest.resource}", "a smaller speech model, or more cards"
    if turns * COSTS["ingress_cpu_ms"].value / 1000 > BUSY * 2:
        return "the CPU of the ingress nodes", "add nodes: one ingress replica for each free core"
    return "nothing on one machine with the cores named", "add ingress replicas before the event loop is late (429)"
