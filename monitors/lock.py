"""One run at a time on one history."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

from filelock import FileLock, Timeout
from sqlalchemy import NullPool, create_engine, func, select
from sqlalchemy.engine import URL, make_url

from monitors.failure import Failure

ADVISORY_KEY = 0x7A11


class Locked(Failure):
    """Another run is at work on this history."""

    exit_status = 75  # EX_TEMPFAIL: try again later


@contextmanager
def lock(database_url: str, wait: float = 0) -> Iterator[None]:
    """Hold the history's lock: a file beside a SQLite database, a session's advisory lock in PostgreSQL. Raises Locked.

    The lock ends with its holder, however that ends: a killed run locks nobody out.
    """
    url = make_url(database_url)
    if url.get_backend_name() != "sqlite":
        with _advisory_lock(url, wait):
            yield
        return
    path = Path(f"{url.database}.lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path, timeout=wait):
            yield
    except Timeout as error:
        raise Locked(f"another run is at work on {url.database}; this one leaves it alone") from error
    except OSError as error:
        raise Failure(f"{path}: the lock cannot be taken: {error.strerror}") from error


@contextmanager
def _advisory_lock(url: URL, wait: float) -> Iterator[None]:
    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    ends = monotonic() + wait
    with engine.connect() as connection:
        while not connection.execute(select(func.pg_try_advisory_lock(ADVISORY_KEY))).scalar():
            if monotonic() >= ends:
                raise Locked(f"another run is at work on {url.render_as_string()}; this one leaves it alone")
            sleep(1)
        yield
