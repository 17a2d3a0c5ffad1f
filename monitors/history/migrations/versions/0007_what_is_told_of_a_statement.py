"""Find the alerts about a statement without reading every alert, whatever series they were told of."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_events_statement_id"), "events", ["statement_id"])
