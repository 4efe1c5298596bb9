"""The operator's console in a real browser: numbers, keys and links."""

from __future__ import annotations

import pytest
from playwright.sync_api import Route, expect

from tests.support.staff_server import StaffServer
from tests.web.staff.conftest import Look, OpenPage


@pytest.mark.parametrize("width", [1280, 390])
def test_the_console_is_accessible_and_fits(open_page: OpenPage, look: Look, width: int) -> None:
    page = open_page("/console", width=width)
    expect(page.get_by_role("heading", name="Tiers")).to_be_visible()
    expect(page.get_by_role("table", name="Keys of your tenant")).to_be_visible()
    look(page, "console")


def test_the_numbers_are_those_of_the_metrics(open_page: OpenPage) -> None:
    page = open_page("/console")
    expect(page.locator(".figure", has_text="Running or just ended").locator(".value")).to_have_text("2")
    expect(page.locator(".figure", has_text="Answers").first.locator(".value")).to_have_text("3")
    tiers = page.get_by_role("table", name="Tiers with their engines")
    expect(tiers.get_by_role("row", name="Language model")).to_contain_text("not configured")


def test_a_key_is_made_shown_once_used_and_revoked(open_page: OpenPage, staff: StaffServer, look: Look) -> None:
    page = open_page("/console")
    page.get_by_label("Name of the key").fill("Rosalind Franklin")
    page.get_by_role("button", name="Create a key").click()
    secret = page.get_by_label("The new key").input_value()
    headers = {"Authorization": f"Bearer {secret}"}
    assert staff.client.get("/sessions", headers=headers).status_code == 200
    assert staff.client.get("/platform", headers=headers).status_code == 403
    page.reload()
    keys = page.get_by_role("table", name="Keys of your tenant")
    expect(keys.get_by_text("Rosalind Franklin")).to_be_visible()
    assert secret not in page.content()
    page.get_by_role("button", name="Revoke Rosalind Franklin").click()
    look(page, "console-revoke")
    page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    expect(keys.get_by_role("row", name="Rosalind Franklin")).to_contain_text("revoked")
    assert staff.client.get("/sessions", headers=headers).status_code == 401


def test_a_link_lets_its_candidate_in(open_page: OpenPage, staff: StaffServer) -> None:
    page = open_page("/console")
    page.get_by_role("button", name="Create a link").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose the plan first.")
    page.get_by_label("Plan", exact=True).select_option("backend-engineer")
    page.get_by_role("button", name="Try an interview yourself").click()
    link = page.get_by_label("Link for the candidate").input_value()
    address, _, token = link.partition("#")
    assert address == f"{staff.address}/room"
    reply = staff.client.post("/candidate/token", headers={"Authorization": f"Bearer {token}"})
    assert reply.status_code == 200


def test_the_operator_grants_extra_time_to_a_running_interview(
    open_page: OpenPage, staff: StaffServer, look: Look
) -> None:
    page = open_page("/console")
    running = page.get_by_role("table", name="Interviews that have not ended")
    expect(running.get_by_text("Ada Lovelace")).to_have_count(0)
    expect(running.get_by_text("Foreign Person")).to_have_count(0)
    page.get_by_role("button", name="Grant extra time to Grace Hopper").click()
    dialog = page.get_by_role("dialog")
    look(page, "console-extra-time")
    dialog.get_by_label("Minutes").fill("7")
    dialog.get_by_label("Reason").fill("Asked for an accommodation.")
    dialog.get_by_label("Your name").fill("Rosalind Franklin")
    dialog.get_by_role("button", name="Grant it").click()
    expect(page.get_by_text("Granted: 7 minutes in all.")).to_be_visible()
    reply = staff.client.get("/session/state/i-live", headers={"Authorization": f"Bearer {staff.key}"})
    assert reply.json()["extra_time_s"] == 420


def test_the_console_names_stages_queues_and_tiers_in_words(open_page: OpenPage) -> None:
    page = open_page("/console")
    expect(page.get_by_text("Language model → script")).to_be_visible()
    main = page.locator("main")
    for raw in ("stage stt", "grading dead", "llm →"):
        expect(main).not_to_contain_text(raw)


def test_a_long_note_is_one_sentence_until_the_rest_is_asked_for(open_page: OpenPage, look: Look) -> None:
    page = open_page("/console")

    def noted(route: Route) -> None:
        reply = route.fetch()
        state = reply.json()
        state["tiers"][0] |= {"error": "", "notice": "The voice is robotic. Get version 1.2 of another."}
        route.fulfill(response=reply, json=state)

    page.route("**/platform", noted)  # the page reads it every five seconds
    tiers = page.get_by_role("table", name="Tiers with their engines")
    expect(tiers.get_by_text("The voice is robotic.")).to_be_visible(timeout=20_000)
    rest = tiers.get_by_text("Get version 1.2 of another.")
    expect(rest).to_be_hidden()
    look(page, "console-note")
    tiers.get_by_role("row", name="The voice is robotic.").get_by_text("What to do").click()
    expect(rest).to_be_visible()


@pytest.mark.parametrize("days", ["ninety", "0", "3651"])
def test_days_that_are_no_lifetime_make_no_key(open_page: OpenPage, days: str) -> None:
    page = open_page("/console")
    page.get_by_label("Name of the key").fill("Katherine Johnson")
    page.get_by_label("Days until it ends").fill(days)
    page.get_by_role("button", name="Create a key").click()
    expect(page.get_by_role("alert")).to_have_text("The days until it ends are a number up to 3650.")
    page.get_by_label("Days until it ends").fill("90")
    page.get_by_label("reports").uncheck()
    page.get_by_role("button", name="Create a key").click()
    expect(page.get_by_role("alert")).to_have_text("Tick what the key may do.")
    page.reload()
    keys = page.get_by_role("table", name="Keys of your tenant")
    expect(keys).to_be_visible()
    expect(keys.get_by_text("Katherine Johnson")).to_have_count(0)


def test_a_reviewers_key_does_not_open_the_console(open_page: OpenPage, staff: StaffServer) -> None:
    made = staff.client.post(
        "/keys",
        json={"label": "reviewer", "scopes": ["reports"]},
        headers={"Authorization": f"Bearer {staff.key}"},
    ).json()
    page = open_page("/console")
    page.get_by_role("button", name="Sign out").click()
    page.get_by_label("API key or sign-in token").fill(made["secret"])
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("lacks the scope 'operations'")
