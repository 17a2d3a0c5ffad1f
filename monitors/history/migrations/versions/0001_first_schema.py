"""The first schema: what is collected, what was printed, what it was taken for, what is told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from monitors.history.tables import Instant

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "articles",
        sa.Column("id", ID, nullable=False),
        sa.Column("outlet", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("first_seen_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_articles")),
        sa.UniqueConstraint("outlet", "url", name=op.f("uq_articles_outlet_url")),
    )
    op.create_index(op.f("ix_articles_url"), "articles", ["url"])

    op.create_table(
        "frontier",
        sa.Column("outlet", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("entry", sa.JSON(), nullable=False),
        sa.Column("published", Instant()),
        sa.Column("found_at", Instant(), nullable=False),
        sa.Column("due_at", Instant()),
        sa.Column("visits", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text()),
        sa.PrimaryKeyConstraint("outlet", "url", name=op.f("pk_frontier")),
    )
    op.create_index(op.f("ix_frontier_outlet_due_at"), "frontier", ["outlet", "due_at"])

    op.create_table(
        "notes",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_notes")),
    )

    op.create_table(
        "outbox",
        sa.Column("id", ID, nullable=False),
        sa.Column("alert_id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("severity", sa.String(length=8), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("next_at", Instant(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("maybe_sent", sa.Boolean(), nullable=False),
        sa.Column("lease_owner", sa.String(length=32)),
        sa.Column("lease_until", Instant()),
        sa.Column("sent_at", Instant()),
        sa.Column("error", sa.Text()),
        sa.CheckConstraint("state IN ('digest', 'pending', 'sending', 'sent', 'dead')", name=op.f('ck_outbox_state')),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("alert_id", "channel", name=op.f("uq_outbox_alert_id_channel")),
    )
    op.create_index(op.f("ix_outbox_state_next_at"), "outbox", ["state", "next_at"])

    op.create_table(
        "runs",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("finished_at", Instant()),
        sa.Column("exit_status", sa.Integer()),
        sa.Column("summary", sa.JSON()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runs")),
    )

    op.create_table(
        "series",
        sa.Column("id", ID, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Text(), nullable=False),
        sa.Column("metric", sa.Text(), nullable=False),
        sa.Column("party", sa.Text()),
        sa.Column("group", sa.Text(), nullable=False),
        sa.Column("scope", sa.String(length=16), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("event_day", sa.Text()),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series")),
        sa.UniqueConstraint("key", name=op.f("uq_series_key")),
    )
    op.create_index(op.f("ix_series_metric_scope_event_day_party"), "series", ["metric", "scope", "event_day", "party"])
    op.create_index(op.f("ix_series_quantity"), "series", ["quantity"])

    op.create_table(
        "validators",
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("outlet", sa.Text(), nullable=False),
        sa.Column("etag", sa.Text()),
        sa.Column("last_modified", sa.Text()),
        sa.Column("body_sha256", sa.String(length=64)),
        sa.Column("checked_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("url", name=op.f("pk_validators")),
    )

    op.create_table(
        "outlet_runs",
        sa.Column("run_id", sa.String(length=32), nullable=False),
        sa.Column("outlet", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("fetched", sa.Integer(), nullable=False),
        sa.Column("not_modified", sa.Integer(), nullable=False),
        sa.Column("articles", sa.Integer(), nullable=False),
        sa.Column("claims", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("failures", sa.JSON(), nullable=False),
        sa.Column("error", sa.Text()),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_outlet_runs_run_id_runs")),
        sa.PrimaryKeyConstraint("run_id", "outlet", name=op.f("pk_outlet_runs")),
    )
    op.create_index(op.f("ix_outlet_runs_outlet_at"), "outlet_runs", ["outlet", "at"])

    op.create_table(
        "versions",
        sa.Column("id", ID, nullable=False),
        sa.Column("article_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.Column("published", sa.Text()),
        sa.Column("modified", sa.Text()),
        sa.Column("language", sa.Text()),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("core", sa.Text(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("free", sa.Boolean()),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("backfill", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_versions_article_id_articles")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_versions")),
        sa.UniqueConstraint("article_id", "number", name=op.f("uq_versions_article_id_number")),
    )

    op.create_table(
        "claims",
        sa.Column("id", ID, nullable=False),
        sa.Column("version_id", ID, nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("low", sa.BigInteger()),
        sa.Column("high", sa.BigInteger()),
        sa.Column("qualifier", sa.String(length=16), nullable=False),
        sa.Column("metric", sa.Text(), nullable=False),
        sa.Column("party", sa.Text()),
        sa.Column("group", sa.Text(), nullable=False),
        sa.Column("scope", sa.String(length=16), nullable=False),
        sa.Column("as_of", sa.String(length=10)),
        sa.Column("attributed_to", sa.Text()),
        sa.Column("stance", sa.String(length=16), nullable=False),
        sa.Column("span", sa.Text(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("in_title", sa.Boolean(), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.CheckConstraint('"start" >= 0 AND "start" < "end"', name=op.f('ck_claims_offsets')),
        sa.CheckConstraint("low IS NULL OR high IS NULL OR low <= high", name=op.f("ck_claims_bounds")),
        sa.ForeignKeyConstraint(["version_id"], ["versions.id"], name=op.f("fk_claims_version_id_versions")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claims")),
        sa.UniqueConstraint("version_id", "fingerprint", name=op.f("uq_claims_version_id_fingerprint")),
    )

    op.create_table(
        "statements",
        sa.Column("id", ID, nullable=False),
        sa.Column("series_id", ID, nullable=False),
        sa.Column("version_id", ID),
        sa.Column("low", sa.BigInteger()),
        sa.Column("high", sa.BigInteger()),
        sa.Column("qualifier", sa.String(length=16), nullable=False),
        sa.Column("claimant", sa.Text(), nullable=False),
        sa.Column("as_of", sa.String(length=10), nullable=False),
        sa.Column("as_of_stated", sa.Boolean(), nullable=False),
        sa.Column("said_on", sa.String(length=10), nullable=False),
        sa.Column("venue", sa.Text()),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("outlet", sa.Text(), nullable=False),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name=op.f("fk_statements_series_id_series")),
        sa.ForeignKeyConstraint(["version_id"], ["versions.id"], name=op.f("fk_statements_version_id_versions")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statements")),
    )
    op.create_index(op.f("ix_statements_series_id_as_of_id"), "statements", ["series_id", "as_of", "id"])
    op.create_index(op.f("ix_statements_series_id_id"), "statements", ["series_id", "id"])

    op.create_table(
        "undecided",
        sa.Column("version_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["version_id"], ["versions.id"], name=op.f("fk_undecided_version_id_versions")),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_undecided")),
    )

    op.create_table(
        "events",
        sa.Column("id", sa.String(length=12), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("severity", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=12)),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("quantity", sa.Text()),
        sa.Column("series_id", ID),
        sa.Column("statement_id", ID),
        sa.Column("low", sa.BigInteger()),
        sa.Column("high", sa.BigInteger()),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name=op.f("fk_events_series_id_series")),
        sa.ForeignKeyConstraint(["statement_id"], ["statements.id"], name=op.f("fk_events_statement_id_statements")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
        sa.UniqueConstraint("key", name=op.f("uq_events_key")),
    )
    op.create_index(op.f("ix_events_at"), "events", ["at"])
    op.create_index(op.f("ix_events_quantity_kind_at"), "events", ["quantity", "kind", "at"])
    op.create_index(op.f("ix_events_series_id_at"), "events", ["series_id", "at"])

    op.create_table(
        "holds",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("statement_id", ID),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["statement_id"], ["statements.id"], name=op.f("fk_holds_statement_id_statements")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_holds")),
    )
    op.create_index(op.f("ix_holds_due_at"), "holds", ["due_at"])
    op.create_index(op.f("ix_holds_statement_id"), "holds", ["statement_id"])

    op.create_table(
        "judgements",
        sa.Column("claim_id", ID, nullable=False),
        sa.Column("statement_id", ID),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_judgements_claim_id_claims")),
        sa.ForeignKeyConstraint(["statement_id"], ["statements.id"], name=op.f("fk_judgements_statement_id_statements")),
        sa.PrimaryKeyConstraint("claim_id", name=op.f("pk_judgements")),
    )
    op.create_index(op.f("ix_judgements_statement_id"), "judgements", ["statement_id"])

    op.create_table(
        "marks",
        sa.Column("id", ID, nullable=False),
        sa.Column("statement_id", ID, nullable=False),
        sa.Column("mark", sa.String(length=16), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["statement_id"], ["statements.id"], name=op.f("fk_marks_statement_id_statements")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_marks")),
        sa.UniqueConstraint("statement_id", "mark", name=op.f("uq_marks_statement_id_mark")),
    )

    op.create_table(
        "origins",
        sa.Column("id", ID, nullable=False),
        sa.Column("statement_id", ID, nullable=False),
        sa.Column("outlet", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("family", sa.Text(), nullable=False),
        sa.Column("tier", sa.Integer(), nullable=False),
        sa.Column("published", Instant()),
        sa.Column("primary", sa.Boolean(), nullable=False),
        sa.Column("direct_quote", sa.Boolean(), nullable=False),
        sa.Column("copy_of", sa.Text()),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["statement_id"], ["statements.id"], name=op.f("fk_origins_statement_id_statements")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_origins")),
        sa.UniqueConstraint("statement_id", "url", name=op.f("uq_origins_statement_id_url")),
    )
    op.create_index(op.f("ix_origins_outlet_seen_at"), "origins", ["outlet", "seen_at"])
