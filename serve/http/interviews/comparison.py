"""``GET /comparison``: the ended interviews of one plan side by side, abilities with their standard errors."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Query, Response
from msgspec import Struct

from interview.errors import NotFound
from interview.sessions.ids import INTERVIEW_ID
from serve.http import openapi
from serve.http.audit_trail import AuditTrail
from serve.http.auth import NO_SUCH_INTERVIEW, REPORTS, Authenticator, Principal
from serve.http.ports import IngressPorts
from storage.archive.port import ComparedInterview

#: More do not fit on a page that a person compares.
COMPARED_AT_MOST = 50

_Plan = Annotated[str, Query(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]*$", description="Id of the plan.")]
_Interviews = Annotated[
    list[Annotated[str, Query(pattern=INTERVIEW_ID)]] | None,
    Query(max_length=COMPARED_AT_MOST, alias="interview", description="Repeatable: these alone."),
]


class Comparison(Struct, frozen=True):
    """Ended interviews of ``plan``, newest first: an order of time, not of merit. ``skills`` in alphabetical order."""

    plan: str
    skills: list[str]
    interviews: list[ComparedInterview]


def comparison_router(ports: IngressPorts, auth: Authenticator, audit: AuditTrail) -> APIRouter:
    router = APIRouter(tags=["reports"])
    Reviewer = Annotated[Principal, Depends(auth.require(REPORTS))]  # noqa: N806 (a type)

    @router.get(
        "/comparison",
        name="compare",
        summary="Compare the candidates of a plan",
        description="Abilities with their standard errors, newest interview first. There is no rank: two abilities "
        "whose intervals overlap are not told apart.",
        **openapi.operation(reply="Comparison", also=(404,)),
    )
    async def comparison(
        caller: Reviewer,
        plan: _Plan,
        interviews: _Interviews = None,
        limit: Annotated[int, Query(ge=1, le=COMPARED_AT_MOST)] = 20,
    ) -> Response:
        await audit.read(caller, "sessions.listed", "", compared=True)
        wanted = None if interviews is None else sorted(set(interviews))
        found = await ports.archive.compare(
            caller.tenant, plan, interviews=wanted, limit=limit if wanted is None else COMPARED_AT_MOST
        )
        if wanted is not None and len(found) < len(wanted):
            raise NotFound(NO_SUCH_INTERVIEW)
        skills = sorted({ability.skill for one in found for ability in one.abilities})
        return Response(msgspec.json.encode(Comparison(plan, skills, found)), media_type="application/json")

    return router
