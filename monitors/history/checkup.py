"""A database as it lies there -> what is wrong with it, and what to do: it is only read, never made, upgraded or repaired."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, NullPool, create_engine, func, select
from sqlalchemy.engine import URL

from monitors.history.backup import backup_folder
from monitors.history.frontier import KNOWN_DOWN_AFTER
from monitors.history.queries import outlet_states
from monitors.history.store import SCHEMA, HistoryError, explained, open_unseen, read_url, stored_schema
from monitors.history.tables import events, outlets, runs

LEAST_SQLITE = (3, 30)
"""VACUUM INTO came with 3.27, NULLS LAST with 3.30."""
ROOM = 2
"""Times the database: a backup is a copy, and so is a dry run's."""
PG_DUMP = "pg_dump -Fc -f FILE"
BACKUP_DUE = timedelta(days=2)
CLOCK_SLACK, CLOCK_AHEAD = timedelta(minutes=5), timedelta(days=366)


@dataclass(frozen=True)
class Sign:
    """One thing that was looked at: well, or in need of a person, with what to do."""

    what: str
    well: bool
    line: str


def examine_database(database_url: str, now: datetime) -> Iterator[Sign]:
    """Look at all that can be wrong with a history, the file itself first."""
    url = read_url(database_url)
    path = None if url.get_backend_name() == "postgresql" else Path(str(url.database)).absolute()
    if path is not None and not path.exists():
        yield Sign("history", True, f"{path} is not there yet: tallywatch run makes it")
        return
    try:
        with explained(url.render_as_string()):
            if path is not None:
                yield from _examine_disk(path)
                yield from _examine_file(path)
            with looking(url, path) as connection:
                stored = stored_schema(connection, url.render_as_string())
                yield _examine_schema(connection, stored)
                if stored == SCHEMA:
                    yield from _examine_times(connection, path, now)
                    yield _examine_outlets(connection)
    except HistoryError as error:
        yield Sign("history", False, str(error))


def _examine_disk(path: Path) -> Iterator[Sign]:
    size, free = path.stat().st_size, shutil.disk_usage(path.parent).free
    enough = free > ROOM * size
    advice = "" if enough else f"; a backup needs as much again: free {(ROOM * size - free) / 1e6:,.0f} MB"
    yield Sign("disk", enough, f"{free / 1e6:,.0f} MB free beside {size / 1e6:,.1f} MB of history{advice}")


def _examine_file(path: Path) -> Iterator[Sign]:
    new = sqlite3.sqlite_version_info >= LEAST_SQLITE
    least = ".".join(map(str, LEAST_SQLITE))
    yield Sign("sqlite", new, f"version {sqlite3.sqlite_version}" + ("" if new else f": {least} is needed; use a Python with a newer one"))
    with path.open("rb") as file:
        header = file.read(20)
    logged = header[18:20] == b"\x02\x02"  # https://sqlite.org/fileformat.html#file_format_version_numbers
    yield Sign("journal", True, "write-ahead log" if logged else "no write-ahead log: the next tallywatch run switches it on")
    with closing(open_unseen(path)) as connection:
        found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(5)")]
        damaged = f"{'; '.join(found)}: put the newest file of {backup_folder(path)} in its place"
        yield Sign("integrity", found == ["ok"], "every page is sound" if found == ["ok"] else damaged)
        broken = connection.execute("PRAGMA foreign_key_check").fetchone()
        lost = f"a row of {broken[0]} refers to none: put the newest file of {backup_folder(path)} in its place" if broken else ""
        yield Sign("references", broken is None, lost or "no row refers to one that is missing")


@contextmanager
def looking(url: URL, path: Path | None) -> Iterator[Connection]:
    """A connection that only reads, and upgrades nothing."""
    engine = create_engine(url, poolclass=NullPool) if path is None else create_engine("sqlite://", creator=lambda: open_unseen(path))
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def _examine_schema(connection: Connection, stored: str | None) -> Sign:
    server = connection.exec_driver_sql("SELECT version()").scalar() if connection.dialect.name == "postgresql" else None
    about = f" ({server})" if server else ""
    if stored == SCHEMA:
        return Sign("schema", True, f"{SCHEMA}, as this program needs it{about}")
    backed_up = f"; make a backup before: {PG_DUMP}" if server else ", after a backup"
    return Sign("schema", True, f"from {stored or 'nothing'}, the next command makes it {SCHEMA}{backed_up}{about}")


def _examine_times(connection: Connection, path: Path | None, now: datetime) -> Iterator[Sign]:
    moments = (select(func.max(column)) for column in (runs.c.started_at, events.c.at, outlets.c.at))
    newest = max((moment for wanted in moments if (moment := connection.execute(wanted).scalar())), default=None)
    if newest is None:
        yield Sign("clock", True, f"it is {now:%Y-%m-%d %H:%M %Z}; nothing is stored to hold it against")
        return
    well = newest - CLOCK_SLACK <= now <= newest + CLOCK_AHEAD
    line = f"it is {now:%Y-%m-%d %H:%M %Z}, the last thing stored is of {newest:%Y-%m-%d %H:%M %Z}"
    yield Sign("clock", well, line if well else f"{line}: set this machine's clock, or look why nothing was stored since")
    if path is None:
        yield Sign("backups", True, f"none are made from here: let cron call {PG_DUMP} every night, and try pg_restore")
    else:
        yield _examine_backups(path, connection.execute(select(func.min(runs.c.started_at))).scalar(), now)


def _examine_backups(path: Path, begun: datetime | None, now: datetime) -> Sign:
    made = [file.stat().st_mtime for file in backup_folder(path).glob(f"{path.stem}-*.db")]
    last = datetime.fromtimestamp(max(made), now.tzinfo) if made else None
    late = now - (last or begun or now) > BACKUP_DUE
    shown = f"the last of {last:%Y-%m-%d %H:%M %Z}" if last else "none yet"
    advice = ": tallywatch upkeep makes one; let cron do it every night (see the file crontab)" if late else ""
    return Sign("backups", not late, shown + advice)


def _examine_outlets(connection: Connection) -> Sign:
    states = outlet_states(connection)
    blind = [f"{state.outlet} is blind: {trouble.line}" for state in states for trouble in state.troubles]
    down = [
        f"{state.outlet} failed in {state.failures_in_a_row} runs: {state.error or 'no cause is known'}"
        for state in states if state.failures_in_a_row >= KNOWN_DOWN_AFTER and not state.troubles
    ]  # fmt: skip
    if blind or down:
        return Sign("outlets", False, "; ".join((*blind, *down)) + ": see “An outlet's figures stopped” in the README")
    return Sign("outlets", True, f"{len(states)} collected so far, none blind, none failing for {KNOWN_DOWN_AFTER} runs")
