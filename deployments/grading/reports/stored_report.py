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
from storage.archive.blob_archive import load_session
from storage.blobs.pinned_plans import path_of_plan
from storage.blobs.port import BlobStore
from storage.sessions.port import SessionKey, SessionStore

ReportFormat = Literal["json", "html", "pdf"]


async def build_report(
    sessions: SessionStore, blobs: BlobStore, key: SessionKey, *, generated_at: datetime | None = None
) -> Report:
    """The report of a session, live or archived, finished or not.

    Raises:
        NotFound: no such session.
        InternalError: its pinned plan is missing or damaged.
        StorageUnavailable: a store does not answer.
    """
    stored = await load_session(sessions, blobs, key)
    if stored is None:
        raise NotFound("There is no such interview.")
    plan = await _pinned_plan(blobs, stored.state)
    # a long log takes a few milliseconds to process: run it off the event loop that serves live turns
    return await asyncio.to_thread(
        assemble, stored.state, stored.events, plan, generated_at=generated_at or datetime.now(UTC)
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
