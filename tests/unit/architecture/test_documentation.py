"""Pages name files, commands and addresses that exist."""

from __future__ import annotations

import importlib
import re
import shlex
from pathlib import Path

import pytest
from typer.main import get_command

from serve.cli.main import app
from tests.support.paths import ROOT

#: History and decisions may name what is gone; the roadmap names what is to come.
HISTORY = ("measurements", "adr")
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *(
        page
        for page in sorted((ROOT / "docs").rglob("*.md"))
        if not set(page.parts) & set(HISTORY) and page.name != "roadmap.md"
    ),
]
TOP = "interview|storage|deployments|serve|interview_client|configs|benchmarks|tests|docs|ops|models"
PATH = re.compile(rf"(?<![\w/.:-])(?:{TOP})/[\w./-]*[\w/]")
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")
MODULE = re.compile(r"python3? -m (benchmarks(?:\.\w+)*)")
ADDRESS = re.compile(r"(?<![\w.])((?:serve|deployments|storage|interview)(?:\.\w+)+):(\w+)")
COMMAND = re.compile(r"^\s*(?:\$ )?(?:\.venv/bin/)?interview ((?:[a-z-]+ ?)+)", re.MULTILINE)
BARE = re.compile(r"(?<![\w/.*{-])(\w+\.py)\b")


def code_in(page: Path) -> str:
    """The code spans and blocks of a page; prose may say "the interview keys"."""
    text = page.read_text()
    return "\n".join([*re.findall(r"```.*?\n(.*?)```", text, re.DOTALL), *re.findall(r"`([^`\n]+)`", text)])


def ids(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_paths_exist(page: Path) -> None:
    missing = [
        path
        for path in PATH.findall(code_in(page))
        if "*" not in path and not (ROOT / path).exists() and not list(ROOT.glob(f"{path}*"))
    ]
    assert missing == []
    known = {path.name for top in TOP.split("|") for path in (ROOT / top).rglob("*.py")}
    assert sorted(set(BARE.findall(code_in(page))) - known) == []


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_links_lead_somewhere(page: Path) -> None:
    assert [link for link in LINK.findall(page.read_text()) if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_commands_and_addresses_exist(page: Path) -> None:
    code = code_in(page)
    for module in MODULE.findall(code):
        path = ROOT / module.replace(".", "/")
        assert path.with_suffix(".py").exists() or (path / "__main__.py").exists(), module
    for module, name in ADDRESS.findall(code):
        assert hasattr(importlib.import_module(module), name), f"{module}:{name}"
    for words in COMMAND.findall(code):
        command = get_command(app)
        for word in shlex.split(words):
            commands = getattr(command, "commands", None)
            if commands is None:
                break
            assert word in commands, f"interview {words.strip()}: no such command as {word!r}"
            command = commands[word]
