"""The prompt versions of each interview, so that a rollout's versions can be compared, and the halted rollouts.

Revision: 0007, after 0006
"""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_sessions = sa.table("sessions", sa.column("id", sa.BigInteger), sa.column("snapshot", sa.Text))
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
        "prompt_halts",
        sa.Column("prompt", sa.Text(), nullable=False),
        sa.Column("pin", sa.Text(), nullable=False),
        sa.Column("halted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("prompt", "pin", name="pk_prompt_halts"),
    )
    connection = op.get_bind()
    # a later release's snapshot may have another shape; it knows no session without its rows
    for row in connection.execute(sa.select(_sessions.c.id, _sessions.c.snapshot)).all():
        settings = json.loads(row.snapshot).get("state", {}).get("settings", {})
        pinned = [
            {"session_id": row.id, "prompt": name, "pin": pin} for name, pin in settings.get("prompts", {}).items()
        ]
        if pinned:
            connection.execute(held_with.insert(), pinned)
    op.create_index("ix_session_prompts_prompt_pin", "session_prompts", ["prompt", "pin"], unique=False)
