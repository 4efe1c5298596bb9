"""Writes the results of a run: JSON, an HdrHistogram log, a plot and a table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hdrh.histogram import HdrHistogram

LOCUST_ROW = ("p50", "p90", "p99", "p999", "max")


def write(result: dict[str, Any], path: Path, command: str) -> None:
    """Write ``path`` and, next to it, the same name with ``.hdr``, ``.png`` and ``.md``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    histograms = result["hdr"]
    shown = {"command": command, **{key: value for key, value in result.items() if key != "hdr"}}
    path.write_text(json.dumps(shown, indent=2) + "\n")
    lines = [f"#[Values in microseconds; {command}]", '"StartTimestamp","Interval_Length","Interval_Max","Encoded"']
    lines += [
        f"Tag={name},0.000,{result['config']['measure_s']:.3f},{result[f'{name}_ms'].get('max', 0)},{encoded}"
        for name, encoded in histograms.items()
    ]
    path.with_suffix(".hdr").write_text("\n".join(lines) + "\n")
    path.with_suffix(".md").write_text(table(shown))
    plot(histograms, result, path.with_suffix(".png"))


def table(result: dict[str, Any]) -> str:
    machine, config = result["machine"], result["config"]
    rows = [
        f"# Load run, {machine['date']}",
        "",
        f"`{result['command']}` on {machine['cores']} × {machine['cpu']}, commit {machine['commit']}, "
        f"target `{result['target']}`. {'Valid.' if result['valid'] else 'VOID: ' + '; '.join(result['why_void'])}",
        "",
        f"{config['sessions']} sessions wanted (peak {result['peak_sessions']}), mean think {config['think_s']} s, "
        f"{result['turns']} turns measured in {config['measure_s']:.0f} s = {result['turns_per_s']} turns/s, "
        f"{result['errors']} errors, {result['rejected']} rejections.",
        "",
        "| ms | p50 | p90 | p99 | p99.9 | max |",
        "|---|---|---|---|---|---|",
    ]
    names = {"latency": "latency", "overhead": "overhead", "service": "service", "told": "reply or refusal"}
    for name, label in {**names, "rejected": "rejected"}.items():
        found = result[f"{name}_ms"]
        if found:
            rows.append(f"| {label} | " + " | ".join(f"{found[key]:.1f}" for key in found) + " |")
    locust = result.get("locust", {})
    every = locust.get("all", {})
    if every.get("requests"):
        rows.append("| Locust, all requests | " + " | ".join(f"{every[key]:.1f}" for key in LOCUST_ROW) + " |")
    elif "failed" in locust:
        rows += ["", f"Locust failed: {' '.join(locust['failed'].split())[-200:]}"]
    rows += ["", "| process | CPU ms a turn | peak RSS MiB |", "|---|---|---|"]
    rows += [
        f"| {kind} | {result['cpu_ms_per_turn'].get(kind, 0):.2f} | {mib:.0f} |"
        for kind, mib in result["rss_mb"].items()
    ]
    rows += [
        f"| **all** | {result['cpu_ms_per_turn_total']:.2f} | |",
        "",
        f"Generator: {result['generator_cpu']:.0%} of a core; {result['late_share']:.2%} of its sends were late.",
    ]
    if "idle_late_share" in result:
        rows.append(
            f"Before the platform started, the idle machine fired {result['idle_late_share']:.2%} of such timers late."
        )
    return "\n".join(rows) + "\n"


def plot(histograms: dict[str, str], result: dict[str, Any], path: Path) -> None:
    """Latency by percentile, the tail stretched."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(8, 4.5))
    for name, encoded in histograms.items():
        histogram = HdrHistogram.decode(encoded)
        if not histogram.get_total_count():
            continue
        shares = [1 - 10 ** (-exponent / 20) for exponent in range(81)]
        axes.plot(
            [1 / (1 - share) for share in shares],
            [histogram.get_value_at_percentile(share * 100) / 1000 for share in shares],
            label=name,
        )
    axes.axhline(100, color="grey", linewidth=0.8, linestyle="--")
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xticks([1, 10, 100, 1000, 10000], ["p0", "p90", "p99", "p99.9", "p99.99"])
    axes.set_ylabel("ms")
    axes.set_title(f"{result['target']}: {result['turns_per_s']} turns/s, {result['config']['sessions']} sessions")
    axes.legend()
    figure.tight_layout()
    figure.savefig(path, dpi=110)
    pyplot.close(figure)
