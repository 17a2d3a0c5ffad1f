"""Alembic's entry: run the migrations inside the transaction that `store` holds, so that a killed one leaves nothing."""

from __future__ import annotations

from alembic import context

from monitors.history.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite rebuilds a table to alter it
    transactional_ddl=True,
    compare_type=True,
)

with context.begin_transaction():
    context.run_migrations()
