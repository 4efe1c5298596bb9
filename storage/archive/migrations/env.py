"""Alembic's environment: migrates over the connection that ``storage.archive.schema`` passes, in its transaction."""

from __future__ import annotations

from alembic import context

from storage.archive.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
