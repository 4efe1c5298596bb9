"""The whole platform, started as a person starts it, driven over HTTP."""

from __future__ import annotations

import json
import re
import subprocess
import uuid
from concurrent.futures import ThreadPoolExecutor, wait
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import grpc
import httpx
import psutil
import pytest

from deployments.tts.direct import encode_audio, synthesize_wav
from storage.embedded.program import PROGRAMS
from tests.integration.conftest import RunningPlatform
from tests.support.processes import listening, named

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(240)]

SAID = "I would use binary search to solve this. The time complexity is O of log n."


def new_id() -> str:
    return f"it-{uuid.uuid4().hex[:10]}"


def start(client: httpx.Client, interview_id: str) -> dict[str, Any]:
    reply = client.post(f"/session/start/{interview_id}", json={"plan": "backend-engineer", "consent": True})
    assert reply.status_code == 200, reply.text
    body: dict[str, Any] = reply.json()
    return body


def spoken(text: str = SAID, container: str = "wav") -> bytes:
    samples, rate = synthesize_wav(text, "en-us")
    return encode_audio(samples, rate, container)


def send_audio(
    client: httpx.Client, interview_id: str, audio: bytes, key: str, container: str = "wav"
) -> httpx.Response:
    files = {"audio": (f"a.{container}", audio, f"audio/{container}")}
    return client.post(f"/session/turn/{interview_id}", files=files, headers={"Idempotency-Key": key})


def events(client: httpx.Client, interview_id: str) -> list[dict[str, Any]]:
    reply = client.get(f"/session/events/{interview_id}", headers={"Accept": "application/x-ndjson"})
    assert reply.status_code == 200, reply.text
    return [json.loads(line) for line in reply.text.splitlines() if line]


def happened(log: list[dict[str, Any]], kind: str, turn: int = 1) -> int:
    return sum(event["type"] == kind and event["data"]["turn"] == turn for event in log)


def test_the_three_curl_lines_work_when_pasted(platform: RunningPlatform) -> None:
    lines = [line for line in platform.welcome.splitlines() if line.startswith(("export ", "curl "))]
    assert len([line for line in lines if line.startswith("curl ")]) == 3
    for number in range(2, len(lines) + 1):
        script = "\n".join(["set -e", lines[0], lines[number - 1].replace("curl -s", "curl -s --noproxy '*' --fail")])
        done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)


def test_a_reply_is_told_sentence_by_sentence_and_the_key_gives_it_again(platform: RunningPlatform) -> None:
    with platform.client() as client:
        interview_id, answer = new_id(), {"answer": "I am a backend developer in logistics, for six years now."}
        start(client, interview_id)
        address = f"/session/turn/{interview_id}"
        wanted = {"Idempotency-Key": "aloud", "Accept": "text/event-stream"}
        streamed = client.post(address, json=answer, headers=wanted)
        assert streamed.status_code == 200, streamed.text
        told = [frame.split("\n") for frame in streamed.text.split("\n\n") if frame]
        assert [name for name, _ in told] == ["event: sentence"] * (len(told) - 1) + ["event: reply"]
        data = [line.removeprefix("data: ") for _, line in told]
        reply = json.loads(data[-1])["interviewer_response"]["text"]
        assert len(told) >= 3 and reply == " ".join(json.loads(one)["text"] for one in data[:-1])
        again = client.post(address, json=answer, headers={"Idempotency-Key": "aloud"})
        assert again.content.decode() == data[-1]


def test_alternate_replicas_take_the_turns_of_one_interview(platform: RunningPlatform) -> None:
    """Kill one replica, then the other: each turn is served by the other one, and nothing is forgotten."""
    with platform.client() as client:
        interview_id = new_id()
        start(client, interview_id)
        first = client.post(f"/session/turn/{interview_id}", json={"answer": "I am a backend developer in logistics."})
        served_first, *_ = before = platform.replicas("agent")
        assert len(before) == 2
        served_first.kill()
        second = client.post(f"/session/turn/{interview_id}", json={"answer": "A deadlock is two threads waiting."})
        before[1].kill()
        third = client.post(f"/session/turn/{interview_id}", json={"answer": "An idempotency key is stored."})
        assert [reply.status_code for reply in (first, second, third)] == [200, 200, 200]
        assert [reply.json()["turn_number"] for reply in (first, second, third)] == [1, 2, 3]
        state = client.get(f"/session/state/{interview_id}").json()
        said = [turn["content"] for turn in state["conversation_history"] if turn["role"] == "candidate"]
        assert [text.split()[0] for text in said] == ["I", "A", "An"]


def test_a_turn_survives_the_kill_of_its_replica_and_completes_once(platform: RunningPlatform) -> None:
    with platform.client() as client, ThreadPoolExecutor() as pool:
        interview_id, key = new_id(), uuid.uuid4().hex
        start(client, interview_id)
        audio = spoken(" ".join([SAID] * 8))  # long enough to be in the middle of when the kill comes
        (ears,) = platform.replicas("stt")
        idle_s = ears.cpu_times().user
        sent = pool.submit(send_audio, platform.client(), interview_id, audio, key)
        while ears.cpu_times().user < idle_s + 0.2:  # the recording is being transcribed
            wait([sent], timeout=0.02)
            assert not sent.done(), sent.result().text
        killed = platform.replicas("agent")
        for replica in killed:
            replica.kill()
        psutil.wait_procs(killed, timeout=10)
        assert not any(
            event["type"] == "response.sent" and event["data"]["turn"] == 1 for event in events(client, interview_id)
        )
        sent.exception()  # answered by the ingress's own second try, or refused: either is for the client to retry
        retried = send_audio(client, interview_id, audio, key)
        assert retried.status_code == 200, retried.text
        again = send_audio(client, interview_id, audio, key)
        assert again.content == retried.content
        log = events(client, interview_id)
        for kind in ("answer.received", "answer.transcribed", "response.sent"):
            assert happened(log, kind) == 1, kind


@pytest.mark.parametrize("container", ["wav", "webm", "ogg", "mp3", "m4a", "flac"])
def test_an_answer_may_come_in_any_common_container(platform: RunningPlatform, container: str) -> None:
    with platform.client() as client:
        interview_id = new_id()
        start(client, interview_id)
        reply = send_audio(client, interview_id, spoken(container=container), uuid.uuid4().hex, container)
        assert reply.status_code == 200, reply.text
        body = reply.json()
        assert "binary search" in body["transcript"]["text"].lower()
        voice = client.get(body["interviewer_response"]["audio_url"])
        assert voice.status_code == 200
        assert voice.content[:4] == b"RIFF"


@pytest.mark.parametrize(
    ("audio", "status"),
    [(b"", 422), (b"this is not audio" * 100, 415), (spoken()[:60], 415), (b"RIFF", 415)],
    ids=["empty", "garbage", "cut", "header-only"],
)
def test_bad_audio_is_a_sentence_to_act_on_and_changes_nothing(
    platform: RunningPlatform, audio: bytes, status: int
) -> None:
    with platform.client() as client:
        interview_id = new_id()
        start(client, interview_id)
        before = client.get(f"/session/state/{interview_id}").json()
        reply = send_audio(client, interview_id, audio, uuid.uuid4().hex)
        assert 400 <= reply.status_code < 500
        assert reply.status_code in (status, 422)
        assert reply.headers["content-type"] == "application/problem+json"
        assert len(reply.json()["detail"].split()) > 4
        assert client.get(f"/session/state/{interview_id}").json() == before
        assert send_audio(client, interview_id, spoken(), uuid.uuid4().hex).status_code == 200


def test_readiness_names_every_tier_and_status_says_who_serves(platform: RunningPlatform) -> None:
    with platform.client() as client:
        assert client.get("/readyz").json()["checks"].keys() >= {"sessions", "stt", "tts"}
        engines = client.get("/status").json()["engines"]
        assert "whisper-tiny.en" in json.dumps(engines["stt"])


def test_one_scrape_shows_the_metrics_of_every_replica(platform: RunningPlatform) -> None:
    from prometheus_client.parser import text_string_to_metric_families

    with platform.client() as client:
        interview_id = new_id()
        start(client, interview_id)
        client.post(f"/session/turn/{interview_id}", json={"answer": "I build services in Python and Go."})
        families = {family.name: family for family in text_string_to_metric_families(client.get("/metrics").text)}
        assert "interview_http_request_seconds" in families
        replicas = {sample.labels.get("replica", "") for family in families.values() for sample in family.samples}
        assert any(name.startswith("ingress-") for name in replicas)


def test_a_second_platform_on_the_same_data_is_refused(platform: RunningPlatform) -> None:
    import sys

    done = subprocess.run(
        [sys.executable, "-m", "serve.cli.main", "up", "--data", str(platform.data)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 75
    assert "already running" in done.stderr


def test_replay_folds_the_events_to_exactly_the_stored_snapshot(platform: RunningPlatform, tmp_path: Path) -> None:
    import sys

    with platform.client() as client:
        interview_id = new_id()
        start(client, interview_id)
        client.post(f"/session/turn/{interview_id}", json={"answer": "I build services in Python and Go."})
    page = tmp_path / "replay.html"
    command = [sys.executable, "-m", "serve.cli.main", "replay", interview_id, "--data", str(platform.data)]
    done = subprocess.run([*command, "--json", "--html", str(page)], capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr.decode()
    assert json.loads(done.stdout)["compared"] == "the stored snapshot"
    assert interview_id in page.read_text()


def test_a_killed_embedded_server_comes_back_with_its_data_and_is_told(platform: RunningPlatform) -> None:
    """The last test of this module's platform that looks at metrics: each restart counts."""
    servers = [
        child
        for child in named(platform.process.children(recursive=True), *PROGRAMS)
        if child.cwd() == str(platform.data / "redis")
    ]
    assert len(servers) == 1
    with platform.client() as client:
        interview_id = new_id()
        start(client, interview_id)
        client.post(f"/session/turn/{interview_id}", json={"answer": "I build the billing service of a company."})
        before = events(client, interview_id)
        servers[0].kill()
        psutil.wait_procs(servers, timeout=10)
        assert not servers[0].is_running()  # reaped by its owner
        while client.get("/readyz").status_code != 200:
            continue
        assert events(client, interview_id)[: len(before)] == before
        second = client.post(f"/session/turn/{interview_id}", json={"answer": "A deadlock is two threads waiting."})
        assert second.status_code == 200
        assert second.json()["turn_number"] == 2
        assert re.search(r"^interview_embedded_store_restarts 1\.0$", client.get("/metrics").text, re.MULTILINE)


#: One harmless method of each of Ray's services: the control store, a node's manager, a worker.
RAY_METHODS = (
    "/ray.rpc.NodeInfoGcsService/GetAllNodeInfo",
    "/ray.rpc.NodeManagerService/GetNodeStats",
    "/ray.rpc.CoreWorkerService/GetCoreWorkerStats",
)


#: The call of one deployment to another.
REPLICA_METHOD = "/ray.serve.ASGIService/HandleRequest"


def answers_to_a_stranger(ip: str, port: int) -> list[str]:
    """What Ray's services say at a port to a caller without the token; empty when no such service listens there."""
    host = {"0.0.0.0": "127.0.0.1", "::": "127.0.0.1"}.get(ip, ip.removeprefix("::ffff:"))
    said = []
    with grpc.insecure_channel(f"{host}:{port}") as channel:
        for method in RAY_METHODS:
            try:
                channel.unary_unary(method)(b"", timeout=3)
                said.append("OK")
            except grpc.RpcError as error:
                said.append(error.code().name)
    return [word for word in said if word not in ("UNIMPLEMENTED", "UNAVAILABLE", "DEADLINE_EXCEEDED")]


def test_rays_ports_ask_for_the_data_directorys_own_token(platform: RunningPlatform) -> None:
    """They execute what reaches them, and a process of another user on this machine can reach them."""
    token = platform.data / "ray-token"
    assert token.stat().st_mode & 0o777 == 0o600
    assert platform.data.stat().st_mode & 0o777 == 0o700
    processes = [platform.process, *platform.process.children(recursive=True)]
    addresses = {address for _, address in listening(processes)}
    with ThreadPoolExecutor(16) as pool:
        said = list(pool.map(lambda address: answers_to_a_stranger(*address), addresses))
    answered = [words for words in said if words]
    assert len(answered) > 3, said
    assert {word for words in answered for word in words} == {"UNAUTHENTICATED"}, dict(
        zip(addresses, said, strict=True)
    )


def test_only_the_replicas_ports_listen_beyond_this_machine_and_they_ask_for_the_token(
    platform: RunningPlatform,
) -> None:
    """Serve binds a replica's port for calls between deployments to every interface; there is no option for it."""
    processes = [platform.process, *platform.process.children(recursive=True)]
    sockets = listening(processes)
    assert len(sockets) > 5
    open_to_others = [
        (name, address) for name, address in sockets if not ip_address(address.ip.removeprefix("::ffff:")).is_loopback
    ]
    assert {name for name, _ in open_to_others if not name.startswith("ray::ServeReplica")} == set()
    assert open_to_others
    for _, address in open_to_others:
        with grpc.insecure_channel(f"127.0.0.1:{address.port}") as channel, pytest.raises(grpc.RpcError) as refused:
            channel.unary_unary(REPLICA_METHOD)(b"", timeout=5)
        assert refused.value.code() == grpc.StatusCode.UNAUTHENTICATED


def test_a_role_becomes_a_plan_that_a_person_approves_and_a_candidate_gets(platform: RunningPlatform) -> None:
    role = (
        "Payments Engineer\n\nTasks\n- Make sure no payment is booked twice\n- Review code of colleagues\n- Terraform\n"
    )
    with platform.client() as client:
        drafted = client.post("/plans", json={"role_description": role, "minutes": 20})
        assert drafted.status_code == 200, drafted.text
        plan, row = drafted.json()["draft"]["plan"], drafted.json()["row"]
        assert drafted.json()["uncovered"] == ["Terraform"]
        wanted = {"plan": row["plan_id"], "consent": True, "voice": False}
        interview_id = new_id()
        assert client.post(f"/session/start/{interview_id}", json=wanted).status_code == 409
        approved = client.post(f"/plans/{row['plan_id']}/approval", json={"digest": row["digest"]})
        assert approved.json()["row"]["status"] == "approved"
        consent = client.get(f"/plans/{row['plan_id']}/consent").json()
        assert consent["consent_text"] == plan["consent"]
        started = client.post(f"/session/start/{interview_id}", json=wanted)
        assert started.status_code == 200, started.text
        assert "Payments Engineer" in started.json()["interviewer_response"]["text"]
        assert client.delete(f"/plans/{row['plan_id']}").status_code == 204
        answered = client.post(f"/session/turn/{interview_id}", json={"answer": "I build payment services in Go."})
        assert answered.status_code == 200, answered.text
