"""Unique tokens that need not be secret: 64 random bits as hexadecimal digits, without a system call for each.

``secrets`` asks the kernel each time and releases the interpreter's lock meanwhile, which a turn pays four times.
"""

from __future__ import annotations

import os
import random

#: Seeded from the system's entropy, and again in a forked child; ``random.seed`` does not touch it.
_random = random.Random()  # noqa: S311 - unique, not secret
os.register_at_fork(after_in_child=_random.seed)

TOKEN_CHARS = 16


def unique_token() -> str:
    """``TOKEN_CHARS`` hexadecimal digits."""
    return f"{_random.getrandbits(64):016x}"
