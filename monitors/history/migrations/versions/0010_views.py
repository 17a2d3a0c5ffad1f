"""Find what was told of disagreements, and the versions that changed a page, without reading all: views show them.

The views themselves are made after every upgrade, by `monitors.history.views`.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_events_kind_at"), "events", ["kind", "at"])
    changed = sa.text("number > 1")
    op.create_index("ix_versions_changed", "versions", ["seen_at"], sqlite_where=changed, postgresql_where=changed)
