"""``/session/report``: read the report as JSON, HTML or PDF; override a grade with a reason."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request, Response

from interview.reports.override import override as overriding
from serve.http import openapi
from serve.http.audit_trail import AuditTrail
from serve.http.auth import REPORTS, Authenticator, InterviewId, Principal
from serve.http.content_negotiation import preferred
from serve.http.identity.principal import author_of
from serve.http.interviews.decided_once import Decision, decided_once
from serve.http.interviews.sessions import IDEMPOTENCY_KEY
from serve.http.ports import IngressPorts, ReportFormat
from serve.http.request_bodies import OverrideBody, read_json
from storage.archive.transfer import made_live
from storage.blobs.pinned_plans import PinnedPlans
from storage.sessions.port import SessionKey

_FORMATS: dict[str, ReportFormat] = {"application/json": "json", "text/html": "html", "application/pdf": "pdf"}

_MEDIA_TYPES: dict[ReportFormat, str] = {form: media_type for media_type, form in _FORMATS.items()}

_CONTENT = {
    "application/json": {"schema": {"$ref": openapi.REF.format(name="Report")}},
    "text/html": {"schema": {"type": "string"}},
    "application/pdf": {"schema": {"type": "string", "contentMediaType": "application/pdf"}},
}

#: The page contains its own style and drawings; only audio is loaded, from this origin.
_PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; media-src 'self'; frame-ancestors 'none'"


#: Of the idempotency records of overrides.
SCOPE = "override"

DecisionKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern=IDEMPOTENCY_KEY,
        description="1 to 255 visible ASCII characters, new for each decision. Without it, a retry is a new decision.",
    ),
]


def reports_router(ports: IngressPorts, auth: Authenticator, audit: AuditTrail) -> APIRouter:
    router = APIRouter(prefix="/session", tags=["reports"])
    plans = PinnedPlans(ports.blobs, capacity=8)
    Reviewer = Annotated[Principal, Depends(auth.require(REPORTS))]  # noqa: N806 (a type)

    @router.get(
        "/report/{interview_id}",
        name="read",
        summary="Read the report",
        description="Finished or provisional; `Accept` or `?format=` selects JSON, HTML or PDF.",
        **openapi.operation(content=_CONTENT, also=(404, 406, 410)),
    )
    async def report(
        interview_id: InterviewId,
        request: Request,
        caller: Reviewer,
        format: Annotated[ReportFormat | None, Query(description="Overrides `Accept`.")] = None,
    ) -> Response:
        form = preferred(request.headers.get("accept"), _FORMATS) if format is None else format
        key = SessionKey(caller.tenant, interview_id)
        document = await ports.reports.report(key, form)
        await audit.read(caller, "report.read", interview_id, format=form)
        headers = {"Vary": "Accept"}
        if form == "html":
            headers["Content-Security-Policy"] = _PAGE_POLICY
        elif form == "pdf":
            headers["Content-Disposition"] = f'inline; filename="report-{interview_id}.pdf"'
        return Response(document, media_type=_MEDIA_TYPES[form], headers=headers)

    @router.post(
        "/report/{interview_id}/override",
        summary="Override a grade",
        description="A person's grade replaces the standing one; the report shows both, with author and reason. "
        "`replaces` protects a colleague's decision from being overwritten unseen. A retry with the same "
        "`Idempotency-Key` and content decides once and gets the first reply.",
        **openapi.operation(reply="GradeRecord", json=OverrideBody, also=(404, 409, 410)),
    )
    async def override(
        interview_id: InterviewId, request: Request, caller: Reviewer, idempotency_key: DecisionKey = None
    ) -> Response:
        body = await read_json(request, OverrideBody)
        author = author_of(caller, body.author)
        key = SessionKey(caller.tenant, interview_id)
        plan = await plans.get(await made_live(ports.sessions, ports.archive, key))
        decision = Decision(
            SCOPE,
            idempotency_key,
            [body.question_id, body.score, author, body.reason, body.replaces],
            lambda state: overriding(
                state,
                plan,
                body.question_id,
                score=body.score,
                author=author,
                reason=body.reason,
                replaces=body.replaces,
            ),
            lambda state: next(one for one in state.grades if one.question_id == body.question_id),
        )
        reply = await decided_once(
            ports.sessions,
            key,
            decision,
            lambda: audit.record(caller, "grade.overridden", interview_id, question_id=body.question_id, author=author),
        )
        state = await ports.sessions.load(key)
        if state is not None and state.has_ended:
            # the archive was written when the interview ended, and outlives the live store
            await ports.reports.renew(key)
        return Response(reply, media_type="application/json")

    return router
