"""One run at a time on one history."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, sleep

from filelock import FileLock, Timeout
from sqlalchemy import NullPool, create_engine, func, select, text
from sqlalchemy.engine import URL

from monitors.failure import Failure
from monitors.history.store import explained, read_url

ADVISORY_KEY = 0x7A11


class Locked(Failure):
    """Another run is at work on this history."""

    exit_status = 75  # EX_TEMPFAIL: try again later


@contextmanager
def lock(database_url: str, wait: float = 0) -> Iterator[None]:
    """Hold the history's lock: a file beside a SQLite database, a session's advisory lock in PostgreSQL. Raises Locked.

    The lock ends with its holder, however that ends: a killed run locks nobody out.
    """
    url = read_url(database_url)
    if url.get_backend_name() != "sqlite":
        with _advisory_lock(url, wait):
            yield
        return
    if url.database in (None, "", ":memory:"):
        yield
        return
    held = _take(Path(f"{url.database}.lock"), wait)
    try:
        yield
    finally:
        held.release()


@dataclass(frozen=True)
class Holder:
    """The process that holds a history's lock, as far as the system tells: its number, and when it began."""

    pid: int
    since: datetime


def find_holder(database_url: str) -> Holder | None:
    """Who holds the lock now; it is only looked at, never taken. None too where the system does not say."""
    url = read_url(database_url)
    if url.get_backend_name() == "postgresql":
        return _advisory_holder(url)
    path, locks = Path(f"{url.database}.lock"), Path("/proc/locks")
    if url.database in (None, "", ":memory:") or not path.exists() or not locks.exists():
        return None
    held = [line.split() for line in locks.read_text("ascii").splitlines() if "FLOCK" in line]
    pids = [int(words[4]) for words in held if words[5].rpartition(":")[2] == str(path.stat().st_ino)]
    since = [(pid, Path(f"/proc/{pid}").stat().st_ctime) for pid in pids if Path(f"/proc/{pid}").exists()]
    return Holder(since[0][0], datetime.fromtimestamp(since[0][1], UTC)) if since else None


def _advisory_holder(url: URL) -> Holder | None:
    asked = text(
        "SELECT activity.pid, activity.backend_start FROM pg_locks JOIN pg_stat_activity AS activity USING (pid) "
        "WHERE locktype = 'advisory' AND objid = :key AND granted"
    )
    with explained(url.render_as_string()), create_engine(url, poolclass=NullPool).connect() as connection:
        row = connection.execute(asked, {"key": ADVISORY_KEY}).first()
    return Holder(*row) if row else None


def _take(path: Path, wait: float) -> FileLock:
    held = FileLock(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        held.acquire(timeout=wait)
    except Timeout as error:
        raise Locked(f"another run is at work on {path.with_suffix('')}; this one leaves it alone") from error
    except OSError as error:
        raise Failure(f"{path}: the lock cannot be taken: {error.strerror}") from error
    return held


@contextmanager
def _advisory_lock(url: URL, wait: float) -> Iterator[None]:
    name = url.render_as_string()
    with ExitStack() as stack:
        with explained(name):
            engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
            connection = stack.enter_context(engine.connect())
            ends = monotonic() + wait
            while not connection.execute(select(func.pg_try_advisory_lock(ADVISORY_KEY))).scalar():
                if monotonic() >= ends:
                    raise Locked(f"another run is at work on {name}; this one leaves it alone")
                sleep(1)
        yield
