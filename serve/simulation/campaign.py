"""Runs many simulated interviews and checks the gates and the ranking of abilities over all of them."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Mapping
from itertools import product
from typing import Any

import msgspec
from msgspec import Struct

from interview.errors import InvalidInput
from interview.languages.language import base_of, language_of
from interview.plans.plan import InterviewPlan
from interview.sessions.events import SessionConcluded
from serve.simulation.canaries import Planted
from serve.simulation.candidate import Candidate
from serve.simulation.injections import Lift, LiftSummary, lifts_of, summed_up, worth_something
from serve.simulation.judge import Judge, injections_inert
from serve.simulation.personas import Persona
from serve.simulation.records import InterviewRecord, RecordFile
from serve.simulation.stage import HeldInterview, Troupe, UnmarkedGrading, hold
from serve.simulation.word_figures import WordFigures, summed, word_figures

#: Minimum share of pairs of a better and a worse persona that must be ranked correctly.
ORDERED_SHARE = 0.95

#: Pairs of personas that must be ranked; strong above weak would only inflate the share.
ORDER = (("strong", "average"), ("average", "weak"))

INERT = "injections_inert"
WORTH = "injections_worth_nothing"
ORDERED = "abilities_ordered"

#: Number of failures shown per gate.
EXAMPLES = 5


class GateResult(Struct, frozen=True):
    """``checked`` interviews (or pairs), of which ``failed`` failed."""

    checked: int
    failed: int
    ok: bool
    examples: tuple[str, ...] = ()


class SimulationReport(Struct, frozen=True):
    ok: bool
    engine: str
    model: str
    seed: int
    n: int
    plans: tuple[str, ...]
    personas: tuple[str, ...]
    gates: dict[str, GateResult]
    abilities: dict[str, dict[str, float]]
    injection_lift: LiftSummary | None
    words: WordFigures
    interviews: tuple[InterviewRecord, ...]
    wall_s: float


class Campaign:
    """``n`` interviews of every persona with every plan of its language. All random draws come from ``seed``."""

    def __init__(
        self,
        plans: Mapping[str, InterviewPlan],
        personas: Mapping[str, Persona],
        troupe: Troupe,
        *,
        n: int,
        seed: int = 0,
        at_once: int = 1,
        progress: Callable[[InterviewRecord], None] = lambda record: None,
        records: RecordFile | None = None,
    ) -> None:
        """``at_once`` interviews share the event loop: useful only when waiting for a model. Interviews in ``records``
        are not held again; the others are added to it.

        Raises:

            InvalidInput: ``n`` is not positive, or a plan has no persona in its language.
        """
        if n < 1:
            raise InvalidInput("At least one interview must be run.", detail={"fields": {"n": "must be positive"}})
        self._plans = dict(plans)
        spoken = {base_of(plan.language) for plan in plans.values()}
        self._personas = {name: one for name, one in personas.items() if base_of(one.language) in spoken}
        for plan in plans.values():
            if not any(base_of(plan.language) == base_of(persona.language) for persona in personas.values()):
                name = language_of(plan.language).english_name
                raise InvalidInput(
                    f"The plan {plan.id} is in {name}, and none of the chosen personas is.",
                    detail={"fields": {"persona": f"choose one in {plan.language}"}},
                )
        self._planted = {plan.id: Planted(plan, f"{seed}/{plan.id}") for plan in self._plans.values()}
        grading = UnmarkedGrading(list(self._plans.values()), troupe.grading)
        self._troupe = Troupe(grading, troupe.policies, troupe.config, troupe.prompts, troupe.model)
        self._n = n
        self._seed = seed
        self._places = asyncio.Semaphore(at_once)
        self._progress = progress
        self._records = records
        self._lifts: list[Lift] = []

    async def run(self, *, engine: str, model: str = "") -> SimulationReport:
        began = time.monotonic()
        records = await asyncio.gather(
            *(
                self._record(plan, persona, number)
                for plan, persona, number in product(
                    self._plans.values(), self._personas.values(), range(1, self._n + 1)
                )
                if base_of(plan.language) == base_of(persona.language)
            )
        )
        gates = _gates(records)
        ordered = _order(records)
        if ordered is not None:
            gates[ORDERED] = ordered
        return SimulationReport(
            ok=all(gate.ok for gate in gates.values()),
            engine=engine,
            model=model,
            seed=self._seed,
            n=self._n,
            plans=tuple(self._plans),
            personas=tuple(self._personas),
            gates=gates,
            abilities=_mean_abilities(records),
            injection_lift=summed_up(self._lifts) if self._lifts else None,
            words=summed(record.words for record in records),
            interviews=tuple(records),
            wall_s=round(time.monotonic() - began, 1),
        )

    async def _record(self, plan: InterviewPlan, persona: Persona, number: int) -> InterviewRecord:
        known = self._records.find(plan, persona.name, number) if self._records is not None else None
        if known is not None:
            self._lifts += known.lifts
            return known.interview
        lifts: list[Lift] = []
        async with self._places:
            held = await self._held(plan, persona, number)
            failures = Judge(persona, self._troupe.config).failures(held)
            if persona.injections:
                lifts = await lifts_of(held, self._troupe.grading)
                self._lifts += lifts
                failures[WORTH] = worth_something(lifts)
            if persona.injections and self._troupe.model is None:
                twin = await self._held(plan, persona, number, hesitating=True)
                failures[INERT] = injections_inert(held, twin)
        record = _record(held, failures)
        if self._records is not None:
            self._records.add(plan, record, lifts, held.events)
        self._progress(record)
        return record

    async def _held(
        self, plan: InterviewPlan, persona: Persona, number: int, *, hesitating: bool = False
    ) -> HeldInterview:
        candidate = Candidate(persona, f"{self._seed}/{plan.id}/{persona.name}/{number}", hesitating=hesitating)
        held = HeldInterview(plan, self._planted[plan.id], persona.name, number)
        return await hold(self._troupe, candidate, held)


def _record(held: HeldInterview, failures: dict[str, list[str]]) -> InterviewRecord:
    state = held.state
    asked = state.questions_asked if state else ()
    elapsed_s = (state.last_updated - state.started_at).total_seconds() if state else 0.0
    ends = [event.data.by for event in held.events if isinstance(event.data, SessionConcluded)]
    return InterviewRecord(
        plan=held.plan.id,
        persona=held.persona,
        number=held.number,
        turns=len(held.said),
        questions=len(asked),
        follow_ups=sum(found.follow_ups for found in asked),
        clarifications=sum(found.clarifications for found in asked),
        hints=state.hints_used if state else 0,
        minutes=round(elapsed_s / 60, 1),
        ability=round(held.ability, 4),
        concluded_by=ends[-1] if ends else "",
        fallbacks=state.fallbacks if state else 0,
        guardrails=state.guardrails if state else 0,
        failed=failures,
        words=word_figures(held.planted.plan, held.events),
    )


def _gates(records: list[InterviewRecord]) -> dict[str, GateResult]:
    """Gate results over all interviews. A record lists its checked gates in ``failed``, including those it passed."""
    checked: Counter[str] = Counter()
    failed: Counter[str] = Counter()
    examples: dict[str, list[str]] = {}
    for record in records:
        for gate, problems in record.failed.items():
            checked[gate] += 1
            if problems:
                failed[gate] += 1
                examples.setdefault(gate, []).append(f"{record.plan}/{record.persona}/{record.number}: {problems[0]}")
    return {
        gate: GateResult(count, failed[gate], failed[gate] == 0, tuple(examples.get(gate, ())[:EXAMPLES]))
        for gate, count in checked.items()
    }


def _order(records: list[InterviewRecord]) -> GateResult | None:
    """Compare every interview of a better persona with every one of a worse, plan by plan; None without such a pair."""
    pairs = [
        (one, other)
        for better, worse in ORDER
        for one, other in product(records, records)
        if one.plan == other.plan and (_level(one), _level(other)) == (better, worse)
    ]
    wrong = [
        f"{one.plan}: {one.persona}/{one.number} at {one.ability:+.2f}, {other.persona}/{other.number} at "
        f"{other.ability:+.2f}"
        for one, other in pairs
        if one.ability <= other.ability
    ]
    if not pairs:
        return None
    return GateResult(len(pairs), len(wrong), len(wrong) <= (1 - ORDERED_SHARE) * len(pairs), tuple(wrong[:EXAMPLES]))


def _level(record: InterviewRecord) -> str:
    """The persona's name without its language."""
    return record.persona.rpartition("-")[2]


def _mean_abilities(records: list[InterviewRecord]) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, list[float]]] = {}
    for record in records:
        found.setdefault(record.plan, {}).setdefault(record.persona, []).append(record.ability)
    return {
        plan: {persona: round(sum(values) / len(values), 3) for persona, values in personas.items()}
        for plan, personas in found.items()
    }


def as_data(report: SimulationReport) -> dict[str, Any]:
    """The report as plain data; an interview's ``failed`` lists failures only."""
    data: dict[str, Any] = msgspec.to_builtins(report)
    for record in data["interviews"]:
        record["failed"] = {gate: problems for gate, problems in record["failed"].items() if problems}
    return data
