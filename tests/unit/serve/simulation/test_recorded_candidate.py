"""A recorded candidate says again what it said, question by question."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from interview.languages.language import SUPPORTED
from interview.plans.files import load_plan
from interview.text.dont_know import says_dont_know
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


@pytest.mark.parametrize("language", SUPPORTED)
def test_what_it_does_not_know_is_said_in_the_plans_language(language: str) -> None:
    candidate = RecordedCandidate(Recording(replace(PLAN, language=language), {}))
    assert says_dont_know(candidate.reply(ONE, "new_question").text or "", language)


def test_no_round_uses_a_recording_that_decides() -> None:
    recordings = [Recording(replace(PLAN, title=str(number)), {}) for number in range(17)]
    divided = Recordings(recordings)
    rounds = [divided.of(count, 0) for count in (1, 2, 4, 8)]
    assert [len(one) for one in rounds] == [3, 6, 9, 9]
    deciding = divided.of(1, HELD_OUT)
    assert len(deciding) == 8
    assert not {one.plan.title for one in rounds[-1]} & {one.plan.title for one in deciding}
