"""A person's decision about an interview: audited, and made once however often its request is sent."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec import Struct

from interview.errors import IdempotencyMismatch, NotFound
from interview.sessions.events import AnyPayload
from interview.sessions.ledger import Ledger
from interview.sessions.session import SessionState
from serve.http.auth import NO_SUCH_INTERVIEW
from storage.sessions.amend import Amendment, Loaded, transact
from storage.sessions.port import IdempotencyRecord, SessionKey, SessionStore


class Decision(Struct, frozen=True):
    """``scope`` and ``sent``, the request's Idempotency-Key, name the record; without a key each request is a new
    decision. ``content`` is what a repetition must have in common with it.

    ``decide`` gives the events for a state, or raises; ``reply`` is encoded from the state after them.
    """

    scope: str
    sent: str | None
    content: Sequence[Any]
    decide: Callable[[SessionState], Sequence[AnyPayload]]
    reply: Callable[[SessionState], Any]


async def decided_once(
    sessions: SessionStore, key: SessionKey, decision: Decision, audit: Callable[[], Awaitable[None]]
) -> bytes:
    """The reply, or that of the first request with the same key. ``audit`` is awaited before the decision is stored: an
    entry may be of a decision that then fails, and no decision is without one.

    Raises:

        NotFound: there is no such interview.
        IdempotencyMismatch: the key was used with other content.
        StorageUnavailable, and what ``decide`` and ``audit`` raise.
    """
    sent = decision.sent or uuid.uuid4().hex
    fingerprint = hashlib.sha256(msgspec.json.encode(decision.content)).hexdigest()
    audited = False

    async def amended(loaded: Loaded) -> Amendment[bytes]:
        nonlocal audited
        if loaded.record is not None:
            if loaded.record.fingerprint != fingerprint:
                raise IdempotencyMismatch(
                    "This Idempotency-Key belongs to an earlier request with other content; use a new key for a new "
                    "request."
                )
            return Amendment(loaded.record.body)
        if loaded.state is None:
            raise NotFound(NO_SUCH_INTERVIEW)
        events = decision.decide(loaded.state)
        if not audited:
            await audit()
            audited = True
        ledger = Ledger(loaded.state, lambda: datetime.now(UTC))
        ledger.record(*events)
        body = msgspec.json.encode(decision.reply(ledger.state))
        done = IdempotencyRecord(scope=decision.scope, key=sent, fingerprint=fingerprint, status="done", body=body)
        return Amendment(body, ledger, done)

    return await transact(sessions, key, amended, record=(decision.scope, sent))
