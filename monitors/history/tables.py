"""The tables of the history: one schema for SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import TypeEngine


class Instant(TypeDecorator[datetime]):
    """A point in time: timestamptz in PostgreSQL, fixed-width UTC text in SQLite (it sorts). Naive times are refused."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(String(27) if dialect.name == "sqlite" else DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without a zone cannot be stored: {value!r}")
        utc = value if value.tzinfo is UTC else value.astimezone(UTC)
        return f"{utc.replace(tzinfo=None).isoformat(timespec='microseconds')}Z" if dialect.name == "sqlite" else utc

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None or isinstance(value, datetime):
            return value
        return datetime.fromisoformat(value)


def insert_into(connection: Connection, table: Table) -> Any:
    """An INSERT in the database's own dialect, which knows ON CONFLICT."""
    return _insertion(connection.dialect.name, table)


def insert_once(connection: Connection, table: Table) -> Any:
    """An INSERT that does nothing where a row of the same key is there; executed with one row or several. Its rowcount is of new rows."""
    return _insertion_once(connection.dialect.name, table)


@cache
def _insertion_once(dialect: str, table: Table) -> Any:
    # psycopg's cursor is closed by the time somebody asks it for its rowcount, and says -1
    return _insertion(dialect, table).on_conflict_do_nothing().execution_options(preserve_rowcount=True)


@cache
def _insertion(dialect: str, table: Table) -> Any:
    """Only the dialect that is used is loaded: PostgreSQL's takes its time."""
    if dialect == "postgresql":
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(table)
    from sqlalchemy.dialects import sqlite

    return sqlite.insert(table)


T = TypeVar("T")
AT_ONCE = 500
"""Values asked for in one statement: no database takes any number of them."""


def in_parts(values: Iterable[T], at_once: int = AT_ONCE) -> Iterator[Sequence[T]]:
    """Many values, so many at a time, or as many as a statement takes."""
    rest = iter(values)
    while part := tuple(islice(rest, at_once)):
        yield part


Id = BigInteger().with_variant(Integer, "sqlite")

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# --- collecting: what was run, what is known of each feed, which pages wait

runs = Table(
    "runs", metadata,
    Column("id", String(32), primary_key=True),
    Column("started_at", Instant, nullable=False),
    Column("finished_at", Instant),
    Column("exit_status", Integer),
    Column("summary", JSON),
)

outlet_runs = Table(
    "outlet_runs", metadata,
    Column("run_id", ForeignKey("runs.id"), primary_key=True),
    Column("outlet", Text, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("status", String(16), nullable=False),
    Column("fetched", Integer, nullable=False, default=0),
    Column("not_modified", Integer, nullable=False, default=0),
    Column("articles", Integer, nullable=False, default=0),
    Column("claims", Integer, nullable=False, default=0),
    Column("seconds", Integer, nullable=False, default=0),
    Column("failures", JSON, nullable=False),
    Column("error", Text),
    Column("entries", Integer, nullable=False, server_default=text("0")),  # in the feeds that were read
    Column("skipped", Integer, nullable=False, server_default=text("0")),  # of them, those no monitor wants
    Column("pages", Integer, nullable=False, server_default=text("0")),  # that were never read before; of them, with
    Column("bodies", Integer, nullable=False, server_default=text("0")),  # a body
    Column("dated", Integer, nullable=False, server_default=text("0")),  # a time
    Column("signed", Integer, nullable=False, server_default=text("0")),  # an author
    Column("compared", Integer, nullable=False, server_default=text("0")),  # two readings, and below, the sum of how far they agree
    Column("agreement", Float, nullable=False, server_default=text("0")),
    Column("retried", Integer, nullable=False, server_default=text("0")),  # pages tried again, and still no article
    Index(None, "outlet", "at"),
    Index("ix_outlet_runs_looked", "outlet", "at", sqlite_where=text("pages + retried > 0")),
)

outlets = Table(
    "outlets", metadata,  # how each does, so that no run must count its way through the runs before
    Column("outlet", Text, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("status", String(16), nullable=False),
    Column("error", Text),
    Column("last_success", Instant),
    Column("failures", Integer, nullable=False),  # in a row
    Column("sight", JSON),  # whether it has gone blind, and what was told of it
)

feeds = Table(
    "feeds", metadata,  # what each feed carried when it was last read, and what was learned of its pace; spans in seconds
    Column("url", Text, primary_key=True),
    Column("outlet", Text, nullable=False),
    Column("watched_since", Instant, nullable=False),
    Column("checked_at", Instant, nullable=False),
    Column("entries", Integer, nullable=False),
    Column("newest", Instant),
    Column("oldest", Instant),
    Column("longest_gap", BigInteger, nullable=False),
    Column("longest_quiet", BigInteger, nullable=False),
    Column("known_from", Instant),
    Column("seen", BigInteger, nullable=False),
    Column("empty_since", Instant),
    Column("failing_since", Instant),
    Column("error", Text),
    Index(None, "outlet"),
)

schedule = Table(
    "schedule", metadata,  # of several machines alone: when each outlet is due, and the job that was last made of it
    Column("outlet", Text, primary_key=True),
    Column("due_at", Instant, nullable=False),
    Column("job", BigInteger),
    Index(None, "due_at"),
)

validators = Table(
    "validators", metadata,
    Column("url", Text, primary_key=True),
    Column("outlet", Text, nullable=False),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("body_sha256", String(64)),
    Column("checked_at", Instant, nullable=False),
)

addresses = Table(
    "addresses", metadata,  # what the servers of feeds asked of whoever comes again
    Column("url", Text, primary_key=True),
    Column("outlet", Text, nullable=False),
    Column("rest", String(8)),  # fresh, busy, gone
    Column("rests_until", Instant),
    Column("moved_to", Text),
    Column("at", Instant, nullable=False),
)

hosts = Table(
    "hosts", metadata,  # what hosts say of who may read them
    Column("host", Text, primary_key=True),
    Column("robots", Text, nullable=False),
    Column("tdm", Text),
    Column("reserved", Boolean, nullable=False),
    Column("asked_at", Instant, nullable=False),
)

frontier = Table(
    "frontier", metadata,
    Column("outlet", Text, primary_key=True),
    Column("url", Text, primary_key=True),
    Column("entry", JSON, nullable=False),
    Column("published", Instant),
    Column("found_at", Instant, nullable=False),
    Column("due_at", Instant),  # null: nothing more is wanted of it
    Column("visits", Integer, nullable=False, default=0),
    Column("attempts", Integer, nullable=False, default=0),
    Column("error", Text),
    Index(None, "outlet", "due_at"),
    Index(None, "due_at", "outlet"),  # which outlets have something to read, whatever they have read before
)

# --- what was printed, and how it was read: append-only

articles = Table(
    "articles", metadata,
    Column("id", Id, primary_key=True),
    Column("outlet", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("first_seen_at", Instant, nullable=False),
    UniqueConstraint("outlet", "url"),
    Index(None, "url"),
)

versions = Table(
    "versions", metadata,
    Column("id", Id, primary_key=True),
    Column("article_id", ForeignKey("articles.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("published", Text),  # as printed: a day, or a time with or without a zone
    Column("modified", Text),
    Column("language", Text),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("core", Text, nullable=False),
    Column("live", Boolean, nullable=False),
    Column("free", Boolean),
    Column("details", JSON, nullable=False),  # authors, alt_titles, section, canonical_url, entries, agreement
    Column("sha256", String(64), nullable=False),
    Column("backfill", Boolean, nullable=False),  # read for the record only: no alert comes of it
    UniqueConstraint("article_id", "number"),
    Index("ix_versions_changed", "seen_at", sqlite_where=text("number > 1"), postgresql_where=text("number > 1")),
)

undecided = Table(
    "undecided", metadata,
    Column("version_id", ForeignKey("versions.id"), primary_key=True),
)

claims = Table(
    "claims", metadata,
    Column("id", Id, primary_key=True),
    Column("version_id", ForeignKey("versions.id"), nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("low", BigInteger),
    Column("high", BigInteger),
    Column("qualifier", String(16), nullable=False),
    Column("metric", Text, nullable=False),
    Column("party", Text),
    Column("group", Text, nullable=False),
    Column("scope", String(16), nullable=False),
    Column("as_of", String(10)),
    Column("attributed_to", Text),
    Column("stance", String(16), nullable=False),
    Column("span", Text, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("in_title", Boolean, nullable=False),
    Column("quote", Text, nullable=False),
    Column("details", JSON, nullable=False),  # the claim's further fields
    CheckConstraint('low IS NULL OR high IS NULL OR low <= high', name="bounds"),
    CheckConstraint('"start" >= 0 AND "start" < "end"', name="offsets"),
    UniqueConstraint("version_id", "fingerprint"),
)

rereadings = Table(
    "rereadings", metadata,  # a claim that is read no more and the one that is read instead, or either alone; the last word on both
    Column("id", Id, primary_key=True),
    Column("run_id", String(32), nullable=False),  # who said so; upkeep may have dropped it since
    Column("undone", Boolean, nullable=False),  # it is what was before that run
    Column("before_id", ForeignKey("claims.id")),
    Column("after_id", ForeignKey("claims.id")),
    Column("at", Instant, nullable=False),
    CheckConstraint("before_id IS NOT NULL OR after_id IS NOT NULL", name="either"),
    Index(None, "run_id"),
    Index(None, "before_id"),
    Index(None, "after_id"),
)

# --- what it was taken for: append-only

series = Table(
    "series", metadata,
    Column("id", Id, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("quantity", Text, nullable=False),
    Column("metric", Text, nullable=False),
    Column("party", Text),
    Column("group", Text, nullable=False),
    Column("scope", String(16), nullable=False),
    Column("body", Text, nullable=False),
    Column("event_day", Text),
    Column("details", JSON, nullable=False),  # window, event, unit, method, includes
    Index(None, "quantity"),
    Index(None, "metric", "scope", "event_day", "party"),
    Index(None, "body", "metric"),
)

statements = Table(
    "statements", metadata,
    Column("id", Id, primary_key=True),
    Column("series_id", ForeignKey("series.id"), nullable=False),
    Column("version_id", ForeignKey("versions.id")),
    Column("low", BigInteger),
    Column("high", BigInteger),
    Column("qualifier", String(16), nullable=False),
    Column("claimant", Text, nullable=False),
    Column("as_of", String(10), nullable=False),
    Column("last_day", String(10), nullable=False),  # of as_of: a month's is its last
    Column("as_of_stated", Boolean, nullable=False),
    Column("said_on", String(10), nullable=False),
    Column("venue", Text),
    Column("quote", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("outlet", Text, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("kind", String(16), nullable=False),
    Index(None, "series_id", "id", "low", "high"),  # the latest of a series that state a value
    Index(None, "series_id", "last_day", "id"),  # the current value of each series is one seek
    Index(None, "low", "high", "qualifier", "last_day"),  # who ever stated a value: a number's lower end, or bare
    Index(None, "high", "low", "qualifier", "last_day"),  # its upper end
    Index(None, "claimant", "series_id"),  # what somebody stated
)

marks = Table(
    "marks", metadata,  # a statement is never changed: that it was withdrawn, contested or told is a row of its own
    Column("id", Id, primary_key=True),
    Column("statement_id", ForeignKey("statements.id"), nullable=False),
    Column("mark", String(16), nullable=False),
    Column("at", Instant, nullable=False),
    UniqueConstraint("statement_id", "mark"),
)

origins = Table(
    "origins", metadata,
    Column("id", Id, primary_key=True),
    Column("statement_id", ForeignKey("statements.id"), nullable=False),
    Column("outlet", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("family", Text, nullable=False),
    Column("tier", Integer, nullable=False),
    Column("published", Instant),
    Column("primary", Boolean, nullable=False),
    Column("direct_quote", Boolean, nullable=False),
    Column("copy_of", Text),
    Column("seen_at", Instant, nullable=False),
    UniqueConstraint("statement_id", "url"),
    Index(None, "outlet", "seen_at"),
)

judgements = Table(
    "judgements", metadata,  # what each claim was judged to be
    Column("claim_id", ForeignKey("claims.id"), primary_key=True),
    Column("statement_id", ForeignKey("statements.id")),
    Column("kind", String(16), nullable=False),
    Column("why", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Index(None, "statement_id"),
)

# --- what is told

events = Table(
    "events", metadata,
    Column("id", String(12), primary_key=True),  # the alert id people see
    Column("key", Text, nullable=False, unique=True),
    Column("kind", String(16), nullable=False),
    Column("severity", String(8), nullable=False),
    Column("state", String(12)),
    Column("at", Instant, nullable=False),
    Column("quantity", Text),
    Column("series_id", ForeignKey("series.id")),
    Column("statement_id", ForeignKey("statements.id")),
    Column("low", BigInteger),
    Column("high", BigInteger),
    Column("title", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("html", Text, nullable=False),
    Column("details", JSON, nullable=False),
    Index(None, "quantity", "kind", "at"),
    Index(None, "series_id", "at"),
    Index(None, "statement_id"),
    Index(None, "at"),
    Index(None, "kind", "at"),
)

holds = Table(
    "holds", metadata,  # what waits for a second origin, a primary source, or its time
    Column("key", Text, primary_key=True),
    Column("due_at", Instant, nullable=False),
    Column("statement_id", ForeignKey("statements.id")),
    Column("kind", String(16), nullable=False),
    Column("details", JSON, nullable=False),
    Index(None, "due_at"),
    Index(None, "statement_id"),
)

outbox = Table(
    "outbox", metadata,  # one row for each alert and channel, each with its own state
    Column("id", Id, primary_key=True),
    Column("alert_id", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("severity", String(8), nullable=False),
    Column("title", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("html", Text, nullable=False),
    Column("state", String(12), nullable=False),  # digest, pending, sending, sent, dead, withheld
    Column("created_at", Instant, nullable=False),
    Column("next_at", Instant, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("maybe_sent", Boolean, nullable=False, default=False),  # sticky: a process died around the send
    Column("lease_owner", String(32)),
    Column("lease_until", Instant),
    Column("sent_at", Instant),
    Column("error", Text),
    UniqueConstraint("alert_id", "channel"),
    CheckConstraint("state IN ('digest', 'pending', 'sending', 'sent', 'dead', 'withheld')", name="state"),
    Index(None, "state", "next_at"),
)

# --- what people said of it: append-only

verdicts = Table(
    "verdicts", metadata,
    Column("id", Id, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("kind", String(16), nullable=False),  # approve, reject, mute, unmute, merge, unmerge, undo_run
    Column("target", Text, nullable=False),  # an alert's id, a series' key, the body that is another's, a run's id
    Column("series", Text),  # the key of the series it is about
    Column("until", Instant),
    Column("why", Text, nullable=False),
    Column("details", JSON, nullable=False),  # the statement and its value; whose figures a merged body's are
    Index(None, "kind", "target"),
    Index(None, "series"),
)

misreadings = Table(
    "misreadings", metadata,  # what a person rejected: a sentence with the figure that was read in it, as a hash
    Column("sentence", String(64), primary_key=True),
    Column("verdict_id", ForeignKey("verdicts.id"), nullable=False),
)

notes = Table(
    "notes", metadata,  # small facts of the installation: when the last digest went, which known values were loaded
    Column("name", Text, primary_key=True),
    Column("value", JSON, nullable=False),
    Column("at", Instant, nullable=False),
)

# --- the pages as they were received

captures = Table(
    "captures", metadata,  # the answer that a version with figures was read from: append-only, whatever becomes of the copy
    Column("id", Id, primary_key=True),
    Column("version_id", ForeignKey("versions.id"), nullable=False, unique=True),
    Column("record_id", String(64), nullable=False),  # of the WARC record; what a feed said of several pages is one
    Column("url", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("feed", Boolean, nullable=False),
    Column("sha256", String(64), nullable=False),  # of the body as received
    Column("record_sha256", String(64), nullable=False),  # of the response and request records as they lie in the file
    Index(None, "record_id"),
    Index(None, "at"),
)

copies = Table(
    "copies", metadata,  # where each record lies now, or when and why it was taken out
    Column("record_id", String(64), primary_key=True),
    Column("file", Text, nullable=False),
    Column("offset", BigInteger, nullable=False),
    Column("length", BigInteger, nullable=False),
    Column("removed_at", Instant),
    Column("why", Text),
    Index(None, "file", "offset"),
)

links = Table(
    "links", metadata,  # the daily chain: a hash over the captures since the link before, and over that link: append-only
    Column("day", String(10), primary_key=True),  # on which it was made, in the morning
    Column("last_capture", BigInteger, nullable=False),
    Column("captures", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
)

tombstones = Table(
    "tombstones", metadata,  # pages that were removed on request: never fetched nor stored again; append-only
    Column("id", Id, primary_key=True),
    Column("article_id", ForeignKey("articles.id"), nullable=False, unique=True),
    Column("url", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("why", Text, nullable=False),
    Index(None, "url"),
)

redactions = Table(
    "redactions", metadata,  # the rows of append-only tables that a tombstone's removal may rewrite, and no others; append-only
    Column("table_name", String(16), primary_key=True),
    Column("row_id", String(32), primary_key=True),
    Column("tombstone_id", ForeignKey("tombstones.id"), nullable=False),
)

APPEND_ONLY = (
    "articles", "versions", "claims", "rereadings", "series", "statements", "marks", "origins", "judgements", "events", "verdicts",
    "misreadings", "captures", "links", "tombstones", "redactions",
)  # fmt: skip
"""Rows of these are never updated nor deleted; triggers refuse it on both databases."""

REDACTED = ("versions", "claims", "statements", "series", "events")
"""Of these a row that `redactions` names may be rewritten: it holds words of a page that was removed on request."""
