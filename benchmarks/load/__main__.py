"""``python -m benchmarks.load``: starts the platform, drives it open-loop, and writes the measurements."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.load.measure import drive, measure
from benchmarks.load.output import table, write
from benchmarks.load.target import running
from benchmarks.load.traffic import Profile

SATURATION_P99_MS = 100.0
OVERLOAD = 3.0
#: The search for the saturation throughput ends after this many consecutive void runs of one rate.
VOID_AT_MOST = 3


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load", description=__doc__)
    parser.add_argument("--sessions", type=int, default=1000, help="concurrent sessions")
    parser.add_argument("--think-s", type=float, default=15.0, help="mean think time, seconds")
    parser.add_argument("--minutes", type=float, default=10.0, help="measured part, after ramp and warm-up")
    parser.add_argument("--json", type=Path, required=True, help="output file (.hdr, .md and .png next to it)")
    parser.add_argument("--target", default="load", help="a Serve profile, a file, or `bare`")
    parser.add_argument("--keep", type=Path, help="an empty directory for the platform's data and logs, kept")
    parser.add_argument("--ramp-s", type=float, default=60.0)
    parser.add_argument("--warmup-s", type=float, default=60.0)
    parser.add_argument("--audio-share", type=float, default=0.1, help="share of turns sent as recordings")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--start-rate", type=float, default=60.0, help="turns a second at which --saturation begins")
    parser.add_argument(
        "--locust-users", type=int, help="additional Locust users; by default one per 50 sessions, 0: none"
    )
    parser.add_argument(
        "--self-test", action="store_true", help="stop the server for 6 s of 60 and check that the figures show it"
    )
    parser.add_argument(
        "--overload", type=float, metavar="TURNS_PER_S", help="offer three times this many turns a second"
    )
    parser.add_argument(
        "--saturation", action="store_true", help="raise the rate until the overhead's p99 passes 100 ms"
    )
    return parser.parse_args()


def main() -> int:
    given = arguments()
    command = "python -m benchmarks.load " + " ".join(sys.argv[1:])
    if given.self_test:
        return self_test(given, command)
    if given.saturation:
        return saturation(given, command)
    if given.overload:
        return overload(given, command)
    users = max(1, given.sessions // 50) if given.locust_users is None else given.locust_users
    result = measure(given.target, profile_of(given, given.sessions), locust_users=users, keep=given.keep)
    write(result, given.json, command)
    print(table({"command": command, **result}))
    return 0 if result["valid"] else 1


def profile_of(given: argparse.Namespace, sessions: int) -> Profile:
    """The arguments as a profile of so many sessions."""
    return Profile(
        sessions=sessions,
        think_s=given.think_s,
        warmup_s=given.warmup_s,
        measure_s=given.minutes * 60,
        seed=given.seed,
        audio_share=given.audio_share,
        ramp_s=given.ramp_s,
    )


def self_test(given: argparse.Namespace, command: str) -> int:
    """A 6 s stop in 60 s delays about a tenth of the answers, replies and rejections alike: a correct harness has a p99
    near 5.4 s."""
    profile = Profile(sessions=100, think_s=5.0, warmup_s=10.0, measure_s=60.0, ramp_s=10.0, audio_share=0.0)
    result = measure(given.target, profile, stall_s=6.0)
    write(result, given.json, command)
    p99_ms = result["told_ms"]["p99"]
    honest = 4500 <= p99_ms <= 7500
    print(f"p99 {p99_ms:.0f} ms after a 6 s stop: {'the harness is correct' if honest else 'the harness is WRONG'}")
    return 0 if honest else 1


def saturation(given: argparse.Namespace, command: str) -> int:
    """The saturation throughput: the highest steady rates whose p99 stays below 100 ms, of the platform's overhead and
    of the whole latency. One running platform, rates rising by 8 % until the overhead's p99 exceeds the limit."""
    steps: list[dict[str, Any]] = []
    rate = given.start_rate
    best = {"overhead": 0.0, "latency": 0.0}
    void_in_a_row = 0
    given.json.parent.mkdir(parents=True, exist_ok=True)
    with running(given.target, given.keep) as target:
        while True:
            profile = profile_of(given, max(10, round(rate * given.think_s)))
            result = drive(target, replace(profile, ramp_s=15.0, warmup_s=10.0))
            refused = result["errors"] + result["rejected"]
            p99 = {name: result[f"{name}_ms"].get("p99", float("inf")) for name in best}
            steady = not refused and result["valid"]
            held = {name: steady and p99[name] < SATURATION_P99_MS for name in best}
            steps.append({"rate": round(rate, 1), "held": held, **{k: v for k, v in result.items() if k != "hdr"}})
            print(
                f"{rate:.0f}/s wanted, {result['turns_per_s']}/s done, p99 overhead {p99['overhead']:.1f} ms, "
                f"latency {p99['latency']:.1f} ms, {refused} failed or refused, valid {result['valid']}",
                flush=True,
            )
            for name in best:
                if held[name]:
                    best[name] = max(best[name], result["turns_per_s"])
            found = {f"saturation_{name}_turns_per_s": value for name, value in best.items()}
            # after every step, so that an interrupted search keeps its measurements
            given.json.write_text(json.dumps({"command": command, **found, "steps": steps}, indent=2) + "\n")
            void_in_a_row = 0 if result["valid"] else void_in_a_row + 1
            if 0 < void_in_a_row < VOID_AT_MOST:
                continue  # not the server's fault: repeat
            if not held["overhead"]:
                break
            rate *= 1.08
    print(
        f"p99 below {SATURATION_P99_MS:.0f} ms up to {best['overhead']} turns/s (overhead), {best['latency']} (latency)"
    )
    return 0


def overload(given: argparse.Namespace, command: str) -> int:
    """Three times the saturation throughput: the goodput, and the latency of rejections."""
    result = measure(given.target, profile_of(given, round(OVERLOAD * given.overload * given.think_s)), keep=given.keep)
    result["goodput_of_saturation"] = round(result["turns_per_s"] / given.overload, 3)
    write(result, given.json, command)
    print(table({"command": command, **result}))
    rejected_p99 = result["rejected_ms"].get("p99", 0.0)
    print(
        f"goodput {result['turns_per_s']}/s = {result['goodput_of_saturation']:.0%} of the saturation throughput; "
        f"{result['rejected']} refused, p99 {rejected_p99} ms, "
        f"{result['rejected_without_retry_after']} of them without Retry-After"
    )
    return 0 if result["valid"] else 1


if __name__ == "__main__":
    sys.exit(main())
