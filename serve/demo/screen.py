"""The demo's terminal output: speech, transcript, decision, reasoning and timing of each turn."""

from __future__ import annotations

import re
from typing import Any, Protocol

from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table

from interview_client import Reply, Transcript

#: What ``ModelMissing`` of ``storage.weights.resolve`` adds, at length, to each name.
_HOW_TO_GET_WEIGHTS = re.compile(r" Get them with .*? and run `interview models unbundle FILE`\.")


class Screen(Protocol):
    """The demo's output interface; every text may be untrusted."""

    def step(self, text: str) -> None: ...
    def engines(self, engines: dict[str, Any]) -> None: ...
    def interviewer(self, reply: Reply, reasoning: str, stage_ms: dict[str, float]) -> None: ...
    def candidate(self, said: str | None, heard: Transcript | None, container: str) -> None: ...
    def grade(self, graded: dict[str, Any]) -> None: ...
    def summary(self, summary: dict[str, Any], report: dict[str, Any]) -> None: ...


class SilentScreen:
    """For ``--json``: stdout gets only the final object."""

    def step(self, text: str) -> None: ...
    def engines(self, engines: dict[str, Any]) -> None: ...
    def interviewer(self, reply: Reply, reasoning: str, stage_ms: dict[str, float]) -> None: ...
    def candidate(self, said: str | None, heard: Transcript | None, container: str) -> None: ...
    def grade(self, graded: dict[str, Any]) -> None: ...
    def summary(self, summary: dict[str, Any], report: dict[str, Any]) -> None: ...


class LiveScreen:
    """Rich output on a terminal, plain lines into a pipe."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def step(self, text: str) -> None:
        self._console.print(f"[dim]· {escape(text)}[/]")

    def engines(self, engines: dict[str, Any]) -> None:
        table = Table(title="Engine of each tier", title_justify="left", show_header=False, box=None)
        lines = {tier: _served_by(answer) for tier, answer in engines.items()}
        for tier, line in lines.items():
            table.add_row(f"[bold]{escape(tier)}[/]", _HOW_TO_GET_WEIGHTS.sub("", line))
        self._console.print(table)
        if any(_HOW_TO_GET_WEIGHTS.search(line) for line in lines.values()):
            self._console.print("[dim]It works without these weights. `interview doctor` tells how to get them.[/]")

    def interviewer(self, reply: Reply, reasoning: str, stage_ms: dict[str, float]) -> None:
        action = reply.action
        why = f"[dim]{escape(action.action_type)} → {escape(action.next_phase)}: {escape(reasoning)}[/]"
        times = "  ".join(f"{escape(name)} {ms:.0f}" for name, ms in stage_ms.items())
        body = f"{escape(reply.text)}\n\n{why}" + (f"\n[dim]ms: {times}[/]" if times else "")
        self._console.print(Panel(body, title="Interviewer", title_align="left", border_style="cyan"))

    def candidate(self, said: str | None, heard: Transcript | None, container: str) -> None:
        lines = [escape(said) if said is not None else "[dim](a recording)[/]"]
        if heard is not None:
            sure = f"{heard.confidence:.2f}" if heard.confidence is not None else "–"
            lines.append(f"[dim]heard ({container}, confidence {sure}):[/] {escape(heard.text)}")
        self._console.print(Panel("\n".join(lines), title="Candidate", title_align="left", border_style="green"))

    def grade(self, graded: dict[str, Any]) -> None:
        grade = graded["grade"]
        review = " [yellow]needs review[/]" if grade.get("needs_review") else ""
        self._console.print(
            f"  [bold]{escape(graded['question_id'])}[/] {grade['score']:.2f} ({escape(grade['level'])}, confidence "
            f"{grade['confidence']:.2f}, {escape(grade['grader'])}){review}: {escape(grade['rationale'])}"
        )
        for evidence in grade.get("evidence", [])[:3]:
            self._console.print(f"    [dim]“{escape(evidence['quote'])}”[/]")

    def summary(self, summary: dict[str, Any], report: dict[str, Any]) -> None:
        table = Table(title="Stage latency (ms)", title_justify="left")
        for heading in ("stage", "p50", "max"):
            table.add_column(heading, justify="right" if heading != "stage" else "left")
        for stage, figures in summary["stage_ms"].items():
            table.add_row(stage, f"{figures['p50']:.1f}", f"{figures['max']:.1f}")
        self._console.print(table)
        skills = Table(title="Report", title_justify="left")
        for heading in ("skill", "mean score", "ability θ ± standard error", "graded answers"):
            skills.add_column(heading)
        for skill in report.get("skills", ()):
            mean, theta, error = (skill.get(name) for name in ("mean_score", "theta", "standard_error"))
            ability = "–" if theta is None or error is None else f"{theta:+z.2f} ± {error:.2f}"
            skills.add_row(escape(skill["skill"]), "–" if mean is None else f"{mean:.2f}", ability, str(skill["items"]))
        self._console.print(skills)
        fallbacks = ", ".join(reason.rstrip(".") for reason in summary["fallbacks"])
        self._console.print(
            f"{summary['turns']} spoken turns, {_error_rate(summary)}, "
            f"{len(summary['grades'])} grades, fallbacks: {fallbacks or 'none'}. "
            f"Written to {escape(summary['written_to'])}."
        )


def _served_by(answer: dict[str, Any]) -> str:
    """One tier's line of ``/status``: its engine and model, and its limitations."""
    detail = answer.get("detail")
    if not answer.get("ok") or not isinstance(detail, dict):
        return f"[red]{escape(str(detail or answer.get('error', 'no answer')))}[/]"
    detection = ", ".join(filter(None, (detail.get("voice_activity"), detail.get("end_of_turn"))))
    name = str(detail.get("name") or detail.get("engine") or detection or "none")
    models = [str(model) for model in (detail.get("model"), *(detail.get("models") or ())) if model]
    notice = f"  [yellow]{escape(str(detail['notice']))}[/]" if detail.get("notice") else ""
    return escape(" ".join([name, *models])) + notice


def _error_rate(summary: dict[str, Any]) -> str:
    rate = summary["word_error_rate"]
    if rate is None:
        return "no word error rate (no recording has a .txt transcript next to it)"
    return f"word error rate {rate:.3f} on {summary['words']} words"
