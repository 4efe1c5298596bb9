"""The recorded summaries are those of today's prompt, and every kept sentence stands on the candidate's words."""

from __future__ import annotations

import pytest

from benchmarks.recorded_model import ResumedModel
from benchmarks.written_summaries import interviews
from deployments.grading.synthesis.writer import SynthesisWriter
from tests.support.paths import ROOT

RECORDS = ROOT / "benchmarks" / "results" / "2026-12-03-summaries-qwen2.5-coder-1.5b.records.jsonl"


async def test_the_recorded_replies_give_a_summary_in_the_third_person(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails when the prompts or the grades change: give the prompt a new version, and record anew."""
    monkeypatch.chdir(ROOT)
    held = await interviews(["data-analyst"], ["average"])
    (topics,) = held.values()
    summary = await SynthesisWriter(ResumedModel(RECORDS)).write(topics)
    said = {one.turn: " ".join(one.answer.split()) for topic in topics for one in topic.answers}
    assert summary.sentences
    for one in summary.sentences:
        assert one.text.startswith("The candidate ")
        assert one.quote in said[one.turn]
