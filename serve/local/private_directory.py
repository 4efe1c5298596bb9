"""A directory that only its owner enters: keys, recordings and transcripts lie below."""

from __future__ import annotations

import logging
import stat
from pathlib import Path

from storage.private_directory import make_private

logger = logging.getLogger(__name__)


def private_directory(path: Path) -> None:
    """Make ``path`` with mode 0700, or take the rights of others from it and say so. Raises OSError."""
    make_private(path)
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        path.chmod(mode & 0o700)
        logger.warning("other users could enter the data directory; its mode is 0700 now: %s", path)
