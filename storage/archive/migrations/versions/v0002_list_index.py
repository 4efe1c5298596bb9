"""One index for the list of interviews, with every column that it filters by.

Revision: 0002, after 0001
"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_index(
        "ix_sessions_list",
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
            "candidate_name",
        ],
        unique=False,
    )
    op.drop_index(op.f("ix_sessions_tenant_started_at_interview_id"), table_name="sessions")
