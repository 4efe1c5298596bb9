"""The reviewer's page in a real browser: find, read, listen, decide, compare, replay."""

from __future__ import annotations

import pytest
from playwright.sync_api import Route, expect

from tests.support.staff_server import SECOND_AT_S, StaffServer
from tests.web.conftest import violations
from tests.web.staff.conftest import Look, OpenPage

STATES = {
    "inbox": ("/review", "Interviews"),
    "report": ("/review#/interview/i-ada", "Ada Lovelace"),
    "playback": ("/review#/interview/i-ada/playback", "Ada Lovelace"),
    "log": ("/review#/interview/i-ada/log", "Ada Lovelace"),
    "compare": ("/review#/compare?plan=backend-engineer", "Candidates of backend-engineer"),
}

#: The recording's place and state, or null before it was asked for.
PLAYING = "() => { const a = document.querySelector('audio'); return [a.dataset.recording, a.currentTime, a.paused] }"


def report_of(staff: StaffServer, interview: str) -> dict[str, object]:
    reply = staff.client.get(
        f"/session/report/{interview}?format=json", headers={"Authorization": f"Bearer {staff.key}"}
    )
    found: dict[str, object] = reply.json()
    return found


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("state", STATES)
def test_every_state_is_accessible_and_fits(open_page: OpenPage, look: Look, state: str, width: int) -> None:
    path, heading = STATES[state]
    page = open_page(path, width=width)
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    page.wait_for_load_state("networkidle")
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
    look(page, f"review-{state}")


def test_the_key_is_in_no_address_and_gone_after_signing_out(open_page: OpenPage, staff: StaffServer) -> None:
    page = open_page("/review")
    assert staff.key not in page.url
    assert staff.key not in str(page.evaluate("JSON.stringify(localStorage) + document.cookie"))
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Interviews")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("API key or sign-in token")).to_be_visible()
    assert page.evaluate("sessionStorage.length") == 0


def test_filters_find_an_interview_and_stay_in_the_address(open_page: OpenPage) -> None:
    page = open_page("/review")
    expect(page.get_by_role("row")).to_have_count(4)
    page.get_by_label("Candidate", exact=True).fill("franklin")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("row")).to_have_count(2)
    expect(page.get_by_role("link", name="Benjamin Franklin")).to_be_visible()
    page.reload()
    expect(page.get_by_role("row")).to_have_count(2)
    page.get_by_label("Candidate", exact=True).fill("i-ada")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("link", name="Ada Lovelace")).to_contain_text("i-ada")
    expect(page.get_by_role("row")).to_have_count(2)
    page.get_by_text("More filters").click()
    page.get_by_label("Status").select_option("active")
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_text("No interview matches these filters")).to_be_visible()
    page.get_by_role("link", name="Show all interviews").click()
    expect(page.get_by_role("row")).to_have_count(4)


def test_a_quote_plays_its_recording_from_its_utterance(open_page: OpenPage, staff: StaffServer) -> None:
    questions = report_of(staff, "i-ada")["questions"]
    assert isinstance(questions, list)
    quote = next(one for question in questions for one in question["quotes"] if (one["at_s"] or 0) > 0)
    page = open_page("/review#/interview/i-ada")
    page.get_by_role("button", name=f"Play “{quote['text']}”").or_(
        page.locator(".quote-play", has_text=quote["text"])
    ).first.click()
    page.wait_for_function(f"seconds => ({PLAYING})()[1] > seconds", arg=SECOND_AT_S)
    recording, at, _ = page.evaluate(PLAYING)
    assert recording == quote["audio_url"]
    assert quote["at_s"] <= at < quote["at_s"] + 3


def test_hostile_words_are_shown_and_not_run(open_page: OpenPage) -> None:
    page = open_page("/review#/interview/i-ada/playback")
    expect(page.get_by_text("<img src=x onerror=alert(1)>").first).to_be_visible()
    assert page.locator("main img").count() == 0


def test_a_decision_changes_the_score_and_names_its_author(open_page: OpenPage, staff: StaffServer, look: Look) -> None:
    before = report_of(staff, "i-ben")["weighted_score"]
    page = open_page("/review#/interview/i-ben")
    decide = page.get_by_role("button", name="Decide yourself : question 2")
    decide.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Save my decision").click()
    expect(dialog.get_by_text("Your name stands next to your decision.")).to_be_visible()
    dialog.get_by_label("Score").fill("0.95")
    dialog.get_by_label("Reason").fill("All of it is there.")
    dialog.get_by_label("Your name").fill("Rosalind Franklin")
    look(page, "review-decide")
    dialog.get_by_role("button", name="Save my decision").click()
    expect(dialog).to_be_hidden()
    section = page.get_by_role("region", name="Question 2", exact=True)
    expect(section.get_by_text("decided by Rosalind Franklin (key acme office)")).to_be_visible()
    expect(section.get_by_text("All of it is there.")).to_be_visible()
    after = report_of(staff, "i-ben")["weighted_score"]
    assert isinstance(after, float)
    assert after != before
    expect(page.locator(".total")).to_contain_text(f"{after:.2f}")


def test_the_second_reviewer_sees_that_the_first_has_decided(open_page: OpenPage, look: Look) -> None:
    first, second = (open_page("/review#/interview/i-ada") for _ in range(2))
    for page, score, name in ((first, "0.90", "Grace"), (second, "0.10", "Katherine")):
        page.get_by_role("button", name="Decide yourself : question 2").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Score").fill(score)
        dialog.get_by_label("Reason").fill("I listened to it.")
        dialog.get_by_label("Your name").fill(name)
    first.get_by_role("button", name="Save my decision").click()
    expect(first.get_by_role("dialog")).to_be_hidden()
    second.get_by_role("button", name="Save my decision").click()
    expect(second.get_by_text("A colleague was faster")).to_be_visible()
    expect(second.get_by_role("dialog").get_by_text("Grace (key acme office) gave 0.90")).to_be_visible()
    look(second, "review-conflict")
    second.get_by_role("button", name="Cancel").click()
    section = second.get_by_role("region", name="Question 2", exact=True)
    expect(section.get_by_text("decided by Grace (key acme office)")).to_be_visible()


def test_the_whole_interview_plays_on_by_itself(open_page: OpenPage) -> None:
    page = open_page("/review#/interview/i-ada/playback")
    page.get_by_role("button", name="Play from the start").click()
    page.wait_for_function(f"() => ({PLAYING})()[1] > 0")
    first = page.evaluate(PLAYING)[0]
    page.evaluate("() => { const a = document.querySelector('audio'); a.currentTime = a.duration - 0.05 }")
    page.wait_for_function(f"first => ({PLAYING})()[0] !== first && ({PLAYING})()[1] > 0", arg=first)
    expect(page.locator("[aria-current=true]")).to_have_count(1)


def test_two_candidates_are_chosen_and_compared_by_keyboard(open_page: OpenPage) -> None:
    page = open_page("/review")
    for name in ("Ada Lovelace", "Benjamin Franklin"):
        page.get_by_role("checkbox", name=f"Compare {name}").focus()
        page.keyboard.press("Space")
    page.get_by_role("link", name="Compare", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Candidates of backend-engineer")
    expect(page.get_by_role("table").get_by_role("link", name="Ada Lovelace")).to_be_visible()
    expect(page.get_by_role("table")).to_contain_text("±")


def test_a_comparison_of_many_skills_stays_in_its_card(open_page: OpenPage) -> None:
    page = open_page("/review#/compare?plan=backend-engineer&interview=i-ada&interview=i-ben")
    table = page.get_by_role("table", name="Abilities with standard errors")
    # as wide as that of the shipped plan for backend engineers, which has five skills
    table.evaluate("""(it) => it.querySelectorAll("tr").forEach((row) => {
        row.cells[2].textContent = row.cells[2].tagName === "TH" ? "system-design" : "−0.22 ± 0.92";
        while (row.cells.length < 10) row.cells[2].after(row.cells[2].cloneNode(true));
    })""")
    over = "it => it.scrollWidth - it.clientWidth"
    frame = page.locator(".scrolls")
    assert frame.evaluate(over) == 0, "the table is wider than its card"
    date = table.locator("td[data-label=Date] span").first
    assert date.evaluate("it => it.getClientRects().length") == 1, "the date is broken"
    page.set_viewport_size({"width": 800, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= 800, "the table does not scroll in its card"
    assert violations(page) == []


def test_the_report_is_downloaded(open_page: OpenPage) -> None:
    page = open_page("/review#/interview/i-ada")
    with page.expect_download() as started:
        page.get_by_role("button", name="Download the report as PDF").click()
    assert started.value.suggested_filename == "report-i-ada.pdf"
    assert started.value.path().read_bytes().startswith(b"%PDF")


def test_the_log_is_filtered(open_page: OpenPage) -> None:
    page = open_page("/review#/interview/i-ada/log")
    entries = page.locator(".log > li")
    page.get_by_label("Containing").fill("consent")
    expect(page.get_by_role("status").last).to_contain_text("events")
    expect(entries.first).to_contain_text("The interview began")
    entries.first.locator("summary").click()
    expect(entries.first.locator("pre")).to_contain_text("backend-engineer")


def test_another_tenant_sees_neither_list_nor_interview(open_page: OpenPage, staff: StaffServer) -> None:
    page = open_page("/review", key=staff.rival)
    expect(page.get_by_role("row")).to_have_count(2)
    expect(page.get_by_text("Ada Lovelace")).to_have_count(0)
    page.goto(f"{staff.address}/review#/interview/i-ada")
    expect(page.get_by_text("There is no such interview.")).to_be_visible()


def test_extra_time_is_granted_to_a_running_interview(open_page: OpenPage, staff: StaffServer, look: Look) -> None:
    page = open_page("/review#/interview/i-live")
    page.get_by_role("button", name="Grant extra time").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Grant it").click()
    expect(dialog.get_by_text("Say why, in a few words.")).to_be_visible()
    look(page, "review-extra-time")
    dialog.get_by_label("Minutes").fill("10")
    dialog.get_by_label("Reason").fill("Asked for an accommodation.")
    dialog.get_by_label("Your name").fill("Rosalind Franklin")

    def lose_the_reply(route: Route) -> None:
        assert route.fetch().status == 200
        route.abort("connectionreset")

    page.route("**/session/extra-time/*", lose_the_reply, times=1)
    dialog.get_by_role("button", name="Grant it").click()
    expect(dialog.get_by_text("The server cannot be reached.")).to_be_visible()
    dialog.get_by_role("button", name="Grant it").click()
    expect(page.get_by_text("Granted: 10 minutes in all.")).to_be_visible()
    reply = staff.client.get("/session/state/i-live", headers={"Authorization": f"Bearer {staff.key}"})
    assert reply.json()["extra_time_s"] == 600
