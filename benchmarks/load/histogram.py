"""Latency recorded as HdrHistograms: three significant digits, nothing averaged away."""

from __future__ import annotations

from hdrh.histogram import HdrHistogram

_LOWEST_US = 1
_HIGHEST_US = 120_000_000
_DIGITS = 3

PERCENTILES = {"p50": 50.0, "p90": 90.0, "p99": 99.0, "p999": 99.9}


class Latency:
    """Milliseconds in, percentiles out."""

    def __init__(self) -> None:
        self._histogram = HdrHistogram(_LOWEST_US, _HIGHEST_US, _DIGITS)

    def record(self, ms: float) -> None:
        self._histogram.record_value(min(_HIGHEST_US, max(_LOWEST_US, round(ms * 1000))))

    @property
    def count(self) -> int:
        return int(self._histogram.get_total_count())

    def figures(self) -> dict[str, float]:
        """``p50 … p999`` and ``max`` in milliseconds; empty when nothing was recorded."""
        if not self.count:
            return {}
        found = {name: round(self._histogram.get_value_at_percentile(at) / 1000, 2) for name, at in PERCENTILES.items()}
        return {**found, "max": round(self._histogram.get_max_value() / 1000, 2)}

    def above(self, percentile: float) -> float:
        return float(self._histogram.get_value_at_percentile(percentile)) / 1000

    def encoded(self) -> str:
        """The histogram in HdrHistogram's own log encoding (V2, compressed, base 64); values in microseconds."""
        return str(self._histogram.encode().decode())
