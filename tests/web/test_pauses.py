"""A candidate pauses and returns two days later, and reads the room in the interview's language, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.support.room_server import RoomServer
from tests.web.conftest import Visitor
from tests.web.test_room import WORK, new_id

pytestmark = pytest.mark.timeout(180)


@pytest.fixture
def later(server: RoomServer) -> Iterator[RoomServer]:
    """The server, whose clock is put back after the test."""
    yield server
    server.clock.ahead = timedelta()


def minutes(timer: str) -> int:
    (found,) = re.findall(r"(\d+) min left", timer)
    return int(found)


def test_a_pause_is_left_by_keyboard_and_the_question_is_asked_again(later: RoomServer, visitor: Visitor) -> None:
    page, interview = visitor.page, new_id()
    link = later.invite(interview, expires_in_s=3600)
    page.goto(link)
    visitor.awaits("You can pause the interview 2 times and go on up to 3 days later.")
    visitor.prefer_typing()
    visitor.agree_and_start()
    visitor.type_answer(WORK)
    visitor.awaits("Question 2")
    left = page.get_by_role("timer").inner_text()
    page.get_by_role("button", name="Help").focus()
    page.keyboard.press("Enter")
    visitor.look("help-with-pause")
    page.get_by_role("button", name="Pause the interview").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Pause the interview now?")).to_be_visible()
    visitor.look("pausing")
    page.get_by_role("button", name="Pause it").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Your interview is paused")).to_be_visible()
    expect(page.get_by_role("main")).to_be_focused()
    expect(page.locator("time")).to_contain_text(re.compile(r"You can go on until \w+day,? \d+ \w+ 20\d\d"))
    visitor.awaits("After that you can pause it once more.")
    visitor.look("paused")
    assert later.operator.get(f"/session/state/{interview}").json()["status"] == "paused"

    later.clock.ahead = timedelta(days=2)
    page.goto("about:blank")
    page.goto(link)
    expect(page.get_by_role("heading", name="Your interview is paused")).to_be_visible()
    page.get_by_role("button", name="Go on with the interview").focus()
    page.keyboard.press("Enter")
    visitor.awaits("Question 2")
    expect(page.locator(".conversation")).to_contain_text(re.compile("(Welcome|have you) back"))
    # two days later; the room's own clock went on while this test looked at its pages
    assert minutes(left) - minutes(page.get_by_role("timer").inner_text()) in range(5)
    visitor.look("returned")
    visitor.type_answer("Every write must also update the index.")
    page.get_by_label("Put a message on a queue").wait_for()


def test_a_window_that_was_left_open_shows_the_pause_of_another(later: RoomServer, visitor: Visitor) -> None:
    page, interview = visitor.page, new_id()
    visitor.expected = re.compile("409")
    page.goto(later.invite(interview))
    visitor.prefer_typing()
    visitor.agree_and_start()
    assert later.operator.post(f"/session/pause/{interview}").status_code == 200
    visitor.type_answer(WORK)
    expect(page.get_by_role("heading", name="Your interview is paused")).to_be_visible()
    visitor.click("Go on with the interview")
    expect(page.get_by_label("Your answer")).to_have_value(WORK)


@pytest.mark.parametrize(
    ("plan", "locale", "agree", "typing", "start", "question", "help_title", "paused"),
    [
        (
            "every-form-de", "de", "Ich habe das gelesen", "Ich tippe meine Antworten lieber", "Ohne Test beginnen",
            "Frage 1", "Wie können wir helfen?", "Ihr Interview ist angehalten",
        ),
        (
            "every-form-fr", "fr", "J'ai lu ce texte", "Je préfère écrire mes réponses", "Commencer sans vérification",
            "Question 1", "Comment pouvons-nous vous aider ?", "Votre entretien est suspendu",
        ),
        (
            "every-form-es", "es", "He leído esto", "Prefiero escribir mis respuestas", "Empezar sin prueba",
            "Pregunta 1", "¿Cómo podemos ayudarle?", "Su entrevista está en pausa",
        ),
    ],
)  # fmt: skip
def test_the_room_speaks_the_language_of_the_interview(
    server: RoomServer,
    visitor: Visitor,
    plan: str,
    locale: str,
    agree: str,
    typing: str,
    start: str,
    question: str,
    help_title: str,
    paused: str,
) -> None:
    page, interview = visitor.page, new_id()
    page.goto(server.invite(interview, plan=plan))
    page.get_by_label(agree).check()
    expect(page.locator("html")).to_have_attribute("lang", locale)
    visitor.look(f"arrival-{locale}")
    page.get_by_label(typing).check()
    visitor.click(start)
    expect(page.get_by_role("heading", name=question)).to_be_visible()
    visitor.look(f"interview-{locale}")
    page.locator(".masthead button").click()
    expect(page.get_by_role("dialog", name=help_title)).to_be_visible()
    visitor.look(f"help-{locale}")
    page.locator("dialog .row button").first.click()
    page.locator("dialog footer button").last.click()
    expect(page.get_by_role("heading", name=paused)).to_be_visible()
    visitor.look(f"paused-{locale}")
    page.reload()
    expect(page.get_by_role("heading", name=paused)).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", locale)
