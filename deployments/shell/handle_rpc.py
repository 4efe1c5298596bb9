"""RPC between deployments: a method name and a msgpack payload in, a msgpack envelope out.

Plain bytes cross the handle, so neither side needs the other's libraries to unpickle, and an error of
``interview.errors`` arrives with its own type instead of as a ``RayTaskError``.

While a process traces, a payload is preceded by 0xC1 (the one byte msgpack never uses) and the caller's W3C
``traceparent``; ``decode`` removes both.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import Any, Protocol, TypeVar

import msgspec
from opentelemetry.trace import SpanKind

from deployments.shell import json_logs, tracing
from interview import telemetry
from interview.errors import (
    DeadlineExceeded,
    EngineUnavailable,
    InternalError,
    InterviewError,
    InvalidInput,
    Overloaded,
    error_from_wire,
)

T = TypeVar("T")
Request = TypeVar("Request")

logger = logging.getLogger(__name__)


class Caller(Protocol):
    """Calls ``method`` of a deployment with an encoded request and returns the encoded envelope.

    Calls of one ``session_id`` reach the same replica where the deployment has a session-sticky request router
    (``serve_options.request_router_config``); other routers ignore it.
    """

    def __call__(self, method: str, payload: bytes, session_id: str = "", /) -> Awaitable[bytes]: ...


class StreamCaller(Protocol):
    """Calls a streaming ``method``; each item is an encoded envelope. Closing the generator cancels the call."""

    def __call__(self, method: str, payload: bytes, session_id: str = "", /) -> AsyncGenerator[bytes, None]: ...


#: Payloads above this size go by reference: Serve's by-value gRPC channel stops at 4 MiB.
BY_VALUE_LIMIT_BYTES = 3 * 1024 * 1024


_TRACED = b"\xc1"
_TRACEPARENT_CHARS = 55
_TRACED_AT_END = 1 + _TRACEPARENT_CHARS

tracing.install_from_environment()
json_logs.install_from_environment()


class Envelope(msgspec.Struct, frozen=True, omit_defaults=True):
    """Exactly one of ``value`` (msgpack of the result) and ``error`` (``InterviewError.to_wire``)."""

    value: msgspec.Raw = msgspec.Raw()
    error: dict[str, Any] | None = None


def encode(obj: object) -> bytes:
    return msgspec.msgpack.encode(obj)


def decode(raw: bytes | msgspec.Raw, type_: type[T]) -> T:
    if isinstance(raw, bytes) and raw[:1] == _TRACED:
        telemetry.continue_from(raw[1:_TRACED_AT_END].decode())
        raw = raw[_TRACED_AT_END:]
    return msgspec.msgpack.decode(raw, type=type_)


def traced(payload: bytes) -> bytes:
    """``payload`` preceded by the current span's context, if there is one."""
    parent = telemetry.traceparent()
    return _TRACED + parent.encode() + payload if len(parent) == _TRACEPARENT_CHARS else payload


async def reply(result: Awaitable[object]) -> bytes:
    """Await a service call and wrap its result, or its typed error, in an envelope.

    An error from outside the tree is logged here, with its stack trace, and becomes ``InternalError``.
    """
    try:
        value = await result
    except InterviewError as error:
        return encode(Envelope(error=error.to_wire()))
    except asyncio.CancelledError:
        raise
    except Exception:
        logger.exception("unexpected error in a deployment")
        return encode(Envelope(error=InternalError("Internal error. The operator's log has details.").to_wire()))
    return encode(Envelope(value=msgspec.Raw(encode(value))))


async def serve_call(method: Callable[[Request], Awaitable[object]], payload: bytes, kind: type[Request]) -> bytes:
    """Decode a request, call a service's method with it, and wrap the result or error.

    A malformed payload is ``InvalidInput``, an error of its sender. While the process traces, the call is a span of the
    caller's trace.
    """
    if payload[:1] != _TRACED:
        return await reply(_called(method, payload, kind))
    telemetry.continue_from(payload[1:_TRACED_AT_END].decode())
    service, _, name = method.__qualname__.rpartition(".")
    attributes = {"rpc.system": "ray", "rpc.service": service, "rpc.method": name}
    with telemetry.span(method.__qualname__, SpanKind.SERVER, attributes):
        return await reply(_called(method, payload[_TRACED_AT_END:], kind))


async def _called(method: Callable[[Request], Awaitable[object]], payload: bytes, kind: type[Request]) -> object:
    try:
        request = decode(payload, kind)
    except msgspec.MsgspecError as error:
        raise InvalidInput(f"The payload is malformed: it is not a {kind.__name__}.") from error
    return await method(request)


async def reply_stream(items: AsyncGenerator[object, None]) -> AsyncGenerator[bytes, None]:
    """Each item of a service's stream in a separate envelope; a failure is the last envelope.

    Closing this generator closes ``items`` at once, so that an engine notices a caller's disconnect.
    """
    async with aclosing(items):
        try:
            async for value in items:
                yield encode(Envelope(value=msgspec.Raw(encode(value))))
        except InterviewError as error:
            yield encode(Envelope(error=error.to_wire()))
        except Exception:
            logger.exception("unexpected error in a deployment's stream")
            yield encode(Envelope(error=InternalError("Internal error. The operator's log has details.").to_wire()))


async def serve_stream(
    method: Callable[[Request], AsyncGenerator[Any, None]], payload: bytes, kind: type[Request]
) -> AsyncGenerator[bytes, None]:
    """``serve_call`` for a streaming method: a malformed payload gives a single envelope.

    The method's calls belong to the caller's trace. The stream has no span, because a span cannot stay open across a
    ``yield``.
    """
    try:
        request = decode(payload, kind)
    except msgspec.MsgspecError:
        yield encode(Envelope(error=InvalidInput(f"The payload is malformed: it is not a {kind.__name__}.").to_wire()))
        return
    async with aclosing(reply_stream(method(request))) as items:
        async for item in items:
            yield item


def failed(raw: bytes) -> bool:
    """Whether an envelope carries an error."""
    return msgspec.msgpack.decode(raw, type=Envelope).error is not None


def unwrap(raw: bytes, type_: type[T]) -> T:
    """The value of an envelope.

    Raises:

        InterviewError: the typed error of the remote side.
    """
    envelope = msgspec.msgpack.decode(raw, type=Envelope)
    if envelope.error is not None:
        raise error_from_wire(envelope.error)
    return decode(envelope.value, type_)


class ServeHandle(Protocol):
    """The part of ``ray.serve.handle.DeploymentHandle`` used by the callers."""

    def options(self, **kwargs: Any) -> Any: ...


def handle_caller(handle: ServeHandle, *, timeout_s: float, tier: str, by_value: bool = False) -> Caller:
    """A ``Caller`` over a Serve handle.

    ``by_value`` sends small payloads over Serve's gRPC channel (throughput mode) instead of the object store.

    The caller raises ``DeadlineExceeded`` after ``timeout_s`` (and cancels the call), ``Overloaded`` when the tier's
    queue is full, and ``EngineUnavailable`` when a replica died. In the last case the call may or may not have run, so
    only idempotent calls may be retried.
    """
    by_reference_handles: dict[str, Any] = {}
    by_value_handles: dict[str, Any] = {}

    def pick(method: str, size: int, session_id: str) -> Any:
        value = by_value and size < BY_VALUE_LIMIT_BYTES
        cache = by_value_handles if value else by_reference_handles
        found = cache.get(method)
        if found is None:
            options: dict[str, Any] = {"method_name": method}
            if value:
                options["_by_reference"] = False
            found = cache[method] = handle.options(**options)
        return found.options(session_id=session_id) if session_id else found

    async def call(method: str, payload: bytes, session_id: str = "", /) -> bytes:
        attributes = {"rpc.system": "ray", "rpc.service": tier, "rpc.method": method}
        with telemetry.span(f"{tier}.{method}", SpanKind.CLIENT, attributes):
            return await send(method, traced(payload), session_id)

    async def send(method: str, payload: bytes, session_id: str) -> bytes:
        from ray.exceptions import RayError
        from ray.serve.exceptions import BackPressureError, DeploymentUnavailableError

        response = pick(method, len(payload), session_id).remote(payload)
        try:
            async with asyncio.timeout(timeout_s):
                result: bytes = await response
                return result
        except TimeoutError as error:
            response.cancel()
            raise DeadlineExceeded(
                f"The {tier} tier did not answer within {timeout_s:g} s.", retry_after_s=1
            ) from error
        except asyncio.CancelledError:
            response.cancel()
            raise
        except BackPressureError as error:
            raise Overloaded(f"The {tier} tier's queue is full; try again shortly.", retry_after_s=1) from error
        except (RayError, DeploymentUnavailableError) as error:
            raise EngineUnavailable(
                f"The {tier} tier lost a replica during the call; try again.",
                retry_after_s=1,
                detail={"lost_replica": tier},
            ) from error

    return call


def handle_stream_caller(handle: ServeHandle, *, timeout_s: float, tier: str, by_value: bool = False) -> StreamCaller:
    """A ``StreamCaller`` over a Serve handle; ``timeout_s`` bounds the wait for each item.

    ``by_value`` sends items over Serve's gRPC channel, which takes half the CPU; each must stay below 4 MiB.

    Raises the errors of ``handle_caller``'s caller, before the first item or during the stream.
    """
    handles: dict[str, Any] = {}

    async def stream(method: str, payload: bytes, session_id: str = "", /) -> AsyncGenerator[bytes, None]:
        from ray.exceptions import RayError
        from ray.serve.exceptions import BackPressureError, DeploymentUnavailableError

        if method not in handles:
            options: dict[str, Any] = {"_by_reference": False} if by_value else {}
            handles[method] = handle.options(method_name=method, stream=True, **options)
        chosen = handles[method].options(session_id=session_id) if session_id else handles[method]
        items = chosen.remote(traced(payload))
        finished = False
        try:
            while True:
                async with asyncio.timeout(timeout_s):
                    try:
                        item: bytes = await anext(items)
                    except StopAsyncIteration:
                        finished = True
                        return
                yield item
        except TimeoutError as error:
            raise DeadlineExceeded(
                f"The {tier} tier did not answer within {timeout_s:g} s.", retry_after_s=1
            ) from error
        except BackPressureError as error:
            raise Overloaded(f"The {tier} tier's queue is full; try again shortly.", retry_after_s=1) from error
        except (RayError, DeploymentUnavailableError) as error:
            raise EngineUnavailable(
                f"The {tier} tier lost a replica during the call; try again.",
                retry_after_s=1,
                detail={"lost_replica": tier},
            ) from error
        finally:
            if not finished:
                items.cancel()

    return stream
