"""``interview replay``: folds a session's events again and compares with the stored snapshot; never calls a model."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
from jinja2 import Environment
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from interview.errors import InvalidInput, NotFound
from interview.sessions.events import Event, decode_event
from interview.sessions.fold import fold
from interview.sessions.session import SessionState
from serve.composition.local_stores import open_stores
from serve.replay.checks import recheck
from serve.settings import StorageSettings
from storage.archive.transfer import load_session
from storage.audit.port import COMMAND_LINE, AuditEntry
from storage.sessions.port import SessionKey

_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>ReplayResult of {{ state.interview_id }}</title>
<style>body{font:15px/1.5 system-ui;max-width:60rem;margin:2rem auto;padding:0 1rem}
td{vertical-align:top;padding:.2rem .6rem}
pre{white-space:pre-wrap;margin:0;font-size:12px}.bad{color:#b00020}</style>
<h1>ReplayResult of {{ state.interview_id }}</h1>
<p class="{{ '' if ok else 'bad' }}">{{ verdict }}</p>
<table>{% for event in events %}<tr><td>{{ event.seq }}</td><td>{{ event.time }}</td><td>{{ event.type }}</td>
<td><pre>{{ event.data }}</pre></td></tr>{% endfor %}</table></html>"""


@dataclass(frozen=True)
class ReplayResult:
    """``compared`` names the reference of the comparison; ``differences`` lists all differences in order."""

    state: SessionState
    events: list[Event]
    compared: str
    checked: dict[str, int] = field(default_factory=dict)
    differences: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.differences

    @property
    def first_difference(self) -> str:
        return self.differences[0] if self.differences else ""

    @property
    def verdict(self) -> str:
        checks = ", ".join(f"{count} {name}" for name, count in self.checked.items())
        again = f"; decided again: {checks}" if checks else ""
        if self.ok:
            return f"{len(self.events)} events fold to {self.compared} exactly{again}."
        return f"First difference: {self.first_difference}"

    def as_dict(self) -> dict[str, Any]:
        return {
            "ok": self.ok,
            "interview_id": self.state.interview_id,
            "events": len(self.events),
            "compared": self.compared,
            "checked": self.checked,
            "differences": self.differences,
            "state": msgspec.to_builtins(self.state),
        }

    def as_html(self) -> str:
        rows = [
            {
                "seq": event.seq,
                "time": event.time.isoformat(),
                "type": event.type,
                "data": msgspec.json.format(msgspec.json.encode(event.data)).decode(),
            }
            for event in self.events
        ]
        template = Environment(autoescape=True).from_string(_PAGE)
        return template.render(state=self.state, events=rows, ok=self.ok, verdict=self.verdict)

    def show(self, console: Console) -> None:
        table = Table("seq", "time", "event", "turn", title=f"Session {escape(self.state.interview_id)}")
        for event in self.events:
            table.add_row(
                str(event.seq), f"{event.time:%H:%M:%S.%f}"[:-3], event.type, str(getattr(event.data, "turn", ""))
            )
        console.print(table)
        console.print(f"[{'green' if self.ok else 'red'}]{escape(self.verdict)}[/]")


def differences(folded: SessionState, stored: SessionState) -> list[str]:
    """The fields in which two states differ, as sentences."""
    return [
        f"{name}: the events give {_short(getattr(folded, name))}, stored is {_short(getattr(stored, name))}"
        for name in SessionState.__struct_fields__
        if getattr(folded, name) != getattr(stored, name)
    ]


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 120 else f"{text[:117]}…"


def replay_file(path: Path, to: int | None) -> ReplayResult:
    """Fold an exported ``events.jsonl``; without a snapshot to compare with, the log itself is checked.

    Raises:

        InvalidInput: not an event log.
    """
    events = []
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        if not line.strip():
            continue
        try:
            events.append(decode_event(line))
        except msgspec.DecodeError as error:
            raise InvalidInput(f"{path}:{number}: not an event: {error}") from error
    events = [event for event in events if to is None or event.seq <= to]
    return ReplayResult(state=fold(events), events=events, compared="a state without gaps")


async def replay_stored(
    settings: StorageSettings, data: Path, tenant: str, interview_id: str, to: int | None
) -> ReplayResult:
    """Fold the stored events and compare with the stored snapshot; re-check the deterministic decisions. The audit log
    has the read.

    Raises:
        NotFound: neither live nor archived.
    """
    async with open_stores(settings, data) as stores:
        found = await load_session(stores.sessions, stores.archive, SessionKey(tenant, interview_id))
        if found is None:
            raise NotFound(f"No session {interview_id} of tenant {tenant}, neither live nor archived.")
        await stores.audit.record(AuditEntry(tenant, COMMAND_LINE, "events.read", interview_id))
        events = [event for event in found.events if to is None or event.seq <= to]
        folded = fold(events)
        whole = to is None or to >= found.state.version
        problems = differences(folded, found.state) if whole else []
        checked, wrong = await recheck(events, stores.blobs)
        compared = "the stored snapshot" if whole else f"the state at sequence {folded.version}"
        return ReplayResult(folded, events, compared, checked, [*problems, *wrong])
