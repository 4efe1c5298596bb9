"""Recorded interviews halt a rollout that does harm, and search a better version. Real agent, real archive."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from typer.testing import CliRunner

from deployments.agent.config import AgentConfig
from deployments.agent.model.interviewer import ModelInterviewer
from deployments.agent.model.prompt_catalogue import PromptCatalogue
from deployments.agent.pins.policy_catalogue import PolicyCatalogue
from deployments.agent.pins.session_pins import SessionPins
from deployments.grading.config import GradingConfig
from deployments.grading.service import GradingService
from deployments.llm.config import LlmConfig
from deployments.llm.contract import ChatRequest
from interview.errors import InterviewError, StorageUnavailable
from interview.plans.files import load_plan
from interview.policies.files import load_policies
from serve.cli.main import app
from serve.composition.prompt_rollouts import rollout_check
from serve.composition.recorded_interviews import recorded_interviews
from serve.optimisation.publish import labels_of, pin_of, published, text_in_use
from serve.optimisation.recorded_comparison import RecordedComparison
from serve.optimisation.rollout_guard import RolloutGuard
from serve.settings import Settings, StorageSettings
from serve.simulation.rehearsal import MemoryBlobs, NotedQueue, RehearsalStage
from storage.archive.audit import SqlAuditLog
from storage.archive.database import Database, sqlite_url
from storage.archive.rollouts import SqlRollouts
from storage.archive.sql import SqlArchive
from storage.blobs.fsspec_blobs import FsspecBlobStore
from storage.blobs.port import BlobStore
from storage.sessions.memory import MemorySessionStore
from storage.sessions.port import SessionKey
from tests.support.fake_language_model import FakeLanguageModel
from tests.support.paths import CONFIGS, ROOT

PLAN = load_plan(ROOT / "tests" / "data" / "agent" / "short-plan.yaml")
ANSWER = "An index makes writing slower, because the database keeps one more structure up to date for each row."
BROKEN = "Never answer in JSON."


def words(request: ChatRequest) -> str | None:
    """A model that obeys the prompt: with the broken version its answers are not JSON."""
    return "I will not." if any(BROKEN in str(message) for message in request["messages"]) else None


class Platform:
    """Interviews with the versions of ``prompts``, archived as they end."""

    def __init__(self, prompts: Path, database: Database, blobs: BlobStore) -> None:
        self.rollouts, self.archive, self.blobs = SqlRollouts(database), SqlArchive(database), blobs
        self.catalogue = PromptCatalogue(str(prompts), halts=self.rollouts.halted, refresh_s=0)
        self.halted: list[tuple[str, str]] = []
        self.guard = RolloutGuard(
            PromptCatalogue(str(prompts), refresh_s=0),
            self.rollouts,
            RecordedComparison(self.rollouts, self.archive, blobs),
            on_halt=lambda prompt, version: self.halted.append((prompt, version)),
            now=lambda: self.stage.clock.now(),
        )
        config = AgentConfig(interviewer="model", breaker_failures=1000)
        policies = PolicyCatalogue(load_policies(CONFIGS / "policies"))
        self.stage = RehearsalStage(
            sessions=MemorySessionStore(),
            plan=PLAN,
            grading=GradingService(GradingConfig(), background=NotedQueue()),
            blobs=blobs,
            config=config,
            model=ModelInterviewer(FakeLanguageModel(respond=words), self.catalogue, blobs, config),
            policy=policies,
            pins=SessionPins(blobs, config, policies, self.catalogue),
        )

    async def hold(self, number: int) -> str:
        """One interview to its end; its version."""
        candidate = self.stage.rehearsal(interview_id=f"iv-{number}")
        await candidate.start(PLAN.id)
        self.stage.clock.advance(1)
        with suppress(InterviewError):  # it ended
            for _ in range(40):
                if not candidate.response["should_continue"]:
                    break
                await candidate.answer(ANSWER)
        key = SessionKey("acme", f"iv-{number}")
        state = await self.stage.state(key.interview_id)
        assert state.status == "concluded"
        assert await self.archive.put(state, await self.stage.sessions.raw_events(key))
        return state.settings.prompts["interviewer"].partition("@")[0]

    async def hold_until_halted(self, at_most: int) -> list[str]:
        held = []
        await self.guard.check()
        for number in range(at_most):
            held.append(await self.hold(number))
            await self.guard.check()
            if self.halted:
                break
        return held


@pytest.fixture
def prompts(tmp_path: Path) -> Path:
    copy = tmp_path / "prompts"
    shutil.copytree(CONFIGS / "prompts", copy)
    return copy


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    return Database(sqlite_url(tmp_path / "archive.db"))


def roll_out(prompts: Path, addition: str) -> str:
    _, text = text_in_use(prompts, "interviewer")
    return published(prompts, "interviewer", f"{text}\n{addition}\n", {}, percent=50)


async def test_a_rollout_that_does_harm_is_halted_and_new_interviews_get_the_version_in_use(
    prompts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").mkdir()
    database = Database(sqlite_url(tmp_path / "data" / "archive.db"))
    broken = roll_out(prompts, BROKEN)
    platform = Platform(prompts, database, FsspecBlobStore(str(tmp_path / "data" / "blobs")))
    held = await platform.hold_until_halted(80)
    assert platform.halted == [("interviewer", broken)], held
    assert held.count(broken) <= 20
    (halt,) = await platform.rollouts.halts()
    assert "script spoke instead" in halt.reason
    assert {await platform.hold(number) for number in range(100, 130)} == {"3"}
    # another replica reads the halt when it starts
    assert {await Platform(prompts, database, platform.blobs).hold(number) for number in range(200, 220)} == {"3"}
    await database.close()

    monkeypatch.setenv("INTERVIEW_PROMPTS_URL", str(prompts))
    command = ["prompts", "compare", "interviewer", "--data", str(tmp_path / "data")]
    ran = await asyncio.to_thread(CliRunner().invoke, app, command)
    assert ran.exit_code == 1, ran.output
    assert "The rollout was halted" in ran.output
    assert "worse" in ran.output
    for named, problem in ((["--version", "9"], "no version 9"), (["--version", "3"], "compared with itself")):
        ran = await asyncio.to_thread(CliRunner().invoke, app, [*command, *named])
        assert problem in str(ran.exception)


async def test_a_rollout_that_does_no_harm_goes_on(prompts: Path, database: Database) -> None:
    harmless = roll_out(prompts, "Be brief.")
    platform = Platform(prompts, database, MemoryBlobs())
    held = await platform.hold_until_halted(40)
    assert platform.halted == []
    assert 10 <= held.count(harmless) <= 30
    comparison = RecordedComparison(platform.rollouts, platform.archive, platform.blobs)
    (rollout,) = platform.catalogue.rollouts()
    since = await platform.rollouts.since("interviewer", rollout.in_use, rollout.rolled_out)
    found = await comparison.compare("interviewer", rollout.in_use, rollout.rolled_out, since=since)
    assert found.interviews_rolled_out == held.count(harmless)
    assert {figure.verdict for figure in found.figures} == {"undecided"}
    await database.close()


async def test_nobody_is_in_a_rollout_before_the_halts_were_read(prompts: Path) -> None:
    rolled_out = roll_out(prompts, BROKEN)
    answers: list[object] = [StorageUnavailable("away"), [], [("interviewer", "other@0")]]

    async def halts() -> list[tuple[str, str]]:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer  # type: ignore[return-value]

    catalogue = PromptCatalogue(str(prompts), halts=halts, refresh_s=0)

    def versions() -> set[str]:
        return {catalogue.pins("acme", str(number))["interviewer"].partition("@")[0] for number in range(40)}

    assert versions() == {"3"}
    await catalogue._read_halts()
    assert versions() == {"3"}
    await catalogue._read_halts()
    assert versions() == {"3", rolled_out}


async def test_a_search_holds_recorded_interviews_again(
    prompts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    database = Database(sqlite_url(data / "archive.db"))
    platform = Platform(prompts, database, FsspecBlobStore(str(data / "blobs")))
    for number in range(5):
        await platform.hold(number)
    again = await recorded_interviews(StorageSettings(), data, "acme", 50)
    assert len(again) == 5
    assert {text for one in again for said in one.said.values() for text in said} == {ANSWER}
    assert await recorded_interviews(StorageSettings(), data, "rival", 50) == []
    entries = await SqlAuditLog(database).entries("acme", limit=50)
    assert sum(entry.action == "events.read" for entry in entries) == 5
    await database.close()

    monkeypatch.setenv("INTERVIEW_PROMPTS_URL", str(prompts))
    _, text = text_in_use(prompts, "interviewer")
    (tmp_path / "brief.md").write_text(f"{text}\nBe brief.\n")
    command = ["prompts", "optimise", "interviewer", "--variant", str(tmp_path / "brief.md"), "--json"]
    command += ["--recorded", "50", "--tenant", "acme", "--data", str(data)]
    ran = await asyncio.to_thread(CliRunner().invoke, app, command)
    assert ran.exit_code == 1, ran.output  # the fake model heeds no prompt, so no variant is better
    told = json.loads(ran.stdout)
    assert told["recorded"] == 5
    assert told["scores"]["variant"]["asked"] > 0
    assert ANSWER not in ran.stdout
    ran = await asyncio.to_thread(CliRunner().invoke, app, [*command, "--tenant", "rival"])
    assert ran.exit_code != 0
    assert "There are 0 concluded interviews" in str(ran.exception)


async def test_interviews_of_an_earlier_rollout_of_the_same_version_do_not_count(
    prompts: Path, database: Database
) -> None:
    """The version was broken then, because of the machine; now it is not."""
    again = roll_out(prompts, BROKEN)
    platform = Platform(prompts, database, MemoryBlobs())
    platform.stage.model = None  # the script speaks in every turn, as with a machine that fails
    for number in range(40):
        await platform.hold(number)
    platform.stage.clock.advance(86_400)
    await platform.guard.check()
    (rollout,) = platform.catalogue.rollouts()
    since = await platform.rollouts.since("interviewer", rollout.in_use, rollout.rolled_out)
    assert since == platform.stage.clock.now()
    comparison = RecordedComparison(platform.rollouts, platform.archive, platform.blobs)
    found = await comparison.compare("interviewer", rollout.in_use, rollout.rolled_out, since=since)
    assert (found.interviews_in_use, found.interviews_rolled_out) == (0, 0)
    assert rollout.rolled_out.startswith(f"{again}@")
    await database.close()


async def test_what_began_after_the_last_interview_that_is_read_does_not_count(
    prompts: Path, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    roll_out(prompts, "Be brief.")
    platform = Platform(prompts, database, MemoryBlobs())
    versions = [await platform.hold(number) for number in range(30)]
    monkeypatch.setattr("serve.optimisation.recorded_comparison.AT_MOST", 5)
    (rollout,) = platform.catalogue.rollouts()
    comparison = RecordedComparison(platform.rollouts, platform.archive, platform.blobs)
    found = await comparison.compare("interviewer", rollout.in_use, rollout.rolled_out)
    assert min(versions.count("3"), versions.count("4")) > 5
    assert max(found.interviews_in_use, found.interviews_rolled_out) <= 5
    assert found.interviews_in_use + found.interviews_rolled_out < 10, "one of them reached 5 first"
    await database.close()


async def test_the_workers_sweep_compares_the_installed_prompts_where_a_model_interviews(
    prompts: Path, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INTERVIEW_PROMPTS_URL", str(prompts))
    version = roll_out(prompts, "Be brief.")
    archive, blobs = SqlArchive(database), MemoryBlobs()
    model = LlmConfig(engine="fake")
    check = rollout_check(Settings(llm=model), database, archive, blobs)
    assert check is not None
    await check()
    labels = labels_of(prompts, "interviewer")
    pins = pin_of(labels, "3"), pin_of(labels, version)
    assert await SqlRollouts(database).since("interviewer", *pins) is not None
    scripted = Settings(llm=model, agent=AgentConfig(interviewer="scripted"))
    assert rollout_check(scripted, database, archive, blobs) is None
    assert rollout_check(Settings(llm=LlmConfig(engine="none")), database, archive, blobs) is None
    await database.close()
