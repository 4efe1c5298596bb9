"""``POST /candidate/formula``: what a formula gives on the example sheet of the open question. Nothing is stored."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field

from deployments.grading.contract import CalculateRequest
from interview.errors import Conflict, NotFound, UnsupportedRequest
from interview.plans.questions import Formula
from serve.http import openapi
from serve.http.auth import NO_SUCH_INTERVIEW, Authenticator, Principal
from serve.http.interviews.agent_calls import StepCaller
from serve.http.limits.hearing_places import FORMULAS, HearingPlaces
from serve.http.ports import IngressPorts
from serve.http.request_bodies import Body, read_json
from storage.blobs.pinned_plans import PinnedPlans
from storage.sessions.port import SessionKey

#: Longer formulas are refused by the screen of the grader as well.
MAX_FORMULA_CHARS = 2_000


class FormulaBody(Body):
    formula: str = Field("", max_length=MAX_FORMULA_CHARS, description="Empty: the sheet alone.")


def formulas_router(ports: IngressPorts, auth: Authenticator, agent: StepCaller) -> APIRouter:
    router = APIRouter(tags=["candidates"])
    plans = PinnedPlans(ports.blobs, capacity=8)
    places = HearingPlaces(ports.slots, FORMULAS)
    Candidate = Annotated[Principal, Depends(auth.require_candidate())]  # noqa: N806 (a type)

    @router.post(
        "/candidate/formula",
        summary="Try a formula",
        description="What a formula gives on the example sheet of the open formula question. The sheet has the columns "
        "of the question and is none of those that grade; the result says nothing about the grade. Nothing is stored.",
        **openapi.operation(reply="Calculation", json=FormulaBody, also=(404, 409)),
    )
    async def formula(request: Request, candidate: Candidate) -> Response:
        if ports.formulas is None:
            raise UnsupportedRequest("Formulas cannot be tried here; please answer without.")
        agent.admit()
        body = await read_json(request, FormulaBody)
        key = SessionKey(candidate.tenant, candidate.interview_id or "")
        state = await ports.sessions.load(key)
        if state is None:
            raise NotFound(NO_SUCH_INTERVIEW)
        asked = state.current_question
        plan = await plans.get(state)
        question = plan.by_id.get(asked.question_id) if asked is not None else None
        if state.status != "active" or question is None or not isinstance(question.grader, Formula):
            raise Conflict("The open question asks for no formula.")
        async with places.held(key):
            with agent.working():
                found = await ports.formulas.calculate(CalculateRequest(question, body.formula, key.tenant))
        return Response(msgspec.json.encode(found), media_type="application/json")

    return router
