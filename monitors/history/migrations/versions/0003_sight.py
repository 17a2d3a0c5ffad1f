"""Keep what shows that an outlet goes blind: what its pages show, what its feeds carry, how it does."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from monitors.history.tables import Instant

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

COUNTS = ("entries", "skipped", "pages", "bodies", "dated", "signed", "compared", "retried")
LOOKED = sa.text("pages + retried > 0")


def upgrade() -> None:
    # Rebuilt in SQLite, so that the table reads as if it had been made so.
    with op.batch_alter_table("outlet_runs", recreate="auto" if op.get_bind().dialect.name == "postgresql" else "always") as table:
        for name in COUNTS:
            table.add_column(sa.Column(name, sa.Integer(), server_default=sa.text("0"), nullable=False))
        table.add_column(sa.Column("agreement", sa.Float(), server_default=sa.text("0"), nullable=False))
    op.create_index(op.f("ix_outlet_runs_looked"), "outlet_runs", ["outlet", "at"], sqlite_where=LOOKED)

    op.create_table(
        "outlets",
        sa.Column("outlet", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("error", sa.Text()),
        sa.Column("last_success", Instant()),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("sight", sa.JSON()),
        sa.PrimaryKeyConstraint("outlet", name=op.f("pk_outlets")),
    )
    op.execute(SUM_UP)

    op.create_table(
        "feeds",
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("outlet", sa.Text(), nullable=False),
        sa.Column("watched_since", Instant(), nullable=False),
        sa.Column("checked_at", Instant(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("newest", Instant()),
        sa.Column("oldest", Instant()),
        sa.Column("longest_gap", sa.BigInteger(), nullable=False),
        sa.Column("longest_quiet", sa.BigInteger(), nullable=False),
        sa.Column("known_from", Instant()),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.Column("empty_since", Instant()),
        sa.Column("failing_since", Instant()),
        sa.Column("error", sa.Text()),
        sa.PrimaryKeyConstraint("url", name=op.f("pk_feeds")),
    )
    op.create_index(op.f("ix_feeds_outlet"), "feeds", ["outlet"])


SUM_UP = """
INSERT INTO outlets (outlet, at, status, error, last_success, failures)
SELECT last.outlet, last.at, last.status, last.error, known.last_success,
       (SELECT count(*) FROM outlet_runs AS missed WHERE missed.outlet = last.outlet
        AND (known.last_success IS NULL OR missed.at > known.last_success))
FROM outlet_runs AS last
JOIN (SELECT outlet, max(at) AS at, max(CASE WHEN status IN ('ok', 'unchanged', 'partial') THEN at END) AS last_success
      FROM outlet_runs GROUP BY outlet) AS known
  ON known.outlet = last.outlet AND known.at = last.at
WHERE last.run_id = (SELECT max(run_id) FROM outlet_runs AS same WHERE same.outlet = last.outlet AND same.at = last.at)
"""
