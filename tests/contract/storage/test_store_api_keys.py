"""API keys on a real redis-server: what is stored, what is accepted, and how fast a revocation bites."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from interview.errors import InvalidInput, NotFound
from storage.keys.redis import RedisApiKeys
from storage.redis.connections import Argument

SCOPES = frozenset({"interviews", "reports"})


class Time:
    def __init__(self) -> None:
        self.now = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)

    def clock(self) -> datetime:
        return self.now

    def monotonic(self) -> float:
        return self.now.timestamp()

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def prefix() -> str:
    return f"k{secrets.token_hex(4)}"


@pytest.fixture
async def keys(any_redis_url: str, prefix: str, time: Time) -> AsyncIterator[RedisApiKeys]:
    keys = RedisApiKeys(any_redis_url, prefix=prefix, clock=time.clock, monotonic=time.monotonic)
    yield keys
    await keys.close()


@pytest.fixture
async def elsewhere(any_redis_url: str, prefix: str, time: Time) -> AsyncIterator[RedisApiKeys]:
    """The same keys in another process."""
    keys = RedisApiKeys(any_redis_url, prefix=prefix, clock=time.clock, monotonic=time.monotonic)
    yield keys
    await keys.close()


async def test_a_created_key_verifies_as_its_tenant_with_its_scopes(keys: RedisApiKeys, time: Time) -> None:
    made = await keys.create(tenant="acme", scopes=SCOPES, label="ci")
    found = await keys.verify(made.secret)
    assert found == made.key
    assert found is not None
    assert (found.tenant, found.scopes, found.label, found.created_at) == ("acme", SCOPES, "ci", time.now)


async def test_every_key_is_different_and_long(keys: RedisApiKeys) -> None:
    made = [await keys.create(tenant="acme", scopes=SCOPES) for _ in range(50)]
    assert len({key.secret for key in made}) == len({key.key.key_id for key in made}) == 50
    assert all(key.secret.startswith(f"ik_{key.key.key_id}_") and len(key.secret) == 59 for key in made)


async def test_the_secret_is_stored_nowhere_and_shown_in_no_repr(keys: RedisApiKeys, prefix: str) -> None:
    made = await keys.create(tenant="acme", scopes=SCOPES)
    secret = made.secret.rpartition(f"{made.key.key_id}_")[2]
    assert secret not in repr(made) + str(made) + f"{made}"
    name = f"{prefix}:{{keys}}:key:{made.key.key_id}"
    stored = await keys._link.command("HGETALL", name, what="test")
    assert set(stored[::2]) == {b"record", b"digest"}
    assert all(secret.encode() not in part for part in stored)


@pytest.mark.parametrize("position", [3, 14, 16, 40, -1])
async def test_a_key_changed_in_any_place_is_refused(keys: RedisApiKeys, position: int) -> None:
    made = await keys.create(tenant="acme", scopes=SCOPES)
    old = made.secret[position]
    forged = list(made.secret)
    forged[position] = "a" if old != "a" else "b"
    assert await keys.verify("".join(forged)) is None
    assert await keys.verify(made.secret) is not None
    assert await keys.verify("".join(forged)) is None


@pytest.mark.parametrize(
    "presented", ["", "ik_", "ik__", "Bearer x", "ik_000000000000_" + "A" * 43, "ik_*_" + "A" * 43]
)
async def test_what_was_never_made_is_refused(keys: RedisApiKeys, presented: str) -> None:
    await keys.create(tenant="acme", scopes=SCOPES)
    assert await keys.verify(presented) is None


@pytest.mark.parametrize("tail", ["\n", " ", "A", "\x00"])
async def test_a_key_with_something_after_it_is_refused(keys: RedisApiKeys, tail: str) -> None:
    made = await keys.create(tenant="acme", scopes=SCOPES)
    assert await keys.verify(made.secret + tail) is None


async def test_an_expired_key_is_refused(keys: RedisApiKeys, time: Time) -> None:
    made = await keys.create(tenant="acme", scopes=SCOPES, expires_in=timedelta(seconds=0.5))
    assert await keys.verify(made.secret) is not None
    time.advance(0.5)
    assert await keys.verify(made.secret) is None


async def test_a_revoked_key_is_refused_here_at_once_and_elsewhere_within_a_second(
    keys: RedisApiKeys, elsewhere: RedisApiKeys, time: Time
) -> None:
    made = await keys.create(tenant="acme", scopes=SCOPES)
    assert await keys.verify(made.secret) is not None
    assert await elsewhere.verify(made.secret) is not None
    await keys.revoke(made.key.key_id)
    assert await keys.verify(made.secret) is None
    time.advance(1.0)
    assert await elsewhere.verify(made.secret) is None


async def test_a_verified_key_is_not_asked_for_again_within_a_second(
    keys: RedisApiKeys, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await keys.create(tenant="acme", scopes=SCOPES)
    asked = 0
    look_up = keys._look_up

    async def counting(key_id: str) -> object:
        nonlocal asked
        asked += 1
        return await look_up(key_id)

    monkeypatch.setattr(keys, "_look_up", counting)
    for _ in range(5):
        await keys.verify(made.secret)
        time.advance(0.19)
    assert asked == 1
    time.advance(0.1)
    await keys.verify(made.secret)
    assert asked == 2


async def test_revoking_twice_is_the_same_as_once_and_keeps_the_first_time(keys: RedisApiKeys, time: Time) -> None:
    made = await keys.create(tenant="acme", scopes=SCOPES)
    await keys.revoke(made.key.key_id)
    first = time.now
    time.advance(60)
    await keys.revoke(made.key.key_id)
    assert [key.revoked_at for key in await keys.list("acme")] == [first]


async def test_revoking_an_unknown_key_says_so(keys: RedisApiKeys) -> None:
    with pytest.raises(NotFound):
        await keys.revoke("000000000000")


async def test_a_tenants_list_holds_its_own_keys_oldest_first(keys: RedisApiKeys, time: Time) -> None:
    first = await keys.create(tenant="acme", scopes=SCOPES)
    time.advance(1)
    second = await keys.create(tenant="acme", scopes=frozenset({"inference"}), expires_in=timedelta(days=1))
    await keys.create(tenant="globex", scopes=SCOPES)
    assert await keys.list("acme") == [first.key, second.key]
    assert await keys.list("nobody") == []


@pytest.mark.parametrize(
    ("field", "changed"),
    [
        ("tenant", {"tenant": ""}),
        ("scopes", {"scopes": frozenset()}),
        ("tenant", {"tenant": "a\nb"}),
        ("scopes", {"scopes": frozenset({"Interviews!"})}),
        ("scopes", {"scopes": frozenset({"interviews", "admin"})}),
        ("label", {"label": "x" * 201}),
        ("expires_in", {"expires_in": timedelta(0)}),
    ],
)
async def test_wrong_fields_are_named(keys: RedisApiKeys, field: str, changed: dict[str, object]) -> None:
    with pytest.raises(InvalidInput) as caught:
        await keys.create(**{"tenant": "acme", "scopes": SCOPES, **changed})  # type: ignore[arg-type]
    assert set(caught.value.detail["fields"]) == {field}


async def test_many_requests_at_once_ask_for_a_key_once(keys: RedisApiKeys) -> None:
    made = await keys.create(tenant="acme", scopes=SCOPES)
    asked = 0
    command = keys._link.command

    async def counted(*words: Argument, what: str) -> object:
        nonlocal asked
        asked += 1
        return await command(*words, what=what)

    keys._link.command = counted  # type: ignore[method-assign]
    found = await asyncio.gather(*(keys.verify(made.secret) for _ in range(50)))
    assert [key.key_id for key in found if key] == [made.key.key_id] * 50
    assert asked == 1


async def test_a_caller_that_goes_away_does_not_take_the_answer_from_the_others(keys: RedisApiKeys) -> None:
    made = await keys.create(tenant="acme", scopes=SCOPES)
    first, second = (asyncio.create_task(keys.verify(made.secret)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    found = await second
    assert found is not None
    assert found.key_id == made.key.key_id


async def test_a_misspelt_scope_is_answered_with_the_right_one(keys: RedisApiKeys) -> None:
    with pytest.raises(InvalidInput, match="the unknown 'report' – did you mean 'reports'") as caught:
        await keys.create(tenant="acme", scopes=frozenset({"interviews", "report"}))
    assert "interviews, keys, operations, plans, plans:inline, privacy, reports" in caught.value.message
    with pytest.raises(InvalidInput, match=r"the unknown 'xyzzy' \(known: agent, inference,"):
        await keys.create(tenant="acme", scopes=frozenset({"xyzzy"}))
    assert await keys.list("acme") == []


@pytest.mark.parametrize("tenant", ["Acme Corp", "Müller", "a/b"])
async def test_a_tenant_of_any_printable_name_has_keys(keys: RedisApiKeys, tenant: str) -> None:
    made = await keys.create(tenant=tenant, scopes=SCOPES)
    found = await keys.verify(made.secret)
    assert found is not None
    assert found.tenant == tenant
    assert await keys.list(tenant) == [made.key]


async def test_a_record_that_cannot_be_read_does_not_hide_the_other_keys(
    keys: RedisApiKeys, prefix: str, failed_items: list[tuple[str, str]]
) -> None:
    damaged, whole = [await keys.create(tenant="acme", scopes=SCOPES) for _ in range(2)]
    name = f"{prefix}:{{keys}}:key:{damaged.key.key_id}"
    await keys._link.command("HSET", name, "record", b"\xc1", what="test")
    assert await keys.list("acme") == [whole.key]
    assert failed_items == [("keys", "DecodeError")]
