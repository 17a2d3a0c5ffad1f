"""Keep when each outlet is due, where several machines share the work."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from monitors.history.tables import Instant

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "schedule",
        sa.Column("outlet", sa.Text(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("job", sa.BigInteger()),
        sa.PrimaryKeyConstraint("outlet", name=op.f("pk_schedule")),
    )
    op.create_index(op.f("ix_schedule_due_at"), "schedule", ["due_at"])
