"""Keep how a newer program reads what is stored: the claims that stand no more, and those in their place."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from monitors.history.tables import Id, Instant

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rereadings",
        sa.Column("id", Id, nullable=False),
        sa.Column("run_id", sa.String(length=32), nullable=False),
        sa.Column("undone", sa.Boolean(), nullable=False),
        sa.Column("before_id", Id),
        sa.Column("after_id", Id),
        sa.Column("at", Instant(), nullable=False),
        sa.CheckConstraint("before_id IS NOT NULL OR after_id IS NOT NULL", name=op.f("ck_rereadings_either")),
        sa.ForeignKeyConstraint(["before_id"], ["claims.id"], name=op.f("fk_rereadings_before_id_claims")),
        sa.ForeignKeyConstraint(["after_id"], ["claims.id"], name=op.f("fk_rereadings_after_id_claims")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rereadings")),
    )
    for name in ("run_id", "before_id", "after_id"):
        op.create_index(op.f(f"ix_rereadings_{name}"), "rereadings", [name])
