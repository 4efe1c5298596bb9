"""Main text of a web page, without navigation, scripts and elements that say they are hidden."""

from __future__ import annotations

from trafilatura import extract as main_text

from deployments.documents.engines.extract import Extracted, ExtractJob, Unreadable

_PRUNED = [
    "//nav",
    "//header[not(ancestor::main) and not(ancestor::article)]",
    "//footer",
    "//*[@hidden or @aria-hidden='true']",
    "//*[contains(translate(@style, ' ', ''), 'display:none')]",
    "//*[contains(translate(@style, ' ', ''), 'visibility:hidden')]",
]


def extract(job: ExtractJob) -> Extracted:
    """Raises Unreadable: the page has no main text."""
    text = main_text(
        job.data,
        include_comments=False,
        include_tables=True,
        favor_recall=True,
        prune_xpath=_PRUNED,
        output_format="txt",
    )
    if not text or not text.strip():
        raise Unreadable("no_text")
    return Extracted(text=text)
