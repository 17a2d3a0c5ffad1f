"""A backup -> what is in it, and that it is whole; and the history again that it was made of."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import NullPool, create_engine

from monitors.failure import Failure
from monitors.history.backup import BackupError, backup_folder, write_backup
from monitors.history.store import BUSY_SECONDS, explained, open_unseen, stored_schema

COUNTED = {"articles": "articles", "claims": "figures", "events": "alerts and records", "runs": "runs"}
"""Tables that every schema of ours has, and what their rows are called."""


@dataclass(frozen=True)
class Contents:
    """What a backup that was found whole holds."""

    schema: str
    counts: Mapping[str, int]
    last_run: str | None
    """When the last run began, as it is stored: UTC."""

    def __str__(self) -> str:
        counted = ", ".join(f"{count} {what}" for what, count in self.counts.items())
        return f"schema {self.schema}; {counted}; the last run of {self.last_run[:16].replace('T', ' ') if self.last_run else 'never'} UTC"


def check_backup(backup: Path) -> Contents:
    """Read every page of a backup, and what it holds; nothing is changed. Failure naming the file and what is wrong with it."""
    if not backup.is_file():
        raise BackupError(f"{backup}: there is no such file")
    with explained(str(backup)), closing(open_unseen(backup.absolute())) as connection:
        try:
            found = [line for (said,) in connection.execute("PRAGMA integrity_check(3)") for line in str(said).splitlines()]
            broken = connection.execute("PRAGMA foreign_key_check").fetchone()
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_CORRUPT:
                raise
            raise BackupError(f"{backup}: it is damaged: {error}") from error
        if found != ["ok"] or broken:
            raise BackupError(f"{backup}: it is damaged: {'; '.join(found) if found != ['ok'] else f'a row of {broken[0]} refers to none'}")
        schema = _read_schema(backup)
        counts = {what: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table, what in COUNTED.items()}
        (last,) = connection.execute("SELECT max(started_at) FROM runs").fetchone()
    return Contents(schema, counts, last)


def _read_schema(backup: Path) -> str:
    engine = create_engine("sqlite://", creator=lambda: open_unseen(backup.absolute()), poolclass=NullPool)
    with engine.connect() as connection:
        schema = stored_schema(connection, str(backup))
    if schema is None:
        raise BackupError(f"{backup}: it holds nothing")
    return schema


def restore(backup: Path, database: Path, now: datetime) -> Path | None:
    """Put a backup, which stays, in a database's place, and keep what was there: its new path, None where there was nothing.

    The caller holds the run's lock. Whenever this is killed, a whole database is in its place: the old one, or the backup.
    """
    fresh = database.with_name(f".{database.name}.restored")
    write_backup(backup.absolute(), fresh)
    kept = None
    try:
        if database.exists():
            kept = backup_folder(database) / f"{database.stem}-replaced-{now:%Y-%m-%dT%H%M%S}.db"
            _keep(database, kept)
        fresh.replace(database)
    except OSError as error:
        raise BackupError(f"{database}: it was not replaced: {error.strerror}") from error
    finally:
        with suppress(OSError):
            fresh.unlink()
    return kept


def _keep(database: Path, kept: Path) -> None:
    """Give the old file a second name. Its write-ahead log belongs to it alone: it is folded in, or goes along where that fails."""
    kept.parent.mkdir(exist_ok=True)
    with suppress(sqlite3.Error), closing(sqlite3.connect(database, timeout=BUSY_SECONDS)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    kept.hardlink_to(database)
    for ending in ("-wal", "-shm"):
        log = database.with_name(database.name + ending)
        if log.exists():
            log.replace(kept.with_name(kept.name + ending))


def need_file(database: Path | None) -> Path:
    """The file of a SQLite history; Failure for another, which has tools of its own."""
    if database is None:
        raise Failure("this history is not a SQLite file: back a PostgreSQL database up with pg_dump -Fc, and restore it with pg_restore")
    return database
