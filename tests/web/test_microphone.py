"""The microphone of the room in a real browser: on only while the page says so, and no spoken answer is lost."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.support.room_server import RoomServer
from tests.web.conftest import Visitor
from tests.web.test_room import INDEX, WORK, new_id

pytestmark = pytest.mark.timeout(180)

#: Counts the requests for the microphone and its open tracks; ``hold`` lets a permission prompt stay open.
WATCHED = """(() => {
  const devices = navigator.mediaDevices;
  if (devices === undefined) return;
  const open = devices.getUserMedia.bind(devices);
  const seen = { asked: 0, streams: [], allowed: Promise.resolve() };
  seen.hold = () => { seen.allowed = new Promise(allow => { seen.allow = allow; }); };
  seen.live = () => seen.streams.flatMap(one => one.getTracks()).filter(one => one.readyState === "live").length;
  devices.getUserMedia = async wanted => {
    seen.asked += 1;
    await seen.allowed;
    const stream = await open(wanted);
    seen.streams.push(stream);
    return stream;
  };
  window.microphone = seen;
})()"""


def live_tracks(page: Page) -> int:
    live: int = page.evaluate("microphone.live()")
    return live


def speak(page: Page) -> None:
    page.get_by_role("button", name="Speak", exact=True).click()


def recording(page: Page) -> None:
    expect(page.get_by_role("button", name="Stop and check")).to_be_visible()


@pytest.fixture
def speaker(server: RoomServer, visitor: Visitor) -> Visitor:
    """Someone who sits before the practice question and is about to speak; nothing is read aloud."""
    visitor.page.add_init_script(WATCHED)
    visitor.page.goto(server.invite(new_id()))
    visitor.prefer_typing()
    visitor.page.get_by_label("I have read this and agree").check()
    visitor.click("Continue")
    visitor.click("Speak instead")
    return visitor


def test_leaving_the_practice_ends_its_recording(speaker: Visitor) -> None:
    page = speaker.page
    speak(page)
    recording(page)
    assert live_tracks(page) == 1
    speaker.click("Skip the practice")
    speaker.awaits("Question 1")
    assert live_tracks(page) == 0
    speak(page)
    recording(page)
    assert live_tracks(page) == 1


def test_a_permission_that_comes_too_late_opens_nothing(speaker: Visitor) -> None:
    page = speaker.page
    speaker.click("Skip the practice")
    speaker.awaits("Question 1")
    page.evaluate("microphone.hold()")
    speak(page)
    speak(page)
    assert page.evaluate("microphone.asked") == 1, "the second press asked again"
    speaker.click("Help")
    speaker.click("End the interview")
    speaker.click("End it")
    speaker.awaits("What happens next")
    page.evaluate("microphone.allow()")
    page.wait_for_function("() => microphone.streams.length === 1 && microphone.live() === 0")


def test_a_request_while_the_permission_is_asked_keeps_the_microphone_off(speaker: Visitor) -> None:
    page = speaker.page
    speaker.click("Skip the practice")
    speaker.awaits("Question 1")
    page.evaluate("microphone.hold()")
    speak(page)
    speaker.click("Help")
    page.get_by_role("dialog").get_by_role("button", name="Ask for a person").click()
    page.evaluate("microphone.allow()")
    page.wait_for_function("() => microphone.streams.length === 1 && microphone.live() === 0")
    speaker.awaits("Your turn")
    speak(page)
    recording(page)


def test_an_answer_waits_for_the_hint_that_was_asked_for(server: RoomServer, visitor: Visitor) -> None:
    page, interview = visitor.page, new_id()
    page.goto(server.invite(interview))
    visitor.prefer_typing()
    visitor.agree_and_start()
    visitor.type_answer(WORK)
    visitor.awaits("Question 2")
    held: list[Route] = []
    sent: list[str] = []
    page.route("**/session/hint/**", lambda route: held.append(route))  # Playwright marks a handler: no builtin
    page.on("request", lambda request: sent.append(request.url) if "/session/turn/" in request.url else None)
    visitor.click("Take a hint")
    with page.expect_request("**/session/hint/**"):
        visitor.click("Take the hint")
    visitor.type_answer(INDEX)
    visitor.awaits("The interviewer is thinking")
    assert sent == []
    held[0].continue_()
    visitor.awaits("Question 3")
    assert len(sent) == 1
    said = page.locator(".conversation li").all_inner_texts()
    hint, answer = (next(at for at, text in enumerate(said) if words in text) for words in ("What else has", INDEX))
    assert hint < answer
    assert server.operator.get(f"/session/state/{interview}").json()["hints_used"] == 1
    assert [one["text"] for one in server.happened(interview, "answer.received")] == [WORK, INDEX]


def refuse_words(page: Page, status: int = 503) -> None:
    """Speech recognition is away for the next request."""
    problem = {"status": status, "code": "overloaded", "title": "Busy", "detail": "Speech recognition is busy."}
    page.route("**/candidate/transcript", lambda route: route.fulfill(status=status, json=problem), times=1)


def test_a_recording_outlives_speech_recognition_that_is_away(server: RoomServer, visitor: Visitor) -> None:
    page, interview = visitor.page, new_id()
    visitor.expected = re.compile("Failed to load resource")
    page.goto(server.invite(interview))
    page.get_by_label("Read the interviewer's words aloud").uncheck()
    visitor.agree_and_start()
    speak(page)
    recording(page)
    page.wait_for_timeout(4_500)  # the fixture is heard in real time
    refuse_words(page)
    visitor.click("Stop and check")
    visitor.awaits("What you said could not be shown")
    visitor.look("unheard")
    refuse_words(page, status=429)
    visitor.click("Try again")
    visitor.awaits("What you said could not be shown")
    visitor.click("Try again")
    assert "best of times" in page.get_by_label("What was understood").input_value().lower()
    visitor.click("Record again")
    speak(page)
    recording(page)
    page.wait_for_timeout(4_500)  # as above
    page.route("**/candidate/transcript", lambda route: route.abort("connectionreset"), times=1)
    visitor.click("Stop and check")
    visitor.click("Send it as it is")
    visitor.awaits("Your turn")
    expect(page.locator(".conversation li[data-who=candidate]").first).to_contain_text("best of times")
    (answer,) = server.happened(interview, "answer.received")
    assert answer["audio"]["size_bytes"] > 1000


def test_an_error_without_a_word_about_a_retry_keeps_the_recording(server: RoomServer, visitor: Visitor) -> None:
    page, interview = visitor.page, new_id()
    visitor.expected = re.compile("Failed to load resource")
    page.goto(server.invite(interview))
    page.get_by_label("Read the interviewer's words aloud").uncheck()
    visitor.agree_and_start()
    speak(page)
    recording(page)
    page.wait_for_timeout(4_500)  # the fixture is heard in real time
    refuse_words(page, status=500)
    visitor.click("Stop and check")
    visitor.awaits("What you said could not be shown")
    visitor.click("Try again")
    heard = page.get_by_label("What was understood")
    assert "best of times" in heard.input_value().lower()
    heard.fill(INDEX)
    page.route("**/session/turn/**", lambda route: route.abort("connectionreset"), times=1)
    visitor.click("Send answer")
    visitor.awaits("Your answer could not be sent")
    visitor.click("Change the answer")
    expect(heard).to_have_value(INDEX)
    heard.fill(WORK)
    visitor.click("Send answer")
    visitor.awaits("Question 2")
    (answer,) = server.happened(interview, "answer.received")
    assert answer["text"] == WORK
    assert answer["signals"]["corrected_transcript"]
    assert answer["recording"]["size_bytes"] > 1000


def test_a_double_press_starts_once(speaker: Visitor) -> None:
    page = speaker.page
    started: list[str] = []
    page.on("request", lambda request: started.append(request.url) if "/session/start/" in request.url else None)
    page.get_by_role("button", name="Skip the practice").dblclick()
    speaker.awaits("Question 1")
    assert len(started) == 1
