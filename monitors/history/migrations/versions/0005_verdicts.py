"""Keep what people say of alerts, series, claimants and runs, and let a message be withheld."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from monitors.history.tables import Id, Instant

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

STATES = "state IN ('digest', 'pending', 'sending', 'sent', 'dead', 'withheld')"


def upgrade() -> None:
    op.create_table(
        "verdicts",
        sa.Column("id", Id, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("series", sa.Text()),
        sa.Column("until", Instant()),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verdicts")),
    )
    op.create_index(op.f("ix_verdicts_kind_target"), "verdicts", ["kind", "target"])
    op.create_index(op.f("ix_verdicts_series"), "verdicts", ["series"])
    op.create_table(
        "misreadings",
        sa.Column("sentence", sa.String(length=64), nullable=False),
        sa.Column("verdict_id", Id, nullable=False),
        sa.ForeignKeyConstraint(["verdict_id"], ["verdicts.id"], name=op.f("fk_misreadings_verdict_id_verdicts")),
        sa.PrimaryKeyConstraint("sentence", name=op.f("pk_misreadings")),
    )
    with op.batch_alter_table("outbox") as table:
        table.drop_constraint(op.f("ck_outbox_state"), type_="check")
        table.create_check_constraint(op.f("ck_outbox_state"), STATES)
