"""The report of a stored session: read its log and its pinned plan, assemble, and render as JSON, HTML or PDF."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Literal

import msgspec

from interview.errors import InternalError, NotFound
from interview.plans.plan import InterviewPlan, decode_plan
from interview.reports.assembly import assemble
from interview.reports.report import Report
from interview.sessions.session import SessionState
from storage.archive.port import Archive, ReportFacts
from storage.archive.transfer import archive_session, load_session
from storage.blobs.layout import report_path
from storage.blobs.pinned_plans import path_of_plan
from storage.blobs.port import BlobStore
from storage.sessions.port import SessionKey, SessionStore

ReportFormat = Literal["json", "html", "pdf"]


async def build_report(
    sessions: SessionStore,
    archive: Archive,
    blobs: BlobStore,
    key: SessionKey,
    *,
    generated_at: datetime | None = None,
) -> Report:
    """The report of a session, live or archived, finished or not.

    Raises:
        NotFound: no such session.
        TranscriptDeleted: its words were deleted under the retention policy.
        InternalError: its pinned plan is missing or damaged.
        StorageUnavailable: a store does not answer.
    """
    stored = await load_session(sessions, archive, key)
    if stored is None:
        raise NotFound("There is no such interview.")
    plan = await _pinned_plan(blobs, stored.state)
    # a long log takes a few milliseconds to process: run it off the event loop that serves live turns
    return await asyncio.to_thread(
        assemble, stored.state, stored.events, plan, generated_at=generated_at or datetime.now(UTC)
    )


async def keep_report(
    sessions: SessionStore, archive: Archive, blobs: BlobStore, key: SessionKey, *, now: datetime
) -> None:
    """Archive a session that has ended, its report, and the facts that interviews are listed by.

    The report can be rebuilt from the log at any time; the stored one is for audits. Raises as ``build_report``.
    """
    await archive_session(sessions, archive, key)
    report = await build_report(sessions, archive, blobs, key, generated_at=now)
    document = await render_report(report, "json")
    await blobs.put(report_path(key.tenant, key.interview_id, "report.json"), document)
    await archive.put_report(key, _facts(report))


def _facts(report: Report) -> ReportFacts:
    waits = any(question.for_a_person for question in report.candidate_questions)
    return ReportFacts(
        version=report.version,
        ready_at=report.generated_at,
        final=report.final,
        score=report.weighted_score,
        needs_review=bool(report.needs_review) or waits,
    )


async def render_report(report: Report, form: ReportFormat, *, audio_base: str = "") -> bytes:
    """The report as one document. ``audio_base`` (such as ``http://host:8000``) prefixes the URLs of recordings for
    reading outside the platform."""
    return await asyncio.to_thread(_render, report, form, audio_base)


def _render(report: Report, form: ReportFormat, audio_base: str) -> bytes:
    match form:
        case "json":
            return msgspec.json.encode(report)
        case "html":
            from deployments.grading.reports.html import render_html

            return render_html(report, audio_base=audio_base)
        case "pdf":
            from deployments.grading.reports.pdf import render_pdf

            return render_pdf(report, audio_base=audio_base)


async def _pinned_plan(blobs: BlobStore, state: SessionState) -> InterviewPlan:
    try:
        return decode_plan(await blobs.get(path_of_plan(state)))
    except (NotFound, msgspec.DecodeError) as error:
        pinned = state.plan
        raise InternalError(f"The pinned plan {pinned.id} ({pinned.digest[:12]}) cannot be read.") from error
