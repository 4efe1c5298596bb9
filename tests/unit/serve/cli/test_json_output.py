"""Every command has ``--json``, and prints one document with it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import click
import pytest
from typer.main import get_command
from typer.testing import CliRunner

from interview.errors import InvalidInput
from serve.cli.main import app


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    for name, command in sorted(group.commands.items()):
        if isinstance(command, click.Group) or hasattr(command, "commands"):
            yield from commands(command, (*path, name))  # type: ignore[arg-type]
        else:
            yield " ".join((*path, name)), command


COMMANDS = dict(commands(get_command(app)))  # type: ignore[arg-type]


def test_the_commands_are_found() -> None:
    assert {"up", "doctor", "config show", "webhooks dead", "plan approve"} <= COMMANDS.keys()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_json(name: str) -> None:
    assert "--json" in {option for parameter in COMMANDS[name].params for option in parameter.opts}


@pytest.mark.parametrize(
    ("line", "fields"),
    [
        ("config list", {"local"}),
        ("config path local", {"file"}),
        ("config environment cluster-cpu", {"RAY_SERVE_ENABLE_HA_PROXY"}),
        ("config show", {"args"}),
        ("config check", {"file", "plans_directory", "plans"}),
        ("plan check", {"files", "problems"}),
        ("models show", {"speech to text", "language model"}),
    ],
)
def test_the_output_is_one_document(line: str, fields: set[str]) -> None:
    done = CliRunner().invoke(app, [*line.split(), "--json"], catch_exceptions=False)
    assert done.exit_code == 0
    assert fields <= json.loads(done.stdout).keys()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("erase one", "confirm with --yes"),
        ("report one --format pdf", "write it with --out"),
        ("webhooks replay", "--all"),
    ],
)
def test_a_document_that_cannot_be_printed_is_refused(line: str, said: str) -> None:
    done = CliRunner().invoke(app, [*line.split(), "--json"])
    assert isinstance(done.exception, InvalidInput)
    assert said in done.exception.message
