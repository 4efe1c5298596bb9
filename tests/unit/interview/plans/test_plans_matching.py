"""From a role description alone to the nearest plan, with the reason in words."""

from __future__ import annotations

import pytest

from interview.errors import InvalidInput
from interview.plans.matching import match_plan
from tests.support.shipped_plans import plans_in

PLANS = plans_in("en")

BACKEND = """Senior Software Engineer (Backend)
We look for somebody who designs and runs REST APIs and microservices in Go and Java on Postgres and Kafka. You care for
testing, code review and on-call, work in a friendly team, talk to stakeholders and use data to decide. Machine learning
is a plus, not a must."""
ANALYST = """Business Intelligence Analyst
You build dashboards in Tableau, write SQL, and explain KPIs to customer success."""
ML = """Research Engineer, Recommendations
You train neural networks in PyTorch, deploy models to production on GPUs and watch for drift. Python needed."""
CSM = """Customer Success Manager, DACH
You onboard new SaaS customers, hold quarterly business reviews, prevent churn and grow accounts. You like data and talk
to our engineers about the product."""


@pytest.mark.parametrize(
    ("description", "plan_id"),
    [
        (BACKEND, "backend-engineer"),
        (ANALYST, "data-analyst"),
        (ML, "machine-learning-engineer"),
        (CSM, "customer-success-manager"),
        ("backend developer", "backend-engineer"),
        ("AI engineer building LLM applications", "machine-learning-engineer"),
        ("Business analyst with Power BI", "data-analyst"),
        ("ML engineer", "machine-learning-engineer"),
        ("Data Analyst", "data-analyst"),
        ("account manager for key customers", "customer-success-manager"),
    ],
)
def test_the_nearest_plan_is_chosen(description: str, plan_id: str) -> None:
    assert match_plan(description, PLANS).plan_id == plan_id


def test_the_choice_is_explained_in_one_sentence_with_the_runner_up() -> None:
    found = match_plan(ANALYST, PLANS)
    assert "Data Analyst" in found.explanation
    assert PLANS[found.runner_up].title in found.explanation
    assert any(f"'{term}'" in found.explanation for term in found.terms)
    assert found.explanation.count(". ") == 0
    assert 1.0 >= found.score > found.runner_up_score >= 0.0


def test_spelling_mistakes_do_not_mislead() -> None:
    assert match_plan("We need a data analist for our dashbords", PLANS).plan_id == "data-analyst"


@pytest.mark.parametrize(
    "description", ["", "   ", "Pastry chef for a small hotel", "Lawyer for data protection", "???"]
)
def test_a_role_no_plan_fits_is_refused_and_the_plans_are_named(description: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        match_plan(description, PLANS)
    assert "role_description" in caught.value.detail["fields"]


def test_a_weak_match_says_so_and_a_good_one_does_not() -> None:
    assert "weak match" in match_plan("Truck driver with good communication and customer service", PLANS).explanation
    assert "weak match" not in match_plan(CSM, PLANS).explanation


def test_a_single_installed_plan_has_no_runner_up() -> None:
    only = {"data-analyst": PLANS["data-analyst"]}
    found = match_plan("data analyst with SQL", only)
    assert (found.plan_id, found.runner_up) == ("data-analyst", "")


def test_the_choice_does_not_depend_on_the_order_of_the_plans() -> None:
    turned = dict(reversed(PLANS.items()))
    assert match_plan(CSM, PLANS) == match_plan(CSM, turned)
