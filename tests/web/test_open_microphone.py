"""The room with an open microphone, over ``/v1/realtime`` in a real browser: speech, interruption, a lost socket."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support.room_server import RoomServer
from tests.web.conftest import Visitor
from tests.web.test_room import INDEX, WORK, new_id

pytestmark = pytest.mark.timeout(180)

#: A microphone that says ``WAV`` when the test wants it to (``say()``), and the sockets that the page has opened.
SCRIPTED = """(() => {
  const context = new AudioContext();
  const line = context.createMediaStreamDestination();
  const bytes = Uint8Array.from(atob("WAV"), one => one.charCodeAt(0));
  const decoded = context.decodeAudioData(bytes.buffer);
  navigator.mediaDevices.getUserMedia = async () => { await context.resume(); return line.stream.clone(); };
  window.say = async () => {
    const source = context.createBufferSource();
    source.buffer = await decoded;
    source.connect(line);
    source.start();
  };
  const Real = WebSocket;
  window.sockets = [];
  window.WebSocket = class extends Real {
    constructor(...asked) { super(...asked); window.sockets.push(this); }
  };
})()"""


@pytest.fixture
def talker(server: RoomServer, visitor: Visitor, microphone: Path) -> Visitor:
    """Someone whose microphone speaks on demand."""
    wav = base64.b64encode(microphone.read_bytes()).decode()
    visitor.page.add_init_script(SCRIPTED.replace("WAV", wav))
    return visitor


def banner(page: Page, text: str) -> None:
    expect(page.locator(".banner [role=status]")).to_contain_text(text)


def choose_open(visitor: Visitor, link: str, *, aloud: bool) -> None:
    page = visitor.page
    page.goto(link)
    page.get_by_label("Open microphone, like a phone call").check()
    if not aloud:
        page.get_by_label("Read the interviewer's words aloud").uncheck()
    visitor.agree_and_start()


def test_a_conversation_with_an_open_microphone(server: RoomServer, visitor: Visitor) -> None:
    """Chromium's microphone is a file: half a second of silence, a sentence, silence."""
    page, interview = visitor.page, new_id()
    choose_open(visitor, server.invite(interview), aloud=False)
    banner(page, "We hear you")
    visitor.look("open-talking")
    # the silence after the sentence ends the answer
    visitor.awaits("Question 2")
    banner(page, "Your turn: just speak")
    expect(page.locator(".conversation li[data-who=candidate]").first).to_contain_text("best of times")
    visitor.look("open-listening")
    (answer,) = server.happened(interview, "answer.received")
    assert answer["audio"]["size_bytes"] > 1000
    assert len(server.happened(interview, "answer.transcribed")) == 1

    visitor.click("Take a hint")
    visitor.click("Take the hint")
    visitor.awaits("What else has to change when a row is inserted?")
    visitor.click("Mute")
    expect(page.get_by_text("The microphone is muted")).to_be_visible()
    visitor.look("open-muted")
    visitor.click("Type instead")
    visitor.type_answer(INDEX)
    visitor.awaits("Question 3")
    assert [one.get("text") for one in server.happened(interview, "answer.received")] == [None, INDEX]
    assert server.operator.get(f"/session/state/{interview}").json()["hints_used"] == 1


def test_a_form_is_answered_by_hand_while_the_microphone_is_open(server: RoomServer, talker: Visitor) -> None:
    page, interview = talker.page, new_id()
    page.goto(server.invite(interview))
    talker.prefer_typing()
    talker.agree_and_start()
    talker.type_answer(WORK)
    talker.awaits("Question 2")
    talker.type_answer(INDEX)
    page.get_by_label("Put a message on a queue").wait_for()
    page.get_by_role("button", name="Help").click()
    page.get_by_label("Open microphone, like a phone call").check()
    page.get_by_role("button", name="Close").click()
    banner(page, "Your turn: just speak")
    page.get_by_label("Put a message on a queue").check()
    talker.look("open-form")
    talker.click("Send answer")
    talker.awaits("Which of these survive")
    banner(page, "Your turn: just speak")
    grades = {one["question_id"]: one["grade"]["score"] for one in server.happened(interview, "grade.recorded")}
    assert grades["queue"] == 1.0
    talker.click("Help")
    talker.click("End the interview")
    talker.click("End it")
    talker.awaits("What happens next")
    page.wait_for_function("() => sockets.every(one => one.readyState === WebSocket.CLOSED)")


def test_speech_interrupts_the_interviewer(server: RoomServer, talker: Visitor) -> None:
    page, interview = talker.page, new_id()
    choose_open(talker, server.invite(interview), aloud=True)
    banner(page, "The interviewer is speaking")
    page.get_by_role("button", name="Stop voice").click()
    banner(page, "Your turn: just speak")
    page.evaluate("say()")
    banner(page, "We hear you")
    page.wait_for_timeout(4_000)  # the sentence is spoken in real time
    talker.click("I'm done")
    banner(page, "The interviewer is speaking")
    page.evaluate("say()")
    banner(page, "We hear you")
    expect(page.get_by_role("button", name="Stop voice")).to_have_count(0)
    talker.awaits("Question 2")
    page.wait_for_timeout(4_000)  # as above
    talker.click("I'm done")
    talker.awaits("Question 3")
    assert len(server.happened(interview, "answer.received")) == 2
    assert server.happened(interview, "response.heard") == []  # the question is on the screen


def test_a_socket_lost_in_an_answer_loses_and_repeats_nothing(server: RoomServer, talker: Visitor) -> None:
    page, interview = talker.page, new_id()
    choose_open(talker, server.invite(interview), aloud=False)
    banner(page, "Your turn: just speak")
    page.evaluate("say()")
    banner(page, "We hear you")
    page.wait_for_timeout(1_500)  # in the middle of the sentence
    page.evaluate("sockets.at(-1).close()")
    banner(page, "The connection dropped")
    page.wait_for_function("() => sockets.length === 2")
    page.wait_for_timeout(3_000)  # the rest of the sentence
    talker.click("I'm done")
    talker.awaits("Question 2")
    (heard,) = server.happened(interview, "answer.transcribed")
    assert re.search("best of times.*worst of times", heard["text"].lower())
    assert len(server.happened(interview, "answer.received")) == 1


def test_a_reply_that_was_lost_with_its_socket_arrives_with_the_next(server: RoomServer, talker: Visitor) -> None:
    page, interview = talker.page, new_id()
    choose_open(talker, server.invite(interview), aloud=False)
    banner(page, "Your turn: just speak")
    page.evaluate("say()")
    banner(page, "We hear you")
    page.wait_for_timeout(4_000)  # the sentence is spoken in real time
    page.evaluate(
        """() => { const socket = sockets.at(-1), hear = socket.onmessage;
        socket.onmessage = event => event.data.includes("buffer.committed") ? socket.close() : hear(event); }"""
    )
    talker.click("I'm done")
    page.wait_for_function("() => sockets.length === 2")
    talker.awaits("Question 2")
    banner(page, "Your turn: just speak")
    assert len(server.happened(interview, "answer.received")) == 1
    assert page.locator(".conversation li[data-who=candidate]").count() == 1


def test_a_conversation_that_cannot_be_opened_leaves_the_other_ways(server: RoomServer, talker: Visitor) -> None:
    page = talker.page
    talker.expected = re.compile("Failed to load resource")
    problem = {"status": 404, "code": "not-found", "title": "Not found", "detail": "Not enabled here."}
    page.route("**/v1/realtime/client_secrets", lambda route: route.fulfill(status=404, json=problem))
    choose_open(talker, server.invite(new_id()), aloud=False)
    expect(page.get_by_role("alert")).to_contain_text("The open microphone is not available now.")
    talker.look("open-refused")
    talker.click("Type instead")
    talker.type_answer(WORK)
    talker.awaits("Question 2")
