"""Group commit for SQLite: writes that wait at the same moment share one transaction, and so one sync of the disk."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import nullcontext
from typing import Any, TypeVar

from msgspec import Struct
from sqlalchemy import Connection, Engine

T = TypeVar("T")

#: Bounds how long readers of the same file see the state before the transaction, and how much one failed commit undoes.
WRITES_AT_MOST = 64


class _Write(Struct, frozen=True):
    call: Callable[[Connection], Any]
    future: Future[Any]


class GroupCommit:
    """Runs the writes of one database in one thread, in their order.

    SQLite has one write lock and syncs the disk at each commit, so several threads would only wait for each other.
    Writes that share a transaction run in savepoints: one that fails undoes itself alone. A failed commit fails every
    write of its transaction.
    """

    def __init__(self, engine: Engine, prepare: Callable[[], None]) -> None:
        """``prepare`` runs before each transaction, in the same thread."""
        self._engine = engine.execution_options(write=True)
        self._prepare = prepare
        self._waiting: deque[_Write] = deque()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="archive-write")

    def submit(self, call: Callable[[Connection], T]) -> Future[T]:
        """The result of ``call`` once it is committed. Cancelling the future before ``call`` began prevents it."""
        future: Future[T] = Future()
        self._waiting.append(_Write(call, future))
        self._thread.submit(self._commit_waiting)
        return future

    def close(self) -> None:
        self._thread.shutdown(wait=False)

    def _commit_waiting(self) -> None:
        writes = [self._waiting.popleft() for _ in range(min(len(self._waiting), WRITES_AT_MOST))]
        running = [write for write in writes if write.future.set_running_or_notify_cancel()]
        if not running:  # an earlier call committed them
            return
        outcomes: list[tuple[Future[Any], Any]] = []
        try:
            self._prepare()
            with self._engine.begin() as connection:
                for write in running:
                    try:
                        with connection.begin_nested() if len(running) > 1 else nullcontext():
                            result = write.call(connection)
                        outcomes.append((write.future, result))
                    except Exception as error:
                        if len(running) == 1 or not _in_transaction(connection):
                            raise
                        write.future.set_exception(error)
        except BaseException as error:
            for write in running:
                if not write.future.done():
                    write.future.set_exception(error)
            if not isinstance(error, Exception):
                raise
            return
        for future, result in outcomes:
            future.set_result(result)


def _in_transaction(connection: Connection) -> bool:
    """Whether the transaction still stands: SQLite ends all of it by itself when, for example, the disk is full."""
    driver: Any = connection.connection.dbapi_connection
    return bool(driver.in_transaction)
