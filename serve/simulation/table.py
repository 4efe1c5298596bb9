"""A simulation's report for a terminal: one row per persona, then the gates."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from serve.simulation.campaign import SimulationReport
from serve.simulation.records import InterviewRecord
from serve.simulation.word_figures import WordFigures


def show(console: Console, report: SimulationReport) -> None:
    for plan in report.plans:
        table = Table(title=f"{escape(plan)} · {report.engine} · n = {report.n}")
        table.add_column("persona")
        for name in ("turns", "asked", "probes", "again", "hints", "min", "θ", "failed"):
            table.add_column(name, justify="right")
        for persona in report.personas:
            found = [one for one in report.interviews if (one.plan, one.persona) == (plan, persona)]
            if found:  # a persona answers plans of its own language
                table.add_row(escape(persona), *_numbers(found))
        console.print(table)
    gates = Table("gate", "checked", "failed", "", title=f"Gates · {report.wall_s:g} s")
    for name, gate in report.gates.items():
        gates.add_row(name, str(gate.checked), str(gate.failed), "[green]ok[/]" if gate.ok else "[red]failed[/]")
    console.print(gates)
    lift = report.injection_lift
    if lift is not None and lift.answers:
        console.print(
            f"Orders to the machine: {lift.changed} of {lift.answers} coverage grades changed, by "
            f"{lift.mean:+.3f} on average, {lift.most:+.3f} at most.",
            highlight=False,
        )
    if report.words.asked:
        _show_words(console, report.words)
    for name, gate in report.gates.items():
        for example in gate.examples:
            console.print(f"  {name}: {escape(example)}", highlight=False)


def _show_words(console: Console, words: WordFigures) -> None:
    table = Table("the model's own words", "", "share", title=f"{words.asked} turns of a model")
    for name, count, of in (
        ("turns in which the script spoke instead", words.fallbacks, words.asked),
        ("turns in which a rule removed or replaced words", words.rewritten, words.asked),
        ("sentences of the model that were heard", words.heard, words.wrote),
        ("acknowledgements and follow-ups that share a word with the answer", words.referring, words.spoken),
        ("the same after answers that tell part of a reference answer", words.referring_to_told, words.telling),
        ("follow-ups that ask for a missing key point", words.targeted, words.follow_ups),
        ("sentences said before", words.repeats, words.asked),
        ("prompt tokens that the server had cached", words.cached_tokens, words.prompt_tokens),
    ):
        table.add_row(name, f"{count} of {of}", f"{count / of:.0%}" if of else "-")
    console.print(table)


def _numbers(found: list[InterviewRecord]) -> list[str]:
    def mean(values: list[float]) -> str:
        return f"{sum(values) / len(values):.1f}"

    failed = sum(any(one.failed.values()) for one in found)
    return [
        mean([one.turns for one in found]),
        mean([one.questions for one in found]),
        mean([one.follow_ups for one in found]),
        mean([one.clarifications for one in found]),
        mean([one.hints for one in found]),
        mean([one.minutes for one in found]),
        f"{sum(one.ability for one in found) / len(found):+.2f}",
        f"[red]{failed}[/]" if failed else "0",
    ]
