"""Nothing that a candidate said is taken for another question or lost: two windows, requests, reloads, ends, limits."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Dialog, Route, expect

from tests.support.room_server import RoomServer
from tests.web.conftest import WIDTHS, Visitor
from tests.web.test_room import INDEX, WORK, new_id

pytestmark = pytest.mark.timeout(180)

LATE = "I wrote this for the second question."


def begun(server: RoomServer, visitor: Visitor) -> str:
    """A typed interview at its second question."""
    interview = new_id()
    visitor.page.goto(server.invite(interview))
    visitor.prefer_typing()
    visitor.agree_and_start()
    visitor.type_answer(WORK)
    visitor.awaits("Question 2")
    return interview


def elsewhere(server: RoomServer, interview: str, *answers: str) -> None:
    """Another window of the same interview."""
    for answer in answers:
        reply = server.operator.post(f"/session/turn/{interview}", json={"answer": answer, "voice": False})
        assert reply.status_code == 200, reply.text


def answered(server: RoomServer, interview: str) -> list[tuple[str, str]]:
    return [(one["question_id"], one["text"]) for one in server.happened(interview, "answer.received")]


def ask(visitor: Visitor, what: str) -> None:
    visitor.click("Help")
    with visitor.page.expect_response("**/session/turn/**"):
        visitor.page.get_by_role("dialog").get_by_role("button", name=what).click()
    visitor.awaits("Your turn")


def test_an_answer_to_a_question_that_another_window_answered_is_refused_and_kept(
    server: RoomServer, visitor: Visitor
) -> None:
    page = visitor.page
    visitor.expected = re.compile("409")
    interview = begun(server, visitor)
    second = page.locator(".prompt").inner_text()
    elsewhere(server, interview, INDEX)
    before = answered(server, interview)
    visitor.type_answer(LATE)
    visitor.awaits("Your last answer was not sent")
    visitor.look("overtaken")
    expect(page.get_by_label("Your words")).to_have_value(LATE)
    expect(page.locator(".kept")).to_contain_text(second)
    expect(page.get_by_label("Put a message on a queue")).to_be_visible()
    assert answered(server, interview) == before
    page.reload()
    expect(page.get_by_label("Your words")).to_have_value(LATE)
    visitor.click("Hide this")
    page.get_by_label("Put a message on a queue").check()
    visitor.click("Send answer")
    expect(page.locator(".kept")).to_have_count(0)
    visitor.awaits("Question 4")


def test_words_for_a_question_do_not_stand_in_the_field_of_its_follow_up(server: RoomServer, visitor: Visitor) -> None:
    page, interview = visitor.page, new_id()
    visitor.expected = re.compile("409")
    page.goto(server.invite(interview, plan="follow-up"))
    visitor.prefer_typing()
    visitor.agree_and_start()
    elsewhere(server, interview, "It costs time.")
    visitor.type_answer(LATE)
    visitor.awaits("Your last answer was not sent")
    expect(page.locator(".prompt")).to_have_text("What has to happen to the index on every insert?")
    expect(page.get_by_label("Your words")).to_have_value(LATE)
    expect(page.get_by_label("Your answer")).to_have_value("")
    page.get_by_label("Your answer").fill("It is changed, too.")
    visitor.click("Hide this")
    expect(page.get_by_label("Your answer")).to_have_value("It is changed, too.")
    page.reload()
    expect(page.get_by_label("Your answer")).to_have_value("It is changed, too.")


def test_requests_keep_the_unsent_words_and_the_chosen_options(server: RoomServer, visitor: Visitor) -> None:
    page = visitor.page
    begun(server, visitor)
    page.get_by_label("Your answer").fill("Every write must")
    for what in ("Repeat the question", "Explain the question", "Ask for an adjustment"):
        ask(visitor, what)
        expect(page.get_by_label("Your answer")).to_have_value("Every write must")
    visitor.type_answer(INDEX)
    page.get_by_label("Put a message on a queue").check()
    ask(visitor, "Repeat the question")
    expect(page.get_by_label("Put a message on a queue")).to_be_checked()
    visitor.click("Send answer")
    page.get_by_label("A committed transaction").wait_for()
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(0)


def test_a_corrected_transcript_outlives_a_reload_that_warned(server: RoomServer, visitor: Visitor) -> None:
    page, interview = visitor.page, new_id()
    page.goto(server.invite(interview))
    page.get_by_label("Read the interviewer's words aloud").uncheck()
    visitor.agree_and_start()
    warned: list[str] = []

    def leave(dialog: Dialog) -> None:
        warned.append(dialog.type)
        dialog.accept()

    page.on("dialog", leave)
    page.get_by_role("button", name="Speak", exact=True).click()
    page.get_by_role("button", name="Stop and check").wait_for()
    page.wait_for_timeout(4_500)  # the fixture is heard in real time
    visitor.click("Stop and check")
    page.get_by_label("What was understood").fill(WORK)
    page.reload()
    expect(page.get_by_label("What was understood")).to_have_value(WORK)
    assert warned == ["beforeunload"]
    visitor.click("Send answer")
    visitor.awaits("Question 2")
    assert [text for _, text in answered(server, interview)] == [WORK]
    page.reload()
    visitor.awaits("Question 2")
    assert warned == ["beforeunload"], "nothing unsent was there"


@pytest.mark.parametrize("captions", [True, False])
def test_a_follow_up_is_on_the_screen(server: RoomServer, visitor: Visitor, captions: bool) -> None:
    page = visitor.page
    page.goto(server.invite(new_id(), plan="follow-up"))
    visitor.prefer_typing()
    box = page.get_by_label("Show the interviewer's words large, as captions")
    box.set_checked(captions)
    visitor.agree_and_start()
    prompt = page.locator(".prompt").inner_text()
    visitor.type_answer("It costs time.")
    expect(page.locator(".prompt")).not_to_have_text(prompt)
    follow_up = page.locator(".prompt").inner_text()
    assert follow_up == "What has to happen to the index on every insert?"
    said = page.locator(".captions" if captions else ".aside")
    expect(said).to_have_text(re.compile(r"[a-z][.!]"))  # the words before it are not lost
    visitor.look(f"follow-up-captions-{captions}")
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        expect(page.locator(".prompt")).to_be_visible()
    page.reload()
    expect(page.locator(".prompt")).to_have_text(follow_up)
    ask(visitor, "Repeat the question")
    expect(page.locator(".prompt")).to_have_text(follow_up)


def test_captions_carry_the_questions_words_and_are_whole(server: RoomServer, visitor: Visitor) -> None:
    page = visitor.page
    page.goto(server.invite(new_id(), plan="follow-up"))
    visitor.prefer_typing()
    visitor.agree_and_start()
    captions = page.locator(".captions")
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        assert captions.evaluate("it => it.scrollHeight <= it.clientHeight"), f"cut at {width}"
        title = page.locator(".brand > span").last
        assert title.evaluate("it => it.scrollWidth <= it.clientWidth"), f"the title is cut at {width}"
    expect(captions).to_contain_text(page.locator(".prompt").inner_text())
    ask(visitor, "Repeat the question")
    expect(captions).to_contain_text(page.locator(".prompt").inner_text())


def test_the_end_page_says_which_answer_is_not_saved(server: RoomServer, visitor: Visitor) -> None:
    page = visitor.page
    visitor.expected = re.compile("409")
    interview = begun(server, visitor)
    greeting = page.locator(".conversation li").first.locator("p").inner_text()
    server.operator.delete(f"/session/state/{interview}")
    visitor.type_answer(LATE)
    visitor.awaits("What happens next")
    visitor.look("ended-unsaved")
    expect(page.get_by_label("Your words")).to_have_value(LATE)
    expect(page.locator("main")).not_to_contain_text("All your answers are saved")
    expect(page.locator("main")).not_to_contain_text(greeting)
    page.reload()
    expect(page.get_by_label("Your words")).to_have_value(LATE)


def test_an_answer_over_the_limit_says_how_much_to_cut(server: RoomServer, visitor: Visitor) -> None:
    page = visitor.page
    begun(server, visitor)
    field = page.get_by_label("Your answer")
    field.fill("a" * 19_000)
    visitor.awaits("19,000 of at most 20,000 characters")
    field.fill("a" * 20_412)
    visitor.awaits("Please cut 412.")
    visitor.look("too-long")
    visitor.click("Send answer")
    expect(field).to_have_value("a" * 20_412)
    expect(page.get_by_role("button", name="Try again")).to_have_count(0)
    field.fill("Short.")
    field.evaluate(
        """field => { const data = new DataTransfer(); data.setData("text", "word ".repeat(132000));
        field.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true})); }"""
    )
    visitor.awaits("The pasted text has 660,000 characters")
    expect(field).to_have_value("Short.")


def refusing(status: int, code: str, retryable: bool) -> Callable[[Route], None]:
    detail = "This answer is being processed; retry with the same Idempotency-Key."
    problem = {"status": status, "code": code, "title": "T", "detail": detail, "retryable": retryable}
    return lambda route: route.fulfill(status=status, json=problem)


def test_an_answer_is_sent_again_by_itself_once_the_server_is_back(server: RoomServer, visitor: Visitor) -> None:
    page = visitor.page
    visitor.expected = re.compile("Failed to load resource")
    interview = begun(server, visitor)
    page.route("**/session/turn/**", refusing(409, "turn-in-flight", True), times=1)
    visitor.type_answer(INDEX)
    visitor.awaits("Your answer could not be sent")
    expect(page.locator("main")).not_to_contain_text("Idempotency")
    visitor.awaits("sends it again by itself")
    visitor.awaits("Question 3")
    assert [text for _, text in answered(server, interview)] == [WORK, INDEX]


def test_an_error_that_stays_offers_no_other_try(server: RoomServer, visitor: Visitor) -> None:
    page = visitor.page
    visitor.expected = re.compile("Failed to load resource")
    begun(server, visitor)
    page.route("**/session/turn/**", refusing(422, "invalid-input", False), times=1)
    visitor.type_answer(INDEX)
    visitor.awaits("This answer could not be accepted as it is")
    expect(page.get_by_role("button", name="Try again")).to_have_count(0)
    visitor.click("Change the answer")
    expect(page.get_by_label("Your answer")).to_have_value(INDEX)


def test_help_points_to_what_it_has(server: RoomServer, visitor: Visitor) -> None:
    begun(server, visitor)
    visitor.click("Help")
    dialog = visitor.page.get_by_role("dialog")
    expect(dialog).not_to_contain_text("Ask for it with “Help”")
    expect(dialog).to_contain_text("Choose “Ask for an adjustment” above.")
