"""The time of an interview ends while its page is open, in a real browser."""

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


def test_after_the_deadline_the_answer_that_was_begun_still_counts_and_ends_the_interview(
    later: RoomServer, visitor: Visitor
) -> None:
    page, interview = visitor.page, new_id()
    page.clock.install()
    page.goto(later.invite(interview))
    visitor.awaits("At most 30 minutes")
    visitor.prefer_typing()
    visitor.agree_and_start()
    # The page's installed clock stands still while the page loads, and may be behind the server's.
    expect(page.get_by_role("timer")).to_have_text(re.compile("(29|30) min left"))
    later.clock.ahead = timedelta(minutes=31)
    page.clock.fast_forward("31:00")
    expect(page.get_by_role("timer")).to_have_text("Time is over")
    expect(page.get_by_label("Your answer")).to_be_enabled()
    visitor.look("time-is-over")
    visitor.type_answer(WORK)
    visitor.awaits("What happens next")
    assert later.operator.get(f"/session/state/{interview}").json()["status"] == "concluded"
    assert [one["text"] for one in later.happened(interview, "answer.received")] == [WORK]
