"""Renders the report as PDF with typst; the interview's text enters as data (``sys.inputs``), never as markup."""

from __future__ import annotations

from pathlib import Path

import msgspec

from deployments.grading.reports.view import view_of
from interview.errors import InternalError
from interview.reports.report import Report

_TEMPLATE = Path(__file__).parent / "templates" / "report.typ"


def render_pdf(report: Report, *, audio_base: str = "") -> bytes:
    """A4, at most about 1 MB for the longest interview; the same report always gives the same bytes.

    Raises:
        InternalError: the template cannot be typeset.
    """
    import typst

    view = msgspec.json.encode(view_of(report, audio_base=audio_base)).decode()
    try:
        document: bytes = typst.compile(str(_TEMPLATE), sys_inputs={"report": view})
    except RuntimeError as error:  # raised by the typst binding for any diagnostic
        raise InternalError("The report could not be typeset.") from error
    return document
