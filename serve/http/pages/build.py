"""The built pages as they are served: read once, compressed once, with their validators."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path

#: Written by ``make web`` and committed (docs/adr/0028-web.md).
STATIC = Path(__file__).resolve().parents[1] / "static"

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
    ".woff2": "font/woff2",
}
_ALREADY_COMPRESSED = (".woff2",)


@dataclass(frozen=True, slots=True)
class BuiltFile:
    """A file of the build. ``gzipped`` is None where compression does not help. ``etag`` is quoted."""

    content: bytes
    gzipped: bytes | None
    content_type: str
    etag: str


@dataclass(frozen=True, slots=True)
class Build:
    """``pages`` by their name ("room"), ``assets`` by their file name. Both are empty where nothing was built."""

    pages: dict[str, BuiltFile]
    assets: dict[str, BuiltFile]


def read_build(static: Path = STATIC) -> Build:
    """The build in ``static``; an absent folder is an empty build. Files of an unknown type are left out."""
    return Build(
        pages={path.stem: _read(path) for path in sorted(static.glob("*.html"))},
        assets={path.name: _read(path) for path in sorted(static.glob("assets/*")) if path.suffix in _TYPES},
    )


def _read(path: Path) -> BuiltFile:
    content = path.read_bytes()
    # mtime=0: every replica sends the same bytes under the same validator.
    gzipped = None if path.suffix in _ALREADY_COMPRESSED else gzip.compress(content, mtime=0)
    if gzipped is not None and len(gzipped) >= len(content):
        gzipped = None
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    return BuiltFile(content, gzipped, _TYPES[path.suffix], etag)
