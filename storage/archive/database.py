"""A database through SQLAlchemy Core: blocking calls in threads, under a deadline, with the errors of the platform.

SQLite by default, PostgreSQL by URL. The schema is brought up to date before the first call.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import StaticPool

from interview.errors import ConfigError, InternalError, StorageUnavailable
from storage.archive.group_commit import GroupCommit
from storage.archive.schema import bring_up_to_date
from storage.private_directory import make_private

T = TypeVar("T")

logger = logging.getLogger(__name__)

_BUSY_S = 10.0


class Database:
    """An engine on ``url`` with ``threads`` threads and as many connections.

    A call that takes longer than ``timeout_s``, waiting included, is reported as unavailable; its transaction may still
    take effect, so every operation must be idempotent.

    Raises:

        ConfigError: the URL is malformed, or its driver is not installed.
    """

    def __init__(self, url: str, *, threads: int = 4, timeout_s: float = 15.0) -> None:
        parsed = parsed_url(url)
        in_memory = parsed.get_backend_name() == "sqlite" and not parsed.database
        self._threads = ThreadPoolExecutor(1 if in_memory else threads, thread_name_prefix="archive")
        self._timeout_s = timeout_s
        self._engine = _engine(parsed, in_memory=in_memory, threads=threads)
        sqlite_file = parsed.get_backend_name() == "sqlite" and not in_memory
        self._group_commit = GroupCommit(self._engine, self._prepare) if sqlite_file else None
        self._prepared = False
        self._preparing = threading.Lock()

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return self._engine.dialect.name

    async def read(self, what: str, call: Callable[[Connection], T]) -> T:
        """``call`` in one transaction; ``what`` names it in the log. Raises StorageUnavailable, InternalError."""
        return await self._run(what, call, write=False)

    async def write(self, what: str, call: Callable[[Connection], T]) -> T:
        """As ``read``, for a transaction that writes. SQLite takes its one write lock at the start of it, and writes
        that wait for it share the transaction."""
        if self._group_commit is None:
            return await self._run(what, call, write=True)
        return await self._answer(what, asyncio.wrap_future(self._group_commit.submit(call)))

    async def purge_files(self) -> bool:
        """Empty SQLite's write-ahead log, which may hold deleted rows; its pages are overwritten at once
        (``secure_delete``). False when a reader prevented it. PostgreSQL does the same in its own time."""
        return await self._in_thread("purge", self._purge_files)

    async def close(self) -> None:
        await asyncio.get_running_loop().run_in_executor(self._threads, self._engine.dispose)
        self._threads.shutdown(wait=False)
        if self._group_commit is not None:
            self._group_commit.close()

    async def _run(self, what: str, call: Callable[[Connection], T], *, write: bool) -> T:
        def transaction() -> T:
            self._prepare()
            with self._engine.execution_options(write=write).begin() as connection:
                return call(connection)

        return await self._in_thread(what, transaction)

    async def _in_thread(self, what: str, call: Callable[[], T]) -> T:
        return await self._answer(what, asyncio.get_running_loop().run_in_executor(self._threads, call))

    async def _answer(self, what: str, future: asyncio.Future[T]) -> T:
        """The result of ``future`` within the deadline, or an error of the platform."""
        try:
            async with asyncio.timeout(self._timeout_s):
                return await future
        except (TimeoutError, PoolTimeout) as error:
            logger.warning("the archive timed out: operation=%s", what)
            raise StorageUnavailable("The archive did not answer in time.", retry_after_s=1) from error
        except DBAPIError as error:
            # never the error's text: a driver's message may quote a row
            logger.warning("the archive failed: operation=%s error=%s", what, type(error.orig).__name__)
            if error.connection_invalidated or not _is_defect(error):
                raise StorageUnavailable("The archive does not answer; try again shortly.", retry_after_s=1) from error
            raise InternalError("The archive refused a statement.") from error
        except SQLAlchemyError as error:
            logger.warning("the archive failed: operation=%s error=%s", what, type(error).__name__)
            raise InternalError("The archive refused a statement.") from error

    def _prepare(self) -> None:
        if self._prepared:
            return
        with self._preparing:
            if not self._prepared:
                bring_up_to_date(self._engine)
                self._prepared = True

    def _purge_files(self) -> bool:
        if self.dialect != "sqlite":
            return True
        connection = self._engine.raw_connection()  # outside a transaction, in which SQLite refuses it
        try:
            cursor = connection.cursor()
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            row = cursor.fetchone()
            return row is not None and not row[0]
        finally:
            connection.close()


def sqlite_url(file: Path) -> str:
    """The URL of a SQLite database in ``file``."""
    return URL.create("sqlite", database=str(file)).render_as_string()


def parsed_url(url: str) -> URL:
    """Raises ConfigError: not the URL of a database that the archive supports."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise ConfigError("The archive's URL cannot be read; it begins with sqlite:/// or postgresql://.") from error
    backend = parsed.get_backend_name()
    if backend not in ("sqlite", "postgresql"):
        raise ConfigError(f"The archive is SQLite or PostgreSQL, not {backend}.")
    return parsed


def driver_url(url: URL) -> URL:
    """``url`` with the driver that the extra ``postgres`` installs."""
    return url.set(drivername="postgresql+psycopg") if url.get_backend_name() == "postgresql" else url


def _engine(url: URL, *, in_memory: bool, threads: int) -> Engine:
    try:
        if url.get_backend_name() == "postgresql":
            return create_engine(
                driver_url(url), pool_size=threads, max_overflow=0, pool_pre_ping=True, hide_parameters=True
            )
        if in_memory:
            engine = create_engine(
                url, poolclass=StaticPool, connect_args={"check_same_thread": False}, hide_parameters=True
            )
        else:
            assert url.database is not None  # noqa: S101 - told by in_memory
            make_private(Path(url.database).parent)
            Path(url.database).touch(mode=0o600)  # its log gets the same mode
            engine = create_engine(
                # one more for the thread that writes
                url,
                pool_size=threads + 1,
                max_overflow=0,
                connect_args={"timeout": _BUSY_S},
                hide_parameters=True,
            )
    except ModuleNotFoundError as error:
        raise ConfigError("PostgreSQL needs the extra `postgres` of this package.") from error
    event.listen(engine, "connect", _open_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _open_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # transactions are begun below, so that a write takes its lock at the start
    cursor = connection.cursor()
    _write_ahead(cursor)
    for pragma in ("synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _write_ahead(cursor: Any) -> None:
    """Switch the file to a write-ahead log. SQLite does not wait for the lock that this takes, so it is tried again.

    Raises:
        sqlite3.OperationalError: the file stays locked.
    """
    deadline = time.monotonic() + _BUSY_S
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def _begin_sqlite(connection: Connection) -> None:
    write = connection.get_execution_options().get("write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def _is_defect(error: DBAPIError) -> bool:
    """Whether a statement is wrong (a defect), rather than the server unavailable, full or busy."""
    from sqlalchemy.exc import DataError, IntegrityError, ProgrammingError

    return isinstance(error, DataError | IntegrityError | ProgrammingError)
