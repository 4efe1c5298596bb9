"""A diagnosis of the archive's database: whether it answers, and with which schema. It changes nothing."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct
from sqlalchemy import create_engine
from sqlalchemy.exc import DBAPIError

from interview.errors import ConfigError
from storage.archive.database import driver_url, parsed_url
from storage.archive.name_search import NameSearch, name_search
from storage.archive.schema import HEAD, revision

_TIMEOUT_S = 2


class Diagnosis(Struct, frozen=True):
    """``problem`` says why the database cannot be used. ``slow_names``: searches by name read every name."""

    server: str
    schema: str = ""
    problem: str = ""
    slow_names: bool = False


def described(url: str) -> str:
    """``url`` without its password."""
    return parsed_url(url).render_as_string(hide_password=True)


def diagnose(url: str) -> Diagnosis:
    """Ask the database of ``url``; blocks for a few seconds at most. Never raises for a server's failure.

    A SQLite file that does not exist yet is no problem: the platform creates it.
    """
    try:
        server, parsed = described(url), parsed_url(url)
        sqlite = parsed.get_backend_name() == "sqlite"
        if sqlite and not Path(parsed.database or "").is_file():
            return Diagnosis(server)
        wait = {} if sqlite else {"connect_timeout": _TIMEOUT_S}
        engine = create_engine(driver_url(parsed), connect_args=wait, hide_parameters=True)
    except (ConfigError, ModuleNotFoundError) as error:
        return Diagnosis("", problem=str(error))
    try:
        with engine.connect() as connection:
            found = revision(connection)
            slow_names = found is not None and name_search(connection) is NameSearch.SCAN
    except DBAPIError as error:
        return Diagnosis(server, problem=f"does not answer ({type(error.orig).__name__})")
    finally:
        engine.dispose()
    schema = f"schema {found}" if found else f"empty; the platform creates schema {HEAD}"
    return Diagnosis(server, schema, slow_names=slow_names)
