"""Nightly care of a history: a dated backup, rows no longer needed dropped, the file tidied."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import ColumnElement, Connection, Table, delete, func, select

from monitors.history.backup import DRAFT, backup_folder, write_backup
from monitors.history.outbox import given_up
from monitors.history.schedule import TURN
from monitors.history.store import BUSY_SECONDS, History
from monitors.history.tables import addresses, feeds, frontier, hosts, notes, outbox, outlet_runs, runs, validators

KEEP_DAILY, KEEP_WEEKLY, KEEP_MONTHLY = 7, 4, 12

KEEP_RUNS = timedelta(days=35)
"""A month says what is usual of an outlet; two hundred of them asked every quarter of an hour leave 19,000 rows a day."""
KEEP_MESSAGES = timedelta(days=365)
REMIND = timedelta(days=7)
KEEP_PAGES = timedelta(days=90)
"""What is told of a page that nothing more is wanted of; its text and figures are kept for ever elsewhere."""


def upkeep(history: History, now: datetime) -> Iterator[str]:
    """Do it all, and say of each step in one line what it came to. Raises a Failure naming the file.

    What was printed, what it was taken for and what was told is kept for ever. PostgreSQL has its own tools for the rest.
    """
    if history.path is not None:
        yield _back_up(history.path, now.date())
        yield from _drop_backups(history.path)
    with history.transaction() as connection:
        yield _drop_rows(connection, now)
    if history.path is not None:
        tidy(history.path)


def _back_up(database: Path, today: date) -> str:
    target = backup_folder(database) / f"{database.stem}-{today}.db"
    write_backup(database, target)
    return f"backup: {target} ({target.stat().st_size / 1e6:.1f} MB, checked)"


def _drop_backups(database: Path) -> Iterator[str]:
    """Of this database's dated backups only; what else lies in the folder is a person's."""
    for draft in backup_folder(database).glob(f".{database.stem}-*{DRAFT}"):
        draft.unlink()
    dated = re.compile(re.escape(database.stem) + r"-(\d{4}-\d\d-\d\d)\.db")
    backups = {date.fromisoformat(match[1]): path for path in backup_folder(database).iterdir() if (match := dated.fullmatch(path.name))}
    dropped = sorted(backups.keys() - days_to_keep(backups))
    for day in dropped:
        backups[day].unlink()
    if dropped:
        yield f"backups dropped: {', '.join(map(str, dropped))}"


def days_to_keep(days: Iterable[date]) -> set[date]:
    """The newest of each of the last days, weeks and months that have a backup.

    >>> january = [date(2026, 1, day) for day in range(1, 32)]
    >>> sorted(day.day for day in days_to_keep(january))
    [11, 18, 25, 26, 27, 28, 29, 30, 31]
    """
    newest_first = sorted(days, reverse=True)
    weeks: dict[tuple[int, int], date] = {}
    months: dict[tuple[int, int], date] = {}
    for day in newest_first:
        weeks.setdefault(day.isocalendar()[:2], day)
        months.setdefault((day.year, day.month), day)
    return {*newest_first[:KEEP_DAILY], *list(weeks.values())[:KEEP_WEEKLY], *list(months.values())[:KEEP_MONTHLY]}


def _drop_rows(connection: Connection, now: datetime) -> str:
    old_runs = select(runs.c.id).where(runs.c.started_at < now - KEEP_RUNS)
    finished = (frontier.c.due_at.is_(None)) & (frontier.c.found_at < now - KEEP_PAGES)
    ended = outbox.c.state.in_(("sent", "dead", "withheld")) & (func.coalesce(outbox.c.sent_at, outbox.c.created_at) < now - KEEP_MESSAGES)
    _drop(connection, outlet_runs, outlet_runs.c.run_id.in_(old_runs))
    _drop(connection, addresses, addresses.c.at < now - KEEP_PAGES)
    _drop(connection, hosts, hosts.c.asked_at < now - KEEP_PAGES)
    _drop(connection, notes, notes.c.name.startswith(TURN) & (notes.c.at < now - KEEP_PAGES))
    dropped = {
        "runs": _drop(connection, runs, runs.c.started_at < now - KEEP_RUNS),
        "messages sent or given up": _drop(connection, outbox, ended),
        "finished pages": _drop(connection, frontier, finished),
        "validators": _drop(connection, validators, validators.c.checked_at < now - KEEP_PAGES),
        "feeds": _drop(connection, feeds, feeds.c.failing_since.is_(None) & (feeds.c.checked_at < now - KEEP_PAGES)),
    }
    return "dropped: " + ", ".join(f"{count} {what}" for what, count in dropped.items())


def find_given_up(history: History, now: datetime) -> Iterator[str]:
    """A reminder of each message that nobody got and nobody will, for a week: a person sees to the channel, and reads them here."""
    with history.reading() as connection:
        for alert, channel, title, error in given_up(connection, now - REMIND):
            yield f"given up on channel {channel}: {title} ({error or 'no cause is known'}): tallywatch alerts {alert[:6]}"


def _drop(connection: Connection, table: Table, which: ColumnElement[bool]) -> int:
    return connection.execute(delete(table).where(which)).rowcount


def tidy(database: Path) -> None:
    """Fresh statistics for the query planner, and the write-ahead log folded into the file; neither may stand in a transaction."""
    with closing(sqlite3.connect(database, timeout=BUSY_SECONDS, isolation_level=None)) as connection:
        connection.execute("PRAGMA optimize")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
