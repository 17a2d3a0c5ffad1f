"""A database URL -> an open history, at the schema of this program."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any

from sqlalchemy import Connection, Engine, NullPool, StaticPool, create_engine, event, inspect
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError

from monitors.failure import Failure
from monitors.history import append_only
from monitors.history.backup import BackupError, backup_folder, write_backup
from monitors.history.tables import metadata

SCHEMA = "0011"
"""The newest revision in migrations/versions. Known here so that a start at the right schema need not import Alembic."""

SCRIPTS = "monitors.history:migrations"

BUSY_SECONDS = 30
"""How long a writer waits for another one."""

SILENCE = 25
"""After so many seconds PostgreSQL takes back what is locked by a process that other machines know nothing of, and that says nothing."""

NETWORK = {"connect_timeout": 10, "keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3, "tcp_user_timeout": 30_000}
"""To PostgreSQL: who is cut off from it knows so after half a minute; the system's own time-outs take a quarter of an hour or two hours."""


class HistoryError(Failure):
    """The history cannot be opened or written; the message names the file and the cause in one line."""


class History:
    """An open history. What is written inside `transaction()` is stored whole or not at all."""

    def __init__(self, engine: Engine, name: str, path: Path | None, rehearsal: Connection | None = None) -> None:
        self.engine = engine
        self.url = name
        """For people: without its password."""
        self.path = path
        """The SQLite file; None for PostgreSQL and for a history in memory."""
        self.failure: HistoryError | None = None
        """The first failure of the database: who calls through a library may never get to see what was raised."""
        self._rehearsal = rehearsal
        # PostgreSQL else shows each statement what was committed before it
        self._one_state = {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}
        self._closing = ExitStack()
        self._closing.callback(engine.dispose)

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A connection that may write: committed at the end, rolled back when anything is raised."""
        with self._noting_failure():
            if self._rehearsal is not None:
                with self._rehearsal.begin_nested():
                    yield self._rehearsal
            else:
                with self.engine.begin() as connection:
                    yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one state of the history throughout, and waits for no writer."""
        with self._noting_failure():
            if self._rehearsal is not None:
                yield self._rehearsal
            else:
                with self.engine.connect().execution_options(reading=True, **self._one_state) as connection:
                    yield connection

    @contextmanager
    def _noting_failure(self) -> Iterator[None]:
        try:
            with explained(self.url):
                yield
        except HistoryError as error:
            self.failure = self.failure or error
            raise

    def close(self) -> None:
        self._closing.close()

    def __enter__(self) -> History:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def open_history(url: str, read_only: bool = False, shared: bool = False) -> History:
    """Open the history at a SQLAlchemy URL of SQLite or PostgreSQL, made or brought to this program's schema first.

    With `read_only` everything works, writes included, but nothing of it is kept: SQLite works on a private copy,
    PostgreSQL in one transaction that is rolled back on closing. Where it is `shared` with other machines, PostgreSQL ends a transaction
    in which nothing happens: a machine that stands still must not keep others from what it has locked.
    """
    target = read_url(url)
    name = target.render_as_string(hide_password=True) if target.get_backend_name() == "postgresql" else (target.database or "memory")
    with explained(name):
        if target.get_backend_name() == "postgresql":
            return _open_postgresql(target, name, read_only, shared)
        if _is_in_memory(target):
            return _open_in_memory(target, name)
        return _open_copy(target, name) if read_only else _open_file(target, name)


def read_url(url: str) -> URL:
    """A database URL of a kind that can hold a history; HistoryError otherwise."""
    try:
        target = make_url(url)
    except ArgumentError as error:
        raise HistoryError("database: what stands there is no URL like sqlite:///tallywatch.db") from error  # and may be a secret
    if target.get_backend_name() not in ("sqlite", "postgresql"):
        raise HistoryError(f"{target.get_backend_name()}: a history is kept in sqlite or postgresql, as in sqlite:///tallywatch.db")
    return target


def _open_file(target: URL, name: str) -> History:
    path = Path(str(target.database)).absolute()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise HistoryError(f"{path.parent}: the folder cannot be made: {error.strerror}") from error
    return _open_sqlite(target.set(database=str(path)), name, path)


def _open_copy(target: URL, name: str) -> History:
    path = Path(str(target.database)).absolute()
    folder = TemporaryDirectory(prefix="tallywatch-")
    copy = Path(folder.name) / path.name
    try:
        if path.exists():
            _copy_unseen(path, copy)
        history = _open_sqlite(target.set(database=str(copy)), name, path)
    except BaseException:
        folder.cleanup()
        raise
    history._closing.callback(folder.cleanup)
    return history


def _copy_unseen(path: Path, copy: Path) -> None:
    with closing(open_unseen(path)) as source, closing(sqlite3.connect(copy)) as destination:
        source.backup(destination)


def open_unseen(path: Path) -> sqlite3.Connection:
    """A SQLite file to read only, and nothing is left beside it.

    Without a write-ahead log nobody is at work, and `immutable` keeps SQLite from leaving one behind.
    """
    unseen = "mode=ro" if path.with_name(path.name + "-wal").exists() else "immutable=1"
    return sqlite3.connect(f"{path.as_uri()}?{unseen}", uri=True, timeout=BUSY_SECONDS)


def _open_in_memory(target: URL, name: str) -> History:
    engine = _sqlite_engine(target)
    with engine.begin() as connection:
        _migrate(connection)
    return History(engine, name, None)


def _is_in_memory(target: URL) -> bool:
    return target.database in (None, "", ":memory:")


def _open_sqlite(target: URL, name: str, path: Path) -> History:
    engine = _sqlite_engine(target)
    try:
        with engine.connect().execution_options(reading=True) as connection:
            stored = stored_schema(connection, name)
        if stored != SCHEMA:
            _upgrade_sqlite(target, stored)
    except BaseException:
        engine.dispose()
        raise
    return History(engine, name, path)


def _upgrade_sqlite(target: URL, stored: str | None) -> None:
    if stored is not None:
        _back_up(Path(str(target.database)))
    # Rebuilding a table must not count as deleting its rows, and the pragma is heeded outside transactions only:
    # https://sqlite.org/lang_altertable.html#otheralter
    builder = _sqlite_engine(target, foreign_keys=False)
    with builder.begin() as connection:
        _migrate(connection)
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        if broken is not None:
            raise HistoryError(f"{target.database}: schema {SCHEMA} would break a reference in {broken[0]}; nothing was changed")
    builder.dispose()


def _back_up(path: Path) -> None:
    """Kept until a person removes it; one that is there already was made before another process began this upgrade."""
    backup = backup_folder(path) / f"{path.stem}-before-{SCHEMA}.db"
    try:
        if not backup.exists():
            write_backup(path, backup)
    except BackupError as error:
        raise HistoryError(f"{error}; the schema was not upgraded") from error


def _open_postgresql(target: URL, name: str, read_only: bool, shared: bool) -> History:
    bounded = {"options": f"-c idle_in_transaction_session_timeout={SILENCE}s"} if shared else {}
    engine = create_engine(target, connect_args={**NETWORK, **bounded}, pool_pre_ping=True)  # the server may have been restarted meanwhile
    connection = engine.connect()
    try:
        if stored_schema(connection, name) != SCHEMA:
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtext('tallywatch schema'))")
            _migrate(connection)
        if read_only:
            history = History(engine, name, None, rehearsal=connection)
            history._closing.callback(connection.close)
            return history
        connection.commit()
        connection.close()
    except BaseException:
        connection.close()
        engine.dispose()
        raise
    return History(engine, name, None)


def stored_schema(connection: Connection, name: str) -> str | None:
    """The revision the database is at; None for an empty one. Raises for one that is not ours to touch."""
    present = inspect(connection).get_table_names()
    if not present:
        return None
    if "alembic_version" not in present:
        raise HistoryError(f"{name}: this database belongs to another program; name a file of its own under `database`")
    stored = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    if stored is not None and stored != SCHEMA and stored not in known_schemas():
        raise HistoryError(f"{name}: written by a newer Tallywatch (schema {stored}, this one knows {SCHEMA}); upgrade the program")
    return stored


def known_schemas() -> set[str]:
    versions = files("monitors.history.migrations.versions")
    return {file.name.partition("_")[0] for file in versions.iterdir() if file.name[:1].isdigit()}


def _migrate(connection: Connection) -> None:
    """Bring the database to the newest schema inside the connection's transaction: all of it or nothing."""
    from monitors.history import views

    append_only.release(connection)
    views.release(connection)
    if inspect(connection).get_table_names():  # asked again: another process may have been here first
        _upgrade(connection)
    else:
        _create(connection)
    views.create(connection)
    append_only.protect(connection)


def _create(connection: Connection) -> None:
    """All at once what the migrations come to: a tenth of the time, and without Alembic."""
    metadata.create_all(connection, checkfirst=False)
    connection.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32) CONSTRAINT alembic_version_pkc PRIMARY KEY NOT NULL)")
    connection.exec_driver_sql(f"INSERT INTO alembic_version VALUES ('{SCHEMA}')")


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", SCRIPTS)
    command.upgrade(config, "head")


def _sqlite_engine(target: URL, foreign_keys: bool = True) -> Engine:
    """An engine whose transactions are SQLite's own, statements that define tables included.

    synchronous=FULL: after a power cut WAL with NORMAL forgets commits it has acknowledged, so an alert would be sent twice.
    """
    pool = StaticPool if _is_in_memory(target) else NullPool if not foreign_keys else None
    engine = create_engine(target, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False}, poolclass=pool)

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _: Any) -> None:
        connection.isolation_level = None  # the driver opens no transactions of its own: "begin" below does
        _write_ahead(connection)
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute(f"PRAGMA foreign_keys={'ON' if foreign_keys else 'OFF'}")
        connection.execute("PRAGMA recursive_triggers=ON")  # else INSERT OR REPLACE gets past the append-only triggers

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        reading = connection.get_execution_options().get("reading", False)
        driver: Any = connection.connection.driver_connection  # at once: SQLAlchemy takes ten times as long around it
        driver.execute("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Switch to WAL: two that open a new file at once meet a lock here for which SQLite's own time-out does not wait."""
    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
        time.sleep(0.02)


@contextmanager
def explained(name: str) -> Iterator[None]:
    """Turn a failure of the database itself, not of what was asked of it, into one line for a person."""
    try:
        yield
    except ModuleNotFoundError as error:  # the driver, which only PostgreSQL needs
        raise HistoryError(f"{name}: PostgreSQL needs one package more: pip install 'tallywatch[postgresql]'") from error
    except sqlite3.Error as error:
        cause = _sqlite_cause(error)
        if cause is None:
            raise
        raise HistoryError(f"{name}: {cause}") from error
    except DBAPIError as error:
        cause = _sqlite_cause(error.orig) if isinstance(error.orig, sqlite3.Error) else _server_cause(error)
        if cause is None:
            raise
        raise HistoryError(f"{name}: {cause}") from error


_SQLITE_CAUSES = {
    sqlite3.SQLITE_PERM: "no permission to open it",
    sqlite3.SQLITE_BUSY: f"another program has been writing to it for {BUSY_SECONDS} seconds; try again, or find who holds it",
    sqlite3.SQLITE_LOCKED: "another connection holds a lock on it; try again",
    sqlite3.SQLITE_READONLY: "it cannot be written: check the permissions of the file and of its folder",
    sqlite3.SQLITE_IOERR: "the disk failed to read or write it, or is full",
    sqlite3.SQLITE_CORRUPT: "it is damaged: put the newest file of the backups folder beside it in its place",
    sqlite3.SQLITE_FULL: "the disk is full; what was being written was left out whole, and the next run does it again",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened: check that it is a file and that its folder can be written",
    sqlite3.SQLITE_NOTADB: "it is not a SQLite database",
}


def _sqlite_cause(error: sqlite3.Error) -> str | None:
    # The low byte is the error, the rest its variety: https://sqlite.org/rescode.html
    return _SQLITE_CAUSES.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)


def _server_cause(error: DBAPIError) -> str | None:
    """Unreachable, cut off, refused, out of space or locked; None where the statement itself was wrong."""
    of_server = isinstance(error, OperationalError) or error.connection_invalidated
    return str(error.orig).strip().splitlines()[0] if of_server else None
