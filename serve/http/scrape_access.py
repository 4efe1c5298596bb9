"""Access to ``/metrics`` while the store of keys is away."""

from __future__ import annotations

import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable

from interview.errors import StorageUnavailable
from serve.http.auth import OPERATIONS, Authenticator

#: A revoked key can read metrics for at most this long into an outage; it can do nothing else.
ACCEPTED_FOR_S = 3600.0
_REMEMBERED_AT_MOST = 64


class ScrapeAccess:
    """Admits a key with the scope ``operations``; in an outage, one that this process verified within the last hour.

    Without this, metrics would end with the store whose outage they must show. Only digests are kept.
    """

    def __init__(self, auth: Authenticator, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._auth = auth
        self._clock = clock
        self._verified: OrderedDict[bytes, float] = OrderedDict()

    async def admit(self, token: str | None) -> None:
        """Raises Unauthenticated, Forbidden, or StorageUnavailable for a key that was not verified before."""
        digest = hashlib.sha256((token or "").encode()).digest()
        try:
            await self._auth.holding(OPERATIONS, token)
        except StorageUnavailable:
            if self._clock() - self._verified.get(digest, -ACCEPTED_FOR_S) >= ACCEPTED_FOR_S:
                raise
            return
        except Exception:
            self._verified.pop(digest, None)
            raise
        self._verified[digest] = self._clock()
        self._verified.move_to_end(digest)
        while len(self._verified) > _REMEMBERED_AT_MOST:
            self._verified.popitem(last=False)
