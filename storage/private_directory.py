"""Makes directories that only their owner enters."""

from __future__ import annotations

from pathlib import Path


def make_private(path: Path) -> None:
    """Make ``path`` and every missing directory above it with mode 0700; those that exist keep theirs. Raises OSError.

    ``Path.mkdir(mode=0o700, parents=True)`` gives the parents the default mode.
    """
    for directory in reversed((path, *path.parents)):
        if not directory.is_dir():
            directory.mkdir(mode=0o700, exist_ok=True)
