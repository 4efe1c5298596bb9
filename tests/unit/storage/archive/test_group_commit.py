"""Writes of one SQLite file share transactions, and each succeeds or fails by itself."""

import threading
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, event

from storage.archive.database import Database, sqlite_url
from storage.archive.group_commit import GroupCommit


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = Database(sqlite_url(tmp_path / "archive.db"))._engine
    with engine.execution_options(write=True).begin() as connection:
        connection.exec_driver_sql("create table words (word text)")
    yield engine
    engine.dispose()


@pytest.fixture
def writes(engine: Engine) -> Iterator[GroupCommit]:
    writes = GroupCommit(engine, lambda: None)
    yield writes
    writes.close()


def add(writes: GroupCommit, word: str) -> Future[str]:
    def call(connection: Connection) -> str:
        connection.exec_driver_sql("insert into words values (?)", (word,))
        return word

    return writes.submit(call)


def words(engine: Engine) -> list[str]:
    with engine.begin() as connection:
        return [row[0] for row in connection.exec_driver_sql("select word from words order by rowid")]


class Gate:
    """Occupies the writing thread until it is opened, so that later writes wait together."""

    def __init__(self, writes: GroupCommit) -> None:
        self._opened = threading.Event()
        began = threading.Event()

        def hold(_: Connection) -> None:
            began.set()
            assert self._opened.wait(30)

        self.held = writes.submit(hold)
        assert began.wait(30)

    def open(self) -> None:
        self._opened.set()


def test_writes_that_wait_share_one_transaction(engine: Engine, writes: GroupCommit) -> None:
    commits: list[int] = []
    event.listen(engine, "commit", lambda _: commits.append(1))
    gate = Gate(writes)
    waiting = [add(writes, word) for word in ("a", "b", "c")]
    gate.open()

    assert [future.result(30) for future in waiting] == ["a", "b", "c"]
    assert words(engine) == ["a", "b", "c"]
    assert len(commits) == 2 + 1  # the gate's, that of the three, and the reading above


def test_a_write_that_fails_undoes_itself_alone(engine: Engine, writes: GroupCommit) -> None:
    def half(connection: Connection) -> None:
        connection.exec_driver_sql("insert into words values ('half')")
        raise ValueError("no")

    gate = Gate(writes)
    before, failed, after = add(writes, "before"), writes.submit(half), add(writes, "after")
    gate.open()

    assert (before.result(30), after.result(30)) == ("before", "after")
    with pytest.raises(ValueError, match="no"):
        failed.result(30)
    assert words(engine) == ["before", "after"]


def test_a_write_that_fails_with_no_other_waiting_leaves_nothing(engine: Engine, writes: GroupCommit) -> None:
    def half(connection: Connection) -> None:
        connection.exec_driver_sql("insert into words values ('half')")
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        writes.submit(half).result(30)
    assert add(writes, "later").result(30) == "later"
    assert words(engine) == ["later"]


def test_no_write_is_acknowledged_when_sqlite_ends_the_transaction(engine: Engine, writes: GroupCommit) -> None:
    def disk_full(connection: Connection) -> None:
        connection.exec_driver_sql("rollback")  # what SQLite does by itself when the disk is full
        raise OSError("disk full")

    gate = Gate(writes)
    futures: list[Future[str] | Future[None]] = [add(writes, "before"), writes.submit(disk_full), add(writes, "after")]
    gate.open()

    assert all(future.exception(30) is not None for future in futures)
    assert words(engine) == []
    assert add(writes, "later").result(30) == "later"
    assert words(engine) == ["later"]


def test_a_write_that_was_given_up_before_its_turn_does_not_happen(engine: Engine, writes: GroupCommit) -> None:
    gate = Gate(writes)
    given_up, kept = add(writes, "given up"), add(writes, "kept")
    given_up.cancel()
    gate.open()

    assert kept.result(30) == "kept"
    assert words(engine) == ["kept"]
