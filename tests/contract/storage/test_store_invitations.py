"""Invitations in memory and on a real server: one per interview and tenant, replaced, erased, expired."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from interview.sessions.invitation import Invitation, PreparedStart
from storage.invitations.memory import MemoryInvitations
from storage.invitations.port import Invitations
from storage.invitations.redis import RedisInvitations
from storage.redis.client import RedisLink
from storage.sessions.port import SessionKey

NOW = datetime.now(UTC)
KEY = SessionKey("acme", "i-1")
INVITATION = Invitation(
    tenant="acme",
    interview_id="i-1",
    link_id="0123456789abcdef",
    created_at=NOW,
    expires_at=NOW + timedelta(days=1),
    created_by="ops",
    start=PreparedStart(plan={"id": "own"}, candidate_name="Ada", language="en-GB", voice=False),
)


@pytest.fixture(params=["memory", "redis_url", "redis_cluster_url"])
async def invitations(request: pytest.FixtureRequest) -> AsyncIterator[Invitations]:
    found: Invitations
    if request.param == "memory":
        found = MemoryInvitations()
    else:
        found = RedisInvitations(request.getfixturevalue(request.param), prefix=f"i{secrets.token_hex(4)}")
    yield found
    await found.close()


async def test_an_invitation_is_found_under_its_own_interview_and_tenant_alone(invitations: Invitations) -> None:
    await invitations.put(INVITATION)
    assert await invitations.find(KEY) == INVITATION
    assert await invitations.find(SessionKey("rival", "i-1")) is None
    assert await invitations.find(SessionKey("acme", "i-2")) is None


async def test_a_later_invitation_takes_the_place_of_the_earlier_one(invitations: Invitations) -> None:
    await invitations.put(INVITATION)
    await invitations.find(KEY)
    later = replace(INVITATION, link_id="")
    await invitations.put(later)
    assert await invitations.find(KEY) == later


async def test_a_deleted_invitation_is_gone(invitations: Invitations) -> None:
    await invitations.put(INVITATION)
    await invitations.find(KEY)
    assert await invitations.delete(KEY)
    assert await invitations.find(KEY) is None
    assert not await invitations.delete(KEY)


async def test_a_damaged_invitation_hides_no_other_one(redis_url: str, failed_items: list[tuple[str, str]]) -> None:
    prefix = f"i{secrets.token_hex(4)}"
    invitations, link = RedisInvitations(redis_url, prefix=prefix), RedisLink(redis_url)
    await invitations.put(INVITATION)
    await invitations.put(replace(INVITATION, interview_id="i-2"))
    await link.command("SET", f"{prefix}:{{acme/i-2}}:invitation", b"\xc1", what="test")
    assert await invitations.of_tenant("acme") == [INVITATION]
    assert failed_items[0] == ("invitations", "DecodeError")
    await invitations.close()
    await link.close()


async def test_another_process_sees_a_change_within_a_second(redis_url: str) -> None:
    prefix, now = f"i{secrets.token_hex(4)}", [100.0]
    here = RedisInvitations(redis_url, prefix=prefix)
    there = RedisInvitations(redis_url, prefix=prefix, monotonic=lambda: now[0])
    await here.put(INVITATION)
    assert await there.find(KEY) == INVITATION
    await here.put(replace(INVITATION, link_id=""))
    now[0] += 1.0
    found = await there.find(KEY)
    assert found is not None and found.link_id == ""
    await here.close()
    await there.close()


async def test_an_invitation_outlives_its_link_by_a_day(redis_url: str) -> None:
    prefix, ended = f"i{secrets.token_hex(4)}", replace(INVITATION, expires_at=NOW)
    invitations = RedisInvitations(redis_url, prefix=prefix, clock=lambda: NOW)
    await invitations.put(ended)
    link = RedisLink(redis_url)
    left_ms = await link.command("PTTL", f"{prefix}:{{acme/i-1}}:invitation", what="test")
    assert 86_000_000 < left_ms <= 86_400_000
    await link.close()
    await invitations.close()


async def test_a_life_is_lengthened_and_never_shortened_and_a_revocation_stays(redis_url: str) -> None:
    prefix = f"i{secrets.token_hex(4)}"
    invitations, link = RedisInvitations(redis_url, prefix=prefix), RedisLink(redis_url)
    name = f"{prefix}:{{acme/i-1}}:invitation"
    await invitations.keep(KEY, NOW + timedelta(days=9))
    assert await invitations.find(KEY) is None, "there is none to keep"
    await invitations.put(INVITATION)
    await invitations.put(replace(INVITATION, link_id=""))
    for days in (9, 3):
        await invitations.keep(KEY, NOW + timedelta(days=days))
        left_ms = await link.command("PTTL", name, what="test")
        assert timedelta(days=8, hours=23) < timedelta(milliseconds=left_ms) <= timedelta(days=9)
    assert await invitations.find(KEY) == replace(INVITATION, link_id="")
    await invitations.close()
    await link.close()
