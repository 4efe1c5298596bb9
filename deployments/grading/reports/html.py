"""Renders the report as one self-contained HTML page: no script, no network, printable."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from deployments.grading.reports.view import view_of
from interview.reports.report import Report

_TEMPLATES = Path(__file__).parent / "templates"


def render_html(report: Report, *, audio_base: str = "") -> bytes:
    """UTF-8 HTML. The template engine escapes every value; the interview's content is untrusted."""
    return _template().render(view_of(report, audio_base=audio_base)).encode()


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html.j2")
