"""Names without case, so that a search by name folds no row.

Revision: 0003, after 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_sessions = sa.table(
    "sessions",
    sa.column("id", sa.BigInteger),
    sa.column("candidate_name", sa.Text),
    sa.column("candidate_folded", sa.Text),
)


def upgrade() -> None:
    op.add_column("sessions", sa.Column("candidate_folded", sa.Text(), nullable=True))
    connection = op.get_bind()
    for row in connection.execute(sa.select(_sessions.c.id, _sessions.c.candidate_name)).all():
        folded = sa.update(_sessions).where(_sessions.c.id == row.id)
        connection.execute(folded.values(candidate_folded=row.candidate_name.casefold()))
    op.create_index(
        "ix_sessions_find",
        "sessions",
        [
            "tenant",
            "started_at",
            "interview_id",
            "status",
            "plan",
            "needs_review",
            "score",
            "candidate_reference",
            "candidate_folded",
        ],
        unique=False,
    )
    op.drop_index("ix_sessions_list", table_name="sessions")
