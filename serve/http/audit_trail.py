"""Records reads of personal data at the HTTP edge before they are answered."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import msgspec

from serve.http.auth import Principal
from storage.audit.port import Action, AuditEntry, AuditLog

#: Repeated reads of one subject by one caller within this time are one entry: clients poll the state.
SAME_READ_S = 60.0

_REMEMBERED = 10_000


class AuditTrail:
    """``AuditLog`` for route handlers. ``clock`` returns seconds."""

    def __init__(self, log: AuditLog, clock: Callable[[], float] = time.monotonic) -> None:
        self._log = log
        self._clock = clock
        self._recent: OrderedDict[bytes, float] = OrderedDict()

    async def read(self, caller: Principal, action: Action, subject: str, **detail: Any) -> None:
        """Record a read, unless the same one was recorded within ``SAME_READ_S`` by this replica.

        Raises:

            StorageUnavailable: it could not be recorded; the data must not be sent.
        """
        if caller.is_candidate:
            return  # their own data
        read = msgspec.json.encode([caller.tenant, caller.key_id, action, subject, detail])
        now = self._clock()
        recorded = self._recent.get(read)
        if recorded is not None and now - recorded < SAME_READ_S:
            return
        await self.record(caller, action, subject, **detail)
        self._recent[read] = now
        self._recent.move_to_end(read)
        while len(self._recent) > _REMEMBERED:
            self._recent.popitem(last=False)

    async def record(self, caller: Principal, action: Action, subject: str, **detail: Any) -> None:
        """Record an action, every time. Raises StorageUnavailable."""
        await self._log.record(AuditEntry(caller.tenant, caller.key_id, action, subject, detail))
