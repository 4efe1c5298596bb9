"""Webhooks over the work queue to a real receiver: signed, retried, given up, sent again, once per milestone."""

from __future__ import annotations

import base64
import secrets
import socket
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace
from standardwebhooks import Webhook, WebhookVerificationError

from interview.errors import CircuitOpen, ConfigError, EngineUnavailable
from interview.grades import Grade
from interview.plans.plan import PlanRef
from interview.sessions.session import GradeRecord, SessionState
from serve.webhooks.delivery import Message, WebhookDelivery, check_secrets
from serve.webhooks.milestones import WebhookMilestones, rules_of
from serve.webhooks.settings import EndpointSettings, WebhookSettings
from storage.work_queue.consumer import WorkConsumer
from storage.work_queue.port import QueuedJob, WorkQueue
from storage.work_queue.redis import RedisWorkQueue
from tests.support.webhook_receiver import Receiver, webhook_receiver

NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
SECRET = "whsec_" + base64.b64encode(b"a webhook secret of the tests!!!").decode()
ENDED = SessionState(
    interview_id="i-1",
    tenant="acme",
    plan=PlanRef("p", "1", "0" * 64),
    started_at=NOW,
    last_updated=NOW,
    status="concluded",
    report_url="/session/report/i-1",
)
DOUBTFUL = GradeRecord("q1", 1, Grade(0.5, "partial", 0.4, "CANARY", "exact", needs_review=True))


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with webhook_receiver() as receiver:
        yield receiver


class House:
    def __init__(self, queue: WorkQueue, receiver: Receiver, **changes: Any) -> None:
        endpoint = EndpointSettings(f"{receiver.address}/hook", "acme", "TEST_WEBHOOK_SECRET")
        self.settings = WebhookSettings(
            endpoints={"ats": replace(endpoint, **changes)}, allowed_networks=("127.0.0.0/8",), max_attempts=2
        )
        self.queue = queue
        self.delivery = WebhookDelivery(self.settings)
        self.milestones = WebhookMilestones(self.settings, queue, self.delivery)
        self._consumer = WorkConsumer(queue, {"webhook": self.delivery.deliver}, worker="w")

    async def work(self) -> None:
        """Work on every job that is due."""
        while claims := await self.queue.claim("w"):
            for claim in claims:
                await self._consumer.work(claim)


@pytest.fixture
async def house(redis_url: str, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    monkeypatch.setenv("TEST_WEBHOOK_SECRET", SECRET)
    rules = replace(rules_of(WebhookSettings(max_attempts=2)), backoff_s=0.0)
    queue = RedisWorkQueue(redis_url, f"w{secrets.token_hex(4)}", rules=rules)
    house = House(queue, receiver)
    yield house
    await house.milestones.stop()


async def test_each_milestone_is_announced_once_signed_and_without_the_assessment(
    house: House, receiver: Receiver
) -> None:
    state = replace(ENDED, grades=(DOUBTFUL,))
    for _ in range(2):
        await house.milestones.concluded(state)
        await house.milestones.reported(state)
    await house.work()
    found = {}
    for request in receiver.requests:
        body = Webhook(SECRET).verify(request.body, request.headers)
        found[body["type"]] = body["data"]
        assert request.headers["webhook-id"].startswith("msg_")
        assert b"CANARY" not in request.body
    about = {"tenant": "acme", "interview_id": "i-1"}
    assert len(receiver.requests) == 3
    assert found == {
        "session.concluded": {**about, "status": "concluded"},
        "report.ready": {**about, "report_url": "/session/report/i-1"},
        "review.needed": {**about, "report_url": "/session/report/i-1", "grades": 1},
    }


async def test_a_changed_body_or_another_secret_does_not_verify(house: House, receiver: Receiver) -> None:
    await house.milestones.concluded(ENDED)
    await house.work()
    (request,) = receiver.requests
    other = "whsec_" + base64.b64encode(b"another secret of the same length").decode()
    for body, secret in ((request.body + b" ", SECRET), (request.body, other)):
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(body, request.headers)


async def test_two_secrets_sign_during_a_change(
    house: House, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = "whsec_" + base64.b64encode(b"the next secret of these tests!!").decode()
    monkeypatch.setenv("TEST_WEBHOOK_SECRET", f"{new} {SECRET}")
    await house.milestones.concluded(ENDED)
    await house.work()
    (request,) = receiver.requests
    for secret in (new, SECRET):
        Webhook(secret).verify(request.body, request.headers)


async def test_another_tenants_and_unwanted_events_are_not_sent(
    house: House, redis_url: str, receiver: Receiver
) -> None:
    await house.milestones.concluded(replace(ENDED, tenant="rival"))
    picky = House(house.queue, receiver, events=("report.ready",))
    await picky.milestones.concluded(ENDED)
    await house.work()
    assert receiver.requests == []
    await picky.delivery.close()


async def test_a_failing_endpoint_is_retried_given_up_and_sent_again_on_request(
    house: House, receiver: Receiver
) -> None:
    receiver.answers = [500, 302]
    await house.milestones.concluded(ENDED)
    await house.work()
    assert [request.path for request in receiver.requests] == ["/hook", "/hook"], "a redirect is not followed"
    assert len({request.headers["webhook-id"] for request in receiver.requests}) == 1
    (dead,) = await house.queue.dead()
    assert "302" in dead.reason
    assert await house.queue.revive(dead.id)
    await house.work()
    assert len(receiver.requests) == 3
    assert await house.queue.dead() == []


def test_an_endpoint_is_tried_for_one_to_two_days() -> None:
    rules = rules_of(WebhookSettings())
    day_s = 86_400.0
    for _ in range(20):
        tried_s = sum(rules.pause_s(attempt) for attempt in range(1, rules.max_attempts))
        assert 0.95 * day_s <= tried_s <= 2 * day_s


async def test_an_endpoint_that_is_gone_is_not_asked_again(house: House, receiver: Receiver) -> None:
    receiver.answers = [410]
    await house.milestones.concluded(ENDED)
    await house.work()
    assert len(receiver.requests) == 1
    assert len(await house.queue.dead()) == 1


async def test_a_missing_secret_sends_nothing(
    house: House, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_WEBHOOK_SECRET", "not-a-secret")
    await house.milestones.concluded(ENDED)
    await house.work()
    assert receiver.requests == []
    (dead,) = await house.queue.dead()
    assert "not-a-secret" not in dead.reason


async def test_an_endpoint_that_does_not_answer_is_left_alone_and_the_others_are_served(
    redis_url: str, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_WEBHOOK_SECRET", SECRET)
    with socket.create_server(("127.0.0.1", 0)) as silent:  # accepts, and never answers
        port = silent.getsockname()[1]
        slow = EndpointSettings(f"http://127.0.0.1:{port}/", "acme", "TEST_WEBHOOK_SECRET")
        settings = WebhookSettings(
            endpoints={"slow": slow, "ats": replace(slow, url=f"{receiver.address}/hook")},
            allowed_networks=("127.0.0.0/8",),
            timeout_s=0.2,
        )
        delivery = WebhookDelivery(settings)
        to_slow, to_ats = (
            QueuedJob(f"webhook:acme:i:{name}", "webhook", msgspec.msgpack.encode(Message(name, b"{}")))
            for name in ("slow", "ats")
        )
        for expected in (EngineUnavailable, EngineUnavailable, CircuitOpen, CircuitOpen):
            with pytest.raises(expected):
                await delivery.deliver(to_slow)
        await delivery.deliver(to_ats)
        await delivery.close()
    assert len(receiver.requests) == 1


@pytest.mark.parametrize("secret", ["", "short", "whsec_short"])
async def test_a_missing_or_malformed_secret_ends_the_start(
    house: House, monkeypatch: pytest.MonkeyPatch, secret: str
) -> None:
    monkeypatch.setenv("TEST_WEBHOOK_SECRET", secret)
    with pytest.raises(ConfigError, match="TEST_WEBHOOK_SECRET"):
        house.milestones.start()
    with pytest.raises(ConfigError, match="TEST_WEBHOOK_SECRET"):
        check_secrets(house.settings)
