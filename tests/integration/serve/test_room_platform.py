"""The candidate's room on the whole platform: the pages come through Serve, and one answer passes every tier."""

from __future__ import annotations

import os
import shutil
import uuid

import httpx
import pytest
from playwright.sync_api import sync_playwright

from tests.integration.conftest import RunningPlatform
from tests.support.paths import DATA

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(240)]


def test_pages_and_assets_pass_through_serve(platform: RunningPlatform) -> None:
    with httpx.Client(base_url=platform.address, timeout=30, trust_env=False) as client:
        for page in ("room", "review", "console"):
            reply = client.get(f"/{page}")
            assert reply.status_code == 200, page
            assert "script-src 'self'" in reply.headers["content-security-policy"]
            assert reply.headers["content-encoding"] == "gzip"
            again = client.get(f"/{page}", headers={"If-None-Match": reply.headers["etag"]})
            assert (again.status_code, again.content) == (304, b"")
            head = client.head(f"/{page}")
            assert (head.status_code, head.content) == (200, b"")
        assert client.get("/assets/lost-12345678.js").headers["content-type"] == "application/problem+json"


@pytest.mark.skipif(CHROMIUM is None and not os.environ.get("CI"), reason="no chromium: apt-get install chromium")
def test_a_candidate_answers_in_the_room(platform: RunningPlatform) -> None:
    interview = f"room-{uuid.uuid4().hex[:8]}"
    with platform.client() as operator:
        invited = {"plan": "backend-engineer", "candidate": {"name": "Ada"}}
        link = operator.post(f"/interviews/{interview}/link", json=invited).json()["url"]
        with sync_playwright() as started:
            flags = ["--no-sandbox"] if os.geteuid() == 0 else []
            browser = started.chromium.launch(executable_path=CHROMIUM, args=flags)
            page = browser.new_page()
            page.set_default_timeout(60_000)
            page.goto(f"{platform.address}{link}")
            page.get_by_label("I prefer to type my answers").check()
            page.get_by_label("I have read this and agree").check()
            page.get_by_role("button", name="Start without a check").click()
            page.get_by_role("heading", name="Question 1").wait_for()
            page.get_by_label("Your answer").fill("I build the billing service of a logistics company.")
            page.get_by_role("button", name="Send answer").click()
            # a line loses its mark with the reply, which is committed
            page.locator(".conversation li[data-who=interviewer]:not([data-provisional])").nth(1).wait_for()
            browser.close()
        state = operator.get(f"/session/state/{interview}").json()
    assert (state["turn_number"], state["conversation_history"][1]["role"]) == (1, "candidate")


@pytest.mark.skipif(CHROMIUM is None and not os.environ.get("CI"), reason="no chromium: apt-get install chromium")
def test_a_candidate_speaks_into_an_open_microphone(platform: RunningPlatform) -> None:
    """Chromium's microphone says a sentence and then nothing."""
    interview = f"room-{uuid.uuid4().hex[:8]}"
    flags = [
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-audio-capture={DATA / 'speech' / 'two_cities_1.wav'}%noloop",
        *(["--no-sandbox"] if os.geteuid() == 0 else []),
    ]
    with platform.client() as operator:
        invited = {"plan": "backend-engineer", "candidate": {"name": "Ada"}}
        link = operator.post(f"/interviews/{interview}/link", json=invited).json()["url"]
        with sync_playwright() as started:
            browser = started.chromium.launch(executable_path=CHROMIUM, args=flags)
            page = browser.new_page()
            page.set_default_timeout(60_000)
            page.goto(f"{platform.address}{link}")
            page.get_by_label("Open microphone, like a phone call").check()
            page.get_by_label("Read the interviewer's words aloud").uncheck()
            page.get_by_label("I have read this and agree").check()
            page.get_by_role("button", name="Start without a check").click()
            page.get_by_role("status").filter(has_text="We hear you").wait_for()
            # the pause ends the answer
            page.locator(".conversation li[data-who=interviewer]:not([data-provisional])").nth(1).wait_for()
            browser.close()
        state = operator.get(f"/session/state/{interview}").json()
    answer = state["conversation_history"][1]
    assert (answer["role"], "best of times" in answer["content"].lower()) == ("candidate", True)
