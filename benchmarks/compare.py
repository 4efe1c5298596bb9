"""``python -m benchmarks.compare --json OUT``: bare uvicorn, Serve's defaults and ours, interleaved on one machine."""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from pathlib import Path
from typing import Any

from benchmarks.load.measure import machine
from benchmarks.load.saturation import saturate
from benchmarks.load.target import running

#: ``load`` and ``load-tier`` are ours with turns in the ingress replica and in a tier of their own.
TARGETS = ("bare", "load-defaults", "load", "load-tier")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.compare", description=__doc__)
    parser.add_argument("--json", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--concurrency", type=int, default=16)
    parser.add_argument("--warmup-s", type=float, default=8.0)
    parser.add_argument("--measure-s", type=float, default=20.0)
    parser.add_argument("--targets", nargs="+", default=list(TARGETS))
    given = parser.parse_args()
    command = "python -m benchmarks.compare " + " ".join(sys.argv[1:])
    given.json.parent.mkdir(parents=True, exist_ok=True)
    runs: list[dict[str, Any]] = []
    result: dict[str, Any] = result_of(runs, command)
    for number in range(given.rounds):
        for name in given.targets:
            with running(name) as target:
                found = saturate(
                    target,
                    concurrency=given.concurrency,
                    warmup_s=given.warmup_s,
                    measure_s=given.measure_s,
                    seed=number + 1,
                )
            runs.append({"round": number + 1, **found})
            print(
                f"round {number + 1} {name}: {found['turns_per_s']} turns/s, {found['cpu_ms_per_turn']} ms CPU a turn, "
                f"{found['refused']} refused, {found['errors']} errors"
            )
            result = result_of(runs, command)
            # after every run, so that an interrupted comparison keeps its measurements
            given.json.write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps({key: result[key] for key in ("valid", "why_void", "medians", "ratios")}, indent=2))
    return 0 if result["valid"] else 1


def result_of(runs: list[dict[str, Any]], command: str) -> dict[str, Any]:
    """Medians and ratios of the runs. An error voids the comparison, because a failed turn costs less than a turn; then
    there are no ratios. Refusals (429) are a row of their own, apart from turns, latencies and errors."""
    medians = {name: _median(runs, name) for name in dict.fromkeys(run["target"] for run in runs)}
    why_void = [f"{name}: {found['errors']} errors" for name, found in medians.items() if found["errors"]]
    return {
        "command": command,
        "machine": machine(),
        "valid": not why_void,
        "why_void": why_void,
        "medians": medians,
        "ratios": {} if why_void else _ratios(medians),
        "runs": runs,
    }


def _median(runs: list[dict[str, Any]], name: str) -> dict[str, float]:
    own = [run for run in runs if run["target"] == name]
    rates = [run["turns_per_s"] for run in own]
    return {
        "turns_per_s": statistics.median(rates),
        "turns_per_s_min": min(rates),
        "turns_per_s_max": max(rates),
        "p99_ms": statistics.median(run["service_ms"].get("p99", 0.0) for run in own),
        "cpu_ms_per_turn": statistics.median(run["cpu_ms_per_turn"] for run in own),
        "refused": sum(run["refused"] for run in own),
        "refused_p99_ms": statistics.median(run["refused_ms"].get("p99", 0.0) for run in own),
        "errors": sum(run["errors"] for run in own),
    }


def _ratios(medians: dict[str, dict[str, float]]) -> dict[str, float]:
    """Ours (the better placement) against the other two."""
    ours = [medians[name] for name in ("load", "load-tier") if name in medians]
    if not ours:
        return {}
    best = max(ours, key=lambda found: found["turns_per_s"])
    ratios = {}
    if "bare" in medians:
        ratios["turns_vs_bare"] = round(best["turns_per_s"] / medians["bare"]["turns_per_s"], 3)
    if "load-defaults" in medians:
        defaults = medians["load-defaults"]
        ratios["turns_vs_defaults"] = round(best["turns_per_s"] / defaults["turns_per_s"], 2)
        ratios["cpu_vs_defaults"] = round(best["cpu_ms_per_turn"] / defaults["cpu_ms_per_turn"], 3)
    return ratios


if __name__ == "__main__":
    sys.exit(main())
