"""Measured service times for the queueing simulation: CPU of each process, of a load run and by kind of request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

#: CPU of the ingress for one request, as a multiple of a typed turn's:
#: benchmarks/results/2026-11-30-request-costs.json.
RELATIVE_COSTS: Mapping[str, float] = {
    "typed": 1.0,
    "spoken": 4.13,
    "start": 2.27,
    "hint": 1.11,
    "state": 2.03,
    "events": 2.6,
    "end": 2.43,
}

#: CPU in seconds, of one spoken turn in the tiers and of a typed one in the ingress (the same file).
SPOKEN_STT_S, SPOKEN_TTS_S, TYPED_INGRESS_S = 0.00147, 0.00103, 0.00187

#: Busy cores of the two ingress processes without any request (the same file).
IDLE_INGRESS_CORES = 0.039

#: Kinds of process whose work no request waits for.
_BACKGROUND = ("controller", "driver", "gcs", "grading", "other", "proxy", "ray-other", "raylet")


class ServiceTimes(Struct, frozen=True):
    """CPU seconds of one visit to each station, measured at ``turns_per_s`` in ``source``.

    ``typed_s``: the ingress's for a typed turn (``RELATIVE_COSTS`` has the other requests). ``redis_s``, ``haproxy_s``
    and ``client_s`` (the load generator's) are those of a request of any kind. ``background_cores`` are cores that are
    busy with work of no request.
    """

    source: str
    turns_per_s: float
    typed_s: float
    redis_s: float
    haproxy_s: float
    stt_s: float
    tts_s: float
    client_s: float
    background_cores: float


#: The runs of 2026-11-21 on 2 cores of an AMD EPYC, by load; a test compares them with their files.
MEASURED: tuple[ServiceTimes, ...] = (
    ServiceTimes("2026-11-21-load-1000.json", 63.95, 0.003168, 0.000596, 0.000376, 0.00249, 0.001745, 0.001273, 0.1975),
    ServiceTimes("2026-11-21-load-5000.json", 152.58, 0.002515, 0.000495, 0.000278, 0.001977, 0.001385, 0.001017, 0.2304),  # noqa: E501
    ServiceTimes(
        "2026-11-21-load-5000-present.json", 166.04, 0.002302, 0.00045, 0.000255, 0.001809, 0.001268, 0.00095, 0.2133
    ),
)  # fmt: skip


def nearest_times(turns_per_s: float) -> ServiceTimes:
    """Those of the run whose load is nearest, because the CPU of a request falls with the load."""
    return min(MEASURED, key=lambda one: abs(one.turns_per_s - turns_per_s))


def service_times(source: str, run: Mapping[str, Any]) -> ServiceTimes:
    """The service times of one run of ``benchmarks.load``: CPU seconds of each kind of process over its requests.

    The CPU per request differs from run to run (the machine's speed) and falls with the load (fewer wake-ups for each
    request), so each run has its own. How the ingress's CPU divides among kinds of requests is ``RELATIVE_COSTS``.
    """
    measured_s, share = run["config"]["measure_s"], run["config"]["audio_share"]
    cores = {kind: used / measured_s for kind, used in run["cpu_s"].items()}
    rates: dict[str, float] = {}
    for status, count in run["statuses"].items():
        kind = status.split()[0]
        rates[kind] = rates.get(kind, 0.0) + count / measured_s
    turns = rates.pop("turn")
    rates |= {"typed": turns * (1 - share), "spoken": turns * share}
    requests = sum(rates.values())
    typed_s = (cores["ingress"] - IDLE_INGRESS_CORES) / sum(RELATIVE_COSTS[kind] * rate for kind, rate in rates.items())
    slower = typed_s / TYPED_INGRESS_S
    stt_s, tts_s = SPOKEN_STT_S * slower, SPOKEN_TTS_S * slower
    idle_tiers = (max(0.0, cores[tier] - rates["spoken"] * one) for tier, one in (("stt", stt_s), ("tts", tts_s)))
    return ServiceTimes(
        source=source,
        turns_per_s=run["turns_per_s"],
        typed_s=round(typed_s, 6),
        redis_s=round(cores["redis"] / requests, 6),
        haproxy_s=round(cores["haproxy"] / requests, 6),
        stt_s=round(stt_s, 6),
        tts_s=round(tts_s, 6),
        client_s=round(run["generator_cpu"] / requests, 6),
        background_cores=round(
            IDLE_INGRESS_CORES + sum(idle_tiers) + sum(cores.get(kind, 0.0) for kind in _BACKGROUND), 4
        ),
    )
