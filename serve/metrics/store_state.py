"""Gauges of what all replicas share: the store, the queue, the tiers' readiness, the disk.

The replica that answers a scrape measures them at that moment. They are never published on the metrics board, where
each ingress replica would leave a copy that ages. One scrape has each of them once and without a ``replica`` label.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

#: name without ``interview_`` → its help and its label, if any.
GAUGES: Mapping[str, tuple[str, str | None]] = {
    "store_up": ("1 when the session store answered this scrape.", None),
    "store_memory_bytes": ("Memory that the session store uses.", None),
    "store_memory_limit_bytes": ("The session store's maxmemory; 0 is no limit.", None),
    "store_persistence_ok": ("1 when the store's last write to its append-only file succeeded.", None),
    "embedded_store_restarts": (
        "Restarts of the embedded server after it died, since the platform started.",
        None,
    ),
    "active_sessions": ("Live sessions in the store.", None),
    "queue_length": ("Jobs of a queue by state.", "queue"),
    "queue_oldest_seconds": ("Seconds since a queue's oldest job that waits or runs became due.", "queue"),
    "tier_ready": ("1 when the tier answered its readiness probe.", "tier"),
    "data_free_bytes": ("Free space of the data directory's disk, on the node that answered the scrape.", None),
}


class StoreState:
    """Values of ``GAUGES``. A gauge without a value is absent from the scrape, never 0."""

    def __init__(self) -> None:
        self._values: dict[str, dict[str, float]] = {}

    def set(self, gauge: str, value: float, label: str = "") -> None:
        """Raises KeyError: ``gauge`` is not one of ``GAUGES``."""
        _ = GAUGES[gauge]
        self._values.setdefault(gauge, {})[label] = value

    def exposition(self) -> bytes:
        registry = CollectorRegistry(auto_describe=False)
        registry.register(_Gauges(self._values))
        return generate_latest(registry)


class _Gauges(Collector):
    def __init__(self, values: Mapping[str, Mapping[str, float]]) -> None:
        self._values = values

    def collect(self) -> Iterable[Metric]:
        for gauge, values in self._values.items():
            text, label = GAUGES[gauge]
            family = GaugeMetricFamily(f"interview_{gauge}", text, labels=[label] if label else [])
            for name, value in values.items():
                family.add_metric([name] if label else [], value)
            yield family
