"""Confines the sandbox's warm process and its children, and says which restrictions hold."""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from deployments.shell.confinement import files, syscalls

#: The user of a process that does not need its own, where this process is root.
NOBODY = 65534

#: Shared libraries, time zones, and the fonts that a PDF's renderer substitutes.
_SYSTEM = ("/lib", "/lib64", "/usr/lib", "/usr/local/lib", "/etc/ld.so.cache", "/etc/localtime", "/usr/share/zoneinfo",
           "/usr/share/fonts", "/etc/fonts", "/dev/null", "/dev/urandom")  # fmt: skip

_PACKAGES = ("interview", "deployments")
_ROOT = Path(__file__).resolve().parents[3]


class Confinement(Struct, frozen=True):
    """The restrictions that hold in a sandbox's children.

    ``files``: only the interpreter, the packages and the system's libraries can be read, nothing written (Landlock).
    ``system_calls``: no network, no processes, no programs (seccomp). ``user``: not the platform's.
    """

    files: bool = False
    system_calls: bool = False
    user: bool = False

    @property
    def whole(self) -> bool:
        """Whether no file beyond the interpreter, no network and no other process can be reached."""
        return self.files and self.system_calls


def possible() -> Confinement:
    """The restrictions that this machine can enforce, without enforcing any."""
    return Confinement(files.abi() > 0, syscalls.supported(), _can_change_user())


def confine_warm_process() -> Confinement:
    """Restrict this process's files and user for good, its future children's with it; call it after the last import.

    Raises:

        OSError: the kernel offers a restriction and refuses it.
    """
    found = possible()
    if found.user:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
    if found.files:
        files.restrict_to(_readable())
    return found


def _readable() -> Iterator[Path]:
    yield from map(Path, _SYSTEM)
    for name in ("stdlib", "platstdlib", "purelib", "platlib"):
        yield Path(sysconfig.get_path(name))
    yield Path(sys.base_prefix) / "lib"
    for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep):
        if entry and Path(entry).resolve() != _ROOT:
            yield Path(entry)
    for package in _PACKAGES:
        yield _ROOT / package


def _can_change_user() -> bool:
    """Root may; but another user must still be able to read the interpreter and the packages."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return False
    needed = [path.resolve() for path in _readable() if path.exists()]
    return all(_others_may(path, 0o5 if path.is_dir() else 0o4) and all(_others_may(up, 0o1) for up in path.parents)
               for path in needed)  # fmt: skip


def _others_may(path: Path, bits: int) -> bool:
    return path.stat().st_mode & bits == bits
