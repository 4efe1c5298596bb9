"""``/plans`` at the HTTP edge, with the real drafting service and a real database: draft, change, approve, delete."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from deployments.drafting.service import DraftingService
from deployments.retrieval.service import RetrievalService
from interview.plans.files import load_plans
from interview.plans.plan_file import plan_data
from interview.policies.files import load_policies
from serve.http.app import create_app
from serve.http.ports import IngressPorts
from tests.support.http_ports import Grant, StubKeys, stub_ports
from tests.support.paths import ROOT

INSTALLED = load_plans(ROOT / "configs" / "interviews")
DRAFTING = DraftingService(RetrievalService("minilm-l6-v2-int8"), INSTALLED.values())
POLICIES = load_policies(ROOT / "configs" / "policies")["default"]
ROLE = {"role_description": "Engineer\n\nTasks\n- Make sure no payment is booked twice\n- Terraform\n", "minutes": 30}
KEYS = StubKeys(
    {
        "key-acme": Grant("acme", label="Ada"),
        "key-rival": Grant("rival", key_id="key-2"),
        "key-room": Grant("acme", frozenset({"interviews"}), key_id="key-3"),
        "key-reports": Grant("acme", frozenset({"reports"}), key_id="key-4"),
    }
)


@pytest.fixture
def ports() -> IngressPorts:
    return stub_ports(keys=KEYS, drafting=DRAFTING, installed_plans=INSTALLED, drafts_per_tenant=3, policies=POLICIES)


@pytest.fixture
async def client(ports: IngressPorts) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_app(ports), raise_app_exceptions=True)
    headers = {"Authorization": "Bearer key-acme"}
    async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers) as client:
        yield client


def as_(key: str) -> dict[str, Any]:
    return {"headers": {"Authorization": f"Bearer {key}"}}


async def created(client: httpx.AsyncClient) -> dict[str, Any]:
    reply = await client.post("/plans", json=ROLE)
    assert reply.status_code == 200, reply.text
    view: dict[str, Any] = reply.json()
    return view


async def test_a_draft_says_what_it_lacks_and_is_listed_beside_the_installed_plans(client: httpx.AsyncClient) -> None:
    view = await created(client)
    assert view["uncovered"] == ["Terraform"]
    assert (view["row"]["plan_id"], view["row"]["status"], view["row"]["created_by"]) == (
        "engineer",
        "draft",
        "key Ada",
    )
    rows = (await client.get("/plans")).json()["plans"]
    assert rows[0] == view["row"]
    assert {row["plan_id"] for row in rows[1:]} == INSTALLED.keys()
    assert {row["status"] for row in rows[1:]} == {"installed"}
    assert (await client.get("/plans/engineer")).json() == view


async def test_only_the_reply_to_the_draft_says_what_the_resume_speaks_of(client: httpx.AsyncClient) -> None:
    resume = {"resume_content": "Jo\n\n- Built payment services that book each payment once.\n"}
    told = (await client.post("/plans", json={**ROLE, **resume})).json()["draft"]["coverage"]
    assert {one["in_resume"] for one in told} <= {True, False}
    kept = (await client.get("/plans/engineer")).json()["draft"]["coverage"]
    assert {one["in_resume"] for one in kept} == {None}


async def test_a_person_approves_the_plan_that_was_read_and_the_audit_log_says_who(
    client: httpx.AsyncClient, ports: IngressPorts
) -> None:
    view = await created(client)
    plan = {**view["draft"]["plan"], "title": "Payments Engineer"}
    changed = await client.put("/plans/engineer", json={"plan": plan, "replaces": view["row"]["digest"]})
    assert changed.status_code == 200, changed.text
    stale = await client.post("/plans/engineer/approval", json={"digest": view["row"]["digest"]})
    assert stale.status_code == 409
    digest = changed.json()["row"]["digest"]
    approved = await client.post("/plans/engineer/approval", json={"digest": digest})
    assert (approved.json()["row"]["status"], approved.json()["row"]["approved_by"]) == ("approved", "key Ada")
    entries = await ports.audit.entries("acme", subject="engineer")
    assert [entry.action for entry in entries] == ["plan.approved", "plan.changed", "plan.created"]
    assert entries[0].detail == {"digest": digest}
    assert (await client.put("/plans/engineer", json={"plan": plan, "replaces": digest})).status_code == 409
    assert (await client.delete("/plans/engineer")).status_code == 204
    assert (await client.get("/plans/engineer")).status_code == 404


async def test_another_tenants_plan_does_not_exist(client: httpx.AsyncClient, ports: IngressPorts) -> None:
    view = await created(client)
    digest = view["row"]["digest"]
    foreign = as_("key-rival")
    replies = [
        await client.get("/plans/engineer", **foreign),
        await client.get("/plans/engineer/consent", **foreign),
        await client.put("/plans/engineer", json={"plan": view["draft"]["plan"], "replaces": digest}, **foreign),
        await client.post("/plans/engineer/approval", json={"digest": digest}, **foreign),
        await client.delete("/plans/engineer", **foreign),
    ]
    assert [reply.status_code for reply in replies] == [404] * 5
    assert {row["plan_id"] for row in (await client.get("/plans", **foreign)).json()["plans"]} == INSTALLED.keys()
    assert await ports.audit.entries("rival") == []


async def test_scopes_separate_authors_from_those_who_start_interviews(client: httpx.AsyncClient) -> None:
    await created(client)
    room, reports = as_("key-room"), as_("key-reports")
    assert (await client.get("/plans", **room)).status_code == 200
    consent = (await client.get("/plans/engineer/consent", **room)).json()
    assert consent["consent_text"].startswith("You will talk to an AI")
    assert (await client.get("/plans/data-analyst/consent", **room)).json()["title"] == "Data Analyst"
    assert (await client.get("/plans/engineer", **room)).status_code == 403  # it holds the keys
    assert (await client.post("/plans", json=ROLE, **room)).status_code == 403
    assert (await client.get("/plans", **reports)).status_code == 403


async def test_a_name_that_is_taken_gets_a_number_and_the_number_of_plans_is_bounded(client: httpx.AsyncClient) -> None:
    names = [(await created(client))["row"]["plan_id"] for _ in range(3)]
    assert names == ["engineer", "engineer-2", "engineer-3"]
    assert (await client.post("/plans", json=ROLE)).status_code == 409
    analyst = {**ROLE, "role_description": ROLE["role_description"].replace("Engineer", "Data Analyst")}
    await client.delete("/plans/engineer-3")
    assert (await client.post("/plans", json=analyst)).json()["row"]["plan_id"] == "data-analyst-2"


async def test_a_plan_is_checked_without_being_stored(client: httpx.AsyncClient) -> None:
    good = plan_data(INSTALLED["data-analyst"])
    assert (await client.post("/plans/check", json={"plan": good})).json() == {"problems": {}}
    first = good["questions"][0]
    bad = {**good, "questions": [{**first, "prompt": "Why"}, *good["questions"][1:]]}
    problems = (await client.post("/plans/check", json={"plan": bad})).json()["problems"]
    assert list(problems) == ["questions[0].prompt"]
    unknown = (await client.post("/plans/check", json={"plan": {**good, "titel": "x"}})).json()["problems"]
    assert "titel" in unknown
    none = (await client.post("/plans/check", json={"plan": {"id": "x"}})).json()["problems"]
    for field in ("title", "role", "phases", "skills", "greeting", "closing", "consent"):
        assert f"required field '{field}' is missing" in none["."]
    prompt = f"{first['prompt']} {' '.join(['word'] * 200)} It is not fair, is it? Why? And how? And when?"
    several = {**good, "questions": [{**first, "prompt": prompt}, *good["questions"][1:]]}
    problems = (await client.post("/plans/check", json={"plan": several})).json()["problems"]
    assert problems["questions[0].prompt"].count(";") >= 2  # several problems of one field
    assert len((await client.get("/plans")).json()["plans"]) == len(INSTALLED)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"role_description": ""}, "role_description"),
        ({"role_description": "Baker"}, "role_description"),
        ({"role_description": "x" * 200_001}, "role_description"),
        ({**ROLE, "minutes": 5}, "minutes"),
        ({**ROLE, "plan": {}}, "plan"),
    ],
)
async def test_a_wrong_request_names_its_field(client: httpx.AsyncClient, body: dict[str, Any], field: str) -> None:
    reply = await client.post("/plans", json=body)
    assert reply.status_code == 422
    assert field in str(reply.json()["errors"])


async def test_a_changed_plan_is_held_to_the_caps_and_the_rules(client: httpx.AsyncClient) -> None:
    view = await created(client)
    for wrong in ({"title": "x" * 2000}, {"skills": {}}, {"draft": False}):
        plan = {**view["draft"]["plan"], **wrong}
        reply = await client.put("/plans/engineer", json={"plan": plan, "replaces": view["row"]["digest"]})
        assert reply.status_code == 422, wrong
    assert (await client.get("/plans/engineer")).json() == view


async def test_a_question_about_a_protected_topic_is_named_and_cannot_be_approved(client: httpx.AsyncClient) -> None:
    view = await created(client)
    plan = view["draft"]["plan"]
    first = {**plan["questions"][0], "prompt": "To start, how old are you?"}
    plan = {**plan, "questions": [first, *plan["questions"][1:]]}
    problems = (await client.post("/plans/check", json={"plan": plan})).json()["problems"]
    assert problems == {"questions[0]": "touches a protected topic: age [opener]"}
    changed = await client.put("/plans/engineer", json={"plan": plan, "replaces": view["row"]["digest"]})
    refused = await client.post("/plans/engineer/approval", json={"digest": changed.json()["row"]["digest"]})
    assert refused.status_code == 409
    assert (await client.get("/plans/engineer")).json()["row"]["status"] == "draft"
