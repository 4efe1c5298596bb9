"""The HTML report as a person meets it: drawn and printed by a real Chromium that can reach nothing but the page."""

import importlib.util
import json
import shutil
import subprocess
from types import SimpleNamespace

import pypdfium2
import pytest
from PIL import Image

from deployments.grading.reports.html import render_html
from tests.support.paths import TESTS

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium to draw the page with: apt-get install chromium")

WIDTH, HEIGHT = 1000, 1400
#: The ability in the plot is a disc of 10 px in the template's ``--accent``. Links have the colour, too, but no mass.
ACCENT = (0x1D, 0x5F, 0xA8)
DOT_PX = (8, 20)
#: The 20-question interview prints on 8 pages with DejaVu, 2026-11-20.
MAX_PRINTED_PAGES = 11
A4_POINTS = (595, 842)

REACHING_OUT = b"""<!doctype html><link rel=stylesheet href="https://fonts.googleapis.com/css?family=X">
<img src="http://pixel.test/a.png"><script>fetch("http://127.0.0.1:1/beacon")</script>"""


def open_in_chromium(page, folder):
    """Draw and print ``page`` from a file: the picture, the PDF and the addresses the page asked for.

    Chromium asks its maker's servers for things of its own; its network log tells these requests from the page's.
    The proxy does not exist, so nothing gets out either way.
    """
    source, picture, paper, log = (folder / name for name in ("page.html", "page.png", "page.pdf", "network.json"))
    source.write_bytes(page)
    done = subprocess.run(
        [
            CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic",
            "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--proxy-server=http://127.0.0.1:9", "--proxy-bypass-list=<-loopback>", f"--log-net-log={log}",
            f"--user-data-dir={folder / 'profile'}", "--hide-scrollbars", f"--window-size={WIDTH},{HEIGHT}",
            f"--screenshot={picture}", f"--print-to-pdf={paper}", "--no-pdf-header-footer", source.as_uri(),
        ],
        capture_output=True, text=True, timeout=150, check=False,
    )  # fmt: skip
    assert picture.is_file() and paper.is_file(), f"chromium drew nothing ({done.returncode}): {done.stderr[-2000:]}"
    requests = [event.get("params", {}) for event in json.loads(log.read_text())["events"]]
    return SimpleNamespace(
        screen=Image.open(picture).convert("RGB"),
        paper=pypdfium2.PdfDocument(paper.read_bytes()),
        asked={at["url"] for at in requests if "url" in at and at.get("initiator", "not an origin") != "not an origin"},
    )


def report_page():
    """The interview of the report's own tests: 20 questions, spoken and typed, with all that a report can show."""
    path = TESTS / "integration" / "deployments" / "grading" / "test_report_documents.py"
    spec = importlib.util.spec_from_file_location("report_documents", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return render_html(module.report_of(module.interview()))


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    return open_in_chromium(report_page(), tmp_path_factory.mktemp("report"))


def dots(picture):
    """The number of discs of the accent's colour above each other: bands of rows with a run of a disc's width."""
    heights = [0]
    for y in range(picture.height):
        line, run, longest = picture.crop((0, y, picture.width, y + 1)).tobytes(), 0, 0
        for x in range(0, len(line), 3):
            run = run + 1 if all(abs(line[x + i] - ACCENT[i]) <= 6 for i in range(3)) else 0
            longest = max(longest, run)
        if DOT_PX[0] <= longest <= DOT_PX[1]:
            heights[-1] += 1
        elif heights[-1]:
            heights.append(0)
    return sum(height >= DOT_PX[0] // 2 for height in heights)


def ink(picture):
    """The box around what is darker than half, and its share of all pixels."""
    mask = picture.convert("L").point(lambda value: 255 if value < 128 else 0)
    return mask.getbbox(), mask.histogram()[255] / (picture.width * picture.height)


def test_on_screen_the_first_view_shows_the_summary_with_an_ability_plot_per_skill(opened):
    assert opened.screen.size == (WIDTH, HEIGHT)
    (left, top, right, bottom), share = ink(opened.screen)
    assert 0.01 < share < 0.3
    assert left >= 10 and right <= WIDTH - 10, "text touches the window's edge"
    assert top < 100 and bottom > HEIGHT - 150
    first_view = opened.screen.crop((WIDTH // 2, 0, WIDTH, HEIGHT // 2))
    assert dots(first_view) == 5


def test_printed_it_is_a_few_pages_of_a4_and_the_first_holds_the_whole_summary(opened):
    assert 2 <= len(opened.paper) <= MAX_PRINTED_PAGES
    assert tuple(round(side) for side in opened.paper[0].get_size()) == A4_POINTS
    first, second = (opened.paper[at].get_textpage().get_text_range() for at in (0, 1))
    for heading in ("Skills", "Strengths", "Gaps", "Ask next", "Needs a person's look"):
        assert heading in first
    assert "Questions and answers" in second
    picture = opened.paper[0].render(scale=2).to_pil().convert("RGB")
    assert dots(picture.crop((picture.width // 2, 0, picture.width, picture.height // 2))) == 5


def test_no_printed_page_is_blank_or_runs_off_the_paper(opened):
    for page in opened.paper:
        picture = page.render(scale=1).to_pil()
        box, share = ink(picture)
        assert share > 0.0005
        assert box[0] >= 20 and box[2] <= picture.width - 20


def test_the_page_asks_for_nothing(opened):
    assert not opened.asked


def test_a_page_that_does_reach_out_would_be_noticed(tmp_path):
    asked = open_in_chromium(REACHING_OUT, tmp_path).asked
    assert {"http://pixel.test/a.png", "http://127.0.0.1:1/beacon"} <= asked
    assert any(url.startswith("https://fonts.googleapis.com/") for url in asked)
