"""``python -m benchmarks.llm.session_routing``: prefix-cache hits of two vLLM replicas, by request router.

Interviews run at once. Each turn's prompt is the one before with an answer and a reply more, as the model interviewer's
is. vLLM reports how many tokens of a prompt came from its prefix cache.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import sys
import time
from pathlib import Path
from typing import Any

from msgspec import Struct, to_builtins

from benchmarks.llm.__main__ import machine
from deployments.llm.config import LlmConfig, LlmReplicas, VllmConfig
from deployments.llm.contract import LanguageModelClient
from deployments.shell.handle_rpc import handle_caller, handle_stream_caller
from interview.errors import InterviewError

STICKY = "ray.serve.experimental.consistent_hash_router:ConsistentHashRouter"

INSTRUCTIONS = "You hold a job interview. Ask one question at a time and refer to what the candidate has said. "


class Turn(Struct, frozen=True):
    """``cached`` of the prompt's ``prompt`` tokens were in the replica's prefix cache."""

    number: int
    prompt: int
    cached: int
    seconds: float


def config(model: str, *, sticky: bool) -> LlmConfig:
    options: dict[str, Any] = {"request_router_config": {"request_router_class": STICKY}} if sticky else {}
    return LlmConfig(
        engine="vllm",
        model=model,
        max_model_len=4096,
        deadline_s=600.0,
        warm_up_deadline_s=600.0,
        replicas=LlmReplicas(min_replicas=2, max_replicas=2, health_check_timeout_s=600.0, serve_options=options),
        vllm=VllmConfig(
            device="cpu",
            dtype="float32",
            max_num_seqs=16,
            max_num_batched_tokens=2048,
            enforce_eager=True,
            engine_kwargs={"enable_prompt_tokens_details": True},
            env={"VLLM_CPU_KVCACHE_SPACE": "1", "VLLM_CPU_OMP_THREADS_BIND": "nobind", "OMP_NUM_THREADS": "1"},
        ),
    )


async def interview(model: LanguageModelClient, number: int, turns: int) -> list[Turn]:
    """One candidate with words of its own, so that no interview finds the prefix of another."""
    messages: list[dict[str, Any]] = [
        {"role": "system", "content": INSTRUCTIONS + f"The candidate's number is {number}. " * 20}
    ]
    found = []
    for turn in range(1, turns + 1):
        answer = f"Candidate {number} built service {turn} and measured it before and after each change. " * 6
        messages.append({"role": "user", "content": answer})
        request = {
            "messages": messages,
            "max_tokens": 16,
            "temperature": 0,
            "session_id": f"benchmark/interview-{number}",
        }
        began = time.perf_counter()
        while True:
            try:
                response = await model.chat(request)
                break
            except InterviewError as error:
                if not error.retryable:
                    raise
                await asyncio.sleep(1)
        usage = response["usage"]
        cached = (usage.get("prompt_tokens_details") or {}).get("cached_tokens") or 0
        found.append(Turn(turn, usage["prompt_tokens"], cached, round(time.perf_counter() - began, 3)))
        messages.append({"role": "assistant", "content": response["choices"][0]["message"]["content"] or "Go on."})
    return found


async def measured(model_path: str, *, sticky: bool, sessions: int, turns: int) -> dict[str, Any]:
    """Two replicas under one router: share of the prompt tokens from the cache, from the second turn on."""
    import ray
    from ray import serve as ray_serve

    from deployments.llm.deployment import build

    ray.init(address="local", num_cpus=8, include_dashboard=False, log_to_driver=False)
    try:
        await asyncio.to_thread(ray_serve.start, proxy_location="Disabled")
        application = build(config(model_path, sticky=sticky))
        handle: Any = await asyncio.to_thread(ray_serve.run, application, name="routing", route_prefix=None)
        model = LanguageModelClient(
            handle_caller(handle, timeout_s=600, tier="llm", by_value=True),
            handle_stream_caller(handle, timeout_s=600, tier="llm", by_value=True),
        )
        held = await asyncio.gather(*(interview(model, number, turns) for number in range(sessions)))
    finally:
        await asyncio.to_thread(ray_serve.shutdown)
        ray.shutdown()
    later = [turn for one in held for turn in one if turn.number > 1]
    prompt, cached = sum(turn.prompt for turn in later), sum(turn.cached for turn in later)
    return {
        "router": STICKY if sticky else "Ray Serve's default (power of two choices)",
        "prompt_tokens": prompt,
        "cached_tokens": cached,
        "cached_share": round(cached / prompt, 4),
        "computed_tokens": prompt - cached,
        "turn_s_median": round(statistics.median(turn.seconds for turn in later), 3),
        "turns": [[to_builtins(turn) for turn in one] for one in held],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True, help="directory of a model that vLLM loads")
    parser.add_argument("--sessions", type=int, default=6)
    parser.add_argument("--turns", type=int, default=6)
    parser.add_argument("--routers", nargs="+", choices=("default", "sticky"), default=["default", "sticky"])
    parser.add_argument("--json", type=Path, required=True)
    options = parser.parse_args()
    result: dict[str, Any] = {
        "command": f"python -m benchmarks.llm.session_routing {' '.join(sys.argv[1:])}",
        "machine": machine(gpu=False),
        "sessions": options.sessions,
        "runs": [],
    }
    for router in options.routers:
        sticky = router == "sticky"
        run = asyncio.run(measured(options.model, sticky=sticky, sessions=options.sessions, turns=options.turns))
        result["runs"].append(run)
        options.json.write_text(json.dumps(result, indent=2) + "\n")
        print({name: value for name, value in run.items() if name != "turns"}, flush=True)


if __name__ == "__main__":
    main()
