"""The prompt versions of each interview, so that a rollout's versions can be compared, and the running and halted
rollouts.

Revision: 0007, after 0006
"""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_sessions = sa.table("sessions", sa.column("id", sa.BigInteger), sa.column("snapshot", sa.Text))
#: Snapshots that are read at once: each may have tens of kilobytes.
_PAGE = 500
_row_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    held_with = op.create_table(
        "session_prompts",
        sa.Column("session_id", _row_id, autoincrement=False, nullable=False),
        sa.Column("prompt", sa.Text(), nullable=False),
        sa.Column("pin", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name="fk_session_prompts_session_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("session_id", "prompt", name="pk_session_prompts"),
    )
    op.create_table(
        "prompt_rollouts",
        sa.Column("prompt", sa.Text(), nullable=False),
        sa.Column("in_use", sa.Text(), nullable=False),
        sa.Column("rolled_out", sa.Text(), nullable=False),
        sa.Column("percent", sa.Float(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("prompt", name="pk_prompt_rollouts"),
    )
    op.create_table(
        "prompt_halts",
        sa.Column("prompt", sa.Text(), nullable=False),
        sa.Column("pin", sa.Text(), nullable=False),
        sa.Column("halted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("prompt", "pin", name="pk_prompt_halts"),
    )
    connection, last = op.get_bind(), 0
    while True:
        page = sa.select(_sessions.c.id, _sessions.c.snapshot).where(_sessions.c.id > last)
        rows = connection.execute(page.order_by(_sessions.c.id).limit(_PAGE)).all()
        if not rows:
            break
        pinned = [
            {"session_id": row.id, "prompt": name, "pin": pin}
            for row in rows
            for name, pin in _prompts(row.snapshot).items()
        ]
        if pinned:
            connection.execute(held_with.insert(), pinned)
        last = rows[-1].id
    op.create_index("ix_session_prompts_prompt_pin", "session_prompts", ["prompt", "pin"], unique=False)


def _prompts(snapshot: str) -> dict[str, str]:
    """The pinned versions; none of a snapshot that is damaged, which the archive reads from its log."""
    try:
        found = json.loads(snapshot)
    except ValueError:
        return {}
    for name in ("state", "settings", "prompts"):
        found = found.get(name) if isinstance(found, dict) else None
    pins = found.items() if isinstance(found, dict) else ()
    return {name: pin for name, pin in pins if isinstance(pin, str) and "\x00" not in name + pin}
