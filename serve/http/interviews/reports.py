"""``/session/report``: read the report as JSON, HTML or PDF; override a grade with a reason."""

from collections.abc import Sequence
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Query, Request, Response

from interview.reports.override import override as overriding
from interview.sessions.events import AnyPayload
from interview.sessions.session import SessionState
from serve.http import openapi
from serve.http.audit_trail import AuditTrail
from serve.http.auth import REPORTS, Authenticator, InterviewId, Principal
from serve.http.content_negotiation import preferred
from serve.http.identity.principal import author_of
from serve.http.ports import IngressPorts, ReportFormat
from serve.http.request_bodies import OverrideBody, read_json
from storage.archive.transfer import made_live
from storage.blobs.pinned_plans import PinnedPlans
from storage.sessions.amend import amend
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
        "`replaces` protects a colleague's decision from being overwritten unseen.",
        **openapi.operation(reply="GradeRecord", json=OverrideBody, also=(404, 409, 410)),
    )
    async def override(interview_id: InterviewId, request: Request, caller: Reviewer) -> Response:
        body = await read_json(request, OverrideBody)
        author = author_of(caller, body.author)
        key = SessionKey(caller.tenant, interview_id)
        plan = await plans.get(await made_live(ports.sessions, ports.archive, key))

        def decide(state: SessionState) -> Sequence[AnyPayload]:
            return overriding(
                state,
                plan,
                body.question_id,
                score=body.score,
                author=author,
                reason=body.reason,
                replaces=body.replaces,
            )

        await audit.record(caller, "grade.overridden", interview_id, question_id=body.question_id, author=author)
        state = await amend(ports.sessions, key, decide)
        if state.status in ("concluded", "expired"):
            # the archive was written when the interview ended, and outlives the live store
            await ports.reports.renew(key)
        standing = next(record for record in state.grades if record.question_id == body.question_id)
        return Response(msgspec.json.encode(standing), media_type="application/json")

    return router
