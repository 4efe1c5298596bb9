"""An answer or a hint that names its question is not taken for another one; replays and afterthoughts are as before."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from deployments.agent.pins.plan_catalogue import InstalledPlans
from serve.http.ports import IngressPorts
from storage.sessions.port import SessionKey
from tests.support.paths import TESTS
from tests.support.realtime import KEY, application, application_ports, fake_ears, line, serving

SESSION = SessionKey("acme", "i-1")
LONG = "I build the billing service of a logistics company together with four other people and I like it."
SPEECH = min((TESTS / "data" / "speech").glob("*.wav")).read_bytes()
MOVED_ON = {"question_id": "opener", "turn_number": 0}


@pytest.fixture
def ports(tmp_path: Path) -> IngressPorts:
    plans = InstalledPlans.from_directory(TESTS / "data" / "agent")
    return application_ports(tmp_path, stt=fake_ears(), tts=None, plans=plans)


@pytest.fixture
async def client(ports: IngressPorts) -> AsyncIterator[httpx.AsyncClient]:
    """An interview whose opener has been answered, by another window perhaps."""
    headers = {"Authorization": f"Bearer {KEY}"}
    transport = httpx.ASGITransport(application(ports))
    async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers) as client:
        begun = await client.post("/session/start/i-1", json={"plan": "short-plan", "consent": True, "voice": False})
        assert begun.json()["turn_number"] == 0
        first = await answer(client, "first", answer=LONG, question_id="opener", turn_number=0)
        assert first.status_code == 200, first.text
        yield client


async def answer(client: httpx.AsyncClient, key: str, **body: Any) -> httpx.Response:
    sent = {"voice": False, **body}
    return await client.post("/session/turn/i-1", headers={"Idempotency-Key": key}, json=sent)


async def answers(ports: IngressPorts) -> list[tuple[str | None, str | None]]:
    events = await ports.sessions.events(SESSION)
    return [(each.data.question_id, each.data.text) for each in events if each.type == "answer.received"]


async def current(client: httpx.AsyncClient) -> dict[str, Any]:
    state = (await client.get("/session/state/i-1")).json()
    return {"question_id": state["questions_asked"][-1]["question_id"], "turn_number": state["turn_number"]}


@pytest.mark.parametrize("named", [MOVED_ON, {"turn_number": 0}, {"question_id": "conflict"}])
async def test_a_stale_answer_is_refused_with_what_is_current_and_leaves_no_trace(
    client: httpx.AsyncClient, ports: IngressPorts, named: dict[str, Any]
) -> None:
    before = await answers(ports)
    texts = {name: str(value) for name, value in named.items()}
    form = {"files": {"audio": ("a.wav", SPEECH, "audio/wav")}, "data": texts, "headers": {"Idempotency-Key": "form"}}
    streamed = {"Accept": "text/event-stream", "Idempotency-Key": "streamed"}
    for reply in (
        await answer(client, "stale", answer="Too late.", **named),
        await client.post("/session/turn/i-1", **form),
        await client.post("/session/turn/i-1", json={"answer": "Too late.", **named}, headers=streamed),
        await client.post("/session/hint/i-1", json=named),
    ):
        problem = reply.json()
        assert (reply.status_code, problem["code"]) == (409, "question-not-current"), reply.text
        assert problem["context"]["current"] == await current(client)
        assert problem.get("retryable", False) is False
    assert await answers(ports) == before
    assert (await client.get("/session/state/i-1")).json()["hints_used"] == 0


async def test_the_refused_answer_is_taken_under_the_same_key_once_it_names_what_is_current(
    client: httpx.AsyncClient, ports: IngressPorts
) -> None:
    assert (await answer(client, "k", answer="Seen now.", **MOVED_ON)).status_code == 409
    assert (await answer(client, "k", answer="Seen now.", **await current(client))).status_code == 200
    assert (await answers(ports))[-1][1] == "Seen now."


async def test_a_replay_gets_the_first_reply_whatever_it_names(client: httpx.AsyncClient) -> None:
    named = await current(client)
    body = {"answer": "Every write must also update the index.", **named}
    first = await answer(client, "k", **body)
    assert first.status_code == 200
    assert await current(client) != named
    again = await answer(client, "k", **body)
    assert (again.status_code, again.content) == (200, first.content)
    assert again.headers["Idempotency-Replayed"] == "true"
    renamed = await answer(client, "k", answer=body["answer"], question_id="conflict", turn_number=7)
    assert renamed.content == first.content


async def test_a_follow_up_is_another_question_of_the_same_name(client: httpx.AsyncClient) -> None:
    before = await current(client)
    repeated = await answer(client, "again", answer="Please repeat the question.", **before)
    assert repeated.json()["interviewer_response"]["question"]["question_id"] == (before["question_id"])
    stale = await answer(client, "stale", answer="Too late.", **before)
    assert stale.json()["code"] == "question-not-current"


async def test_an_afterthought_to_an_earlier_question_names_the_current_one(
    client: httpx.AsyncClient, ports: IngressPorts
) -> None:
    said = "Can I add something to my previous answer? I also wrote the tests of the billing service."
    reply = await answer(client, "more", answer=said, **await current(client))
    assert reply.status_code == 200, reply.text
    reopened = [each for each in await ports.sessions.events(SESSION) if each.type == "question.reopened"]
    assert [each.data.question_id for each in reopened] == ["opener"]
    card = reply.json()["interviewer_response"]["question"]
    assert card["question_id"] == (await current(client))["question_id"]


@pytest.mark.parametrize("wrong", [{"question_id": ""}, {"turn_number": -1}, {"turn_number": "one"}])
async def test_a_wrong_name_is_invalid_input_that_names_the_field(
    client: httpx.AsyncClient, wrong: dict[str, Any]
) -> None:
    reply = await answer(client, "k", answer="Yes.", **wrong)
    assert reply.status_code == 422
    assert [error["field"] for error in reply.json()["errors"]] == list(wrong)


async def test_a_realtime_answer_counts_for_the_reply_that_its_connection_got(ports: IngressPorts) -> None:
    async with serving(application(ports)) as address:
        headers = {"Authorization": f"Bearer {KEY}"}
        async with httpx.AsyncClient(base_url=f"http://{address}", headers=headers, trust_env=False) as other:
            await other.post("/session/start/i-1", json={"plan": "short-plan", "consent": True, "voice": False})
            async with line(address) as talk:
                await talk.send("response.create")  # the greeting: the session is there
                await talk.until("response.done")
                assert (await answer(other, "first", answer=LONG)).status_code == 200
                done = await talk.answer("I have not seen the next question.")
                assert done["response"]["status"] == "failed"
                error = (await talk.until("error"))["error"]
                assert (error["code"], error["current"]) == ("question-not-current", await current(other))
                for named, status in (({"turn_number": "0"}, "failed"), ({"turn_number": "1"}, "completed")):
                    await talk.type("Every write must also update the index.")
                    await talk.send("response.create", response={"metadata": named})
                    assert (await talk.until("response.done"))["response"]["status"] == status
                assert (await answer(other, "second", answer="Another window again, at length.")).status_code == 200
                await talk.send("response.create", response={"metadata": {"action": "skip"}})
                assert (await talk.until("response.done"))["response"]["status"] == "failed"
                await talk.send("response.create", response={"metadata": {"turn_number": "x"}})
                wrong = await talk.until("error", lambda event: event["error"]["param"] is not None)
                assert wrong["error"]["param"] == "response.metadata.turn_number"
    assert [text for _, text in await answers(ports)] == [
        LONG,
        "Every write must also update the index.",
        "Another window again, at length.",
    ]
