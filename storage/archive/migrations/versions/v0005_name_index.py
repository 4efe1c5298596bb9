"""A trigram index of names, so that a search by a part of a name reads no other names.

Revision: 0005, after 0004
"""

from __future__ import annotations

from alembic import op

from storage.archive.name_search import create_name_index

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    create_name_index(op.get_bind())
