"""The candidate's room in a real browser: whole journeys, every state accessible, nothing asked of another server."""

from __future__ import annotations

import re
import uuid
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, Route, expect

from tests.support.room_server import RoomServer
from tests.web.conftest import Visitor

pytestmark = pytest.mark.timeout(180)

WORK = "I build the billing service of a logistics company together with four other people."
INDEX = "Every write must also update the index, which takes time and disk space."


def new_id() -> str:
    return f"room-{uuid.uuid4().hex[:8]}"


def talk(page: Page) -> None:
    """Hold the button while the whole fixture is heard."""
    page.get_by_role("button", name="Speak", exact=True).hover()
    page.mouse.down()
    expect(page.get_by_role("status").filter(has_text="Recording")).to_be_visible()
    page.wait_for_timeout(5_000)  # the microphone plays a file of five seconds in real time
    page.mouse.up()
    page.get_by_label("What was understood").wait_for()


def test_a_typed_interview_from_the_link_to_the_end(server: RoomServer, visitor: Visitor) -> None:
    page, interview = visitor.page, new_id()
    page.goto(server.invite(interview))
    visitor.awaits("Welcome, Ada")
    assert "#" not in page.url
    expect(page.locator(".prose p")).to_have_count(2)
    visitor.look("arrival")
    visitor.click("Continue")
    expect(page.get_by_role("alert")).to_have_text("Please tick the box to continue.")
    visitor.look("arrival-without-consent")
    visitor.prefer_typing()
    page.get_by_label("I have read this and agree").check()
    visitor.click("Continue")
    expect(page.locator(".practice .prompt")).to_have_text("How did you get to where you are sitting now?")
    visitor.look("practice")
    visitor.type_answer("By train, and on foot from the station.")
    visitor.awaits("That is how it works")
    visitor.look("practised")
    assert server.operator.get(f"/session/state/{interview}").status_code == 404, "the practice left a trace"

    visitor.click("Start the interview")
    visitor.awaits("Question 1")
    visitor.look("interview")
    visitor.type_answer(WORK)
    visitor.awaits("Question 2")
    expect(page.get_by_role("heading", name="Question 2")).to_be_focused()
    visitor.type_answer(INDEX)
    page.get_by_label("Put a message on a queue").wait_for()
    visitor.click("Send answer")
    expect(page.get_by_role("alert")).to_have_text("Write or choose an answer first.")
    visitor.look("choice")
    page.get_by_label("Put a message on a queue").check()
    visitor.click("Send answer")
    page.get_by_label("A committed transaction").check()
    page.get_by_label("A flushed write-ahead log").check()
    visitor.look("several-choices")
    visitor.click("Send answer")
    visitor.awaits("Put these in order")
    visitor.look("order")
    for item in ("Parse", "Plan", "Execute", "Return rows"):
        up = page.get_by_role("button", name=f"Move “{item}” up")
        place = ("Parse", "Plan", "Execute", "Return rows").index(item)
        while page.locator(".ordering li span:first-child").nth(place).inner_text() != item:
            up.click()
    visitor.click("Send answer")
    page.get_by_label("Your number").fill("365 gigabytes")
    visitor.look("number")
    visitor.click("Send answer")
    page.get_by_label("Your formula").fill('=SUMIF(A2:A11,"North",B2:B11)')
    visitor.click("Try it on the sheet")
    page.get_by_role("status").filter(has_text=re.compile(r"gives \d+")).wait_for()
    visitor.look("formula")
    visitor.click("Send answer")
    visitor.awaits("Before we finish")
    visitor.type_answer("No, thank you.")
    visitor.awaits("What happens next")
    visitor.look("ended")

    grades = {data["question_id"]: data["grade"]["score"] for data in server.happened(interview, "grade.recorded")}
    right = {"queue": 1.0, "durable": 1.0, "pipeline": 1.0, "storage": 1.0, "north": 1.0}
    assert {name: score for name, score in grades.items() if name in right} == right
    page.reload()
    visitor.awaits("What happens next")


def test_a_spoken_answer_is_checked_corrected_and_sent(server: RoomServer, visitor: Visitor) -> None:
    page, interview = visitor.page, new_id()
    page.goto(server.invite(interview))
    page.get_by_label("I have read this and agree").check()
    visitor.click("Continue")
    visitor.look("check")
    visitor.click("Record a sentence")
    expect(page.get_by_role("meter")).to_have_attribute("aria-valuenow", re.compile(r"[1-9]"))
    page.wait_for_timeout(4_500)  # the fixture is heard in real time
    visitor.look("check-recording")
    visitor.click("Stop")
    visitor.awaits("This is what was understood")
    assert "best of times" in page.locator(".quote").inner_text().lower()
    visitor.look("check-understood")
    visitor.click("That's right")
    visitor.click("Skip the practice")
    visitor.awaits("Question 1")
    assert server.happened(interview, "answer.received") == [], "the check left a trace"

    page.get_by_role("button", name="Speak", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="Recording")).to_be_visible()
    visitor.look("recording")
    page.wait_for_timeout(4_000)  # as above
    visitor.click("Stop and check")
    heard = page.get_by_label("What was understood")
    visitor.look("checking")
    understood = heard.input_value()
    assert "best of times" in understood.lower()
    heard.fill(WORK)
    visitor.click("Send answer")
    visitor.awaits("Question 2")
    (first,) = server.happened(interview, "answer.received")
    assert (first["text"], first.get("audio")) == (WORK, None)
    assert first["recording"]["size_bytes"] > 1000, "the recording is kept beside its correction"
    assert first["signals"] == {"corrected_transcript": True, "heard": understood[:500]}

    talk(page)
    visitor.click("Send answer")
    expect(page.locator(".conversation li[data-who=candidate]").nth(1)).to_contain_text("best of times")
    visitor.awaits("Your turn")
    spoken = server.happened(interview, "answer.received")[1]
    assert spoken["audio"]["size_bytes"] > 1000, "a recording that was left as it is counts itself"


def test_a_hint_tells_its_cost_before_it_is_taken(server: RoomServer, visitor: Visitor) -> None:
    page, interview = visitor.page, new_id()
    page.goto(server.invite(interview))
    visitor.prefer_typing()
    visitor.agree_and_start()
    visitor.type_answer(WORK)
    expect(page.get_by_role("button", name="Take a hint")).to_contain_text("costs 10 %")
    visitor.click("Take a hint")
    expect(page.get_by_role("dialog")).to_contain_text("lowers the score of this answer by 10 %")
    visitor.look("hint")
    visitor.click("Cancel")
    assert server.operator.get(f"/session/state/{interview}").json()["hints_used"] == 0
    visitor.click("Take a hint")
    visitor.click("Take the hint")
    visitor.awaits("What else has to change when a row is inserted?")
    expect(page.get_by_role("button", name="Take a hint")).to_contain_text("costs 25 %")
    assert server.operator.get(f"/session/state/{interview}").json()["hints_used"] == 1


def test_a_reload_keeps_the_unsent_words_and_the_question(server: RoomServer, visitor: Visitor) -> None:
    page = visitor.page
    page.goto(server.invite(new_id()))
    visitor.prefer_typing()
    visitor.agree_and_start()
    visitor.type_answer(WORK)
    visitor.awaits("Question 2")
    page.get_by_label("Your answer").fill("Every write must")
    page.reload()
    visitor.awaits("Question 2")
    expect(page.get_by_label("Your answer")).to_have_value("Every write must")
    expect(page.locator(".conversation")).to_contain_text(WORK)
    expect(page.get_by_role("button", name="Take a hint")).to_contain_text("costs 10 %")
    expect(page.get_by_role("timer")).to_have_text(re.compile(r"(30|29|28) min left"))


def test_an_answer_whose_reply_was_lost_is_sent_again_and_counts_once(server: RoomServer, visitor: Visitor) -> None:
    page, interview = visitor.page, new_id()
    visitor.expected = re.compile("Failed to load resource|net::ERR")
    keys: list[str | None] = []
    page.on("request", lambda request: keys.append(_key(request)) if "/session/turn/" in request.url else None)
    page.goto(server.invite(interview))
    visitor.prefer_typing()
    visitor.agree_and_start()

    def lose(route: Route) -> None:
        route.fetch()
        route.abort("connectionreset")

    page.route("**/session/turn/**", lose, times=1)
    visitor.type_answer(WORK)
    visitor.awaits("Your answer could not be sent")
    visitor.look("failed")
    visitor.click("Try again")
    visitor.awaits("Question 2")
    page.route("**/session/turn/**", lose, times=1)
    visitor.type_answer(INDEX)
    visitor.awaits("Your answer could not be sent")
    page.reload()
    visitor.awaits("Question 3")
    assert len(keys) == 4
    assert (keys[0], keys[2]) == (keys[1], keys[3])
    assert [one["text"] for one in server.happened(interview, "answer.received")] == [WORK, INDEX]


def test_the_same_link_continues_on_another_device(server: RoomServer, visitor: Visitor, browser: Browser) -> None:
    link = server.invite(new_id())
    visitor.page.goto(link)
    visitor.prefer_typing()
    visitor.agree_and_start()
    visitor.type_answer(WORK)
    visitor.awaits("Question 2")
    other = browser.new_context(viewport={"width": 390, "height": 844})
    page = other.new_page()
    page.goto(link)
    expect(page.get_by_role("heading", name="Question 2")).to_be_visible()
    expect(page.locator(".prompt")).to_have_text("What does an index on a table cost when rows are written?")
    other.close()


def test_a_phone_shows_the_title_beside_the_tools_or_above_them(server: RoomServer, browser: Browser) -> None:
    """Never in a column of broken words; and no key is named that a phone does not have."""
    phone = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = phone.new_page()
    page.goto(server.invite(new_id()))
    page.get_by_label("I prefer to type my answers").check()
    page.get_by_label("I have read this and agree").check()
    page.get_by_role("button", name="Start without a check").click()
    page.get_by_label("Your answer").wait_for()
    expect(page.locator("main")).not_to_contain_text("Ctrl")
    title = page.locator(".brand > span").last
    tops = "[...document.querySelectorAll('.brand, #masthead-tools')].map((it) => it.getBoundingClientRect().top)"
    for text, beside in {"Backend Engineer": True, "Customer-Success-Manager (m/w/d)": False}.items():
        title.evaluate("(it, text) => { it.textContent = text }", text)
        brand, tools = page.evaluate(tops)
        assert (abs(brand - tools) < 20) == beside, text
        lines = title.evaluate(
            "it => it.getClientRects().length && it.offsetHeight / parseFloat(getComputedStyle(it).lineHeight)"
        )
        assert round(lines) == 1, f"{text} takes {lines} lines"
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
    phone.close()


def test_the_conversation_ends_at_its_newest_words(server: RoomServer, visitor: Visitor) -> None:
    page = visitor.page
    page.set_viewport_size({"width": 1280, "height": 400})
    page.goto(server.invite(new_id()))
    page.get_by_label("I prefer to type my answers").check()
    visitor.agree_and_start()
    visitor.type_answer(" ".join([WORK] * 6))
    visitor.awaits("Question 2")
    below = "it => it.scrollHeight - it.clientHeight - it.scrollTop"
    page.locator(".conversation li").nth(2).get_by_role("button", name="Hear it again").wait_for()
    page.wait_for_function(f"({below})(document.querySelector('.conversation')) <= 1")


def test_a_refused_microphone_is_explained_and_typing_goes_on(
    server: RoomServer, deaf_browser: Browser, pictures: Path | None
) -> None:
    visitor = Visitor(deaf_browser.new_context(), pictures)
    page = visitor.page
    page.goto(server.invite(new_id()))
    page.get_by_label("I have read this and agree").check()
    visitor.click("Continue")
    visitor.click("Record a sentence")
    expect(page.get_by_role("alert")).to_contain_text("may not use the microphone")
    visitor.look("microphone-denied")
    visitor.click("Type instead")
    visitor.type_answer("By train.")
    visitor.click("Start the interview")
    visitor.awaits("Question 1")
    visitor.click("Speak instead")
    page.get_by_role("button", name="Speak", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("may not use the microphone")
    visitor.click("Type instead")
    visitor.type_answer(WORK)
    visitor.awaits("Question 2")
    visitor.check()
    visitor.context.close()


def test_an_insecure_address_is_explained_and_text_is_offered(server: RoomServer, visitor: Visitor) -> None:
    visitor.expected = re.compile("Cross-Origin-Opener-Policy header has been ignored")
    visitor.page.goto(server.invite(new_id()).replace("127.0.0.1", "room.test"))
    visitor.awaits("Speaking is not possible on this address")
    visitor.look("insecure")
    visitor.page.get_by_label("I have read this and agree").check()
    visitor.click("Continue")
    visitor.page.get_by_label("Your answer").wait_for()
    visitor.click("Skip the practice")
    visitor.awaits("Question 1")
    visitor.type_answer(WORK)
    visitor.awaits("Question 2")


def test_links_that_open_nothing_say_what_to_do(server: RoomServer, visitor: Visitor) -> None:
    page = visitor.page
    visitor.expected = re.compile("401")
    page.goto(f"{server.address}/room")
    visitor.awaits("Open this page with the link from your invitation")
    visitor.look("no-link")
    replaced, interview = server.invite("room-replaced"), "room-replaced"
    for link in (replaced, f"{replaced[:-4]}AAAA", f"{server.address}/room#{'x' * 60}"):
        server.invite(interview)  # voids the link before
        page.goto("about:blank")
        page.goto(link)
        visitor.awaits("This link does not open an interview any more")
        visitor.awaits("or the interview was deleted")
        expect(page.get_by_text("is lost")).to_have_count(0)  # the page of a deleted interview's link is the same
    visitor.look("link-ended")


def test_a_candidate_can_ask_for_a_person_and_end_early(server: RoomServer, visitor: Visitor) -> None:
    page, interview = visitor.page, new_id()
    page.goto(server.invite(interview))
    visitor.prefer_typing()
    visitor.agree_and_start()
    visitor.click("Help")
    visitor.look("help")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Help", exact=True)).to_be_focused()
    visitor.click("Help")
    page.get_by_role("dialog").get_by_role("button", name="Ask for a person").click()
    expect(page.locator(".conversation")).to_contain_text("I would like to speak to a human interviewer.")
    visitor.awaits("Your turn")
    visitor.click("Help")
    page.get_by_role("dialog").get_by_role("button", name="Ask for an adjustment").click()
    expect(page.locator(".conversation")).to_contain_text("I would like to ask for an accommodation.")
    visitor.awaits("Your turn")
    asked = server.happened(interview, "candidate.asked")
    assert [one["topic"] for one in asked] == ["person", "accommodation"]
    assert all(one["for_a_person"] for one in asked)
    visitor.click("Help")
    visitor.click("End the interview")
    visitor.look("ending")
    visitor.click("End it")
    visitor.awaits("What happens next")
    visitor.look("ended-early")
    expect(page.locator(".ended .quote")).to_contain_text("That's everything from me.")
    expect(page.locator("main")).not_to_contain_text("last question")
    assert server.operator.get(f"/session/state/{interview}").json()["status"] == "concluded"


def test_an_interview_by_keyboard_alone(server: RoomServer, visitor: Visitor) -> None:
    """Every press goes to the element that has the focus."""
    page = visitor.page
    page.goto(server.invite(new_id()))
    visitor.awaits("Welcome")

    def to(name: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            label = page.evaluate(
                """() => { const at = document.activeElement;
                if (!at.matches("button, input, textarea")) return "";
                return (at.labels?.[0] ?? at).textContent + (at.getAttribute("aria-label") ?? ""); }"""
            )
            if name in label:
                return
        raise AssertionError(f"{name} cannot be reached with Tab")

    to("I have read this")
    page.keyboard.press("Space")
    to("Start without a check")
    page.keyboard.press("Enter")
    visitor.awaits("Question 1")
    to("Speak")
    page.keyboard.press("Space")
    expect(page.get_by_role("status").filter(has_text="Recording")).to_be_visible()
    page.wait_for_timeout(4_500)  # the fixture is heard in real time
    page.keyboard.press("Space")
    expect(page.get_by_label("What was understood")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type(WORK)
    page.keyboard.press("Control+Enter")
    visitor.awaits("Question 2")
    to("Type instead")
    page.keyboard.press("Enter")
    to("Your answer")
    page.keyboard.type(INDEX)
    page.keyboard.press("Control+Enter")
    visitor.awaits("Question 3")
    to("A")
    page.keyboard.press("ArrowDown")
    to("Send answer")
    page.keyboard.press("Enter")
    visitor.awaits("Question 4")


def test_leaving_the_window_and_pasting_are_noted_as_the_consent_says(server: RoomServer, visitor: Visitor) -> None:
    page, interview = visitor.page, new_id()
    page.goto(server.invite(interview))
    visitor.prefer_typing()
    visitor.agree_and_start()
    with page.expect_response("**/session/signal/**"):
        page.get_by_label("Your answer").evaluate(
            """field => { const data = new DataTransfer(); data.setData("text", "pasted words");
            field.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true})); }"""
        )
    noted = server.happened(interview, "integrity.noted")
    assert [(one["signal"], one["data"]) for one in noted] == [("paste", {"characters": 12})]


def test_the_room_is_legible_in_the_dark(server: RoomServer, visitor: Visitor) -> None:
    visitor.page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    visitor.page.goto(server.invite(new_id()))
    visitor.awaits("Welcome")
    visitor.look("dark-arrival")
    visitor.prefer_typing()
    visitor.agree_and_start()
    visitor.type_answer(WORK)
    visitor.awaits("Question 2")
    visitor.look("dark-interview")
    visitor.click("Take a hint")
    visitor.look("dark-hint")


def test_a_lost_connection_that_returns_sends_the_answer(server: RoomServer, visitor: Visitor) -> None:
    page = visitor.page
    visitor.expected = re.compile("Failed to load resource|net::ERR")
    page.goto(server.invite(new_id()))
    visitor.prefer_typing()
    visitor.agree_and_start()
    visitor.context.set_offline(True)
    visitor.type_answer(WORK)
    visitor.awaits("Your answer could not be sent")
    visitor.context.set_offline(False)
    visitor.awaits("Question 2")


def test_granted_time_is_shown_without_a_reload(server: RoomServer, visitor: Visitor) -> None:
    page, interview = visitor.page, new_id()
    page.clock.install()
    page.goto(server.invite(interview))
    visitor.prefer_typing()
    visitor.agree_and_start()
    expect(page.get_by_role("timer")).to_have_text(re.compile(r"(30|29) min left"))
    grant = {"minutes": 10, "reason": "Asked for an accommodation.", "author": "Grace Hopper"}
    assert server.operator.post(f"/session/extra-time/{interview}", json=grant).status_code == 200
    page.clock.run_for(21_000)
    visitor.awaits("The hiring team added 10 minutes")
    expect(page.get_by_role("timer")).to_have_text(re.compile(r"(40|39) min left"))
    visitor.look("extra-time")


def test_the_first_page_is_accessible(server: RoomServer, visitor: Visitor) -> None:
    visitor.page.goto(server.address)
    visitor.awaits("Interview platform")
    visitor.look("home")


def _key(request: Request) -> str | None:
    return request.headers.get("idempotency-key")


def test_on_a_phone_a_long_reply_leaves_the_answers_button_on_the_first_screen(
    server: RoomServer, visitor: Visitor
) -> None:
    page, interview = visitor.page, new_id()
    page.set_viewport_size({"width": 390, "height": 664})  # what a browser's bars leave of a small phone
    page.goto(server.invite(interview))
    visitor.agree_and_start()
    speak = page.get_by_role("button", name="Speak", exact=True)
    expect(speak).to_be_in_viewport(ratio=1)
    answer = {"answer": f"{WORK} What does your team look like?", "voice": False}
    assert server.operator.post(f"/session/turn/{interview}", json=answer).status_code == 200
    page.reload()
    visitor.awaits("Question 2")
    page.locator(".captions").wait_for()
    expect(speak).to_be_in_viewport(ratio=1)
    expect(page.locator(".prompt")).to_be_in_viewport(ratio=1)
    visitor.look("phone-long-reply")


def test_an_interview_in_a_language_that_is_not_heard_is_typed_and_says_why(
    server: RoomServer, visitor: Visitor
) -> None:
    page = visitor.page
    page.goto(server.invite(new_id(), plan="every-form-de"))
    visitor.awaits("Dieses Gespräch wird schriftlich beantwortet")
    assert page.get_by_role("radio").count() == 1, "speaking is not offered"
    visitor.look("typed-only")
    page.get_by_label("Ich habe das gelesen").check()
    visitor.click("Ohne Test beginnen")
    page.get_by_role("textbox").wait_for()
    assert page.get_by_role("button", name="Sprechen").count() == 0
