"""Each rule of the style guide finds its breach, names the place, and says what to write."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from msgspec.structs import replace

from interview.plans import questions as q
from interview.plans.authoring import problems_in
from interview.plans.files import load_plan
from interview.plans.plan import InterviewPlan
from interview.plans.style import level_findings, own_part_in, plan_findings, style_findings
from interview.yaml.source import field_name
from tests.support.paths import ROOT

PLAN = load_plan(ROOT / "configs" / "interviews" / "backend-engineer.yaml")
SCENARIO = PLAN.by_id["be-isolation"]
STORY = PLAN.by_id["be-project"]
CHOICE = PLAN.by_id["be-queue-choice"]
POINT = SCENARIO.key_points[0]
CRITERION = SCENARIO.criteria[0]


def _point(**changes: Any) -> q.Question:
    return replace(SCENARIO, key_points=(replace(POINT, **changes), *SCENARIO.key_points[1:]))


def _anchor(text: str) -> q.Question:
    levels = (replace(CRITERION.levels[0], anchor=text), *CRITERION.levels[1:])
    return replace(SCENARIO, criteria=(replace(CRITERION, levels=levels), *SCENARIO.criteria[1:]))


BREACHES = {
    "an anchor of three words": (_anchor("Names no plan."), "criteria[0].levels[0].anchor", "at least 4"),
    "an anchor of one word": (_anchor("Hopes."), "criteria[0].levels[0].anchor", "1 word,"),
    "a prompt that is too long": (replace(SCENARIO, prompt="word " * 46 + "?"), "prompt", "at most 45"),
    "three things at once": (
        replace(SCENARIO, prompt="What is it, how do you build it, and why does it fail?"),
        "prompt",
        "as probes",
    ),
    "a written form": (replace(SCENARIO, prompt="Why is it that a lock does not help?"), "prompt", "contraction"),
    "an idiom": (replace(SCENARIO, prompt="How would you mend that?"), "prompt", "'fix'"),
    "signs": (replace(SCENARIO, hints=(q.Hint("Think of `SELECT`."),)), "hints[0].text", "cannot be spoken"),
    "no full stop": (replace(SCENARIO, rephrased="Say it"), "rephrased", "full stop"),
    "no hint": (replace(SCENARIO, hints=()), "hints", "at least one"),
    "no reference": (replace(SCENARIO, reference=None), "reference", "strong, an average and a weak"),
    "one probe for a scenario": (replace(SCENARIO, probes=SCENARIO.probes[:1]), "probes", "2 to 4"),
    "a senior question without probes": (
        replace(SCENARIO, probes=(), clarifications={}),
        "probes",
        "a constraint that changes",
    ),
    "five probes": (replace(SCENARIO, probes=("Why?",) * 5), "probes", "at most 4"),
    "a story without the own part": (replace(STORY, probes=("And then?",)), "probes", "your own part"),
    "a heading": (_point(text="how it ended"), "key_points[0].text", "what a candidate would say"),
    "a bare term": (_point(variants=("isolation",)), "key_points[0].variants[0]", "three to six"),
    "a term of two words": (_point(variants=("lost update",)), "key_points[0].variants[0]", "2 content words"),
    "a product": (_point(text="Postgres detects the lost update"), "key_points[0].text", "keep the name for a variant"),
    "no variant": (_point(variants=()), "key_points[0].variants", "two or three"),
    "words of the prompt": (
        _point(variants=("two requests arrive at the same moment",)),
        "key_points[0].variants[0]",
        "repeating the question",
    ),
    "three levels": (
        replace(SCENARIO, criteria=(replace(CRITERION, levels=CRITERION.levels[:3]), *SCENARIO.criteria[1:])),
        "criteria[0].levels",
        "what an expert adds",
    ),
    "we": (_anchor("Says only 'we'."), "criteria[0].levels[0].anchor", "after the follow-up"),
    "manner": (_anchor("Answers calmly? No, calm is missing."), "criteria[0].levels[0].anchor", "what is said or done"),
    "a count of ideas": (_anchor("Names two or three ideas."), "criteria[0].levels[0].anchor", "which ideas"),
    "a choice that can be guessed": (replace(CHOICE, difficulty=q.Difficulty(1.0, 0.0)), "difficulty", "c: 0.25"),
}


@pytest.mark.parametrize("name", BREACHES)
def test_a_breach_is_named_with_its_place_and_its_fix(name: str) -> None:
    question, place, fix = BREACHES[name]
    found = [(field_name(path), text) for path, text in style_findings(question)]
    assert any(field == place and fix in text for field, text in found), found


@pytest.mark.parametrize("code", ["de", "fr", "es"])
def test_other_languages_need_four_levels_and_the_probe_in_their_own_words(code: str) -> None:
    three = replace(SCENARIO, criteria=(replace(CRITERION, levels=CRITERION.levels[:3]), *SCENARIO.criteria[1:]))
    assert any(path[0] == "criteria" for path, _ in style_findings(three, code))
    _, example = own_part_in(code)
    assert any(path == ("probes",) and example in text for path, text in style_findings(STORY, code))
    assert list(style_findings(replace(STORY, probes=(example,)), code)) == []


@pytest.mark.parametrize("question", [SCENARIO, STORY, CHOICE], ids=lambda found: found.id)
def test_a_question_in_style_has_no_finding(question: q.Question) -> None:
    assert list(style_findings(question)) == []


@pytest.mark.parametrize(
    ("plan", "place", "fix"),
    [
        (replace(PLAN, greeting="Hello."), "greeting", "first sentence"),
        (replace(PLAN, composites={"all": tuple(PLAN.skills)}), "composites", "two or three"),
        (replace(PLAN, reply_within_days=0), "reply_within_days", "is missing"),
        (replace(PLAN, closing="Thank you, and goodbye."), "closing", "say 7 days"),
        (replace(PLAN, closing="You hear from us within 17 days."), "closing", "say 7 days"),
        (
            replace(PLAN, closing="That was my last question. You hear from us within 7 days."),
            "closing",
            "when the candidate ends early",
        ),
    ],
    ids=["greeting", "composites", "no reply time", "unsaid reply time", "another reply time", "last question"],
)
def test_a_breach_of_the_plan_is_named(plan: InterviewPlan, place: str, fix: str) -> None:
    assert [(field_name(path), fix in text) for path, text in plan_findings(plan)] == [(place, True)]


def test_a_senior_plan_whose_core_is_easy_is_named() -> None:
    easy = tuple(replace(one, difficulty=q.Difficulty()) for one in PLAN.questions)
    (finding,) = level_findings(replace(PLAN, questions=easy))
    assert finding[0] == ("level",)
    assert "at least half" in finding[1]
    assert list(level_findings(replace(PLAN, questions=easy, level="mid"))) == []


def test_the_check_names_file_and_line(tmp_path: Path) -> None:
    bank = yaml.safe_load((ROOT / "configs/interviews/banks/backend-engineer.yaml").read_text(encoding="utf-8"))
    scenario = next(one for one in bank if one["id"] == "be-isolation")
    scenario["prompt"] = "How would you mend that?"
    path = tmp_path / "bank.yaml"
    text = yaml.safe_dump([scenario], sort_keys=False, width=1000)
    path.write_text(text, encoding="utf-8")
    line = next(number for number, one in enumerate(text.splitlines(), 1) if "mend" in one)
    (problem,) = problems_in(path)
    assert problem.startswith(f"{path}:{line}: [0].prompt: ")
    assert problem.endswith("say 'fix' [be-isolation]")


def test_a_plan_that_names_no_level_or_measures_right_and_wrong_is_told(tmp_path: Path) -> None:
    (tmp_path / "banks").mkdir()
    source = ROOT / "configs/interviews"
    (tmp_path / "banks/backend-engineer.yaml").write_bytes((source / "banks/backend-engineer.yaml").read_bytes())
    path = tmp_path / "backend-engineer.yaml"
    plan = (source / "backend-engineer.yaml").read_text(encoding="utf-8")
    path.write_text(plan, encoding="utf-8")
    assert problems_in(path) == ()
    path.write_text(plan.replace("level: senior\n", "").replace("  model: gpcm\n", ""), encoding="utf-8")
    found = " ".join(problems_in(path))
    assert "write level: junior, mid or senior" in found
    assert "write model: gpcm" in found
