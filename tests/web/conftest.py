"""A real Chromium on the real application: one server per run, one browser per module, a fresh context per test."""

from __future__ import annotations

import os
import re
import shutil
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from tests.support.paths import DATA
from tests.support.room_server import RoomServer, room_server

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS = {1280: 900, 390: 844}
SPOKEN = DATA / "speech" / "two_cities_1.wav"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without a browser these tests skip, except in CI, where its absence is an error."""
    if CHROMIUM is None and not os.environ.get("CI"):
        missing = pytest.mark.skip(reason="no chromium to open the pages with: apt-get install chromium")
        for item in items:
            if Path(__file__).parent in item.path.parents:
                item.add_marker(missing)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RoomServer]:
    with room_server(tmp_path_factory.mktemp("room")) as running:
        yield running


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """Of one module: while it runs, its event loop keeps asynchronous tests from running."""
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def microphone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A person who reads a sentence after half a second of silence; Chromium needs 16-bit samples."""
    with wave.open(str(SPOKEN)) as file:
        rate, samples = file.getframerate(), np.frombuffer(file.readframes(file.getnframes()), "<i2")
    assert np.sqrt(np.mean(samples.astype(float) ** 2)) > 100, "the fixture is silent"
    path = tmp_path_factory.mktemp("microphone") / "speech.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        silence = np.zeros(rate // 2, "<i2")
        file.writeframes(np.concatenate([silence, samples, silence]).tobytes())
    return path


def launched(playwright: Playwright, *flags: str) -> Browser:
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    return playwright.chromium.launch(executable_path=CHROMIUM, args=[*root, *flags])


@pytest.fixture(scope="module")
def browser(playwright: Playwright, microphone: Path) -> Iterator[Browser]:
    """Its microphone speaks; its network reaches loopback alone. ``room.test`` is an insecure name of loopback."""
    running = launched(
        playwright,
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-audio-capture={microphone}%noloop",
        "--host-resolver-rules=MAP room.test 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    )
    yield running
    running.close()


@pytest.fixture(scope="module")
def deaf_browser(playwright: Playwright) -> Iterator[Browser]:
    """Every permission is refused."""
    running = launched(playwright, "--use-fake-device-for-media-stream", "--deny-permission-prompts")
    yield running
    running.close()


#: A colour half-way through a transition has no contrast to judge. Endless animations are left out.
TRANSITIONS_END = """Promise.allSettled(document.getAnimations()
    .filter((one) => one.effect.getComputedTiming().endTime !== Infinity)
    .map((one) => one.finished)).then(() => true)"""


#: Whether the conversation lies over the question.
COVERED = """(() => {
    const [stage, side] = [".stage", ".side"].map((one) => document.querySelector(one)?.getBoundingClientRect());
    return Boolean(stage && side && stage.right > side.left && side.right > stage.left
        && stage.bottom > side.top && side.bottom > stage.top);
})()"""


class Visitor:
    """A page of its own context, with everything that must not happen on it."""

    def __init__(self, context: BrowserContext, pictures: Path | None) -> None:
        self.context = context
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.hosts: set[str] = set()
        self.expected: re.Pattern[str] | None = None
        self._pictures = pictures
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on(
            "console", lambda message: self.complaints.append(message.text) if message.type == "error" else None
        )
        self.page.on("request", lambda request: self.hosts.add(request.url.split("/")[2]))

    def look(self, name: str) -> None:
        """The state is accessible at both widths, does not overflow, and is photographed."""
        for width, height in WIDTHS.items():
            self.page.set_viewport_size({"width": width, "height": height})
            self.page.evaluate("scrollTo(0, 0)")
            self.page.evaluate(TRANSITIONS_END)
            wide = self.page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{name} is {wide} px wide on a screen of {width}"
            assert not self.page.evaluate(COVERED), f"{name} at {width}: the conversation covers the question"
            if self._pictures is not None:
                self.page.screenshot(path=self._pictures / f"{name}-{width}.png", full_page=True, animations="disabled")
            assert violations(self.page) == [], f"{name} at {width}"
        self.page.set_viewport_size({"width": 1280, "height": 900})

    def click(self, name: str) -> None:
        self.page.get_by_role("button", name=name).first.click()

    def awaits(self, text: str) -> None:
        self.page.get_by_text(text, exact=False).first.wait_for()

    def agree_and_start(self) -> None:
        self.page.get_by_label("I have read this and agree").check()
        self.click("Start without a check")
        self.page.locator(".prompt").wait_for()

    def prefer_typing(self) -> None:
        """In writing, both ways: no test waits for a voice to end."""
        self.page.get_by_label("Read the interviewer's words aloud").uncheck()
        self.page.get_by_label("I prefer to type my answers").check()

    def type_answer(self, text: str) -> None:
        self.page.get_by_label("Your answer").fill(text)
        self.click("Send answer")

    def check(self) -> None:
        """Nothing was asked of another server, and the browser has no complaint."""
        assert {host.split(":")[0] for host in self.hosts} <= {"127.0.0.1", "room.test"}
        rest = [text for text in self.complaints if not (self.expected and self.expected.search(text))]
        assert rest == []


def violations(page: Page) -> list[str]:
    """What axe finds in the page as it is now."""
    found = Axe().run(page, options={"runOnly": AXE_TAGS, "resultTypes": ["violations"]}).response["violations"]
    return [f"{one['id']}: {[node['html'] + ' ' + node['failureSummary'] for node in one['nodes']]}" for one in found]


@pytest.fixture
def pictures() -> Path | None:
    """Where CI keeps the screenshots."""
    folder = os.environ.get("WEB_SCREENSHOTS")
    if not folder:
        return None
    Path(folder).mkdir(parents=True, exist_ok=True)
    return Path(folder)


@pytest.fixture
def visitor(browser: Browser, pictures: Path | None) -> Iterator[Visitor]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(20_000)
    found = Visitor(context, pictures)
    yield found
    found.check()
    context.close()
