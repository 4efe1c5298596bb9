"""Locust users that run whole interviews: ``locust -f benchmarks/locustfile.py --host http://127.0.0.1:8000``.

For Locust's web page, and for load from several machines (``--master`` / ``--worker``; docs/performance.md). It is a
closed model: a stalled server gets fewer requests, and the tail looks better than it is for candidates. ``python -m
benchmarks.load`` measures the tail; this shows the same traffic live, with the same think times: exponential, mean
``THINK_S``.

A refusal (429) is a row of its own. Its user waits as long as ``Retry-After`` says and sends the same request again,
under the same idempotency key.

Environment: ``INTERVIEW_API_KEY`` (required), ``THINK_S`` (mean think time, 15), ``PLAN``, ``AUDIO_SHARE`` (0.1),
``SEED`` (each process draws from it and its worker's index).
"""

from __future__ import annotations

import itertools
import os
import random
import uuid
from pathlib import Path
from typing import Any

import gevent
from locust import HttpUser, task
from locust.exception import RescheduleTask

THINK_S = float(os.environ.get("THINK_S", "15"))
PLAN = os.environ.get("PLAN", "backend-engineer")
AUDIO_SHARE = float(os.environ.get("AUDIO_SHARE", "0.1"))
SEED = int(os.environ.get("SEED", "1"))

CLIP = (Path(__file__).resolve().parents[1] / "deployments" / "stt" / "health_clip.wav").read_bytes()

ANSWERS = (
    "I would measure first, then change one thing and measure again, because guesses about speed are usually wrong.",
    "In my last job we moved the payment service to its own database and reduced the latency by forty percent.",
    "Option B.",
    "The answer is eighteen thousand.",
    "A deadlock is when two threads wait for each other, so I take the locks in the same order everywhere.",
    "I am not sure about that one.",
)

REFUSED = "refused (429)"
#: A user that is refused this often gives its interview up.
_REFUSALS_AT_MOST = 50

_numbers = itertools.count()


class Candidate(HttpUser):
    """One candidate after another: start, answers by text and voice, a hint now and then, the log, the end."""

    def on_start(self) -> None:
        key = os.environ.get("INTERVIEW_API_KEY")
        if not key:
            raise SystemExit("Set INTERVIEW_API_KEY to a key of the platform (`interview keys create`).")
        self.client.headers["Authorization"] = f"Bearer {key}"
        worker = max(0, getattr(self.environment.runner, "worker_index", 0))
        self.own = random.Random((SEED * 1_000 + worker) * 1_000_003 + next(_numbers))

    def wait_time(self) -> float:
        """Seeded think time, exponential, seconds."""
        return self.own.expovariate(1 / THINK_S)

    @task
    def interview(self) -> None:
        interview_id = f"locust-{uuid.UUID(int=self.own.getrandbits(128)).hex}"
        body = {"plan": PLAN, "consent": True, "voice": False}
        self._post(f"/session/start/{interview_id}", "start", json=body)
        for _turn in range(60):
            self._think()
            reply = self._answer(interview_id)
            if not reply.get("interviewer_response", {}).get("should_continue"):
                break
            if self.own.random() < 0.05:
                self._post(f"/session/hint/{interview_id}", "hint", json={"voice": False}, accepted=(200, 409))
        log = {"Accept": "application/x-ndjson"}
        self.client.get(f"/session/events/{interview_id}", name="events", headers=log)
        self.client.get(f"/session/state/{interview_id}", name="state")
        self.client.delete(f"/session/state/{interview_id}", name="end")

    def _answer(self, interview_id: str) -> dict[str, Any]:
        path = f"/session/turn/{interview_id}"
        key = {"Idempotency-Key": uuid.UUID(int=self.own.getrandbits(128)).hex}
        if self.own.random() < AUDIO_SHARE:
            files = {"audio": ("answer.wav", CLIP, "audio/wav")}
            return self._post(path, "turn (audio)", files=files, headers=key)
        body = {"answer": self.own.choice(ANSWERS), "voice": False}
        return self._post(path, "turn (text)", json=body, headers=key)

    def _post(self, path: str, name: str, accepted: tuple[int, ...] = (200,), **options: Any) -> dict[str, Any]:
        for _ in range(_REFUSALS_AT_MOST):
            with self.client.post(path, name=name, catch_response=True, **options) as reply:
                if reply.status_code in accepted:
                    reply.success()
                    found: dict[str, Any] = reply.json() if reply.status_code == 200 else {}
                    return found
                if reply.status_code != 429:
                    reply.failure(f"HTTP {reply.status_code}")
                    raise RescheduleTask
                reply.request_meta["name"] = REFUSED
                reply.success()
            gevent.sleep(float(reply.headers.get("Retry-After", "1")))
        raise RescheduleTask

    def _think(self) -> None:
        gevent.sleep(self.wait_time())
