"""A recorded candidate says again what it said, question by question."""

from __future__ import annotations

from msgspec.structs import replace

from interview.plans.files import load_plan
from serve.optimisation.recordings import Recordings
from serve.optimisation.search import HELD_OUT
from serve.simulation.recorded import RecordedCandidate, Recording
from tests.support.paths import ROOT

PLAN = load_plan(ROOT / "tests" / "data" / "agent" / "short-plan.yaml")
ONE, OTHER, *_ = PLAN.questions


def test_each_question_gets_its_own_utterances_in_their_order() -> None:
    candidate = RecordedCandidate(Recording(PLAN, {ONE.id: ("Slower writes.", "And disk space.")}))
    said = [candidate.reply(ONE, "new_question"), candidate.reply(OTHER, "new_question")]
    said += [candidate.reply(ONE, "ask_followup"), candidate.reply(ONE, "ask_followup")]
    assert [one.text for one in said] == ["Slower writes.", "I don't know.", "And disk space.", "No, that is all."]
    german = RecordedCandidate(Recording(replace(PLAN, language="de"), {}))
    assert german.reply(ONE, "new_question").text == "Das weiß ich nicht."


def test_no_round_uses_a_recording_that_decides() -> None:
    recordings = [Recording(replace(PLAN, title=str(number)), {}) for number in range(17)]
    divided = Recordings(recordings)
    rounds = [divided.of(count, 0) for count in (1, 2, 4, 8)]
    assert [len(one) for one in rounds] == [3, 6, 9, 9]
    deciding = divided.of(1, HELD_OUT)
    assert len(deciding) == 8
    assert not {one.plan.title for one in rounds[-1]} & {one.plan.title for one in deciding}
