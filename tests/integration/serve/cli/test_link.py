"""``interview link``: a link that the platform of the same data directory accepts."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import psutil
import pytest
from typer.testing import CliRunner

from interview.errors import ConfigError, InvalidInput, NotFound
from serve.cli.main import app
from serve.composition.local_stores import open_stores
from serve.http.identity.candidate_tokens import CandidateTokens
from serve.local.process_supervisor import pid_file_of
from serve.local.serving_address import serving_at
from serve.settings import StorageSettings
from storage.audit.port import COMMAND_LINE
from storage.embedded.server import EmbeddedRedis
from storage.invitations.redis import RedisInvitations
from storage.keys.signing_keys import signing_keys


async def prepared(data: Path, token: str) -> object:
    """What a replica over this data directory finds behind a link."""
    with EmbeddedRedis(data) as server:
        invitations = RedisInvitations(server.url)
        found = await CandidateTokens(signing_keys(data), invitations).verify(token, "link")
        await invitations.close()
        return found and (found.tenant, found.interview_id, found.start.plan, found.start.candidate_name)


def run(*words: str) -> str:
    done = CliRunner().invoke(app, ["link", *words])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("REDIS_URL", raising=False)
    return tmp_path


def link(data: Path, *words: str) -> str:
    address, _, token = run("i-1", *words, "--data", str(data)).strip().partition("#")
    assert address == "http://127.0.0.1:8000/room"
    return token


def test_a_link_is_made_replaced_and_revoked_without_a_running_platform(data: Path) -> None:
    first = link(data, "--plan", "backend-engineer", "--name", "Ada")
    assert asyncio.run(prepared(data, first)) == ("local", "i-1", "backend-engineer", "Ada")
    second = link(data)
    assert asyncio.run(prepared(data, first)) is None
    assert asyncio.run(prepared(data, second)) == ("local", "i-1", "backend-engineer", "Ada")
    (listed,) = json.loads(run("--list", "--json", "--data", str(data)))
    assert (listed["interview"], listed["candidate"], bool(listed["link_ends"])) == ("i-1", "Ada", True)
    assert json.loads(run("i-1", "--revoke", "--json", "--data", str(data))) == {"interview": "i-1", "revoked": True}
    assert asyncio.run(prepared(data, second)) is None
    (listed,) = json.loads(run("--list", "--json", "--data", str(data)))
    assert listed["link_ends"] is None
    third = json.loads(run("i-1", "--json", "--data", str(data)))["link"].partition("#")[2]
    assert asyncio.run(prepared(data, third)) == ("local", "i-1", "backend-engineer", "Ada")


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--name", "Ada"),
        ("--plan", "no-such-plan"),
        ("--plan", "backend-engineer", "--days", "91"),
        ("--plan", "backend-engineer", "--resume", "no-such-file.txt"),
        ("--role", "no-such-file.txt"),
    ],
)
def test_a_link_that_leads_nowhere_is_refused(data: Path, words: tuple[str, ...]) -> None:
    with pytest.raises((InvalidInput, NotFound, ConfigError)):
        link(data, *words)


def test_a_list_of_names_is_audited(data: Path) -> None:
    link(data, "--plan", "backend-engineer", "--name", "Ada")
    assert "Ada" in run("--list", "--data", str(data))

    async def audited() -> list[tuple[str, str]]:
        async with open_stores(StorageSettings(), data) as stores:
            return [(entry.actor, entry.action) for entry in await stores.audit.entries("local")]

    assert asyncio.run(audited()) == [(COMMAND_LINE, "invitations.listed")]


def test_a_link_leads_to_the_address_of_the_platform_that_runs(data: Path) -> None:
    own = psutil.Process()
    pid_file = pid_file_of(data)
    pid_file.parent.mkdir(parents=True)
    pid_file.write_text(json.dumps({"launcher": {"pid": own.pid, "started": own.create_time()}}))
    with serving_at(data, "http://0.0.0.0:8423"):
        assert run("i-1", "--plan", "backend-engineer", "--data", str(data)).startswith("http://127.0.0.1:8423/room#")
    assert run("i-1", "--data", str(data)).startswith("http://127.0.0.1:8000/room#")
