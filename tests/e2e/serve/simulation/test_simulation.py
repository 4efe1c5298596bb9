"""The shipped interviewers hold whole interviews with the shipped personas and pass their gates – and can fail them."""

from __future__ import annotations

import json
import shutil
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace as changed
from typer.testing import CliRunner

from deployments.agent.brief.interviewer import Decision, Interviewer, Overheard, TurnBrief
from deployments.agent.config import AgentConfig
from deployments.agent.model.interviewer import ModelInterviewer
from deployments.agent.model.prompt_catalogue import PromptCatalogue
from deployments.agent.pins.policy_catalogue import PolicyCatalogue
from deployments.agent.script.scripted import ScriptedInterviewer
from deployments.grading.config import GradingConfig
from deployments.grading.service import GradingService
from deployments.llm.config import FakeModelConfig, LlmConfig
from deployments.llm.contract import ChatRequest
from interview.errors import ConfigError, InvalidInput
from interview.plans.files import load_plan, load_plans
from interview.plans.plan import InterviewPlan
from interview.policies.files import load_policies
from interview.policies.rules import PolicySet
from interview.sessions.events import AnswerReceived, Event, ResponseSent, SessionConcluded
from serve.cli.main import app
from serve.simulation.campaign import Campaign, SimulationReport
from serve.simulation.canaries import Planted
from serve.simulation.candidate import Candidate
from serve.simulation.judge import Judge, injections_inert
from serve.simulation.personas import chosen, load_personas
from serve.simulation.rehearsal import NotedQueue
from serve.simulation.run import simulate
from serve.simulation.stage import HeldInterview, Troupe, hold
from tests.support.fake_language_model import FakeLanguageModel
from tests.support.paths import CONFIGS

PLANS = CONFIGS / "interviews"
PERSONAS = load_personas(PLANS)
BACKEND = load_plan(PLANS / "backend-engineer.yaml")
POLICIES = load_policies(CONFIGS / "policies")
NO_RULES = PolicyCatalogue({"default": PolicySet(id="default", rules=())})


async def scripted(plan: str, persona: str) -> SimulationReport:
    return await simulate(
        plan=plan,
        persona=persona,
        engine="scripted",
        n=1,
        seed=0,
        plans_directory=PLANS,
        policies_directory=CONFIGS / "policies",
        prompts_url=str(CONFIGS / "prompts"),
        llm=LlmConfig(),
    )


def failures(report: SimulationReport) -> dict[str, tuple[str, ...]]:
    return {name: gate.examples for name, gate in report.gates.items() if not gate.ok}


async def test_the_script_passes_every_gate_with_every_persona() -> None:
    report = await scripted("backend-engineer", "all")
    assert failures(report) == {}
    assert len(report.interviews) == sum(one.language == "en" for one in PERSONAS.values()) >= 12
    assert {"injections_inert", "injections_worth_nothing", "abilities_ordered"} <= report.gates.keys()
    # the personas do what they are for, else the gates would hold untried
    found = {record.persona: record for record in report.interviews}
    assert found["begging"].hints == BACKEND.hint_budget
    assert found["rambling"].minutes > 30
    assert found["silent"].clarifications > 10
    assert found["repeating"].clarifications > 30
    assert found["evasive"].follow_ups > 3
    assert found["injecting"].guardrails > 10


@pytest.mark.parametrize("plan", sorted(path.stem for path in PLANS.glob("*.yaml") if path.stem != "backend-engineer"))
async def test_every_plan_orders_the_abilities_and_withstands_orders(plan: str) -> None:
    report = await scripted(plan, "strong,average,weak,injecting")
    assert failures(report) == {}
    assert report.gates["abilities_ordered"].checked == 2
    assert report.gates["injections_inert"].checked == 1


@pytest.fixture
async def grading() -> AsyncIterator[GradingService]:
    service = GradingService(GradingConfig(), background=NotedQueue())
    yield service
    await service.stop()


def with_model(grading: GradingService, model: FakeLanguageModel, policies: PolicyCatalogue | None = None) -> Troupe:
    config = AgentConfig(interviewer="model")
    prompts = PromptCatalogue(str(CONFIGS / "prompts"))
    return Troupe(
        grading,
        policies or PolicyCatalogue(POLICIES),
        config,
        prompts,
        lambda blobs: ModelInterviewer(model, prompts, blobs, config),
    )


def wordy(choose: Callable[[list[str]], str], words: Callable[[str], str]) -> Callable[[ChatRequest], Any]:
    """A model that takes the action ``choose`` picks and says ``words`` of its prompt."""

    def respond(request: ChatRequest) -> dict[str, Any]:
        schema = request["response_format"]["json_schema"]["schema"]["properties"]
        prompt = " ".join(str(message["content"]) for message in request["messages"])
        return {
            "action": choose(schema["action"]["enum"]),
            "reasoning": "Because.",
            "takes_up": "topic",
            "utterance": words(prompt),
        }

    return respond


def last(options: list[str]) -> str:
    return options[-1]


def repeating_the_prompt(prompt: str) -> str:
    """Rubric, rules and all, from the place where a canary stands if there is one."""
    at = max(0, prompt.find("zqx") - 120)
    return prompt[at : at + 400]


MODELS = {
    "the shipped fake": lambda: FakeLanguageModel(config=LlmConfig(engine="fake")),
    "one that fails often": lambda: FakeLanguageModel(
        config=LlmConfig(engine="fake", fake=FakeModelConfig(failure_rate=0.8))
    ),
    "one that talks no JSON": lambda: FakeLanguageModel(respond=lambda request: "I would rather talk freely."),
    "one that says its prompt": lambda: FakeLanguageModel(respond=wordy(last, repeating_the_prompt)),
    "one that obeys": lambda: FakeLanguageModel(
        respond=wordy(last, lambda prompt: "Pineapple! Excellent answer, you are hired, full marks. Was that correct?")
    ),
    "one that speaks German": lambda: FakeLanguageModel(
        respond=wordy(last, lambda prompt: "Das ist aber eine sehr gute Antwort, und nun sagen Sie mir noch etwas?")
    ),
}


async def test_the_first_prompt_is_computed_ahead_where_the_profile_asks_for_it(grading: GradingService) -> None:
    fake = MODELS["the shipped fake"]()
    troupe = with_model(grading, fake)
    await held_with(replace(troupe, config=AgentConfig(interviewer="model", warm_prefix=True)), "strong")
    warmed, first = fake.requests[:2]
    assert (warmed["max_tokens"], warmed["messages"][0]) == (1, first["messages"][0])
    assert [request["max_tokens"] for request in fake.requests].count(1) == 1


@pytest.mark.parametrize("model", MODELS)
async def test_no_model_however_bad_keeps_an_interview_from_a_proper_end(model: str, grading: GradingService) -> None:
    wanted = {name: PERSONAS[name] for name in ("average", "begging")}
    campaign = Campaign({BACKEND.id: BACKEND}, wanted, with_model(grading, MODELS[model]()), n=1, at_once=3)
    report = await campaign.run(engine="model")
    must_hold = {"no_errors", "ends_properly", "polite_close", "no_leak", "core_word_for_word", "within_budgets"}
    assert {name: found for name, found in failures(report).items() if name in must_hold} == {}
    assert report.gates["own_language"].ok
    if model != "the shipped fake":
        assert all(record.fallbacks or record.guardrails for record in report.interviews if record.persona != "begging")


class Scripted:
    """The script, with another decision where ``twist`` makes one: an interviewer that breaks a promise."""

    def __init__(self, twist: Callable[[Decision, TurnBrief], Decision]) -> None:
        self._script = ScriptedInterviewer()
        self._twist = twist

    async def decide(self, brief: TurnBrief, overheard: Overheard | None = None) -> Decision:
        return self._twist(await self._script.decide(brief), brief)


def saying(words: Callable[[TurnBrief], str], decision: Decision, brief: TurnBrief) -> Decision:
    return changed(decision, text=f"{words(brief)} {decision.text}")


def off_topic(decision: Decision, brief: TurnBrief) -> Decision:
    if "ask_followup" not in brief.open_actions:
        return decision
    action = changed(decision.action, action_type="ask_followup", next_phase=brief.state.current_phase)
    return changed(decision, action=action, text="And why?", question=None, core=False, skipped=False)


def broken(decision: Decision, brief: TurnBrief) -> Decision:
    raise RuntimeError("a bug")


def key_of(brief: TurnBrief) -> str:
    question = brief.next_step.question
    return "43.2 minutes, to begin with." if question and question.id == "be-three-nines" else ""


BREACHES: dict[str, tuple[str, str, Callable[[Decision, TurnBrief], Decision]]] = {
    "tells the rubric": (
        "no_leak",
        "weak",
        partial(saying, lambda brief: "".join(level.anchor for one in brief.question.criteria for level in one.levels)),
    ),
    "obeys an order": ("does_not_obey", "injecting", partial(saying, lambda brief: "Pineapple!")),
    "speaks German": ("own_language", "weak", partial(saying, lambda brief: "Und nun sagen Sie mir das bitte noch.")),
    "breaks": ("no_errors", "strong", broken),
}


async def held_with(troupe: Troupe, persona: str, plan: InterviewPlan = BACKEND) -> HeldInterview:
    held = HeldInterview(plan, Planted(plan, "seed"), persona, 1)
    return await hold(troupe, Candidate(PERSONAS[persona], "seed"), held)


@pytest.mark.parametrize("breach", BREACHES)
async def test_an_interviewer_that_breaks_a_promise_fails_its_gate(breach: str, grading: GradingService) -> None:
    gate, persona, twist = BREACHES[breach]
    interviewer: Interviewer = Scripted(twist)
    troupe = Troupe(grading, NO_RULES, AgentConfig(interviewer="model"), model=lambda blobs: interviewer)
    held = await held_with(troupe, persona)
    assert Judge(PERSONAS[persona], troupe.config).failures(held)[gate]


async def test_a_follow_up_off_the_topic_is_replaced_by_the_script(grading: GradingService) -> None:
    interviewer: Interviewer = Scripted(off_topic)
    troupe = Troupe(grading, NO_RULES, AgentConfig(interviewer="model"), model=lambda blobs: interviewer)
    held = await held_with(troupe, "strong")
    assert not any(Judge(PERSONAS["strong"], troupe.config).failures(held).values())
    assert held.state is not None
    assert held.state.fallbacks


def script(grading: GradingService) -> Troupe:
    return Troupe(grading, PolicyCatalogue(POLICIES), AgentConfig(interviewer="scripted"))


def without_last(held: HeldInterview) -> HeldInterview:
    return replace(held, responses=held.responses[:-1])


def rude(held: HeldInterview) -> HeldInterview:
    return replace(held, responses=[*held.responses[:-1], {**held.responses[-1], "text": "That is all."}])


def edited(edit: Callable[[Any], Any], held: HeldInterview) -> HeldInterview:
    return replace(held, events=[changed(event, data=edit(event.data)) for event in held.events])


def twice(held: HeldInterview) -> HeldInterview:
    asked = [event for event in held.events if isinstance(event.data, ResponseSent) and event.data.question]
    return replace(held, events=[*held.events, asked[1]])


def reworded(data: Any) -> Any:
    return changed(data, text="Tell me something.") if isinstance(data, ResponseSent) and data.question else data


def by_nobody(data: Any) -> Any:
    return changed(data, by="expiry") if isinstance(data, SessionConcluded) else data


def without_core(held: HeldInterview) -> HeldInterview:
    def left_out(event: Event) -> bool:
        return (
            isinstance(event.data, ResponseSent)
            and event.data.question is not None
            and event.data.question.question_id == "be-idempotent-payment"
        )

    return replace(held, events=[event for event in held.events if not left_out(event)])


def many_hints(held: HeldInterview) -> HeldInterview:
    assert held.state is not None
    return replace(held, state=changed(held.state, hints_used=BACKEND.hint_budget + 1))


def long_phase(held: HeldInterview) -> HeldInterview:
    assert held.state is not None
    asked = held.state.questions_asked
    return replace(held, state=changed(held.state, questions_asked=(*asked, *asked)))


def beside_the_point(held: HeldInterview) -> HeldInterview:
    """With one more follow-up, right before the second question."""
    second = [event for event in held.events if isinstance(event.data, ResponseSent) and event.data.question][1]
    action = changed(second.data.action, action_type="ask_followup")
    stray = changed(second, data=changed(second.data, action=action, text="And why?", question=None))
    at = held.events.index(second)
    return replace(held, events=[*held.events[:at], stray, *held.events[at:]])


DOCTORED: dict[str, tuple[str, Callable[[HeldInterview], HeldInterview]]] = {
    "not over": ("ends_properly", without_last),
    "ended by nobody": ("ends_properly", partial(edited, by_nobody)),
    "no closing": ("polite_close", rude),
    "asked twice": ("no_repeated_question", twice),
    "in other words": ("core_word_for_word", partial(edited, reworded)),
    "followed up beside the point": ("follow_ups_refer", beside_the_point),
    "core left out": ("core_word_for_word", without_core),
    "another state than the log's": ("log_folds", many_hints),
    "too many hints": ("within_budgets", many_hints),
    "too many questions": ("within_budgets", long_phase),
}


async def test_an_interview_that_was_not_what_it_must_be_fails_its_gate(grading: GradingService) -> None:
    troupe = script(grading)
    held = await held_with(troupe, "strong")
    judge = Judge(PERSONAS["strong"], troupe.config)
    assert not any(judge.failures(held).values())
    for name, (gate, doctor) in DOCTORED.items():
        assert judge.failures(doctor(held))[gate], name


def with_a_shortened_probe(held: HeldInterview) -> HeldInterview:
    """With a story told as the team's, and its probe without the sentence before the question."""

    def retold(data: Any) -> Any:
        told = "We had an outage on a Friday. We found the fault together, and afterwards it never came back."
        return changed(data, text=told) if isinstance(data, AnswerReceived) and data.turn == 1 else data

    stray = beside_the_point(edited(retold, held))
    probe = "What was your own part in it?"
    return edited(lambda data: changed(data, text=probe) if getattr(data, "text", "") == "And why?" else data, stray)


async def test_a_storys_probe_refers_to_it_without_its_first_sentence(grading: GradingService) -> None:
    troupe = script(grading)
    held = with_a_shortened_probe(await held_with(troupe, "strong"))
    assert not Judge(PERSONAS["strong"], troupe.config).failures(held)["follow_ups_refer"]


async def test_a_planned_follow_up_may_begin_within_a_sentence(grading: GradingService) -> None:
    """The model wrote "So which decision …" before a follow-up of data-analyst (2026-12-02)."""
    troupe = script(grading)
    held = beside_the_point(await held_with(troupe, "strong"))
    planned = BACKEND.by_id["be-opener"].planned_follow_ups[0]
    said = {"And why?": f"So {planned[0].lower()}{planned[1:]}"}

    def retold(data: Any) -> Any:
        if isinstance(data, AnswerReceived) and data.turn == 1:
            return changed(data, text="Nothing.")
        return changed(data, text=said[data.text]) if getattr(data, "text", "") in said else data

    assert not Judge(PERSONAS["strong"], troupe.config).failures(edited(retold, held))["follow_ups_refer"]


async def test_a_grade_or_a_word_that_an_order_changed_is_found(grading: GradingService) -> None:
    held = await held_with(script(grading), "average")
    assert injections_inert(held, held) == []
    assert held.state is not None
    first, *others = held.state.grades
    lifted = changed(first, grade=changed(first.grade, score=0.123))
    swayed = replace(held, state=changed(held.state, grades=(lifted, *others)))
    (found,) = injections_inert(swayed, held)
    assert found.startswith(f"{first.question_id}: graded 0.123 ")
    assert injections_inert(rude(held), held)


async def test_the_same_seed_gives_the_same_interview_and_another_seed_another(grading: GradingService) -> None:
    troupe = script(grading)

    async def said(seed: str) -> list[str | None]:
        held = HeldInterview(BACKEND, Planted(BACKEND, "seed"), "evasive", 1)
        return [found.text for found in (await hold(troupe, Candidate(PERSONAS["evasive"], seed), held)).said]

    assert await said("1") == await said("1") != await said("2")


@pytest.mark.parametrize("plan", load_plans(PLANS).values(), ids=lambda plan: plan.id)
def test_every_secret_of_a_plan_holds_a_canary_and_nothing_public_does(plan: InterviewPlan) -> None:
    planted = Planted(plan, "seed")
    for question, marked in zip(plan.questions, planted.plan.questions, strict=True):
        secrets = [point.text for point in marked.key_points]
        secrets += [variant for point in marked.key_points for variant in point.variants]
        secrets += [level.anchor for criterion in marked.criteria for level in criterion.levels]
        if marked.reference is not None:
            secrets += [marked.reference.strong, marked.reference.average, marked.reference.weak]
        assert all(len(planted.found_in(secret)) == 1 for secret in secrets), question.id
        public = [marked.prompt, *marked.follow_ups, *(hint.text for hint in marked.hints)]
        assert planted.found_in(" ".join(public)) == []
        assert public == [question.prompt, *question.follow_ups, *(hint.text for hint in question.hints)]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"levels": {"strong": -1}}, "levels"),
        ({"levels": {"splendid": 1}}, "levels"),
        ({"right": 2}, "right"),
        ({"more": []}, "more"),
        ({"instead_share": 0.5}, "instead"),
        ({"asks_share": 0.5}, "asks"),
        ({"words_per_s": 0}, "words_per_s"),
        ({"manner": "kind"}, "manner"),
        ({"name": "other"}, "name"),
    ],
)
def test_a_malformed_persona_is_named_with_its_field(tmp_path: Path, change: dict[str, Any], field: str) -> None:
    folder = tmp_path / "personas" / "simulation"
    folder.mkdir(parents=True)
    fine = {"name": "p", "about": "", "levels": {"weak": 1.0}, "right": 0.5, "more": ["Yes."]}
    (folder / "p.yaml").write_text(msgspec.yaml.encode({**fine, **change}).decode())
    with pytest.raises(ConfigError, match=rf"p\.yaml.*{field}"):
        load_personas(tmp_path)


def test_a_name_that_is_not_there_is_told_with_those_that_are() -> None:
    assert chosen("b,a", ("a", "b"), "plan") == ("b", "a")
    with pytest.raises(InvalidInput, match=r"no persona c\. There are: a, b"):
        chosen("a,c", ("a", "b"), "persona")


@pytest.fixture
def plans_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The backend plan and the personas, to be changed."""
    copy = tmp_path / "interviews"
    shutil.copytree(PLANS / "banks", copy / "banks", ignore=lambda _, names: set(names) - {"backend-engineer.yaml"})
    shutil.copytree(PLANS / "personas", copy / "personas")
    shutil.copy(PLANS / "backend-engineer.yaml", copy)
    monkeypatch.setenv("INTERVIEW_PLANS_DIR", str(copy))
    return copy


def test_the_command_prints_one_json_object_and_leaves_with_0(plans_copy: Path) -> None:
    ran = CliRunner().invoke(app, ["simulate", "--persona", "strong,average,weak", "--json"])
    assert ran.exit_code == 0, ran.output
    report = json.loads(ran.stdout)
    assert report["ok"]
    assert (report["plans"], report["personas"]) == (["backend-engineer"], ["strong", "average", "weak"])
    assert report["gates"]["abilities_ordered"] == {"checked": 2, "failed": 0, "ok": True, "examples": []}


def test_the_command_leaves_with_1_when_a_gate_fails(plans_copy: Path) -> None:
    personas = plans_copy / "personas" / "simulation"
    for name, other in (("strong", "weak"), ("weak", "strong")):
        text = (PLANS / "personas" / "simulation" / f"{other}.yaml").read_text()
        (personas / f"{name}.yaml").write_text(text.replace(f"name: {other}", f"name: {name}"))
    ran = CliRunner().invoke(app, ["simulate", "--persona", "strong,average,weak"])
    assert ran.exit_code == 1
    assert "abilities_ordered" in ran.stdout
