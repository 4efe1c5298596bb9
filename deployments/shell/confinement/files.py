"""Landlock: from now on this process reads the given trees and reaches no other file, TCP port or process.

docs.kernel.org/userspace-api/landlock; the system calls have the same numbers on every architecture. What an older
kernel cannot restrict (TCP before ABI 4, signals and abstract sockets before ABI 6) stays open, and seccomp closes it.
"""

from __future__ import annotations

import ctypes
import os
import stat
import struct
import sys
from collections.abc import Iterable
from pathlib import Path

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION_FLAG, _PATH_BENEATH = 1, 1
_PR_SET_NO_NEW_PRIVS = 38

_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
#: The file rights that each ABI version knows: 13 in the first; refer, truncate and ioctl on devices came later.
_FILE_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1, 5: (1 << 16) - 1}
_TCP_RIGHTS, _TCP_SINCE = 0b11, 4
_SCOPES, _SCOPES_SINCE = 0b11, 6


def abi() -> int:
    """The kernel's Landlock version; 0 without Landlock."""
    if sys.platform != "linux":
        return 0
    return max(0, int(ctypes.CDLL(None, use_errno=True).syscall(_CREATE_RULESET, None, 0, _VERSION_FLAG)))


def restrict_to(readable: Iterable[Path]) -> None:
    """Allow reading beneath ``readable`` (those that exist) and nothing else. Raises OSError."""
    version = abi()
    if version == 0:
        raise OSError("this kernel has no Landlock")
    libc = ctypes.CDLL(None, use_errno=True)
    attributes = struct.pack(
        "QQQ",
        _FILE_RIGHTS[min(version, max(_FILE_RIGHTS))],
        _TCP_RIGHTS if version >= _TCP_SINCE else 0,
        _SCOPES if version >= _SCOPES_SINCE else 0,
    )
    size = 24 if version >= _SCOPES_SINCE else 16 if version >= _TCP_SINCE else 8
    ruleset = _checked(libc.syscall(_CREATE_RULESET, attributes, size, 0), "landlock_create_ruleset")
    try:
        for path in readable:
            _allow(libc, ruleset, path)
        _checked(libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")
        _checked(libc.syscall(_RESTRICT_SELF, ruleset, 0), "landlock_restrict_self")
    finally:
        os.close(ruleset)


def _allow(libc: ctypes.CDLL, ruleset: int, path: Path) -> None:
    try:
        opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        is_directory = stat.S_ISDIR(os.fstat(opened).st_mode)
        rights = _READ_FILE | _READ_DIR if is_directory else _READ_FILE
        rule = struct.pack("=Qi", rights, opened)
        _checked(libc.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, rule, 0), "landlock_add_rule")
    finally:
        os.close(opened)


def _checked(result: int, name: str) -> int:
    if result < 0:
        raise OSError(ctypes.get_errno(), name)
    return result
