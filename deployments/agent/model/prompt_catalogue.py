"""The prompts in use: read through fsspec, refreshed every minute, pinned per session; a bad version is never used.

::

    <url>/<name>/labels.yaml      the versions (with their hashes), the live one, and the one being rolled out
    <url>/<name>/<version>.md     one immutable version

If a refresh finds an error, that prompt does not change: the last good version stays in use, and the problem is logged
and kept in ``problems``. Reading happens in a thread and never delays a reply, except for a pinned version that this
process has not loaded yet.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any

import fsspec
from msgspec import Struct

from deployments.agent.model.prompt_labels import Labels, in_rollout, read_labels
from deployments.agent.model.prompt_template import KINDS, PIN_DIGITS, Prompt, read_prompt
from interview.errors import ConfigError, StorageUnavailable
from storage.rollouts.port import Rollout

logger = logging.getLogger(__name__)

REFRESH_S = 60.0

#: The halted rollouts: prompt and ``version@digest``. Raises StorageUnavailable.
Halts = Callable[[], Awaitable[Collection[tuple[str, str]]]]


class _InUse(Struct, frozen=True):
    live: Prompt
    rollout: Prompt | None = None
    percent: float = 0.0


class PromptCatalogue:
    """The prompts under an fsspec URL (a directory, ``s3://bucket/prompts``, ``gs://…``)."""

    def __init__(
        self,
        url: str,
        *,
        halts: Halts | None = None,
        clock: Callable[[], float] = time.monotonic,
        refresh_s: float = REFRESH_S,
    ) -> None:
        """Read everything once, but ``halts`` with the first refresh. ``clock`` is monotonic, in seconds.

        Raises:

            ConfigError: a prompt has no good version; the message names file and field.
        """
        self._files, root = fsspec.core.url_to_fs(url)
        self._root = str(root).rstrip("/")
        self._clock = clock
        self._refresh_s = refresh_s
        #: By name, version and digest prefix: old content stays for the sessions pinned to it.
        self._known: dict[tuple[str, str, str], Prompt] = {}
        self._in_use: dict[str, _InUse] = {}
        self._lock = asyncio.Lock()
        #: Problems of the latest refresh, by prompt.
        self.problems: dict[str, str] = {}
        self._halts = halts
        self._halted: Collection[tuple[str, str]] | None = None
        self._read_all()
        self._read_at = clock()

    async def refresh(self) -> None:
        """Read again when the last reading is older than ``refresh_s``. Never raises: the last good version stays in
        use."""
        if self._halts is not None and self._halted is None:
            await self._read_halts()
        if self._clock() - self._read_at < self._refresh_s or self._lock.locked():
            return
        async with self._lock:
            self._read_at = self._clock()
            await self._read_halts()
            await asyncio.to_thread(self._read_all)

    async def _read_halts(self) -> None:
        """Read the halted rollouts. Until the store has answered once, no session is in a rollout."""
        if self._halts is None:
            return
        try:
            self._halted = frozenset(await self._halts())
        except StorageUnavailable:
            logger.error("the halted rollouts of prompts cannot be read; the last ones that were read stay halted")

    def rollouts(self) -> list[Rollout]:
        """The rollouts that leave some sessions to the live version."""
        return [
            Rollout(name, found.live.pin, found.rollout.pin, found.percent)
            for name, found in self._in_use.items()
            if found.rollout is not None and found.rollout.pin != found.live.pin and found.percent < 100
        ]

    def pins(self, tenant: str, interview_id: str) -> dict[str, str]:
        """The versions this session gets, by prompt name, as ``version@digest``."""
        return {name: self._choice(name, tenant, interview_id).pin for name in KINDS}

    async def get(self, name: str, pins: Mapping[str, Any], *, tenant: str, interview_id: str) -> Prompt:
        """The version pinned in ``pins``; without a pin, the session's current version.

        Raises:

            ConfigError: the pinned version is gone or has changed.
        """
        pin = pins.get(name)
        if not isinstance(pin, str):
            return self._choice(name, tenant, interview_id)
        version, _, digest = pin.partition("@")
        known = self._known.get((name, version, digest))
        if known is None:
            known = await asyncio.to_thread(self._read_version, name, version, digest)
        return known

    def _choice(self, name: str, tenant: str, interview_id: str) -> Prompt:
        found = self._in_use[name]
        if found.rollout is None or self._is_halted(name, found.rollout):
            return found.live
        return found.rollout if in_rollout(name, tenant, interview_id, found.percent) else found.live

    def _is_halted(self, name: str, version: Prompt) -> bool:
        if self._halts is None:
            return False
        return self._halted is None or (name, version.pin) in self._halted

    def _read_all(self) -> None:
        problems: dict[str, str] = {}
        # Object stores cache listings; a moved label must be noticed.
        self._files.invalidate_cache()
        for name in KINDS:
            try:
                self._in_use[name] = self._read_name(name, problems)
            except ConfigError as error:
                problems[name] = error.message
                if name not in self._in_use:
                    raise
        for name, problem in problems.items():
            if self.problems.get(name) != problem:
                logger.error("prompt %s: %s; the last good version stays in use", name, problem)
        self.problems = problems

    def _read_name(self, name: str, problems: dict[str, str]) -> _InUse:
        file = self._path(name, "labels.yaml")
        labels = read_labels(_text(self._raw(file), file), file)
        try:
            live = self._read_version(name, labels.live, labels.versions[labels.live])
        except ConfigError as error:
            if name in self._in_use:
                raise
            # This process has loaded no good version yet: use the newest good published one.
            live = self._newest_good(name, labels, error)
            problems[name] = error.message
        rollout = labels.rollout
        if rollout is None or rollout.percent == 0:
            return _InUse(live)
        try:
            return _InUse(
                live, self._read_version(name, rollout.version, labels.versions[rollout.version]), rollout.percent
            )
        except ConfigError as error:
            problems[name] = error.message
            return _InUse(live)

    def _newest_good(self, name: str, labels: Labels, cause: ConfigError) -> Prompt:
        for version in reversed(labels.versions):
            if version == labels.live:
                continue
            try:
                return self._read_version(name, version, labels.versions[version])
            except ConfigError:
                logger.warning("prompt %s: version %s cannot be used either", name, version)
        raise cause

    def _read_version(self, name: str, version: str, digest: str) -> Prompt:
        """``digest``: the required SHA-256 of the content, or its prefix."""
        key = (name, version, digest[:PIN_DIGITS])
        known = self._known.get(key)
        if known is None:
            file = self._path(name, f"{version}.md")
            known = self._known[key] = read_prompt(name, version, self._raw(file), file, expected_digest=digest)
        return known

    def _raw(self, file: str) -> bytes:
        try:
            return bytes(self._files.cat_file(file))
        except FileNotFoundError as error:
            raise ConfigError.at(file, None, "", "there is no such file") from error
        except Exception as error:
            # Each store's library raises its own errors; all of them mean that the file was not read.
            logger.warning("prompts: %s could not be read: %s", file, type(error).__name__)
            raise ConfigError.at(file, None, "", f"cannot be read: {type(error).__name__}") from error

    def _path(self, name: str, file: str) -> str:
        return f"{self._root}/{name}/{file}"


def _text(raw: bytes, file: str) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ConfigError.at(file, raw[: error.start].count(b"\n") + 1, "", "is not valid UTF-8") from error
