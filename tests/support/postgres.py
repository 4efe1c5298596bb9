"""A real PostgreSQL of the tests' own: the distribution's binaries, a private directory, a Unix socket, no network."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

#: Why the tests on PostgreSQL are skipped.
MISSING = "no PostgreSQL: install the distribution's package (apt-get install postgresql), as .ci/run does"


def binaries() -> Path | None:
    """The directory with ``initdb`` and ``pg_ctl``; Debian keeps them off the path."""
    on_path = shutil.which("initdb")
    places = [Path(on_path).resolve().parent] if on_path else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((place for place in places if (place / "pg_ctl").exists()), None)


@contextmanager
def running_postgres(programs: Path) -> Iterator[str]:
    """The URL of a new server without its database name: ``{}`` stands for it."""
    place = Path(tempfile.mkdtemp(prefix="postgres-"))
    user = _server_user()
    if user is not None:
        os.chown(place, pwd.getpwnam(user).pw_uid, -1)

    def run(program: str, *arguments: str) -> None:
        command = [str(programs / program), *arguments]
        done = subprocess.run(command, user=user, cwd=place, capture_output=True, text=True, check=False)
        if done.returncode:
            log = place / "log"
            raise RuntimeError(f"{program}: {done.stderr}{log.read_text() if log.exists() else ''}")

    data = place / "data"
    try:
        run("initdb", "-D", str(data), "-U", "tests", "--auth=trust", "--encoding=UTF8", "--no-sync")
        options = f"-k {place} -c listen_addresses= -c fsync=off -c max_connections=200"
        run("pg_ctl", "-D", str(data), "-l", str(place / "log"), "-o", options, "-w", "start")
        try:
            yield f"postgresql://tests@/{{}}?host={place}"
        finally:
            run("pg_ctl", "-D", str(data), "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _server_user() -> str | None:
    """PostgreSQL refuses to run as root; its package brings a user."""
    if os.getuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"
