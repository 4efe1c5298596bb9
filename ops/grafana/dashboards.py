"""Writes the Grafana dashboards from the metric registry: ``python ops/grafana/dashboards.py``.

A panel's query follows from the metric's type: quantiles of a histogram, rate of a counter, value of a gauge. Needs the
extra ``dev``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from grafana_foundation_sdk.builders import common, dashboard, prometheus, timeseries
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.common import LegendDisplayMode, LegendPlacement, TooltipDisplayMode
from grafana_foundation_sdk.models.dashboard import DashboardCursorSync, DataSourceRef

from serve.metrics.registry import PlatformMetrics
from serve.metrics.store_state import GAUGES

HERE = Path(__file__).parent
SOURCE = DataSourceRef(type_val="prometheus", uid="${datasource}")


class Shown(NamedTuple):
    """One panel: a metric without ``interview_``, the label that splits it, Grafana's unit of its values."""

    metric: str
    by: str = ""
    unit: str = "short"


DASHBOARDS: Mapping[str, tuple[Shown, ...]] = {
    "platform": (
        Shown("store_up"),
        Shown("tier_ready", "tier"),
        Shown("http_request_seconds", "route", "s"),
        Shown("http_request_seconds_count", "status", "reqps"),
        Shown("turn_seconds", "outcome", "s"),
        Shown("turn_overhead_seconds", "", "s"),
        Shown("retries_total", "tier", "ops"),
        Shown("commit_conflicts_total", "", "ops"),
        Shown("item_failures_total", "batch", "ops"),
        Shown("store_memory_bytes", "", "bytes"),
        Shown("store_memory_limit_bytes", "", "bytes"),
        Shown("store_persistence_ok"),
        Shown("embedded_store_restarts"),
        Shown("data_free_bytes", "", "bytes"),
    ),
    "tiers": (
        Shown("tier_ready", "tier"),
        Shown("stage_seconds", "stage", "s"),
        Shown("fallbacks_total", "tier", "ops"),
        Shown("retries_total", "tier", "ops"),
        Shown("llm_tokens_total", "kind", "ops"),
        Shown("llm_unmetered_total", "model", "ops"),
        Shown("prepared_replies_total", "outcome", "ops"),
        Shown("prepared_tokens_total", "outcome", "ops"),
        Shown("audio_seconds_total", "direction", "s"),
        Shown("queue_length", "queue"),
        Shown("queue_oldest_seconds", "queue", "s"),
    ),
    "interviews": (
        Shown("active_sessions"),
        Shown("sessions_total", "event", "ops"),
        Shown("sessions_total", "plan", "ops"),
        Shown("turn_seconds_count", "outcome", "ops"),
        Shown("guardrail_trips_total", "rule", "ops"),
        Shown("prompt_rollouts_halted_total", "version", "ops"),
        Shown("queue_length", "queue"),
    ),
}


def kinds() -> dict[str, tuple[str, str]]:
    """The type and the help of every metric, by its name without ``interview_``."""
    found = {
        (family.name + "_total" if family.type == "counter" else family.name): (family.type, family.documentation)
        for family in PlatformMetrics().registry.collect()
    }
    found |= {f"interview_{name}": ("gauge", text) for name, (text, _) in GAUGES.items()}
    return {name.removeprefix("interview_"): about for name, about in found.items()}


def queries(shown: Shown, kind: str) -> Iterator[tuple[str, str]]:
    """PromQL expressions of a panel with their legends."""
    name, by = f"interview_{shown.metric}", shown.by
    legend = f"{{{{{by}}}}}" if by else ""
    match kind:
        case "histogram":
            group = f"le, {by}" if by else "le"
            for quantile in (0.5, 0.99):
                rate = f"sum by ({group}) (rate({name}_bucket[$__rate_interval]))"
                yield f"histogram_quantile({quantile}, {rate})", f"p{quantile * 100:g} {legend}".strip()
        case "counter":
            yield f"sum by ({by}) (rate({name}[$__rate_interval]))", legend or "per second"
        case _:
            yield (f"max by ({by}) ({name})" if by else f"max({name})"), legend or shown.metric


def panel(shown: Shown) -> timeseries.Panel:
    base = shown.metric.removesuffix("_count")
    kind, text = kinds()[base]
    counted = base != shown.metric
    title = f"{'Rate of ' if counted or kind == 'counter' else ''}{base.removesuffix('_total').replace('_', ' ')}"
    built = (
        timeseries.Panel()
        .title(f"{title[0].upper()}{title[1:]}{f' by {shown.by}' if shown.by else ''}")
        .description(text)
        .datasource(SOURCE)
        .unit(shown.unit)
        .legend(
            common.VizLegendOptions()
            .display_mode(LegendDisplayMode.LIST)
            .placement(LegendPlacement.BOTTOM)
            .show_legend(True)
        )
        .tooltip(common.VizTooltipOptions().mode(TooltipDisplayMode.MULTI))
        .span(8)
        .height(8)
    )
    for number, (expression, legend) in enumerate(queries(shown, "counter" if counted else kind)):
        query = prometheus.Dataquery().expr(expression).legend_format(legend).ref_id("AB"[number])
        built = built.with_target(query)
    return built


def rendered(name: str) -> str:
    """The dashboard as JSON text, the same at every call."""
    built = (
        dashboard.Dashboard(f"Interview: {name}")
        .uid(f"interview-{name}")
        .tags(["interview"])
        .refresh("30s")
        .time("now-1h", "now")
        .timezone("browser")
        .tooltip(DashboardCursorSync.CROSSHAIR)
        .with_variable(dashboard.DatasourceVariable("datasource").type("prometheus").label("Data source"))
    )
    for shown in DASHBOARDS[name]:
        built = built.with_panel(panel(shown))
    return JSONEncoder(sort_keys=True, indent=2).encode(built.build()) + "\n"


def main() -> None:
    for name in DASHBOARDS:
        (HERE / f"{name}.json").write_text(rendered(name))


if __name__ == "__main__":
    main()
