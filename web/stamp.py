"""The stamp of the built pages: a hash of everything they are built from. Written by ``npm run build``; a test compares
it (tests/unit/serve/http/pages/test_build.py)."""

from __future__ import annotations

import hashlib
from pathlib import Path

WEB = Path(__file__).resolve().parent
STAMP = WEB.parent / "serve" / "http" / "static" / "sources.sha256"

#: Beside every file of ``src`` and ``public``.
_CONFIGURATION = ("package.json", "package-lock.json", "tsconfig.json", "vite.config.ts")


def sources() -> list[Path]:
    """What the build reads, in order of path; tests are not part of it."""
    found = [WEB / name for name in _CONFIGURATION]
    found += WEB.glob("*.html")
    found += (path for folder in ("src", "public") for path in (WEB / folder).rglob("*") if path.is_file())
    return sorted(path for path in found if ".test." not in path.name)


def digest() -> str:
    """SHA-256 in hexadecimal over the paths and contents of ``sources``."""
    total = hashlib.sha256()
    for path in sources():
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        total.update(f"{path.relative_to(WEB).as_posix()} {content}\n".encode())
    return total.hexdigest()


if __name__ == "__main__":
    STAMP.write_text(digest() + "\n")
