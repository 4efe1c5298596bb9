"""Delivers webhooks: signed according to Standard Webhooks, over the work queue, with retries and dead letters."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import msgspec
from msgspec import Struct
from standardwebhooks import Webhook

from deployments.shell.circuit_breaker import BreakerConfig, CircuitBreaker
from deployments.shell.destination import Resolver, destination, resolved
from interview.errors import ConfigError, EngineUnavailable, InvalidInput
from serve.webhooks.settings import EndpointSettings, WebhookSettings
from storage.work_queue.port import QueuedJob

#: The kind of the jobs.
DELIVER = "webhook"

_GONE = 410
#: An endpoint that did not answer twice is tried once in half a minute.
_BREAKER = BreakerConfig(failures=2, open_s=30.0)


class Message(Struct, frozen=True):
    """A job's payload: the endpoint's name and the body to send."""

    endpoint: str
    body: bytes


class WebhookDelivery:
    """The handler of the queue. A delivery may happen twice; ``webhook-id`` is then the same."""

    def __init__(
        self,
        settings: WebhookSettings,
        *,
        resolve: Resolver = resolved,
        transport: httpx.AsyncBaseTransport | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._settings = settings
        self._resolve = resolve
        self._clock = clock
        self._breakers = {name: CircuitBreaker(_BREAKER, guarded=f"The webhook {name}") for name in settings.endpoints}
        self._client = httpx.AsyncClient(
            timeout=settings.timeout_s, follow_redirects=False, trust_env=False, transport=transport
        )

    async def deliver(self, job: QueuedJob) -> None:
        """Send one message.

        Raises:

            InvalidInput: no attempt can succeed (the endpoint was removed, its address is forbidden, it is gone).
            EngineUnavailable: the endpoint did not accept it; try again.
            CircuitOpen: the endpoint did not answer a moment ago; try again.
            ConfigError: its secret is missing or malformed.
        """
        message = msgspec.msgpack.decode(job.payload, type=Message)
        endpoint = self._settings.endpoints.get(message.endpoint)
        if endpoint is None:
            raise InvalidInput("The webhook's endpoint is not configured any more.")
        to = await destination(endpoint.url, self._settings.allowed_networks, self._resolve)
        headers = {**self._signed(job.id, message, endpoint), "Host": to.host, "Content-Type": "application/json"}
        request = self._client.build_request(
            "POST", to.url, content=message.body, headers=headers, extensions={"sni_hostname": to.server_name}
        )
        response = await self._answer(request, self._breakers[message.endpoint])
        if response.status_code == _GONE:
            raise InvalidInput("The webhook's endpoint is gone (410).")
        if not response.is_success:
            raise EngineUnavailable(f"The webhook's endpoint answered {response.status_code}.")

    async def _answer(self, request: httpx.Request, breaker: CircuitBreaker) -> httpx.Response:
        """An endpoint that does not answer waits behind its breaker, so that others' messages do not wait for it."""
        breaker.admit()
        try:
            response = await self._client.send(request, stream=True)
            await response.aclose()  # the body is of no interest, however long
        except httpx.HTTPError as error:
            breaker.failed()
            raise EngineUnavailable(f"The webhook's endpoint failed: {type(error).__name__}.") from error
        except BaseException:
            breaker.withdrawn()
            raise
        breaker.succeeded()
        return response

    async def close(self) -> None:
        await self._client.aclose()

    def _signed(self, job_id: str, message: Message, endpoint: EndpointSettings) -> dict[str, str]:
        message_id, now = message_id_of(job_id), self._clock()
        text = message.body.decode()
        signatures = [Webhook(secret).sign(message_id, now, text) for secret in secrets_of(endpoint)]
        return {
            "webhook-id": message_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": " ".join(signatures),
        }


def message_id_of(job_id: str) -> str:
    """The ``webhook-id`` of a job: stable over its attempts, without the interview's id."""
    return f"msg_{hashlib.sha256(job_id.encode()).hexdigest()[:32]}"


def secrets_of(endpoint: EndpointSettings) -> list[str]:
    """Raises ConfigError: the variable is empty or holds something else than ``whsec_`` secrets."""
    found = os.environ.get(endpoint.secret_env, "").split()
    if not found or not all(secret.startswith("whsec_") and len(secret) >= 38 for secret in found):
        raise ConfigError(f"{endpoint.secret_env} must hold a webhook secret: whsec_ and base64 of 24 to 64 bytes.")
    return found


def check_secrets(settings: WebhookSettings) -> None:
    """Raises ConfigError: an endpoint's secret is missing or malformed."""
    for endpoint in settings.endpoints.values():
        secrets_of(endpoint)


def body_of(event_type: str, at: datetime, data: dict[str, Any]) -> bytes:
    """The message as Standard Webhooks recommends it: type, timestamp, data."""
    return msgspec.json.encode({"type": event_type, "timestamp": at, "data": data})
