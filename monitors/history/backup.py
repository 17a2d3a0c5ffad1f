"""A SQLite file -> a complete, checked copy beside it."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from monitors.failure import Failure

DRAFT = ".draft"
"""The ending of a copy in the making; one without a process was left by a kill."""


class BackupError(Failure):
    """The copy could not be made; the message names the file and the cause in one line."""


def backup_folder(database: Path) -> Path:
    return database.parent / "backups"


def write_backup(source: Path, target: Path) -> None:
    """Copy a live database to `target`; nothing of that name appears before the copy is whole, checked and on the disk.

    VACUUM INTO reads one snapshot and does not hold up a writer; a plain file copy of a database in use is damaged
    (https://sqlite.org/lang_vacuum.html#vacuuminto).
    """
    draft = target.with_name(f".{target.name}.{os.getpid()}{DRAFT}")
    try:
        target.parent.mkdir(exist_ok=True)
        _copy(source, draft)
        _check(draft)
        flush(draft)
        draft.replace(target)
        flush(target.parent)
    except (sqlite3.Error, OSError) as error:
        raise BackupError(f"{target}: no backup was made: {error}") from error
    finally:
        with suppress(OSError):
            draft.unlink()


def _copy(source: Path, draft: Path) -> None:
    draft.unlink(missing_ok=True)
    with closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True, timeout=30)) as connection:
        connection.execute("VACUUM INTO ?", (str(draft),))


def _check(draft: Path) -> None:
    with closing(sqlite3.connect(f"{draft.absolute().as_uri()}?immutable=1", uri=True)) as connection:
        (answer,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    if answer != "ok":
        raise sqlite3.DatabaseError(f"the copy is damaged: {answer}")


def flush(path: Path) -> None:
    """Have a file or a folder on the disk before going on."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
