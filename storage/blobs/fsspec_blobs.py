"""Blobs through fsspec: a local directory by default, or any supported object store (``s3://``, ``gs://``) by URL."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from interview.errors import ConfigError, InvalidInput, NotFound, StorageUnavailable
from storage.blobs.layout import checked
from storage.private_directory import make_private
from storage.unique_tokens import unique_token

T = TypeVar("T")

logger = logging.getLogger(__name__)

#: The file system has no hard links, or the file has as many as it allows (65,000 on ext4).
_NO_LINK = frozenset({errno.EMLINK, errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EXDEV})


class FsspecBlobStore:
    """``BlobStore`` under ``url``: a directory, or ``scheme://bucket/prefix`` with ``options`` for fsspec.

    fsspec's calls block, so they run in ``threads`` threads of this store. A call that does not finish within
    ``timeout_s``, waiting included, is reported as unavailable. Local writes are durable and atomic.
    """

    def __init__(
        self,
        url: str,
        *,
        threads: int = 8,
        timeout_s: float = 30.0,
        options: dict[str, Any] | None = None,
    ) -> None:
        import fsspec

        try:
            self._files, self._root = fsspec.core.url_to_fs(url, **(options or {}))
        except (ImportError, ValueError) as error:
            raise ConfigError(f"The blob store {url.split('://')[0]}:// cannot be used: {error}") from error
        self._root = self._root.rstrip("/")
        self._local = "file" in _protocols(self._files)
        if self._local:
            make_private(Path(self._root))
        self._timeout_s = timeout_s
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="blobs")

    async def put(self, path: str, data: bytes, *, durable: bool = True) -> str:
        full = self._full(path)
        write = (lambda: _write(Path(full), data, durable=durable)) if self._local else self._putter(full, data)
        await self._run("put", write)
        return path

    def _putter(self, full: str, data: bytes) -> Callable[[], None]:
        def put() -> None:
            # An object store makes an object visible only once it is complete.
            self._files.pipe_file(full, data)

        return put

    async def copy(self, source: str, path: str) -> str:
        original, full = self._full(source), self._full(path)
        link = (lambda: _link(Path(original), Path(full))) if self._local else self._copier(original, full)
        await self._run("copy", link)
        return path

    def _copier(self, original: str, full: str) -> Callable[[], None]:
        def copy() -> None:
            self._files.cp_file(original, full)

        return copy

    async def get(self, path: str) -> bytes:
        try:
            full = self._full(path)
        except InvalidInput as error:
            raise NotFound("There is no such blob.") from error
        data: bytes = await self._run("get", lambda: self._files.cat_file(full))
        return data

    async def exists(self, path: str) -> bool:
        try:
            full = self._full(path)
        except InvalidInput:
            return False
        return bool(await self._run("exists", lambda: self._files.isfile(full)))

    async def paths(self, prefix: str) -> list[str]:
        full = self._full(prefix)
        return await self._run("paths", lambda: self._under(full))

    def _under(self, full: str) -> list[str]:
        self._files.invalidate_cache()
        root = self._files._strip_protocol(self._root)
        return sorted(name[len(root) :].lstrip("/") for name in self._files.find(full))

    async def delete(self, prefix: str) -> int:
        full = self._full(prefix)
        return await self._run("delete", lambda: self._remove(full))

    def _remove(self, full: str) -> int:
        # find() also lists a file given by its own name; some stores cache listings.
        self._files.invalidate_cache()
        found: list[str] = self._files.find(full)
        for name in found:
            self._files.rm_file(name)
        if self._local and Path(full).is_dir():
            self._files.rm(full, recursive=True)
        return len(found)

    async def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _full(self, path: str) -> str:
        return f"{self._root}/{checked(path)}"

    async def _run(self, what: str, call: Callable[[], T]) -> T:
        try:
            async with asyncio.timeout(self._timeout_s):
                return await asyncio.get_running_loop().run_in_executor(self._threads, call)
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
            raise NotFound("There is no such blob.") from error
        except TimeoutError as error:
            logger.warning("blob store timed out: operation=%s", what)
            raise StorageUnavailable("The blob store did not answer in time.", retry_after_s=1) from error
        except Exception as error:
            # Each object store's library raises its own errors; all of them mean that the transfer failed.
            logger.warning("blob store failed: operation=%s error=%s", what, type(error).__name__)
            raise StorageUnavailable("The blob store failed; try again shortly.", retry_after_s=1) from error


def _protocols(files: Any) -> tuple[str, ...]:
    protocol = files.protocol
    return (protocol,) if isinstance(protocol, str) else tuple(protocol)


def _write(path: Path, data: bytes, *, durable: bool) -> None:
    """Write to a temporary file and rename it, so that readers see the old or the new content, whole.

    ``durable`` syncs the file and its directory, so that this also holds after a machine crash. Few bare system calls:
    after each one the thread must reacquire the interpreter's lock.
    """
    draft = _draft(path)
    try:
        _create(draft, data, durable=durable)
    except FileNotFoundError:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _create(draft, data, durable=durable)
    try:
        os.rename(draft, path)  # noqa: PTH104
        if durable:
            _sync(path.parent)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def _link(source: Path, path: Path) -> None:
    """A second name for the file ``source``. ``_write`` never changes a file in place, so the two are independent.

    Where the file system allows no further name, the data are copied.
    """
    try:
        _second_name(source, path)
    except OSError as error:
        if error.errno not in _NO_LINK:
            raise
        _write(path, source.read_bytes(), durable=False)


def _second_name(source: Path, path: Path) -> None:
    try:
        path.hardlink_to(source)
    except FileNotFoundError:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.hardlink_to(source)
    except FileExistsError:
        draft = _draft(path)
        draft.hardlink_to(source)
        try:
            os.rename(draft, path)  # noqa: PTH104
        finally:
            draft.unlink(missing_ok=True)  # rename does nothing if both already name the same file


def _draft(path: Path) -> Path:
    """A new name next to ``path``, which no blob can have."""
    return path.with_name(f".{unique_token()}.part")


def _sync(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _create(path: Path, data: bytes, *, durable: bool) -> None:
    """A new file with ``data``; a failed write leaves no file."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        left = memoryview(data)
        while left:
            left = left[os.write(descriptor, left) :]
        if durable:
            os.fsync(descriptor)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    finally:
        os.close(descriptor)
