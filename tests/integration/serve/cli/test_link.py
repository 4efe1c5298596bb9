"""``interview link``: a link that the platform of the same data directory accepts."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from typer.testing import CliRunner

from interview.errors import ConfigError, InvalidInput, NotFound
from serve.cli.main import app
from serve.http.identity.candidate_tokens import CandidateTokens
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
    run("i-1", "--revoke", "--data", str(data))
    assert asyncio.run(prepared(data, second)) is None


@pytest.mark.parametrize(
    "words", [(), ("--name", "Ada"), ("--plan", "no-such-plan"), ("--plan", "backend-engineer", "--days", "91")]
)
def test_a_link_that_leads_nowhere_is_refused(data: Path, words: tuple[str, ...]) -> None:
    with pytest.raises((InvalidInput, NotFound, ConfigError)):
        link(data, *words)
