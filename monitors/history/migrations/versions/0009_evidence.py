"""Keep where each page with figures lies as it was received, and which pages were removed on request."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from monitors.history.tables import Id, Instant

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "captures",
        sa.Column("id", Id, nullable=False),
        sa.Column("version_id", Id, nullable=False),
        sa.Column("record_id", sa.String(length=64), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("feed", sa.Boolean(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("record_sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["version_id"], ["versions.id"], name=op.f("fk_captures_version_id_versions")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_captures")),
        sa.UniqueConstraint("version_id", name=op.f("uq_captures_version_id")),
    )
    for name in ("record_id", "at"):
        op.create_index(op.f(f"ix_captures_{name}"), "captures", [name])
    op.create_table(
        "copies",
        sa.Column("record_id", sa.String(length=64), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.Column("length", sa.BigInteger(), nullable=False),
        sa.Column("removed_at", Instant()),
        sa.Column("why", sa.Text()),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_copies")),
    )
    op.create_index(op.f("ix_copies_file_offset"), "copies", ["file", "offset"])
    op.create_table(
        "links",
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("last_capture", sa.BigInteger(), nullable=False),
        sa.Column("captures", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_links")),
    )
    op.create_table(
        "tombstones",
        sa.Column("id", Id, nullable=False),
        sa.Column("article_id", Id, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_tombstones_article_id_articles")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tombstones")),
        sa.UniqueConstraint("article_id", name=op.f("uq_tombstones_article_id")),
    )
    op.create_index(op.f("ix_tombstones_url"), "tombstones", ["url"])
    op.create_table(
        "redactions",
        sa.Column("table_name", sa.String(length=16), nullable=False),
        sa.Column("row_id", sa.String(length=32), nullable=False),
        sa.Column("tombstone_id", Id, nullable=False),
        sa.ForeignKeyConstraint(["tombstone_id"], ["tombstones.id"], name=op.f("fk_redactions_tombstone_id_tombstones")),
        sa.PrimaryKeyConstraint("table_name", "row_id", name=op.f("pk_redactions")),
    )
