"""A tenant's own plans in SQL."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from interview.drafts.draft import PlanDraft
from interview.errors import Conflict, NotFound
from storage.archive.database import Database
from storage.archive.tables import tenant_plans
from storage.plans.port import TenantPlan

_columns = tenant_plans.c

NO_SUCH_PLAN = "There is no such plan."


class SqlTenantPlans:
    """``TenantPlans`` over a ``Database``, which the archive closes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, plan: TenantPlan, *, at_most: int) -> None:
        def adding(connection: Connection) -> None:
            of_tenant = select(func.count()).where(_columns.tenant == plan.tenant)
            if connection.execute(of_tenant).scalar_one() >= at_most:
                raise Conflict(f"There are {at_most} plans already; delete one first.")
            there_is_one = f"There is a plan {plan.plan_id!r} already."
            if _row(connection, plan.tenant, plan.plan_id) is not None:
                raise Conflict(there_is_one)
            try:
                connection.execute(insert(tenant_plans).values(_values(plan)))
            except IntegrityError as error:  # PostgreSQL: another transaction added it since
                raise Conflict(there_is_one) from error

        await self._database.write("plan_add", adding)

    async def find(self, tenant: str, plan_id: str) -> TenantPlan | None:
        def finding(connection: Connection) -> TenantPlan | None:
            row = _row(connection, tenant, plan_id)
            return None if row is None else _plan(row)

        return await self._database.read("plan_find", finding)

    async def list(self, tenant: str) -> list[TenantPlan]:
        wanted = select(tenant_plans).where(_columns.tenant == tenant)
        wanted = wanted.order_by(_columns.created_at.desc(), _columns.plan_id)
        return await self._database.read(
            "plan_list", lambda connection: [_plan(row) for row in connection.execute(wanted)]
        )

    async def change(self, tenant: str, plan_id: str, draft: PlanDraft, *, replaces: str) -> TenantPlan:
        def changing(connection: Connection) -> TenantPlan:
            found = _expected(connection, tenant, plan_id, replaces)
            if found.status == "approved":
                raise Conflict("An approved plan does not change; make another draft.")
            changed = msgspec.structs.replace(found, draft=draft)
            connection.execute(_update(changed))
            return changed

        return await self._database.write("plan_change", changing)

    async def approve(self, tenant: str, plan_id: str, *, digest: str, by: str, at: datetime) -> TenantPlan:
        def approving(connection: Connection) -> TenantPlan:
            found = _expected(connection, tenant, plan_id, digest)
            if found.status == "approved":
                return found
            approved = msgspec.structs.replace(found, status="approved", approved_by=by, approved_at=at)
            connection.execute(_update(approved))
            return approved

        return await self._database.write("plan_approve", approving)

    async def delete(self, tenant: str, plan_id: str) -> bool:
        gone = delete(tenant_plans).where(_columns.tenant == tenant, _columns.plan_id == plan_id)
        return await self._database.write("plan_delete", lambda connection: connection.execute(gone).rowcount > 0)


def _row(connection: Connection, tenant: str, plan_id: str, *, locked: bool = False) -> Row[Any] | None:
    wanted = select(tenant_plans).where(_columns.tenant == tenant, _columns.plan_id == plan_id)
    return connection.execute(wanted.with_for_update() if locked else wanted).one_or_none()


def _expected(connection: Connection, tenant: str, plan_id: str, digest: str) -> TenantPlan:
    """The plan, locked. Raises NotFound, Conflict: its digest is another one."""
    row = _row(connection, tenant, plan_id, locked=True)
    if row is None:
        raise NotFound(NO_SUCH_PLAN)
    found = _plan(row)
    if found.draft.plan.digest != digest:
        raise Conflict(
            "The plan was changed since you read it. Read it again.",
            detail={"fields": {"digest": "is not the current plan's"}},
        )
    return found


def _update(plan: TenantPlan) -> Any:
    where = (_columns.tenant == plan.tenant, _columns.plan_id == plan.plan_id)
    return update(tenant_plans).where(*where).values(_values(plan))


def _values(plan: TenantPlan) -> dict[str, Any]:
    return {
        "tenant": plan.tenant,
        "plan_id": plan.plan_id,
        "status": plan.status,
        "created_at": plan.created_at,
        "created_by": plan.created_by,
        "approved_at": plan.approved_at,
        "approved_by": plan.approved_by,
        "draft": msgspec.json.encode(plan.draft.without_resume()).decode(),
    }


def _plan(row: Row[Any]) -> TenantPlan:
    return TenantPlan(
        tenant=row.tenant,
        draft=msgspec.json.decode(row.draft, type=PlanDraft).without_resume(),  # earlier releases stored the flags
        created_at=row.created_at,
        created_by=row.created_by,
        status=row.status,
        approved_at=row.approved_at,
        approved_by=row.approved_by,
    )
