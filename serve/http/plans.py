"""``/plans``: draft a plan for a role, read and change it, approve it; the consent text of a plan."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Depends, Path, Request, Response
from msgspec import Struct
from pydantic import Field, field_validator

from deployments.drafting.contract import DraftRequest, PlanDrafting
from interview.drafts.assembly import MAX_MINUTES, MIN_MINUTES
from interview.drafts.draft import PlanDraft
from interview.errors import ConfigError, Conflict, InvalidInput, NotFound
from interview.limits import MAX_DOCUMENT_CHARS
from interview.plans.files import plan_from_data
from interview.plans.plan import InterviewPlan
from interview.plans.style import plan_style
from interview.policies.off_limits import topics_of_plan
from interview.policies.rules import PolicySet
from interview.yaml.source import by_field
from serve.http import openapi
from serve.http.audit_trail import AuditTrail
from serve.http.auth import INTERVIEWS, PLANS, Authenticator, Principal, require_scope
from serve.http.identity.principal import name_of
from serve.http.ports import IngressPorts
from serve.http.request_bodies import Body, bounded_plan, read_json
from storage.plans.port import PlanStatus, TenantPlan, TenantPlans

_NO_SUCH_PLAN = "There is no such plan."

PlanId = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$", description="As the list of plans names it.")]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="`digest` of the plan that you read.")]


class RoleBody(Body):
    role_description: str = Field("", max_length=MAX_DOCUMENT_CHARS, description="The role, as text.")
    role_url: str = Field(
        "", max_length=2000, description="A public job page instead, where `drafting.job_pages` allows it."
    )
    resume_content: str = Field(
        "", max_length=MAX_DOCUMENT_CHARS, description="The reply says which needs it speaks of. Neither is stored."
    )
    minutes: int | None = Field(None, ge=MIN_MINUTES, le=MAX_MINUTES, description="Length of the interview.")


class PlanBody(Body):
    plan: dict[str, Any] = Field(
        description="A whole plan, as in `docs/plans.md`, within the caps of plans in requests."
    )

    @field_validator("plan")
    @classmethod
    def _is_bounded(cls, plan: dict[str, Any]) -> dict[str, Any]:
        return bounded_plan(plan)


class ChangeBody(PlanBody):
    replaces: Digest


class ApprovalBody(Body):
    digest: Digest


class PlanRow(Struct, frozen=True):
    """A plan that interviews can name. An installed one belongs to no tenant."""

    plan_id: str
    title: str
    role: str
    level: str
    language: str
    status: PlanStatus | Literal["installed"]
    minutes: int
    digest: str
    created_at: datetime | None = None
    created_by: str = ""
    approved_at: datetime | None = None
    approved_by: str = ""


class PlanList(Struct, frozen=True):
    plans: list[PlanRow]


class PlanView(Struct, frozen=True):
    """A tenant's plan with what its reader must know. ``uncovered``: needs of the role without a question."""

    row: PlanRow
    draft: PlanDraft
    uncovered: tuple[str, ...]


class PlanProblems(Struct, frozen=True):
    """Problems by field; empty for a plan that can be used."""

    problems: dict[str, str]


class PlanConsent(Struct, frozen=True):
    """What a candidate must accept before an interview with the plan."""

    plan_id: str
    title: str
    role: str
    language: str
    consent_text: str


def plans_router(ports: IngressPorts, auth: Authenticator, audit: AuditTrail) -> APIRouter:
    router = APIRouter(prefix="/plans", tags=["plans"])
    Author = Annotated[Principal, Depends(auth.require(PLANS))]  # noqa: N806 (a type)
    Anyone = Annotated[Principal, Depends(auth.require_any())]  # noqa: N806 (a type)

    @router.get(
        "",
        name="list",
        summary="List the plans",
        description="The installed plans, and the tenant's own, newest first.",
        **openapi.operation(reply="PlanList", also=(404,)),
    )
    async def plans(caller: Anyone) -> Response:
        _may_read(caller)
        own = await _store(ports).list(caller.tenant)
        # each row has the digest of a whole plan
        rows = await asyncio.to_thread(lambda: [_row_of(plan) for plan in own])
        return _json(PlanList([*rows, *(_installed(plan) for plan in ports.installed_plans.values())]))

    @router.post(
        "",
        summary="Draft a plan for a role",
        description="From the installed questions, by meaning. The draft states which needs of the role have no "
        "question. It starts no interview before it is approved.",
        **openapi.operation(reply="PlanView", json=RoleBody, also=(404, 409)),
    )
    async def create(request: Request, caller: Author) -> Response:
        body = await read_json(request, RoleBody)
        drafted = await _drafting(ports).draft(
            DraftRequest(await _role(ports, body), body.resume_content, body.minutes, caller.tenant)
        )
        store = _store(ports)
        taken = {*ports.installed_plans, *(one.plan_id for one in await store.list(caller.tenant))}
        plan = msgspec.structs.replace(drafted.plan, id=_free(drafted.plan.id, taken))
        stored = TenantPlan(
            tenant=caller.tenant,
            draft=msgspec.structs.replace(drafted, plan=plan),
            created_at=datetime.now(UTC),
            created_by=name_of(caller),
        )
        await audit.record(caller, "plan.created", plan.id, digest=plan.digest)
        await store.add(stored, at_most=ports.drafts_per_tenant)
        return _json(_view(stored))

    @router.post(
        "/check",
        summary="Check a plan",
        description="Every problem that the loader finds, breaches of style, and protected topics. Nothing is stored.",
        **openapi.operation(reply="PlanProblems", json=PlanBody),
    )
    async def check(request: Request, _caller: Author) -> Response:
        body = await read_json(request, PlanBody)
        return _json(PlanProblems(await asyncio.to_thread(_problems, body.plan, ports.policies)))

    @router.get("/{plan_id}", summary="Read a plan of the tenant", **openapi.operation(reply="PlanView", also=(404,)))
    async def read(plan_id: PlanId, caller: Author) -> Response:
        return _json(_view(await _found(ports, caller, plan_id)))

    @router.put(
        "/{plan_id}",
        summary="Change a draft",
        description="Stores the whole plan in place of the one in `replaces`. An approved plan does not change.",
        **openapi.operation(reply="PlanView", json=ChangeBody, also=(404, 409)),
    )
    async def change(plan_id: PlanId, request: Request, caller: Author) -> Response:
        body = await read_json(request, ChangeBody)
        found = await _found(ports, caller, plan_id)
        _require_digest(found, body.replaces)
        plan = await asyncio.to_thread(plan_from_data, {**body.plan, "id": plan_id})
        await audit.record(caller, "plan.changed", plan_id, digest=plan.digest)
        draft = msgspec.structs.replace(found.draft, plan=plan)
        return _json(_view(await _store(ports).change(caller.tenant, plan_id, draft, replaces=body.replaces)))

    @router.post(
        "/{plan_id}/approval",
        summary="Approve a plan",
        description="By a person who read the plan with this digest and answers for it. From then on interviews of the "
        "tenant can name it, and it does not change.",
        **openapi.operation(reply="PlanView", json=ApprovalBody, also=(404, 409)),
    )
    async def approve(plan_id: PlanId, request: Request, caller: Author) -> Response:
        body = await read_json(request, ApprovalBody)
        found = await _found(ports, caller, plan_id)
        _require_digest(found, body.digest)
        wrong = await asyncio.to_thread(_breaches, found.draft.plan, ports.policies)
        if wrong:
            raise Conflict("The plan has problems; change it first.", detail={"fields": wrong})
        await audit.record(caller, "plan.approved", plan_id, digest=body.digest)
        approved = await _store(ports).approve(
            caller.tenant, plan_id, digest=body.digest, by=name_of(caller), at=datetime.now(UTC)
        )
        return _json(_view(approved))

    @router.delete(
        "/{plan_id}",
        summary="Delete a plan of the tenant",
        description="Interviews that began with it keep their copy.",
        **openapi.operation(also=(404,), status=204),
    )
    async def delete(plan_id: PlanId, caller: Author) -> Response:
        await _found(ports, caller, plan_id)
        await audit.record(caller, "plan.deleted", plan_id)
        await _store(ports).delete(caller.tenant, plan_id)
        return Response(status_code=204)

    @router.get(
        "/{plan_id}/consent",
        summary="Read a plan's consent text",
        description="For whoever shows it to a candidate before the start.",
        **openapi.operation(reply="PlanConsent", also=(404,)),
    )
    async def consent(plan_id: PlanId, caller: Anyone) -> Response:
        _may_read(caller)
        plan = ports.installed_plans.get(plan_id)
        if plan is None:
            plan = (await _found(ports, caller, plan_id)).draft.plan
        return _json(PlanConsent(plan.id, plan.title, plan.role, plan.language, plan.consent))

    return router


def _may_read(caller: Principal) -> None:
    """Raises Forbidden unless the caller draws up plans or runs interviews."""
    if PLANS not in caller.scopes:
        require_scope(caller, INTERVIEWS)


def _store(ports: IngressPorts) -> TenantPlans:
    if ports.tenant_plans is None:
        raise NotFound("Plans are not managed over HTTP here.")
    return ports.tenant_plans


def _drafting(ports: IngressPorts) -> PlanDrafting:
    if ports.drafting is None:
        raise NotFound("Plans are not drafted here: no encoder is configured.")
    return ports.drafting


async def _role(ports: IngressPorts, body: RoleBody) -> str:
    """The role's text. Raises InvalidInput: neither or both are given; and as ``RolePages.text``."""
    if bool(body.role_url) == bool(body.role_description.strip()):
        raise InvalidInput(
            "Send either role_description or role_url.",
            detail={"fields": {"role_description": "or role_url is required"}},
        )
    if not body.role_url:
        return body.role_description
    if ports.role_pages is None:
        raise InvalidInput("Job pages are not fetched here.", detail={"fields": {"role_url": "is not allowed here"}})
    return await ports.role_pages.text(body.role_url)


async def _found(ports: IngressPorts, caller: Principal, plan_id: str) -> TenantPlan:
    """Raises NotFound: the caller's tenant has no such plan."""
    found = await _store(ports).find(caller.tenant, plan_id)
    if found is None:
        raise NotFound(_NO_SUCH_PLAN)
    return found


def _require_digest(found: TenantPlan, digest: str) -> None:
    """Raises Conflict before the audit log says that something happened; the store decides between two at once."""
    if found.draft.plan.digest != digest:
        raise Conflict(
            "The plan was changed since you read it. Read it again.",
            detail={"fields": {"digest": "is not the current plan's"}},
        )


def _problems(plan: Mapping[str, Any], policies: PolicySet | None) -> dict[str, str]:
    try:
        return _breaches(plan_from_data(dict(plan)), policies)
    except ConfigError as error:
        fields: dict[str, str] = error.detail.get("fields") or {"plan": error.message}
        return fields


def _breaches(plan: InterviewPlan, policies: PolicySet | None) -> dict[str, str]:
    """Breaches of style, and questions about protected topics, by field."""
    return by_field([*plan_style(plan), *(topics_of_plan(policies, plan) if policies is not None else ())])


def _free(plan_id: str, taken: set[str]) -> str:
    """``plan_id``, with a number if it is taken."""
    number, name = 1, plan_id
    while name in taken:
        number += 1
        name = f"{plan_id[:58]}-{number}"
    return name


def _row(plan: InterviewPlan, status: PlanStatus | Literal["installed"]) -> PlanRow:
    minutes = round(plan.time_budget_s / 60)
    return PlanRow(plan.id, plan.title, plan.role, plan.level, plan.language, status, minutes, plan.digest)


def _installed(plan: InterviewPlan) -> PlanRow:
    return _row(plan, "installed")


def _row_of(stored: TenantPlan) -> PlanRow:
    return msgspec.structs.replace(
        _row(stored.draft.plan, stored.status),
        created_at=stored.created_at,
        created_by=stored.created_by,
        approved_at=stored.approved_at,
        approved_by=stored.approved_by,
    )


def _view(stored: TenantPlan) -> PlanView:
    return PlanView(_row_of(stored), stored.draft, stored.draft.uncovered)


def _json(reply: Struct) -> Response:
    return Response(msgspec.json.encode(reply), media_type="application/json")
