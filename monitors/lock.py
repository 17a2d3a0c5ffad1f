"""One run at a time on one history."""

from __future__ import annotations

import fcntl
import os
import sys
import threading
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING

from monitors.failure import Failure
from monitors.places import database_file

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlalchemy.engine import URL

ADVISORY_KEY = 0x7A11
FENCE_KEY = 0x7A12
"""Of the fences, as the first half of two: none is ever the lock."""
LONG = timedelta(hours=1)
"""No run takes so long; upkeep may, and waits for half an hour."""
TICK = 0.2
"""Seconds between two looks at a lock that is waited for."""
BEAT = 5.0
"""In PostgreSQL whoever holds a lock says so often, in seconds, that it lives; after SILENCE the lock is free."""
BOUNDED = "SELECT set_config('idle_session_timeout', '{}s', false) FROM pg_settings WHERE name = 'idle_session_timeout'"


class Locked(Failure):
    """Another run is at work on this history."""

    exit_status = 75  # EX_TEMPFAIL: try again later


@contextmanager
def lock(database_url: str, wait: float = 0) -> Iterator[None]:
    """Hold the history's lock: a file beside a SQLite database, a session's advisory lock in PostgreSQL. Raises Locked.

    The lock ends with its holder, however that ends: a killed run locks nobody out, and what it started does not hold it on. For SQLite
    nothing is imported that takes time: who finds the lock taken is gone in a moment.
    """
    path = database_file(database_url)
    if path is not None:
        with _file_lock(path.with_name(f"{path.name}.lock"), wait):
            yield
        return
    from monitors.history.store import read_url

    url = read_url(database_url)
    if url.get_backend_name() == "sqlite":
        yield  # in memory
        return
    with _advisory_lock(url, wait):
        yield


@contextmanager
def _file_lock(path: Path, wait: float) -> Iterator[None]:
    held = _take(path, wait)
    owner = os.getpid()
    try:
        yield
    finally:
        if os.getpid() == owner:  # a fork that runs on into here holds nothing
            fcntl.flock(held, fcntl.LOCK_UN)
            os.close(held)


def _take(path: Path, wait: float) -> int:
    """The descriptor that holds the lock. No program that is started inherits it (PEP 446), and a fork gives it up."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        held = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise Failure(f"{path}: the lock cannot be taken: {error.strerror}") from error
    until = monotonic() + wait
    while not _is_had(held):
        if monotonic() >= until:
            os.close(held)
            raise Locked(f"another run is at work on {path.with_suffix('')}; this one leaves it alone")
        sleep(TICK)
    os.register_at_fork(after_in_child=partial(_give_up, held, os.fstat(held).st_ino))
    return held


def _is_had(held: int) -> bool:
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _give_up(held: int, inode: int) -> None:
    """In a fork: close the lock, which is its parent's, where the descriptor is still this one."""
    try:
        if os.fstat(held).st_ino == inode:
            os.close(held)
    except OSError:
        return  # it was released before the fork


@dataclass(frozen=True)
class Holder:
    """The process that holds a history's lock, as far as the system tells: its number, and when it began."""

    pid: int
    since: datetime


def find_holder(database_url: str) -> Holder | None:
    """Who holds the lock now; it is only looked at, never taken. None too where the system does not say."""
    database, locks = database_file(database_url), Path("/proc/locks")
    if database is None:
        from monitors.history.store import read_url

        url = read_url(database_url)
        return _advisory_holder(url) if url.get_backend_name() == "postgresql" else None
    path = database.with_name(f"{database.name}.lock")
    if not path.exists() or not locks.exists():
        return None
    held = [line.split() for line in locks.read_text("ascii").splitlines() if "FLOCK" in line]
    pids = [int(words[4]) for words in held if words[5].rpartition(":")[2] == str(path.stat().st_ino)]
    since = [(pid, Path(f"/proc/{pid}").stat().st_ctime) for pid in pids if Path(f"/proc/{pid}").exists()]
    return Holder(since[0][0], datetime.fromtimestamp(since[0][1], UTC)) if since else None


def _advisory_holder(url: URL) -> Holder | None:
    from sqlalchemy import NullPool, create_engine, text

    from monitors.history.store import explained

    asked = text(
        "SELECT activity.pid, activity.backend_start FROM pg_locks JOIN pg_stat_activity AS activity USING (pid) "
        "WHERE locktype = 'advisory' AND objid = :key AND granted"
    )
    with explained(url.render_as_string()), create_engine(url, poolclass=NullPool).connect() as connection:
        row = connection.execute(asked, {"key": ADVISORY_KEY}).first()
    return Holder(*row) if row else None


@contextmanager
def _advisory_lock(url: URL, wait: float) -> Iterator[None]:
    from sqlalchemy import func, select

    with _session(url) as connection:
        ends = monotonic() + wait
        while not connection.execute(select(func.pg_try_advisory_lock(ADVISORY_KEY))).scalar():
            if monotonic() >= ends:
                raise Locked(f"another run is at work on {url.render_as_string()}; this one leaves it alone")
            sleep(TICK)
        with _alive(connection, url):
            yield


@contextmanager
def fences(database_url: str, names: Collection[str]) -> Iterator[frozenset[str]]:
    """Hold those of some names that nobody else holds, on any machine: a session's advisory locks in PostgreSQL. Which they are.

    Like the lock they end with their holder. Raises Failure for a history that is kept in anything else.
    """
    from sqlalchemy import func, select

    from monitors.history.store import read_url

    url = read_url(database_url)
    if url.get_backend_name() != "postgresql":
        name = url.render_as_string()
        raise Failure(f"{name}: several machines need a history in PostgreSQL: database = \"postgresql+psycopg://user@host/name\"")
    with _session(url) as connection:
        tried = {one: select(func.pg_try_advisory_lock(FENCE_KEY, func.hashtext(one))) for one in sorted(names)}
        held = frozenset(one for one, attempt in tried.items() if connection.execute(attempt).scalar())
        with _alive(connection, url):
            yield held


@contextmanager
def _session(url: URL) -> Iterator[Connection]:
    """A session that PostgreSQL (14 or newer) ends, and what it holds with it, once nothing was heard of it for SILENCE seconds."""
    from sqlalchemy import NullPool, create_engine

    from monitors.history.store import NETWORK, SILENCE, explained

    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT", connect_args=NETWORK)
    with ExitStack() as stack:
        with explained(url.render_as_string()):
            connection = stack.enter_context(engine.connect())
            connection.exec_driver_sql(BOUNDED.format(SILENCE))
        yield connection


@contextmanager
def _alive(connection: Connection, url: URL) -> Iterator[None]:
    """Say in a thread that the holder lives. Once it cannot, what was held is another's, and this process ends as if it were killed:
    it stood still, was cut off, or PostgreSQL was. What it has stored is whole, and whoever comes next goes on from there.
    """
    done = threading.Event()

    def beat() -> None:
        while not done.wait(BEAT):
            try:
                connection.exec_driver_sql("SELECT 1")
            except Exception as error:
                if not done.is_set():
                    cause = str(error).strip().partition("\n")[0]
                    sys.stderr.write(f"tallywatch: {url.render_as_string()}: the lock was lost ({cause}); others go on with what is left\n")
                    sys.stderr.flush()
                    os._exit(Locked.exit_status)

    beating = threading.Thread(target=beat, daemon=True)
    beating.start()
    try:
        yield
    finally:
        done.set()
        beating.join()
