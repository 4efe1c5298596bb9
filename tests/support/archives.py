"""An archive in memory, for tests whose subject is another part."""

from __future__ import annotations

from storage.archive.database import Database
from storage.archive.sql import SqlArchive


def memory_archive() -> SqlArchive:
    """The real archive on SQLite in memory."""
    return SqlArchive(Database("sqlite://"))
