"""Opening a SQLite archive while others open it, too.

SQLite refuses one of two connections that switch a new file to its write-ahead log at once. That moment cannot be
brought about on purpose, so a cursor stands in that is refused once.
"""

from __future__ import annotations

import sqlite3

import pytest

from storage.archive import database


class RefusedOnce:
    def __init__(self) -> None:
        self.asked: list[str] = []

    def execute(self, statement: str) -> None:
        self.asked.append(statement)
        if len(self.asked) == 1:
            raise sqlite3.OperationalError("database is locked")


def test_a_refused_switch_to_the_write_ahead_log_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database.time, "sleep", lambda seconds: None)
    cursor = RefusedOnce()
    database._write_ahead(cursor)
    assert cursor.asked == ["PRAGMA journal_mode=WAL"] * 2


def test_a_file_that_stays_locked_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "_BUSY_S", -1.0)
    with pytest.raises(sqlite3.OperationalError):
        database._write_ahead(RefusedOnce())
