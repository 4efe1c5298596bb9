"""A whole exchange in each language: the interviewer's own words, requests, replies and closing are in the plan's."""

# ruff: noqa: E501 – a line is one language

from __future__ import annotations

import pytest

from deployments.agent.pins.plan_catalogue import InstalledPlans
from interview.errors import InvalidInput
from interview.languages.language import language_of
from interview.plans.files import load_plan
from serve.simulation.rehearsal import Rehearsal
from tests.support.paths import ROOT
from tests.support.shipped_plans import ALL_PLANS
from tests.unit.deployments.agent.test_agent_meaning import begun

SAID = {
    "de": ("Könnten Sie die Frage bitte wiederholen?", "Einen Moment bitte.", "Wie viele Fragen kommen noch?", "Können Sie meine Daten löschen?", "Können wir die Frage überspringen?", "Ich möchte das Gespräch beenden."),
    "fr": ("Pourriez-vous répéter la question ?", "Un instant, s'il vous plaît.", "Combien de questions reste-t-il ?", "Pouvez-vous supprimer mes données ?", "On peut passer cette question ?", "Je voudrais arrêter l'entretien."),
    "es": ("¿Podría repetir la pregunta?", "Un momento, por favor.", "¿Cuántas preguntas quedan?", "¿Pueden borrar mis datos?", "¿Podemos saltar esta pregunta?", "Quiero terminar la entrevista."),
}  # fmt: skip


async def heard(candidate: Rehearsal, said: str) -> str:
    await candidate.answer(said)
    text: str = candidate.response["text"]
    return text


@pytest.mark.parametrize("code", sorted(SAID))
async def test_the_script_answers_requests_in_the_plans_language(code: str) -> None:
    plan = load_plan(ROOT / "configs" / "interviews" / f"customer-success-manager-{code}.yaml")
    words = language_of(code)
    _, candidate = await begun(plan=plan)
    repeat, wait, left, delete, skip, end = SAID[code]
    first = plan.by_id[plan.phases[0].core[0]]
    assert await heard(candidate, repeat) in {f"{lead} {first.prompt}" for lead in words.script.repeat}
    assert await heard(candidate, wait) in words.script.wait
    assert words.replies.questions_left.partition("{")[0] in await heard(candidate, left)
    assert words.replies.deletion in await heard(candidate, delete)
    assert (await heard(candidate, skip)).startswith(words.script.acknowledge_skip)
    closing = await heard(candidate, end)
    assert closing.endswith(plan.closing)
    assert closing.startswith(words.script.end_on_request)
    assert not any(line in closing for line in words.script.all_asked)
    assert candidate.response["should_continue"] is False


def test_a_role_description_meets_the_plans_of_its_language() -> None:
    installed = InstalledPlans(ALL_PLANS)
    role = "Customer Success Manager für Kundenbindung, Vertragsverlängerung und Einführung neuer Kunden (SaaS)"
    assert installed.match(role, "de").plan.id == "customer-success-manager-de"
    english = "Customer success manager: onboarding, renewals and churn of SaaS customers"
    assert installed.match(english, "en").plan.id == "customer-success-manager"
    with pytest.raises(InvalidInput, match="No installed interview plan is in French"):
        InstalledPlans({"one": ALL_PLANS["data-analyst"]}).match(role, "fr")
