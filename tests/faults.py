"""Run `tallywatch` where it is not well: on a full disk, without a right to write, beside another writer. $FAULT says how much."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sqlite3
from typing import Any

from monitors import cli, job
from monitors.history import store


def run_while_disk_fills() -> None:
    """`tallywatch` whose history may not grow once it collects."""
    crawl = job.crawl

    def filled(spiders: Any, desk: Any, **more: Any) -> Any:
        with desk._history.reading() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count=1")
        return crawl(spiders, desk, **more)

    job.crawl = filled
    cli.main()


def fill_up(connection: sqlite3.Connection, pages: int) -> None:
    """Let the database of this connection grow by so many pages, and no more."""
    (there,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count={there + pages}")


def run_within_file_size() -> None:
    """`tallywatch` that may write no file beyond $FAULT, as under a quota."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(os.environ["FAULT"]),) * 2)
    cli.main()


def run_as_anybody() -> None:
    """`tallywatch` without root's right to write what is read-only."""
    header, nothing = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
    if os.geteuid() == 0 and ctypes.CDLL(None).capset(header, nothing):
        raise OSError("the rights of root cannot be given up")
    cli.main()


def run_impatient() -> None:
    """`tallywatch` that waits a moment, not half a minute, for another writer."""
    store.BUSY_SECONDS = 0.3  # type: ignore[assignment]
    cli.main()
