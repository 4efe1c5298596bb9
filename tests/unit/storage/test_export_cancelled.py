"""An export of personal data that is cancelled while a thread writes its archive."""

from __future__ import annotations

import asyncio
import io
import threading
import zipfile

import pytest

from storage.erasure.personal_data import _add


class Gated(zipfile.ZipFile):
    """Holds the write until the test lets it go on."""

    began = threading.Event()
    go_on = threading.Event()

    def writestr(self, *arguments: object, **options: object) -> None:
        self.began.set()
        assert self.go_on.wait(30)
        super().writestr(*arguments, **options)  # type: ignore[arg-type]


async def test_a_cancelled_export_ends_as_cancelled_after_its_thread() -> None:
    into = io.BytesIO()

    async def export() -> None:
        with Gated(into, "w") as file:
            await _add(file, "state.json", b"{}")

    task = asyncio.ensure_future(export())
    await asyncio.to_thread(Gated.began.wait, 30)
    task.cancel()
    asyncio.get_running_loop().call_soon(Gated.go_on.set)
    with pytest.raises(asyncio.CancelledError):
        await task
    assert zipfile.ZipFile(into).namelist() == ["state.json"]
