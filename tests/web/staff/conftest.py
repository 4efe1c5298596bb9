"""A real Chromium on the staff pages: a server with interviews, a page per width, and axe."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.support.paths import ROOT
from tests.support.staff_server import StaffServer, staff_server

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text()
#: Pictures of every state; CI keeps the folder.
PICTURES = Path(os.environ.get("WEB_SCREENSHOTS", ROOT / "build" / "screenshots"))

#: WCAG 2.2, levels A and AA.
_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.fixture(scope="module")
def staff(tmp_path_factory: pytest.TempPathFactory, redis_url: str) -> Iterator[StaffServer]:
    with staff_server(tmp_path_factory.mktemp("staff"), redis_url) as server:
        server.interview("i-ada", "Ada Lovelace")
        server.interview("i-ben", "Benjamin Franklin")
        server.interview("i-live", "Grace Hopper", ended=False)
        server.interview("i-theirs", "Foreign Person", tenant="rival")
        yield server


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no chromium: apt-get install chromium")
    with sync_playwright() as play:
        started = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"] if os.geteuid() == 0 else [])
        yield started
        started.close()


@pytest.fixture
def open_page(browser: Browser, staff: StaffServer) -> Iterator[Callable[..., Page]]:
    """Opens ``path`` as a person who signed in with ``key``; the page's errors fail the test."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def opened(path: str, *, key: str | None = None, width: int = 1280) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 900}, reduced_motion="reduce")
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("dialog", lambda dialog: errors.append(f"a script opened a dialog: {dialog.message}"))
        page.goto(f"{staff.address}{path}")
        page.get_by_label("API key or sign-in token").fill(staff.key if key is None else key)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("button", name="Sign out").wait_for()
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not errors


@pytest.fixture
def accessible() -> Callable[[Page], None]:
    """Asserts that axe finds nothing on the page as it is, and that nothing is wider than the screen."""

    def check(page: Page) -> None:
        page.evaluate(AXE)
        found = page.evaluate("tags => axe.run({runOnly: {type: 'tag', values: tags}})", _TAGS)
        violations = [
            (one["id"], node["target"], node["failureSummary"]) for one in found["violations"] for node in one["nodes"]
        ]
        assert violations == []
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide == 0, f"the page is {wide} px wider than the screen"

    return check


def picture(page: Page, name: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    width = (page.viewport_size or {"width": 0})["width"]
    page.screenshot(path=PICTURES / f"{name}-{width}.png", full_page=True)
