"""Writes the files that a command's options name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from interview.errors import InvalidInput


@contextmanager
def written(path: Path) -> Iterator[None]:
    """The block writes ``path``. Raises InvalidInput: the file cannot be written, for example because it is in a
    directory that does not exist."""
    try:
        yield
    except OSError as error:
        raise InvalidInput(f"{path} cannot be written: {error.strerror or error}.") from error
