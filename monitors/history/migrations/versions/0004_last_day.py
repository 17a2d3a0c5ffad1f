"""Find the current value of a series, and what it has in common with a figure, without reading all that was ever said of it."""

from __future__ import annotations

from calendar import monthrange

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("statements", sa.Column("last_day", sa.String(length=10)))
    connection = op.get_bind()
    connection.execute(sa.text("UPDATE statements SET last_day = as_of WHERE length(as_of) = 10"))
    connection.execute(sa.text("UPDATE statements SET last_day = as_of || '-12-31' WHERE length(as_of) = 4"))
    for month in connection.execute(sa.text("SELECT DISTINCT as_of FROM statements WHERE length(as_of) = 7")).scalars().all():
        last = f"{month}-{monthrange(int(month[:4]), int(month[5:]))[1]:02d}"
        connection.execute(sa.text("UPDATE statements SET last_day = :last WHERE as_of = :month"), {"last": last, "month": month})

    op.drop_index(op.f("ix_statements_series_id_id"), "statements")
    op.drop_index(op.f("ix_statements_series_id_as_of_id"), "statements")
    with op.batch_alter_table("statements") as table:
        table.alter_column("last_day", existing_type=sa.String(length=10), nullable=False)
    op.create_index(op.f("ix_statements_series_id_id_low_high"), "statements", ["series_id", "id", "low", "high"])
    op.create_index(op.f("ix_statements_series_id_last_day_id"), "statements", ["series_id", "last_day", "id"])
    op.create_index(op.f("ix_series_body_metric"), "series", ["body", "metric"])
