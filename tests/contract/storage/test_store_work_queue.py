"""One suite of promises that both work queues keep: in memory and on a real redis-server."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from interview.errors import InvalidInput, Overloaded
from storage.work_queue.consumer import WorkConsumer
from storage.work_queue.port import WORKER_LOST, Claim, QueueCounts, QueuedJob, QueueRules, WorkQueue, job_id
from storage.work_queue.redis import RedisWorkQueue
from tests.support.memory_work_queue import MemoryWorkQueue

PATIENT = QueueRules(lease_s=60.0, max_attempts=3, backoff_s=0.02)
HASTY = QueueRules(lease_s=0.05, max_attempts=3, backoff_s=0.01)
LONG_S = 20.0

Open = Callable[[QueueRules], WorkQueue]


@pytest.fixture(params=["memory", "redis_url", "redis_cluster_url"])
async def open_queue(request: pytest.FixtureRequest) -> AsyncIterator[Open]:
    opened: list[WorkQueue] = []
    prefix = f"q{secrets.token_hex(4)}"

    def open_queue(rules: QueueRules) -> WorkQueue:
        if request.param == "memory":
            opened.append(MemoryWorkQueue(rules=rules))
        else:
            opened.append(RedisWorkQueue(request.getfixturevalue(request.param), "test", rules=rules, prefix=prefix))
        return opened[-1]

    yield open_queue
    for queue in opened:
        await queue.close()


@pytest.fixture
def queue(open_queue: Open) -> WorkQueue:
    return open_queue(PATIENT)


def job(name: str = "j1") -> QueuedJob:
    return QueuedJob(name, "judge", b"\x00payload of " + name.encode())


async def claim_one(queue: WorkQueue, wait_s: float = LONG_S) -> Claim:
    (claim,) = await queue.claim("w", wait_s=wait_s)
    return claim


async def state_of(queue: WorkQueue, name: str = "j1") -> str:
    status = await queue.status(name)
    assert status is not None
    return status.state


async def test_a_job_goes_from_enqueued_to_done(queue: WorkQueue) -> None:
    assert await queue.enqueue(job())
    assert await state_of(queue) == "waiting"
    claim = await claim_one(queue)
    assert claim == Claim(job(), attempt=1)
    status = await queue.status("j1")
    assert status is not None
    assert (status.state, status.kind, status.attempts, status.worker) == ("running", "judge", 1, "w")
    assert await queue.ack(claim)
    assert await state_of(queue) == "done"
    assert await queue.counts() == QueueCounts(done=1)
    assert await queue.claim("w") == []


async def test_an_unknown_job_has_no_status(queue: WorkQueue) -> None:
    assert await queue.status("nothing") is None
    assert await queue.counts() == QueueCounts()
    assert await queue.dead() == []
    assert not await queue.revive("nothing")


async def test_a_job_is_enqueued_once_in_every_state(queue: WorkQueue) -> None:
    assert await queue.enqueue(job())
    assert not await queue.enqueue(job())
    claim = await claim_one(queue)
    assert not await queue.enqueue(job())
    await queue.retry(claim, "later", delay_s=0.01)
    assert not await queue.enqueue(job())
    await queue.ack(await claim_one(queue))
    assert not await queue.enqueue(job())
    assert await queue.claim("w") == []
    assert (await queue.counts()).done == 1


async def test_a_running_job_is_not_claimed_by_a_second_worker(queue: WorkQueue) -> None:
    await queue.enqueue(job())
    await claim_one(queue)
    assert await queue.claim("other") == []


async def test_jobs_come_oldest_first_and_no_more_than_asked_for(queue: WorkQueue) -> None:
    for number in range(5):
        await queue.enqueue(job(f"j{number}"))
    first = await queue.claim("w", limit=3)
    rest = await queue.claim("w", limit=10)
    assert [claim.job.id for claim in first + rest] == [f"j{number}" for number in range(5)]
    assert len(first) == 3


async def test_a_waiting_worker_is_woken_by_a_new_job(queue: WorkQueue) -> None:
    waiting = asyncio.create_task(claim_one(queue))
    await asyncio.sleep(0)
    await queue.enqueue(job())
    assert (await waiting).job == job()


async def test_a_job_can_be_put_off(queue: WorkQueue) -> None:
    await queue.enqueue(job(), delay_s=0.05)
    assert await state_of(queue) == "delayed"
    assert await queue.claim("w") == []
    assert (await claim_one(queue)).job == job()


async def test_the_job_of_a_dead_worker_goes_to_another(open_queue: Open) -> None:
    queue = open_queue(HASTY)
    await queue.enqueue(job())
    first = await claim_one(queue)
    second = await claim_one(queue)
    assert second == Claim(first.job, attempt=2, reason=WORKER_LOST)
    status = await queue.status("j1")
    assert status is not None
    assert status.reason == WORKER_LOST


async def test_an_outrun_claim_can_neither_extend_nor_retry_nor_bury(open_queue: Open) -> None:
    queue = open_queue(HASTY)
    await queue.enqueue(job())
    first = await claim_one(queue)
    second = await claim_one(queue)
    assert not await queue.extend(first)
    assert await queue.retry(first, "x") is None
    assert not await queue.bury(first, "x")
    assert not await queue.give_back(first)
    assert await state_of(queue) == "running"
    assert await queue.ack(second)


async def test_an_outrun_claim_may_still_finish_the_job(open_queue: Open) -> None:
    queue = open_queue(HASTY)
    await queue.enqueue(job())
    first = await claim_one(queue)
    second = await claim_one(queue)
    await queue.retry(second, "failed while the first went on", delay_s=60)
    assert await queue.ack(first)
    assert not await queue.ack(second)
    assert await queue.counts() == QueueCounts(done=1)


async def test_a_lease_that_is_extended_holds(open_queue: Open) -> None:
    queue = open_queue(QueueRules(lease_s=0.5, max_attempts=3))
    await queue.enqueue(job())
    claim = await claim_one(queue)
    other = asyncio.create_task(queue.claim("other", wait_s=1.2))
    while not other.done():
        assert await queue.extend(claim)
        await asyncio.wait({other}, timeout=0.05)
    assert await other == []


async def test_a_failed_job_comes_back_with_its_reason_and_one_more_attempt(queue: WorkQueue) -> None:
    await queue.enqueue(job())
    assert await queue.retry(await claim_one(queue), "engine-unavailable: try again") == "delayed"
    status = await queue.status("j1")
    assert status is not None
    assert (status.state, status.reason) == ("delayed", "engine-unavailable: try again")
    assert await claim_one(queue) == Claim(job(), attempt=2, reason="engine-unavailable: try again")


async def test_a_job_is_dead_after_its_last_attempt_and_keeps_its_payload(queue: WorkQueue) -> None:
    await queue.enqueue(job())
    outcomes = [await queue.retry(await claim_one(queue), f"failure {number}", delay_s=0) for number in range(3)]
    assert outcomes == ["delayed", "delayed", "dead"]
    assert await queue.claim("w") == []
    assert [(dead.id, dead.reason, dead.attempts) for dead in await queue.dead()] == [("j1", "failure 2", 3)]
    assert await queue.counts() == QueueCounts(dead=1)
    assert await queue.revive("j1")
    assert not await queue.revive("j1")
    assert await claim_one(queue) == Claim(job(), attempt=1)


async def test_a_job_that_kills_every_worker_dies(open_queue: Open) -> None:
    queue = open_queue(HASTY)
    await queue.enqueue(job())
    attempts = [(await claim_one(queue)).attempt for _ in range(3)]
    assert attempts == [1, 2, 3]
    assert await queue.claim("w", wait_s=0.3) == []
    (dead,) = await queue.dead()
    assert "abandoned" in dead.reason


async def test_a_buried_job_is_not_tried_again(queue: WorkQueue) -> None:
    await queue.enqueue(job())
    assert await queue.bury(await claim_one(queue), "invalid-input: no such question")
    assert await queue.claim("w") == []
    assert await state_of(queue) == "dead"


async def test_a_reason_is_cut_to_a_sane_length(queue: WorkQueue) -> None:
    await queue.enqueue(job())
    await queue.bury(await claim_one(queue), "x" * 10_000)
    assert [len(dead.reason) for dead in await queue.dead()] == [300]


async def test_a_job_given_back_is_claimed_again_and_the_attempt_does_not_count(queue: WorkQueue) -> None:
    await queue.enqueue(job())
    assert await queue.give_back(await claim_one(queue))
    assert await state_of(queue) == "waiting"
    assert await claim_one(queue) == Claim(job(), attempt=1)


async def test_counts_tell_the_states_apart(queue: WorkQueue) -> None:
    for number in range(4):
        await queue.enqueue(job(f"j{number}"))
    await queue.enqueue(job("later"), delay_s=60)
    first, second, _ = await queue.claim("w", limit=3)
    await queue.ack(first)
    await queue.bury(second, "x")
    assert await queue.counts() == QueueCounts(waiting=1, running=1, delayed=1, dead=1, done=1)


async def test_the_oldest_job_is_the_one_that_waits_or_runs_longest(queue: WorkQueue) -> None:
    assert await queue.oldest_s() == 0
    await queue.enqueue(job("later"), delay_s=60)
    assert await queue.oldest_s() == 0, "it is not due"
    await queue.enqueue(job("first"))
    async with asyncio.timeout(10):
        while not (aged := await queue.oldest_s()):
            await asyncio.sleep(0.001)
    first = await claim_one(queue)
    assert await queue.oldest_s() >= aged, "a job that runs is not done"
    await queue.enqueue(job("second"))
    assert await queue.oldest_s() >= aged
    await queue.ack(first)
    await queue.ack(await claim_one(queue))
    assert await queue.oldest_s() == 0


async def test_many_workers_do_every_job_and_none_twice(queue: WorkQueue) -> None:
    names = [f"j{number}" for number in range(60)]
    did: list[str] = []

    async def worker(number: int) -> None:
        while claims := await queue.claim(f"w{number}", limit=3, wait_s=0.2):
            for claim in claims:
                did.append(claim.job.id)
                await queue.ack(claim)

    working = [asyncio.create_task(worker(number)) for number in range(6)]
    await asyncio.gather(*(queue.enqueue(job(name)) for name in names))
    await asyncio.gather(*working)
    assert sorted(did) == sorted(names)
    assert await queue.counts() == QueueCounts(done=60)


async def consume(queue: WorkQueue, handler: Callable[[QueuedJob], Awaitable[None]], until: Callable[[], bool]) -> None:
    consumer = WorkConsumer(queue, {"judge": handler}, worker="w", wait_s=0.1)
    running = asyncio.create_task(consumer.run())
    async with asyncio.timeout(LONG_S):
        while not until():
            await asyncio.sleep(0.005)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_consumer_retries_what_may_pass_and_buries_what_cannot(
    queue: WorkQueue, retried: list[tuple[str, str]]
) -> None:
    tried: list[str] = []

    async def handle(job: QueuedJob) -> None:
        tried.append(job.id)
        if job.id == "flaky" and tried.count("flaky") < 3:
            raise Overloaded("busy") if tried.count("flaky") == 1 else ValueError("a secret answer")
        if job.id == "hopeless":
            raise InvalidInput("no such question")

    for name in ("fine", "flaky", "hopeless"):
        await queue.enqueue(job(name))
    await consume(queue, handle, lambda: len(tried) >= 5)
    assert await state_of(queue, "fine") == "done"
    assert await state_of(queue, "flaky") == "done"
    hopeless = await queue.status("hopeless")
    assert hopeless is not None
    assert (hopeless.state, hopeless.attempts, hopeless.reason) == ("dead", 1, "invalid-input: no such question")
    flaky = await queue.status("flaky")
    assert flaky is not None
    assert "secret" not in flaky.reason
    assert retried == [("queue", "overloaded"), ("queue", "ValueError")]


async def test_the_redelivery_of_a_lost_workers_job_counts_as_a_retry(
    open_queue: Open, retried: list[tuple[str, str]]
) -> None:
    queue = open_queue(HASTY)
    await queue.enqueue(job())
    await claim_one(queue)
    again = await claim_one(queue)

    async def handle(_: QueuedJob) -> None:
        assert retried == [("grading", "worker-lost")]

    await WorkConsumer(queue, {"judge": handle}, worker="w", tier="grading").work(again)
    assert await state_of(queue) == "done"


async def test_a_stopped_consumer_gives_its_jobs_back(queue: WorkQueue) -> None:
    started = asyncio.Event()

    async def handle(_: QueuedJob) -> None:
        started.set()
        await asyncio.Event().wait()

    await queue.enqueue(job())
    await consume(queue, handle, started.is_set)
    assert await state_of(queue) == "waiting"
    assert await claim_one(queue) == Claim(job(), attempt=1)


async def test_a_consumer_keeps_the_lease_of_a_long_job(open_queue: Open) -> None:
    # The lease is renewed at a third of it, also while the machine is busy with other tests.
    queue = open_queue(QueueRules(lease_s=1.5, max_attempts=3))
    started, release = asyncio.Event(), asyncio.Event()
    runs = 0

    async def handle(_: QueuedJob) -> None:
        nonlocal runs
        runs += 1
        started.set()
        await release.wait()

    async def watch() -> None:
        await started.wait()
        assert await queue.claim("thief", wait_s=2.5) == []
        release.set()

    await queue.enqueue(job())
    watching = asyncio.create_task(watch())
    await consume(queue, handle, watching.done)
    await watching
    assert runs == 1


async def test_a_kind_without_a_handler_waits_for_one(queue: WorkQueue) -> None:
    await queue.enqueue(QueuedJob("j1", "from the future"))
    consumer = WorkConsumer(queue, {}, worker="w")
    await consumer.work(await claim_one(queue))
    assert await state_of(queue) == "delayed"


@pytest.mark.parametrize("tenant", ["acme", "Acme Corp", "a/b", "a:b", "a*[x]?"])
async def test_every_job_about_an_interview_is_erased_in_every_state_and_no_other(
    queue: WorkQueue, tenant: str
) -> None:
    states = ("done", "dead", "delayed", "running", "waiting")
    ids = {state: job_id("judge", tenant, "iv", state, "q1") for state in states}
    others = [
        job_id("judge", tenant, "iv2", 1), job_id("evaluate", tenant, "i"), job_id("judge", "b", "iv", 1), "plain",
    ]  # fmt: skip
    for state in states[:4]:
        await queue.enqueue(QueuedJob(ids[state], "judge", b"canary"))
    claims = {claim.job.id: claim for claim in await queue.claim("w", limit=10)}
    await queue.ack(claims[ids["done"]])
    await queue.bury(claims[ids["dead"]], "no use")
    await queue.retry(claims[ids["delayed"]], "later", delay_s=3600)
    for name in (ids["waiting"], *others):
        await queue.enqueue(QueuedJob(name, "judge", b"payload"))
    for state in states:
        assert await state_of(queue, ids[state]) == state

    assert await queue.erase(tenant, "iv") == 5
    assert [await queue.status(name) for name in ids.values()] == [None] * 5
    assert [await state_of(queue, name) for name in others] == ["waiting"] * 4
    assert await queue.counts() == QueueCounts(waiting=4, done=1)
    running = claims[ids["running"]]
    assert not await queue.extend(running)
    assert not await queue.ack(running)
    assert await queue.retry(running, "late") is None
    assert await queue.erase(tenant, "iv") == 0
    assert {claim.job.id for claim in await queue.claim("w", limit=10)} == set(others)
