"""Prompt rollouts in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec.structs import asdict
from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.exc import IntegrityError

from storage.archive.database import Database
from storage.archive.sql import upsert
from storage.archive.tables import prompt_halts, prompt_rollouts, session_prompts, sessions
from storage.rollouts.port import Halt, PinnedInterview, Rollout
from storage.sessions.port import SessionKey

_HELD_WITH = sessions.join(session_prompts, session_prompts.c.session_id == sessions.c.id)


class SqlRollouts:
    """``Rollouts`` over a ``Database``, which the archive closes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def interviews(
        self, prompt: str, pin: str, *, since: datetime | None = None, limit: int
    ) -> list[PinnedInterview]:
        columns = sessions.c
        wanted = (
            select(columns.tenant, columns.interview_id, columns.started_at, columns.ended_at)
            .select_from(_HELD_WITH)
            .where(session_prompts.c.prompt == prompt, session_prompts.c.pin == pin)
            .where(columns.ended_at.is_not(None), columns.transcript_deleted_at.is_(None))
            .order_by(columns.ended_at, columns.id)
            .limit(limit)
        )
        if since is not None:
            wanted = wanted.where(columns.started_at >= since)
        rows = await self._database.read("rollout_interviews", lambda connection: connection.execute(wanted).all())
        return [
            PinnedInterview(SessionKey(row.tenant, row.interview_id), pin, row.started_at, row.ended_at) for row in rows
        ]

    async def began(self, prompt: str, pin: str) -> datetime | None:
        first = (
            select(sessions.c.started_at)
            .select_from(_HELD_WITH)
            .where(session_prompts.c.prompt == prompt, session_prompts.c.pin == pin)
            .order_by(sessions.c.started_at)
            .limit(1)
        )
        return await self._database.read("rollout_began", lambda connection: connection.scalar(first))

    async def running(self, rollouts: Sequence[Rollout], now: datetime) -> dict[str, datetime]:
        wanted = {rollout.prompt: rollout for rollout in rollouts}

        def recording(connection: Connection) -> dict[str, datetime]:
            since: dict[str, datetime] = {}
            for row in connection.execute(select(prompt_rollouts).with_for_update()).all():
                if wanted.get(row.prompt) == Rollout(row.prompt, row.in_use, row.rolled_out, row.percent):
                    since[row.prompt] = row.since
                else:
                    connection.execute(delete(prompt_rollouts).where(prompt_rollouts.c.prompt == row.prompt))
            for prompt, rollout in wanted.items():
                if prompt not in since:
                    since[prompt] = now
                    new = upsert(connection, prompt_rollouts).values(**asdict(rollout), since=now)
                    connection.execute(new.on_conflict_do_nothing())  # another worker recorded it since
            return since

        return await self._database.write("rollout_running", recording)

    async def since(self, prompt: str, in_use: str, rolled_out: str) -> datetime | None:
        columns = prompt_rollouts.c
        found = select(columns.since).where(
            columns.prompt == prompt, columns.in_use == in_use, columns.rolled_out == rolled_out
        )
        return await self._database.read("rollout_since", lambda connection: connection.scalar(found))

    async def halt(self, halt: Halt) -> bool:
        row = {"prompt": halt.prompt, "pin": halt.pin, "halted_at": halt.halted_at, "reason": halt.reason}

        def halting(connection: Connection) -> bool:
            known = (prompt_halts.c.prompt == halt.prompt) & (prompt_halts.c.pin == halt.pin)
            if connection.scalar(select(prompt_halts.c.pin).where(known)) is not None:
                return False
            try:
                with connection.begin_nested():
                    connection.execute(insert(prompt_halts).values(row))
            except IntegrityError:  # PostgreSQL: another worker halted it since
                return False
            return True

        return await self._database.write("rollout_halt", halting)

    async def halts(self) -> list[Halt]:
        wanted = select(prompt_halts).order_by(prompt_halts.c.halted_at)
        rows = await self._database.read("rollout_halts", lambda connection: connection.execute(wanted).all())
        return [Halt(row.prompt, row.pin, row.halted_at, row.reason) for row in rows]

    async def halted(self) -> frozenset[tuple[str, str]]:
        return frozenset((halt.prompt, halt.pin) for halt in await self.halts())
