"""The candidate pauses and returns another day: the clock stands still, the link works, the question is asked again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from deployments.agent.pins.plan_catalogue import InstalledPlans
from deployments.grading.background.abandoned_sweep import expire_overdue
from deployments.grading.background.queued_work import QueuedWork
from interview.sessions.events import SessionConcluded, SessionPaused, SessionResumed
from interview.sessions.fold import fold
from interview.sessions.session import SessionState
from serve.http.auth import INTERVIEWS, REPORTS
from serve.http.identity.candidate_tokens import CandidateTokens, returns_of
from serve.http.ports import IngressPorts
from storage.archive.transfer import archive_session
from storage.invitations.memory import MemoryInvitations
from storage.sessions.amend import amend
from storage.sessions.memory import MemorySessionStore
from storage.sessions.port import SessionKey
from tests.support.http_ports import SIGNING_KEY, Grant, StubKeys
from tests.support.memory_work_queue import MemoryWorkQueue
from tests.support.paths import DATA
from tests.support.realtime import application, application_ports, fake_ears

SESSION = SessionKey("acme", "i-1")
KEYS = {
    "operator": Grant("acme", frozenset({INTERVIEWS, REPORTS})),
    "rival": Grant("rival", frozenset({INTERVIEWS})),
}
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


class Clock:
    """Time that moves by hand."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def unix(self) -> float:
        return self.at.timestamp()


class House:
    """An application whose agent, store and tokens share one clock; the candidate has a link that lives an hour."""

    def __init__(self, directory: Path, plans: str = "web") -> None:
        self.clock = Clock()
        self.sessions = MemorySessionStore(clock=self.clock.unix)
        candidates = CandidateTokens(
            (SIGNING_KEY,), MemoryInvitations(), clock=self.clock.now, may_return=returns_of(self.sessions)
        )
        self.ports: IngressPorts = application_ports(
            directory,
            stt=fake_ears(),
            tts=None,
            keys=StubKeys(KEYS),
            sessions=self.sessions,
            candidates=candidates,
            clock=self.clock,
            plans=InstalledPlans.from_directory(DATA / plans),
        )
        self.client = httpx.AsyncClient(transport=httpx.ASGITransport(application(self.ports)), base_url="http://test")
        self.link = ""

    async def begin(self, plan: str = "every-form") -> None:
        body = {"plan": plan, "candidate": {"name": "Ada"}, "expires_in_s": 3600}
        self.link = (await self.ok("/interviews/i-1/link", "operator", **body))["token"]
        await self.as_candidate("start", consent=True, voice=False)

    async def post(self, path: str, token: str, **body: Any) -> httpx.Response:
        return await self.client.post(path, json=body, headers={"Authorization": f"Bearer {token}"})

    async def ok(self, path: str, token: str, **body: Any) -> dict[str, Any]:
        reply = await self.post(path, token, **body)
        assert reply.status_code == 200, reply.text
        found: dict[str, Any] = reply.json()
        return found

    async def access(self) -> str:
        return str((await self.ok("/candidate/token", self.link))["access_token"])

    async def as_candidate(self, step: str, **body: Any) -> dict[str, Any]:
        return await self.ok(f"/session/{step}/i-1", await self.access(), **body)

    async def state(self) -> SessionState:
        found = await self.sessions.load(SESSION)
        assert found is not None
        assert fold(await self.sessions.events(SESSION)) == found
        return found

    async def listed(self) -> dict[str, Any]:
        await archive_session(self.sessions, self.ports.archive, SESSION)
        reply = await self.client.get("/sessions", headers={"Authorization": "Bearer operator"})
        (row,) = reply.json()["sessions"]
        found: dict[str, Any] = row
        return found

    async def sweep(self) -> int:
        await archive_session(self.sessions, self.ports.archive, SESSION)
        return await expire_overdue(
            self.sessions, self.ports.archive, QueuedWork(MemoryWorkQueue()), now=self.clock.now
        )


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    found = House(tmp_path)
    yield found
    await found.client.aclose()


async def test_the_candidate_returns_two_days_later_to_the_same_question_and_time(house: House) -> None:
    await house.begin()
    house.clock.at += 2 * MINUTE
    first = await house.as_candidate("turn", answer="I build the billing service of a logistics company.", voice=False)
    question = first["interviewer_response"]["question"]["question_id"]
    left_s = first["interviewer_response"]["time_left_s"]
    told = await house.as_candidate("pause")
    return_by = house.clock.at + 3 * DAY
    assert datetime.fromisoformat(told["session_state"]["return_by"]) == return_by
    assert told["session_state"]["status"] == "paused"
    assert not told["interviewer_response"]["should_continue"]
    assert (await house.listed())["status"] == "paused"
    assert datetime.fromisoformat((await house.listed())["return_by"]) == return_by

    house.clock.at += 2 * DAY  # the link ended on the first day, and the session's time to live with it
    again = await house.as_candidate("resume", voice=False)
    said = again["interviewer_response"]
    assert said["question"]["question_id"] == question
    assert said["text"].endswith(said["question"]["prompt"])
    assert said["time_left_s"] == left_s
    assert again["turn_number"] == first["turn_number"]
    state = await house.state()
    assert (state.status, state.paused_by, state.pauses) == ("active", None, 1)
    current = state.current_question
    assert current is not None
    assert (current.question_id, current.clarifications, current.follow_ups) == (question, 0, 0)
    assert (await house.as_candidate("turn", answer="Every write updates it.", voice=False))["turn_number"] == 2


async def test_every_step_repeated_has_the_effect_of_one(house: House) -> None:
    await house.begin()
    first = await house.as_candidate("pause")
    house.clock.at += DAY
    assert (await house.as_candidate("pause"))["session_state"] == first["session_state"]
    back = await house.as_candidate("resume", voice=False)
    lost = await house.as_candidate("resume", voice=False)
    assert lost["interviewer_response"]["text"] == back["interviewer_response"]["text"]
    kinds = [event.type for event in await house.sessions.events(SESSION)]
    assert (kinds.count("session.paused"), kinds.count("session.resumed")) == (1, 1)


async def test_nothing_is_answered_in_a_pause_and_pauses_are_counted(house: House) -> None:
    await house.begin()
    await house.as_candidate("pause")
    for path, body in (("turn", {"answer": "An index."}), ("hint", {})):
        refused = await house.post(f"/session/{path}/i-1", await house.access(), **body)
        assert (refused.status_code, refused.json()["context"]["paused_by"]) == (409, "candidate")
    await house.as_candidate("resume", voice=False)
    await house.as_candidate("pause")
    await house.as_candidate("resume", voice=False)
    third = await house.post("/session/pause/i-1", await house.access())
    assert (third.status_code, third.json()["detail"]) == (409, "This interview's 2 pauses are used up.")
    outdated = await house.post("/session/pause/i-1", await house.access(), turn_number=7)
    assert outdated.status_code == 409
    assert (await house.post("/session/pause/i-1", "rival")).status_code == 404


async def test_a_plan_without_pauses_has_none(house: House) -> None:
    await house.begin("follow-up")
    refused = await house.post("/session/pause/i-1", await house.access())
    assert (refused.status_code, refused.json()["detail"]) == (409, "This interview has no pauses.")
    assert (await house.state()).status == "active"


async def test_who_waits_for_a_person_cannot_resume(house: House) -> None:
    await house.begin()
    waiting = SessionPaused(turn=0, reason="A rule was tripped.")
    await amend(house.sessions, SESSION, lambda _: [waiting], now=house.clock.now)
    refused = await house.post("/session/resume/i-1", await house.access())
    assert (refused.status_code, refused.json()["context"]["paused_by"]) == (409, "policy")


async def test_only_a_running_interview_counts_as_live_after_a_resume(house: House) -> None:
    async def no_other_runs() -> bool:
        free = await house.ports.slots.take("interviews of acme", "another", limit=1, ttl_s=60)
        await house.ports.slots.release("interviews of acme", "another")
        return free

    for number in range(3):
        assert (await house.post(f"/session/resume/unknown-{number}", "operator")).status_code == 404
    assert await no_other_runs()
    await house.begin()
    assert not await no_other_runs()
    assert (await house.post("/session/resume/i-1", "operator", voice=False)).status_code == 200
    assert not await no_other_runs()
    await house.as_candidate("pause")
    await amend(
        house.sessions, SESSION, lambda _: [SessionConcluded(turn=0, by="expiry", reason="late")], now=house.clock.now
    )
    assert (await house.post("/session/resume/i-1", "operator")).status_code == 409
    assert await no_other_runs()


async def test_a_revoked_link_stays_revoked_through_a_pause(house: House) -> None:
    await house.begin()
    access = await house.access()
    await house.as_candidate("pause")
    revoked = await house.client.delete("/interviews/i-1/link", headers={"Authorization": "Bearer operator"})
    assert revoked.status_code == 204
    assert (await house.post("/session/pause/i-1", "operator")).status_code == 200
    house.clock.at += DAY
    assert (await house.post("/candidate/token", house.link)).status_code == 401
    assert (await house.post("/session/resume/i-1", access)).status_code == 401


async def test_a_link_ends_with_the_time_to_return(house: House) -> None:
    await house.begin()
    access = await house.access()
    await house.as_candidate("pause")
    house.clock.at += 3 * DAY - MINUTE
    assert (await house.post("/session/resume/i-1", access)).status_code == 401, "an access token ends as it ever did"
    assert (await house.post("/candidate/token", house.link)).status_code == 200
    house.clock.at += MINUTE
    assert (await house.post("/candidate/token", house.link)).status_code == 401


async def test_a_link_works_while_the_interview_runs_after_a_pause(house: House) -> None:
    await house.begin()
    await house.as_candidate("pause")
    house.clock.at += 3 * DAY - MINUTE
    await house.as_candidate("resume", voice=False)
    house.clock.at += 2 * MINUTE
    assert (await house.as_candidate("turn", answer="I build a billing service.", voice=False))["turn_number"] == 1
    policy = SessionPaused(turn=1, reason="A rule was tripped.")
    await amend(house.sessions, SESSION, lambda _: [policy], now=house.clock.now)
    assert (await house.post("/candidate/token", house.link)).status_code == 200
    resumed = SessionResumed(turn=1, reason="A false alarm.")
    await amend(house.sessions, SESSION, lambda _: [resumed], now=house.clock.now)
    assert (await house.post("/candidate/token", house.link)).status_code == 200
    ended = SessionConcluded(turn=1, by="operator", reason="over")
    await amend(house.sessions, SESSION, lambda _: [ended], now=house.clock.now)
    assert (await house.post("/candidate/token", house.link)).status_code == 401


async def test_nobody_returns_after_the_time_to_return(house: House) -> None:
    await house.begin()
    await house.as_candidate("pause")
    house.clock.at += 3 * DAY
    late = await house.post("/session/resume/i-1", "operator", voice=False)
    assert (late.status_code, late.json()["code"]) == (409, "session-ended")
    assert (await house.state()).paused_by == "candidate"
    assert await house.sweep() == 1


async def test_who_does_not_return_is_evaluated(house: House) -> None:
    await house.begin()
    await house.as_candidate("pause")
    house.clock.at += 3 * DAY - MINUTE
    assert await house.sweep() == 0
    house.clock.at += MINUTE
    assert await house.sweep() == 1
    state = await house.state()
    assert (state.status, state.paused_by) == ("expired", None)
    assert state.concluded_because == "The candidate paused and did not return by 2026-12-03 09:00 UTC."
    row = await house.listed()
    assert (row["status"], row["return_by"]) == ("expired", None)
    assert await house.sweep() == 0
    late = await house.post("/session/resume/i-1", "operator")
    assert (late.status_code, late.json()["code"]) == (409, "session-ended")
