"""A simulated candidate answers follow-ups with more of the same answer, not with a line that fits any question."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from msgspec.structs import replace

from interview.errors import ConfigError
from interview.plans.files import load_plan
from interview.text.sentences import sentences_of
from serve.simulation.candidate import Candidate
from serve.simulation.personas import FOLDER, load_personas
from tests.support.paths import CONFIGS

PLAN = load_plan(CONFIGS / "interviews" / "backend-engineer.yaml")
PERSONAS = load_personas(CONFIGS / "interviews")
STRONG = replace(PERSONAS["strong"], levels={"strong": 1.0}, keeps_back=2)
QUESTION = next(
    one for one in PLAN.questions if one.probes and one.reference and len(sentences_of(one.reference.strong)) >= 5
)


def test_what_an_answer_keeps_back_is_told_sentence_by_sentence_to_follow_ups() -> None:
    candidate = Candidate(STRONG, "seed")
    told = [candidate.reply(QUESTION, action).text for action in ("new_question", "ask_followup", "ask_followup")]
    assert QUESTION.reference is not None
    whole = sentences_of(QUESTION.reference.strong)
    assert told == [" ".join(whole[:-2]), *whole[-2:]]
    assert frame_of(candidate.reply(QUESTION, "ask_followup").text) in map(frame_of, STRONG.more)


def test_a_question_without_follow_ups_gets_the_whole_answer() -> None:
    plain = replace(QUESTION, probes=(), follow_ups=())
    assert QUESTION.reference is not None
    assert Candidate(STRONG, "seed").reply(plain, "new_question").text == " ".join(QUESTION.reference.strong.split())


def test_a_question_put_again_gets_the_same_answer_again() -> None:
    candidate = Candidate(STRONG, "seed")
    assert candidate.reply(QUESTION, "new_question") == candidate.reply(QUESTION, "clarify")


def frame_of(line: str | None) -> str:
    """A line of a persona without the words of the question."""
    return re.sub("“.*?”", "“”", line or "")


@pytest.mark.parametrize("name", ["average", "evasive", "weak", "hostile", "rambling", "de-average", "fr-weak"])
def test_answers_to_follow_ups_vary_and_name_something_of_the_question(name: str) -> None:
    persona = replace(PERSONAS[name], keeps_back=0, instead_share=0.0)

    def told(seed: str) -> list[str | None]:
        candidate = Candidate(persona, seed)
        candidate.reply(QUESTION, "new_question")
        return [candidate.reply(QUESTION, "ask_followup").text for _ in persona.more]

    lines = told("seed")
    assert lines == told("seed"), "the seed decides"
    assert len(set(lines)) == len(persona.more)
    asked = " ".join([QUESTION.prompt, *QUESTION.planned_follow_ups])
    named = [found for line in lines if (found := re.search("[“„«] ?(.+?) ?[”“»]", line or ""))]
    assert named and all(found[1] in asked for found in named)


def test_a_placeholder_that_nothing_fills_is_refused(tmp_path: Path) -> None:
    file = tmp_path / FOLDER / "odd.yaml"
    file.parent.mkdir(parents=True)
    file.write_text('name: odd\nabout: x\nlevels: {weak: 1}\nright: 0\nmore: ["On {topic} I know nothing."]\n')
    with pytest.raises(ConfigError, match="more"):
        load_personas(tmp_path)
