"""One key for a data directory, however often the platform starts on it; a new one only when it serves no more."""

from __future__ import annotations

import secrets
import stat
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from serve.local.local_key import LOCAL_SCOPES, LOCAL_TENANT, key_path, local_key
from storage.keys.redis import RedisApiKeys


@pytest.fixture
async def keys(redis_url: str) -> AsyncIterator[RedisApiKeys]:
    keys = RedisApiKeys(redis_url, prefix=f"l{secrets.token_hex(4)}")
    yield keys
    await keys.close()


async def test_every_start_has_the_same_key(keys: RedisApiKeys, tmp_path: Path) -> None:
    first = await local_key(keys, tmp_path / "data", label="interview up")
    assert await local_key(keys, tmp_path / "data", label="interview up") == first
    assert len(await keys.list(LOCAL_TENANT)) == 1
    found = await keys.verify(first)
    assert found is not None
    assert found.scopes == LOCAL_SCOPES
    path = key_path(tmp_path / "data")
    assert path.read_text().strip() == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "why", ["revoked", "of fewer scopes", "of another tenant", "of another store", "damaged", "empty"]
)
async def test_a_key_that_serves_no_more_is_replaced(keys: RedisApiKeys, tmp_path: Path, why: str) -> None:
    first = await local_key(keys, tmp_path, label="interview up")
    path = key_path(tmp_path)
    if why == "revoked":
        await keys.revoke(first.split("_")[1])
    elif why == "of fewer scopes":
        path.write_text((await keys.create(tenant=LOCAL_TENANT, scopes=frozenset({"reports"}))).secret)
    elif why == "of another tenant":
        path.write_text((await keys.create(tenant="acme", scopes=LOCAL_SCOPES)).secret)
    elif why == "of another store":
        path.write_text("ik_" + "0" * 12 + "_" + "A" * 43)
    else:
        path.write_text("not a key" if why == "damaged" else "")
    kept = path.read_text()
    second = await local_key(keys, tmp_path, label="interview up")
    assert second not in (first, kept)
    assert await keys.verify(second) is not None
    assert await local_key(keys, tmp_path, label="interview up") == second


async def test_an_expired_key_is_replaced(keys: RedisApiKeys, tmp_path: Path) -> None:
    made = await keys.create(tenant=LOCAL_TENANT, scopes=LOCAL_SCOPES, expires_in=timedelta(microseconds=1))
    key_path(tmp_path).write_text(made.secret)
    assert await local_key(keys, tmp_path, label="interview up") != made.secret
