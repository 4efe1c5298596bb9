"""The platform's metrics as one summary for people: what Prometheus scrapes, summed over all replicas."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

_PREFIX = "interview_"


class Latency(Struct, frozen=True):
    """A histogram over all replicas since each started. Times in seconds; quantiles are None without observations.

    ``buckets`` are pairs of an upper bound and the number of observations up to it; the last bound is None, infinity.
    """

    count: int
    sum_s: float
    p50_s: float | None
    p95_s: float | None
    p99_s: float | None
    buckets: tuple[tuple[float | None, int], ...]


class Fallback(Struct, frozen=True):
    tier: str
    to: str
    count: int


class Tokens(Struct, frozen=True):
    """Tokens of a language model. ``kind`` is ``prompt`` or ``completion``."""

    model: str
    kind: str
    count: int


class StoreHealth(Struct, frozen=True):
    """The session store. ``limit_bytes`` 0 is no limit; None: it did not answer."""

    up: bool
    memory_bytes: int | None
    limit_bytes: int | None
    persistence_ok: bool | None


class MetricsSummary(Struct, frozen=True):
    """Counts since the replicas started, and gauges of now.

    - ``live_sessions``: None when the store does not answer. ``queues``: jobs by queue and state.
    - ``ready``: whether each tier answered its probe. ``replicas``: the processes that report.
    - ``turns``, ``overhead``, ``stages``: durations of turns, of the part outside models, and of each stage.
    - ``refused``: requests answered with 429. ``failed``: with 5xx.
    - ``audio_heard_s``, ``audio_spoken_s``: seconds transcribed and spoken.
    """

    live_sessions: int | None
    started: int
    ended: int
    queues: dict[str, int]
    ready: dict[str, bool]
    replicas: tuple[str, ...]
    turns: Latency
    overhead: Latency
    stages: dict[str, Latency]
    requests: int
    refused: int
    failed: int
    fallbacks: tuple[Fallback, ...]
    tokens: tuple[Tokens, ...]
    unmetered: int
    audio_heard_s: float
    audio_spoken_s: float
    guardrail_trips: int
    retries: int
    failed_items: int
    store: StoreHealth


def summarise(exposition: bytes) -> MetricsSummary:
    """The summary of ``exposition`` (Prometheus text format, as ``/metrics`` answers). Raises ValueError."""
    samples = _Samples(exposition)
    sessions = samples.sums("sessions_total", "event")
    requests = samples.sums("http_request_seconds_count", "status")
    audio = samples.sums("audio_seconds_total", "direction")
    return MetricsSummary(
        live_sessions=samples.gauge("active_sessions"),
        started=int(sessions.pop("started", 0)),
        ended=int(sum(sessions.values())),
        queues={name: int(jobs) for name, jobs in samples.sums("queue_length", "queue").items()},
        ready={tier: bool(up) for tier, up in samples.sums("tier_ready", "tier").items()},
        replicas=samples.replicas(),
        turns=latency(samples.of("turn_seconds_bucket"), samples.total("turn_seconds_sum")),
        overhead=latency(samples.of("turn_overhead_seconds_bucket"), samples.total("turn_overhead_seconds_sum")),
        stages={
            stage: latency(
                [sample for sample in samples.of("stage_seconds_bucket") if sample.labels["stage"] == stage], sum_s
            )
            for stage, sum_s in samples.sums("stage_seconds_sum", "stage").items()
        },
        requests=int(sum(requests.values())),
        refused=int(requests.get("429", 0)),
        failed=int(sum(count for status, count in requests.items() if status.startswith("5"))),
        fallbacks=tuple(
            Fallback(tier, to, int(count)) for (tier, to), count in samples.grouped("fallbacks_total", ("tier", "to"))
        ),
        tokens=tuple(
            Tokens(model, kind, int(count))
            for (model, kind), count in samples.grouped("llm_tokens_total", ("model", "kind"))
        ),
        unmetered=int(samples.total("llm_unmetered_total")),
        audio_heard_s=audio.get("heard", 0.0),
        audio_spoken_s=audio.get("spoken", 0.0),
        guardrail_trips=int(samples.total("guardrail_trips_total")),
        retries=int(samples.total("retries_total")),
        failed_items=int(samples.total("item_failures_total")),
        store=_store(samples),
    )


def latency(buckets: Iterable[Sample], sum_s: float) -> Latency:
    """One histogram of many replicas' buckets; each sample has its upper bound in the label ``le``."""
    by_bound: dict[float, float] = defaultdict(float)
    for sample in buckets:
        by_bound[float(sample.labels["le"])] += sample.value
    counts = [(bound, int(count)) for bound, count in sorted(by_bound.items())]
    return Latency(
        count=counts[-1][1] if counts else 0,
        sum_s=sum_s,
        p50_s=quantile(counts, 0.5),
        p95_s=quantile(counts, 0.95),
        p99_s=quantile(counts, 0.99),
        buckets=tuple((None if math.isinf(bound) else bound, count) for bound, count in counts),
    )


def quantile(buckets: Sequence[tuple[float, int]], share: float) -> float | None:
    """The ``share`` quantile of cumulative ``buckets``, linear within a bucket, as PromQL's ``histogram_quantile``.

    An observation above the last finite bound counts as that bound. None without observations.
    """
    if not buckets or buckets[-1][1] == 0:
        return None
    rank = share * buckets[-1][1]
    low_bound, low_count = 0.0, 0
    for bound, count in buckets:
        if count >= rank:
            if math.isinf(bound):
                return low_bound
            width = count - low_count
            return low_bound + (bound - low_bound) * ((rank - low_count) / width if width else 1.0)
        low_bound, low_count = bound, count
    return low_bound


class _Samples:
    """The samples of an exposition by name without ``interview_``."""

    def __init__(self, exposition: bytes) -> None:
        self._by_name: dict[str, list[Sample]] = defaultdict(list)
        for family in text_string_to_metric_families(exposition.decode()):
            for sample in family.samples:
                self._by_name[sample.name.removeprefix(_PREFIX)].append(sample)

    def of(self, name: str) -> Sequence[Sample]:
        return self._by_name.get(name, ())

    def total(self, name: str) -> float:
        return sum(sample.value for sample in self.of(name))

    def gauge(self, name: str) -> int | None:
        found = self.of(name)
        return int(found[0].value) if found else None

    def sums(self, name: str, label: str) -> dict[str, float]:
        return {key: value for (key,), value in self.grouped(name, (label,))}

    def grouped(self, name: str, labels: tuple[str, ...]) -> list[tuple[tuple[str, ...], float]]:
        """The sums over all replicas by the values of ``labels``, in their order."""
        groups: dict[tuple[str, ...], float] = defaultdict(float)
        for sample in self.of(name):
            groups[tuple(sample.labels.get(label, "") for label in labels)] += sample.value
        return sorted(groups.items())

    def replicas(self) -> tuple[str, ...]:
        named: Mapping[str, None] = {
            sample.labels["replica"]: None
            for samples in self._by_name.values()
            for sample in samples
            if "replica" in sample.labels
        }
        return tuple(sorted(named))


def _store(samples: _Samples) -> StoreHealth:
    persistence = samples.gauge("store_persistence_ok")
    return StoreHealth(
        up=samples.gauge("store_up") == 1,
        memory_bytes=samples.gauge("store_memory_bytes"),
        limit_bytes=samples.gauge("store_memory_limit_bytes"),
        persistence_ok=None if persistence is None else bool(persistence),
    )
