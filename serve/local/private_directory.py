"""A directory that only its owner enters: keys, recordings and transcripts lie below."""

from __future__ import annotations

import logging
import stat
from pathlib import Path

logger = logging.getLogger(__name__)


def private_directory(path: Path) -> None:
    """Make ``path`` with mode 0700, or take the rights of others from it and say so. Raises OSError."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        path.chmod(mode & 0o700)
        logger.warning("other users could enter the data directory; its mode is 0700 now: %s", path)
