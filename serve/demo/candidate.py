"""A candidate over HTTP: starts an interview, speaks its answers, and fetches the results."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

import httpx

from interview.errors import InterviewError, error_from_wire

#: A turn may wait for a cold engine; the server's own deadlines are shorter.
TIMEOUT_S = 120.0


@dataclass(frozen=True)
class Recording:
    """An encoded answer. ``container`` is the file extension."""

    data: bytes
    content_type: str
    container: str


class CandidateClient:
    """The requests of the public API that an interview needs."""

    def __init__(self, address: str, api_key: str, interview_id: str) -> None:
        self.interview_id = interview_id
        self._http = httpx.Client(
            base_url=address,
            headers={"Authorization": f"Bearer {api_key}"},
            timeout=TIMEOUT_S,
            trust_env=False,  # loopback must not go through a proxy
        )

    def start(self, plan: str, candidate_name: str) -> dict[str, Any]:
        body = {"plan": plan, "candidate": {"name": candidate_name}, "consent": True}
        return self._json(self._http.post(f"/session/start/{self.interview_id}", json=body))

    def speak(self, recording: Recording) -> dict[str, Any]:
        """Send one spoken answer; the idempotency key makes a repeated request safe."""
        return self._json(
            self._http.post(
                f"/session/turn/{self.interview_id}",
                files={"audio": (f"answer.{recording.container}", recording.data, recording.content_type)},
                headers={"Idempotency-Key": uuid.uuid4().hex},
            )
        )

    def end(self) -> None:
        """End the interview before its last question."""
        self._check(self._http.delete(f"/session/state/{self.interview_id}"))

    def state(self) -> dict[str, Any]:
        return self._json(self._http.get(f"/session/state/{self.interview_id}"))

    def events(self, after: int = 0) -> bytes:
        """The event log after a sequence number, one JSON object per line."""
        response = self._http.get(
            f"/session/events/{self.interview_id}", headers={"Accept": "application/x-ndjson"}, params={"after": after}
        )
        self._check(response)
        return response.content

    def report(self, content_type: str) -> bytes:
        response = self._http.get(f"/session/report/{self.interview_id}", headers={"Accept": content_type})
        self._check(response)
        return response.content

    def fetch(self, url: str) -> bytes:
        response = self._http.get(url)
        self._check(response)
        return response.content

    def ready(self) -> dict[str, Any]:
        return self._json(self._http.get("/readyz"))

    def status(self) -> dict[str, Any]:
        return self._json(self._http.get("/status"))

    def close(self) -> None:
        self._http.close()

    def _json(self, response: httpx.Response) -> dict[str, Any]:
        self._check(response)
        body: dict[str, Any] = response.json()
        return body

    def _check(self, response: httpx.Response) -> None:
        if response.is_success:
            return
        problem = response.json() if "json" in response.headers.get("content-type", "") else {}
        code = str(problem.get("type", "")).rsplit("/", 1)[-1] or str(problem.get("code", ""))
        raise _named(
            code, str(problem.get("detail") or f"HTTP {response.status_code} from {response.request.url.path}")
        )


def _named(code: str, message: str) -> InterviewError:
    return error_from_wire({"code": code, "message": message})
