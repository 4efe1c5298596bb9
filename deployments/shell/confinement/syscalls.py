"""A seccomp filter that allows computing and reading open files, and nothing that reaches outside the process.

Everything not listed fails with ENOSYS: sockets, processes and threads, programs, mounts, tracing, signals to others.
The filter is classic BPF (seccomp(2), linux/filter.h). libseccomp would need a system library, and its Python binding
(pyseccomp 0.1.2) has had no release since 2021.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
import sys

#: Numbers on x86-64 and on aarch64 (None: no such call there). A test compares them with the kernel's headers.
NUMBERS: dict[str, tuple[int, int | None]] = {
    "access": (21, None), "brk": (12, 214), "clock_getres": (229, 114), "clock_gettime": (228, 113),
    "clock_nanosleep": (230, 115), "close": (3, 57), "dup": (32, 23), "exit": (60, 93), "exit_group": (231, 94),
    "faccessat": (269, 48), "faccessat2": (439, 439), "fcntl": (72, 25), "fstat": (5, 80), "futex": (202, 98),
    "getcwd": (79, 17), "getdents64": (217, 61), "getegid": (108, 177), "geteuid": (107, 175), "getgid": (104, 176),
    "getitimer": (36, 102), "getpid": (39, 172), "getppid": (110, 173), "getrandom": (318, 278),
    "getrlimit": (97, 163), "getrusage": (98, 165), "gettid": (186, 178), "gettimeofday": (96, 169),
    "getuid": (102, 174), "ioctl": (16, 29), "lseek": (8, 62), "lstat": (6, None), "madvise": (28, 233),
    "membarrier": (324, 283), "mmap": (9, 222), "mprotect": (10, 226), "mremap": (25, 216), "munmap": (11, 215),
    "nanosleep": (35, 101), "newfstatat": (262, 79), "open": (2, None), "openat": (257, 56), "poll": (7, None),
    "ppoll": (271, 73), "pread64": (17, 67), "pselect6": (270, 72), "read": (0, 63), "readlink": (89, None),
    "readlinkat": (267, 78), "readv": (19, 65), "restart_syscall": (219, 128), "rseq": (334, 293),
    "rt_sigaction": (13, 134), "rt_sigprocmask": (14, 135), "rt_sigreturn": (15, 139),
    "sched_getaffinity": (204, 123), "sched_yield": (24, 124), "select": (23, None), "set_robust_list": (273, 99),
    "setitimer": (38, 103), "sigaltstack": (131, 132), "stat": (4, None), "statx": (332, 291), "sysinfo": (99, 179),
    "time": (201, None), "times": (100, 153), "uname": (63, 160), "write": (1, 64), "writev": (20, 66),
}  # fmt: skip

#: Allowed if their first argument is this process: to abort, and to limit itself (``prlimit64`` takes 0 for "self").
SELF_NUMBERS: dict[str, tuple[int, int]] = {
    "kill": (62, 129), "prlimit64": (302, 261), "tgkill": (234, 131),
}  # fmt: skip

#: AUDIT_ARCH_X86_64, AUDIT_ARCH_AARCH64, and the column of each in the tables.
_ARCHITECTURES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}

_LOAD, _JUMP_EQUAL, _JUMP_GREATER_EQUAL, _RETURN = 0x20, 0x15, 0x35, 0x06
_NUMBER_OFFSET, _ARCHITECTURE_OFFSET, _FIRST_ARGUMENT_OFFSET = 0, 4, 16
_ALLOW, _FAIL, _KILL = 0x7FFF0000, 0x00050000 | errno.ENOSYS, 0x80000000
#: Calls of the x32 ABI have this bit; the filter knows none of them.
_X32 = 0x40000000

_PR_SET_NO_NEW_PRIVS, _PR_GET_SECCOMP, _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 38, 21, 22, 2


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def supported() -> bool:
    """Whether this machine can filter: Linux on x86-64 or aarch64, in a kernel with seccomp."""
    known = sys.platform == "linux" and platform.machine() in _ARCHITECTURES
    return known and ctypes.CDLL(None).prctl(_PR_GET_SECCOMP, 0, 0, 0, 0) >= 0


def install() -> None:
    """Filter this process from now on. Raises OSError."""
    libc = ctypes.CDLL(None, use_errno=True)
    instructions = filter_of(platform.machine(), os.getpid())
    program = _Program(len(instructions) // 8, instructions)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "no_new_privs")
    if libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "seccomp")


def filter_of(machine: str, pid: int) -> bytes:
    """The BPF instructions, 8 bytes each, for the process ``pid``."""
    architecture, column = _ARCHITECTURES[machine]
    allowed = sorted(number for pair in NUMBERS.values() if (number := pair[column]) is not None)
    guarded = sorted(pair[column] for pair in SELF_NUMBERS.values())
    fail_at = 4 + len(allowed) + len(guarded) + 3
    code = [
        _instruction(_LOAD, 0, 0, _ARCHITECTURE_OFFSET),
        _instruction(_JUMP_EQUAL, 0, fail_at + 2 - 2, architecture),
        _instruction(_LOAD, 0, 0, _NUMBER_OFFSET),
        _instruction(_JUMP_GREATER_EQUAL, fail_at - 4, 0, _X32),
    ]
    code += [_instruction(_JUMP_EQUAL, fail_at + 1 - (4 + at) - 1, 0, number) for at, number in enumerate(allowed)]
    argument_at = 4 + len(allowed) + len(guarded)
    for at, number in enumerate(guarded, start=4 + len(allowed)):
        otherwise = fail_at - at - 1 if at == argument_at - 1 else 0
        code.append(_instruction(_JUMP_EQUAL, argument_at - at - 1, otherwise, number))
    code += [
        _instruction(_LOAD, 0, 0, _FIRST_ARGUMENT_OFFSET),
        _instruction(_JUMP_EQUAL, fail_at + 1 - (argument_at + 1) - 1, 0, pid),
        _instruction(_JUMP_EQUAL, fail_at + 1 - (argument_at + 2) - 1, 0, 0),
        _instruction(_RETURN, 0, 0, _FAIL),
        _instruction(_RETURN, 0, 0, _ALLOW),
        _instruction(_RETURN, 0, 0, _KILL),
    ]
    return b"".join(code)


def _instruction(code: int, if_true: int, if_false: int, operand: int) -> bytes:
    return struct.pack("HBBI", code, if_true, if_false, operand)
