"""The committed build belongs to the sources in ``web/``, is small, and asks no other server."""

from __future__ import annotations

import gzip
import re
import runpy
from pathlib import Path

import pytest

from serve.http.pages.build import STATIC, read_build
from serve.http.pages.routes import HOME, PAGES
from tests.support.paths import ROOT

ROOM_GZIP_BYTES = 160_000
BUILT = [path for path in STATIC.rglob("*") if path.is_file()]


def loaded_by(page: str) -> list[Path]:
    """The page and every asset that it names, also through other assets."""
    found: list[Path] = []
    waiting = [STATIC / f"{page}.html"]
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        found.append(path)
        text = path.read_text(encoding="utf-8") if path.suffix in (".html", ".js", ".css") else ""
        waiting += [asset for asset in sorted(STATIC.glob("assets/*")) if asset.name in text]
    return found


def test_the_build_is_of_these_sources() -> None:
    stamp = runpy.run_path(str(ROOT / "web" / "stamp.py"))
    assert stamp["STAMP"].read_text().strip() == stamp["digest"](), (
        "web/ changed after the last build. Run `make web` and commit serve/http/static; after a conflict in "
        "serve/http/static, build again instead of merging."
    )


def test_every_asset_is_named_by_a_page_and_every_named_asset_exists() -> None:
    used = {path for page in (*PAGES, HOME) for path in loaded_by(page)}
    assert {path for path in BUILT if path.parent.name == "assets"} <= used
    for page in PAGES:
        for name in re.findall(r'(?:src|href)="/([^"]+)"', (STATIC / f"{page}.html").read_text()):
            assert (STATIC / name).is_file(), name
    assert set(read_build().assets) == {path.name for path in BUILT if path.parent.name == "assets"}


def test_the_build_has_fewer_than_20_files_and_the_room_is_small() -> None:
    assert len(BUILT) < 20
    size = sum(len(gzip.compress(path.read_bytes(), mtime=0)) for path in loaded_by("room"))
    assert size <= ROOM_GZIP_BYTES, f"the room has {size} bytes"


@pytest.mark.parametrize("page", (*PAGES, HOME))
def test_a_page_has_no_inline_code_and_names_no_other_server(page: str) -> None:
    text = (STATIC / f"{page}.html").read_text()
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=|https?://", text)
    assert '<html lang="en">' in text
