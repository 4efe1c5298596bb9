"""The staff pages: a server with interviews, and pages of people who have signed in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.support.staff_server import StaffServer, staff_server
from tests.web.conftest import violations

OpenPage = Callable[..., Page]
#: Takes a picture of a state, and asserts that it is accessible and not wider than the screen.
Look = Callable[[Page, str], None]


@pytest.fixture(scope="module")
def staff(tmp_path_factory: pytest.TempPathFactory, redis_url: str) -> Iterator[StaffServer]:
    with staff_server(tmp_path_factory.mktemp("staff"), redis_url) as server:
        server.interview("i-ada", "Ada Lovelace")
        server.interview("i-ben", "Benjamin Franklin")
        server.interview("i-live", "Grace Hopper", ended=False)
        server.interview("i-theirs", "Foreign Person", tenant="rival")
        yield server


@pytest.fixture
def open_page(browser: Browser, staff: StaffServer) -> Iterator[OpenPage]:
    """Opens ``path`` as a person who signed in with ``key``; the page's errors fail the test."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def opened(path: str, *, key: str | None = None, width: int = 1280) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 900}, reduced_motion="reduce")
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
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
def look(pictures: Path | None) -> Look:
    def looked(page: Page, name: str) -> None:
        width = page.evaluate("innerWidth")
        if pictures is not None:
            page.screenshot(path=pictures / f"{name}-{width}.png", full_page=True)
        assert violations(page) == []
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide == 0, f"the page is {wide} px wider than the screen"

    return looked
