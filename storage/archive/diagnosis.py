"""A diagnosis of the archive's database: whether it answers, and with which schema. It changes nothing."""

from __future__ import annotations

from msgspec import Struct
from sqlalchemy import create_engine
from sqlalchemy.exc import DBAPIError

from interview.errors import ConfigError
from storage.archive.database import driver_url, parsed_url
from storage.archive.schema import HEAD, revision

_TIMEOUT_S = 2


class Diagnosis(Struct, frozen=True):
    """``problem`` says why the database cannot be used."""

    server: str
    schema: str = ""
    problem: str = ""


def described(url: str) -> str:
    """``url`` without its password."""
    return parsed_url(url).render_as_string(hide_password=True)


def diagnose(url: str) -> Diagnosis:
    """Ask the database of ``url``; blocks for a few seconds at most. Never raises for a server's failure.

    A SQLite file that does not exist yet is no problem: the platform creates it.
    """
    try:
        server, parsed = described(url), parsed_url(url)
        if parsed.get_backend_name() == "sqlite":
            return Diagnosis(server)
        engine = create_engine(driver_url(parsed), connect_args={"connect_timeout": _TIMEOUT_S}, hide_parameters=True)
    except (ConfigError, ModuleNotFoundError) as error:
        return Diagnosis("", problem=str(error))
    try:
        with engine.connect() as connection:
            found = revision(connection)
    except DBAPIError as error:
        return Diagnosis(server, problem=f"does not answer ({type(error.orig).__name__})")
    finally:
        engine.dispose()
    return Diagnosis(server, f"schema {found}" if found else f"empty; the platform creates schema {HEAD}")
