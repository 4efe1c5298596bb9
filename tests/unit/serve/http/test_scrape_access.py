"""A scraper keeps its access through an outage of the store, and an outage grants no access."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from interview.errors import Forbidden, StorageUnavailable, Unauthenticated
from serve.http.auth import OPERATIONS, REPORTS, Authenticator
from serve.http.scrape_access import ACCEPTED_FOR_S, ScrapeAccess


class Keys:
    """A key store that can go away."""

    def __init__(self) -> None:
        self.away = False
        self.scopes: dict[str, frozenset[str]] = {"good": frozenset({OPERATIONS}), "reader": frozenset({REPORTS})}

    async def verify(self, presented: str) -> SimpleNamespace | None:
        if self.away:
            raise StorageUnavailable("away")
        scopes = self.scopes.get(presented)
        if scopes is None:
            return None
        return SimpleNamespace(tenant="local", scopes=scopes, key_id=presented, label="", expires_at=None)


async def test_a_key_seen_before_is_accepted_for_an_hour_of_outage() -> None:
    keys, now = Keys(), 0.0
    access = ScrapeAccess(Authenticator(keys), clock=lambda: now)
    await access.admit("good")
    keys.away, now = True, ACCEPTED_FOR_S - 1
    await access.admit("good")
    now = ACCEPTED_FOR_S
    with pytest.raises(StorageUnavailable):
        await access.admit("good")


@pytest.mark.parametrize("token", ["guessed", "reader", "", None])
async def test_an_outage_admits_no_other_key(token: str | None) -> None:
    keys = Keys()
    access = ScrapeAccess(Authenticator(keys), clock=lambda: 0.0)
    await access.admit("good")
    with pytest.raises((Unauthenticated, Forbidden)):
        await access.admit(token)
    keys.away = True
    with pytest.raises((StorageUnavailable, Unauthenticated)):
        await access.admit(token)


async def test_a_revoked_key_is_forgotten() -> None:
    keys = Keys()
    access = ScrapeAccess(Authenticator(keys), clock=lambda: 0.0)
    await access.admit("good")
    del keys.scopes["good"]
    with pytest.raises(Unauthenticated):
        await access.admit("good")
    keys.away = True
    with pytest.raises(StorageUnavailable):
        await access.admit("good")
