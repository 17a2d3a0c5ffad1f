"""What servers ask of us: when to come again and where, and who may read them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from monitors.history.tables import Instant

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "addresses",
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("outlet", sa.Text(), nullable=False),
        sa.Column("rest", sa.String(8)),
        sa.Column("rests_until", Instant()),
        sa.Column("moved_to", sa.Text()),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("url", name=op.f("pk_addresses")),
    )
    op.create_table(
        "hosts",
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("robots", sa.Text(), nullable=False),
        sa.Column("tdm", sa.Text()),
        sa.Column("reserved", sa.Boolean(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("host", name=op.f("pk_hosts")),
    )
    op.create_index(op.f("ix_frontier_due_at_outlet"), "frontier", ["due_at", "outlet"])
