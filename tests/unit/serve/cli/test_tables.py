"""Tables of the command line show whole names, on a terminal of 80 columns and in a pipe."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console
from rich.table import Column, Table
from typer.testing import CliRunner

from serve.cli.models import app
from serve.cli.tables import print_table
from storage.weights.manifest import catalogue

KEY, TENANT = "d42fb2323928", "the-tenant-with-quite-a-long-name"


def printed(*, terminal: bool) -> str:
    table = Table(Column("key", no_wrap=True), "tenant", "scopes", "label", "created", "expires", "revoked")
    scopes = "inference interviews operations reports"
    table.add_row(KEY, TENANT, scopes, "continuous integration", "2026-11-29", "never", "")
    out = StringIO()
    print_table(table, Console(file=out, width=80, force_terminal=terminal, color_system=None))
    return out.getvalue()


def test_a_terminal_of_80_columns_shows_a_whole_key_id_and_wraps_the_rest() -> None:
    shown = printed(terminal=True)
    assert KEY in shown and "…" not in shown
    assert max(map(len, shown.splitlines())) <= 80


def test_a_pipe_gets_each_row_in_one_line() -> None:
    (row,) = (line for line in printed(terminal=False).splitlines() if KEY in line)
    assert TENANT in row and "inference interviews operations reports" in row and "continuous integration" in row


def test_the_list_of_models_has_whole_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    shown = CliRunner().invoke(app, ["list"], catch_exceptions=False).stdout
    assert all(name in shown for name in catalogue())
