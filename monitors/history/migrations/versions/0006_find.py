"""Find statements by their value, and series by who spoke, without reading every statement."""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_statements_low_high_qualifier_last_day"), "statements", ["low", "high", "qualifier", "last_day"])
    op.create_index(op.f("ix_statements_high_low_qualifier_last_day"), "statements", ["high", "low", "qualifier", "last_day"])
    op.create_index(op.f("ix_statements_claimant_series_id"), "statements", ["claimant", "series_id"])
