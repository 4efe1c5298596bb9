"""The end of a candidate's pause, so that a list shows it and a sweep finds who did not return.

Revision: 0006, after 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("sessions", sa.Column("return_by", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_sessions_return_by", "sessions", ["return_by"], unique=False)
