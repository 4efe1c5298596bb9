"""Reads the text files that a command's options name."""

from __future__ import annotations

from pathlib import Path

from interview.errors import InvalidInput, NotFound


def text_of(path: Path, encoding: str = "utf-8") -> str:
    """The text of a file.

    Raises:
        NotFound: there is no such file.
        InvalidInput: it is a directory, unreadable, or not UTF-8.
    """
    try:
        return path.read_text(encoding=encoding)
    except FileNotFoundError as error:
        raise NotFound(f"There is no file {path}.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path} cannot be read as UTF-8 text: {error}.") from error
