"""A tenant's plans: kept apart by tenant, changed and approved by digest. On SQLite and on a real PostgreSQL."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace
from sqlalchemy import select, update

from interview.drafts.draft import NeedCoverage, PlanDraft
from interview.errors import Conflict, NotFound
from interview.plans.files import load_plan
from storage.archive.database import Database
from storage.archive.plans import SqlTenantPlans
from storage.archive.tables import tenant_plans
from storage.plans.port import TenantPlan
from tests.support.paths import ROOT

PLAN = load_plan(ROOT / "configs" / "interviews" / "data-analyst.yaml")
NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)


def draft(name: str = "baker", title: str = "Baker") -> PlanDraft:
    return PlanDraft(replace(PLAN, id=name, title=title), (NeedCoverage("bread", "skill", 1.0),), ("Read it.",))


def stored(name: str = "baker", *, tenant: str = "acme", at: datetime = NOW) -> TenantPlan:
    return TenantPlan(tenant, draft(name), at, "Ada")


@pytest.fixture
async def plans(archive_url: str) -> AsyncIterator[SqlTenantPlans]:
    database = Database(archive_url)
    yield SqlTenantPlans(database)
    await database.close()


async def test_a_plan_comes_back_as_it_was_and_to_its_tenant_alone(plans: SqlTenantPlans) -> None:
    await plans.add(stored(), at_most=5)
    assert await plans.find("acme", "baker") == stored()
    assert await plans.find("rival", "baker") is None
    assert await plans.list("rival") == []
    with pytest.raises(NotFound):
        await plans.approve("rival", "baker", digest=draft().plan.digest, by="Eve", at=NOW)
    with pytest.raises(NotFound):
        await plans.change("rival", "baker", draft(), replaces=draft().plan.digest)
    assert not await plans.delete("rival", "baker")
    assert await plans.find("acme", "baker") == stored()


async def test_one_of_many_who_add_a_plan_at_once_succeeds_and_the_others_are_told(plans: SqlTenantPlans) -> None:
    for number in range(8):
        added = [plans.add(stored(f"baker-{number}"), at_most=50) for _ in range(8)]
        results = await asyncio.gather(*added, return_exceptions=True)
        assert [type(result) for result in results if result is not None] == [Conflict] * 7, results


async def test_nothing_about_a_candidates_resume_is_stored_or_read_back(archive_url: str) -> None:
    database = Database(archive_url)
    plans = SqlTenantPlans(database)
    told = replace(draft(), coverage=(NeedCoverage("bread", "skill", 1.0, in_resume=True),))
    await plans.add(replace(stored(), draft=told), at_most=5)
    assert await plans.find("acme", "baker") == stored()
    rows = await database.read("test", lambda connection: connection.execute(select(tenant_plans.c.draft)).all())
    assert [json.loads(row.draft)["coverage"][0]["in_resume"] for row in rows] == [None]
    as_before = update(tenant_plans).values(draft=msgspec.json.encode(told).decode())
    await database.write("test", lambda connection: connection.execute(as_before).rowcount)
    assert await plans.find("acme", "baker") == stored()
    await database.close()


async def test_plans_are_decoded_off_the_event_loop(plans: SqlTenantPlans, monkeypatch: pytest.MonkeyPatch) -> None:
    await plans.add(stored(), at_most=5)
    threads: list[threading.Thread] = []
    decode = msgspec.json.decode

    def noting(*args: Any, **options: Any) -> Any:
        threads.append(threading.current_thread())
        return decode(*args, **options)

    monkeypatch.setattr(msgspec.json, "decode", noting)
    await plans.list("acme")
    await plans.find("acme", "baker")
    assert len(threads) == 2
    assert threading.current_thread() not in threads


async def test_the_newest_is_listed_first_and_the_number_is_bounded(plans: SqlTenantPlans) -> None:
    for number in range(3):
        await plans.add(stored(f"p{number}", at=NOW + timedelta(hours=number)), at_most=3)
    assert [one.plan_id for one in await plans.list("acme")] == ["p2", "p1", "p0"]
    with pytest.raises(Conflict, match="3 plans"):
        await plans.add(stored("p4"), at_most=3)
    await plans.add(stored("p0", tenant="rival"), at_most=3)
    assert await plans.delete("acme", "p0")
    with pytest.raises(Conflict, match="already"):
        await plans.add(stored("p1"), at_most=3)


async def test_only_the_plan_that_was_read_is_approved(plans: SqlTenantPlans) -> None:
    await plans.add(stored(), at_most=5)
    read = draft().plan.digest
    changed = await plans.change("acme", "baker", draft(title="Head Baker"), replaces=read)
    with pytest.raises(Conflict, match="changed since"):
        await plans.approve("acme", "baker", digest=read, by="Ada", at=NOW)
    digest = changed.draft.plan.digest
    approved = await plans.approve("acme", "baker", digest=digest, by="Ada", at=NOW)
    assert (approved.status, approved.approved_by, approved.approved_at) == ("approved", "Ada", NOW)
    assert await plans.find("acme", "baker") == approved


async def test_an_approved_plan_never_changes(plans: SqlTenantPlans) -> None:
    await plans.add(stored(), at_most=5)
    digest = draft().plan.digest
    first = await plans.approve("acme", "baker", digest=digest, by="Ada", at=NOW)
    again = await plans.approve("acme", "baker", digest=digest, by="Eve", at=NOW + timedelta(days=1))
    assert again == first
    with pytest.raises(Conflict, match="does not change"):
        await plans.change("acme", "baker", draft(title="Head Baker"), replaces=digest)
