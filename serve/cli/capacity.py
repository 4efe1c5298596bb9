"""``interview plan-capacity``: the machines that a number of interviews needs."""

from __future__ import annotations

import json
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table


def register(app: typer.Typer) -> None:
    app.command()(plan_capacity)


def plan_capacity(
    sessions: Annotated[int, typer.Option(help="Interviews at the same time.")],
    think_s: Annotated[float, typer.Option(help="Mean seconds from a reply to the next answer.")] = 60.0,
    audio_share: Annotated[float, typer.Option(help="Part of the turns that is spoken, 0 to 1.")] = 1.0,
    model: Annotated[str, typer.Option(help="Size of the language model: none, 7b, 14b or 32b.")] = "none",
    gpu: Annotated[str, typer.Option(help="Card: L40S, A100, H100 or H200.")] = "H100",
    simulate: Annotated[bool, typer.Option(help="Also simulate the queues of one node of two cores.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Derive replicas, cores, GPUs, Redis memory and network. Lines marked ≈ rest on an estimate, not on a run.

    --simulate adds the throughput and latency of one node, from a queueing simulation with measured service times. In
    it the speech, voice and language models are the fakes of the profile `load`.
    """
    from serve.capacity.costs import COSTS
    from serve.capacity.node import simulated_node
    from serve.capacity.plan import Demand
    from serve.capacity.plan import plan_capacity as derive

    demand = Demand(sessions, think_s, audio_share, model, gpu)
    plan = derive(demand)
    node = simulated_node(demand, plan) if simulate else None
    if as_json:
        costs = {name: COSTS[name] for need in plan.needs for name in need.costs}
        document = {**msgspec.to_builtins(plan), "costs": msgspec.to_builtins(costs)}
        if node is not None:
            document["simulated_node"] = msgspec.to_builtins(node)
        print(json.dumps(document, indent=2))
        return
    table = Table(box=None, title=f"{plan.turns_per_s:,.1f} turns/s", title_justify="left")
    for heading in ("", "resource", "amount", "from"):
        table.add_column(heading, overflow="fold", justify="right" if heading == "amount" else "left")
    for need in plan.needs:
        sources = sorted({COSTS[name].source or "an estimate" for name in need.costs})
        table.add_row("" if need.measured else "≈", need.resource, f"{need.amount:,g} {need.unit}", ", ".join(sources))
    console = Console()
    console.print(table)
    console.print(f"Breaks first: {plan.breaks_first}.\nRemedy: {plan.remedy}.", highlight=False)
    if node is not None:
        found = node.simulated
        share = f"{node.sessions:,} interviews, {found.turns_per_s:,.1f} turns/s, {found.busy:.2f} cores busy"
        latency = f"p50 {found.p50_ms:.1f}, p90 {found.p90_ms:.1f}, p99 {found.p99_ms:.1f} ms"
        console.print(
            f"One of {node.nodes:,} nodes of {node.cores} cores, simulated: {share}; latency of a turn {latency}. "
            f"Service times: {node.service_times}.",
            highlight=False,
        )
