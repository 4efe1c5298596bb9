"""Multipart forms whose text is UTF-8. Starlette would read other bytes as Latin-1, and garble words unnoticed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager

from fastapi import Request
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser


class _Utf8Parser(MultiPartParser):
    def on_headers_finished(self) -> None:
        if not _is_utf8(self._current_part.content_disposition or b""):
            raise MultiPartException("The name of a part is not UTF-8.")
        super().on_headers_finished()

    def on_part_end(self) -> None:
        part = self._current_part
        if part.file is None and (self._charset != "utf-8" or not _is_utf8(part.data)):
            raise MultiPartException(f"The text field '{part.field_name[:100]}' is not UTF-8.")
        super().on_part_end()


@asynccontextmanager
async def multipart_form(
    request: Request, *, max_files: int, max_fields: int, max_part_size: int = 1024 * 1024
) -> AsyncIterator[FormData]:
    """The form of a ``multipart/form-data`` request; its files are closed at the end.

    Raises:

        HTTPException: 400, a broken body, more parts than the bounds, or text that is not UTF-8.
    """
    async with aclosing(request.stream()) as stream:
        parser = _Utf8Parser(
            request.headers, stream, max_files=max_files, max_fields=max_fields, max_part_size=max_part_size
        )
        try:
            form = await parser.parse()
        except MultiPartException as error:
            raise HTTPException(400, error.message) from error
    try:
        yield form
    finally:
        await form.close()


def _is_utf8(data: bytes | bytearray) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
