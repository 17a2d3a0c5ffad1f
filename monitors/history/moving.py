"""A history -> the same in another database, every table counted and hashed on both sides before any of it is kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import JSON, ColumnElement, Connection, Select, String, Table, Text, bindparam, cast, collate, func, select
from sqlalchemy.engine import URL
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

from monitors.failure import Failure
from monitors.history.checkup import looking
from monitors.history.store import SCHEMA, explained, read_url, stored_schema
from monitors.history.tables import in_parts, metadata
from monitors.places import database_file

AT_ONCE = 2000
"""Rows read and written in one go."""

Progress = Callable[[str, int], None]
"""Called with a table's name and how many of its rows are written."""


@dataclass(frozen=True)
class Sum:
    """What a table comes to: its rows, and a hash over them in the order of their key."""

    rows: int
    sha256: str


def need_movable(source: str, target: str) -> None:
    """Look at both databases and change neither. Failure where the one is no history of this schema, or something is in the other."""
    old, new = _read(source), _read(target)
    stored = _schema_of(source, old)
    if stored != SCHEMA:
        upgraded = f"its schema is {stored}, this program's is {SCHEMA}: any command over it, such as tallywatch alerts, brings it there"
        raise Failure(f"{_name(old)}: {upgraded if stored else 'there is no history in it'}")
    stored = _schema_of(target, new)
    if stored not in (None, SCHEMA):
        raise Failure(f"{_name(new)}: there is a history of schema {stored} in it; name an empty database")


def _read(url: str) -> URL:
    found = read_url(url)
    if found.get_backend_name() == "sqlite" and database_file(url) is None:
        raise Failure(f"{url}: a history in memory can be neither kept nor copied")
    return found


def _name(url: URL) -> str:
    return url.render_as_string() if url.get_backend_name() == "postgresql" else str(url.database)


def _schema_of(url: str, read: URL) -> str | None:
    path = database_file(url)
    if path is not None and not path.exists():
        return None
    with explained(_name(read)), looking(read, path.absolute() if path else None) as connection:
        return stored_schema(connection, _name(read))


def move(source: Connection, target: Connection, progress: Progress) -> dict[str, Sum]:
    """Give an empty history all that is in another one; what each table came to. The caller commits, or undoes all of it.

    Both are at this program's schema, and `source` sees one state of its history throughout. Raises Failure where something is in the
    target already, where it refuses a row, and where what it holds in the end is not what was read.
    """
    for table in metadata.sorted_tables:
        if target.execute(select(table).limit(1)).first() is not None:
            raise Failure(f"something is in the table {table.name} of the target already: name an empty database; nothing was copied")
    sums = {table.name: _copy(table, source, target, progress) for table in metadata.sorted_tables}
    for table in metadata.sorted_tables:
        found = sum_up(table, target)
        if found != sums[table.name]:
            read = sums[table.name].rows
            raise Failure(f"{table.name}: the {found.rows:,} rows in the target are not the {read:,} that were read; nothing was copied")
    if target.dialect.name == "postgresql":
        go_on_counting(target)
        target.exec_driver_sql("ANALYZE")  # else the first questions are planned for empty tables
    return sums


def sum_up(table: Table, connection: Connection) -> Sum:
    """Read a whole table; the same rows come to the same in SQLite and PostgreSQL."""
    counted = _Counted()
    for _ in counted.through(_rows(table, connection)):
        pass
    return counted.sum()


def _copy(table: Table, source: Connection, target: Connection, progress: Progress) -> Sum:
    counted, adding = _Counted(), _inserting if target.dialect.name == "sqlite" else _copying
    progress(table.name, 0)
    try:
        with adding(table, target) as add:
            for part in in_parts(counted.through(_rows(table, source)), AT_ONCE):
                add(part)
                progress(table.name, counted.rows)
    except (DataError, IntegrityError) as error:
        cause = str(error.orig).strip().splitlines()[0]
        raise Failure(f"{table.name}: a row of it is refused: {cause}; nothing was copied") from error
    return counted.sum()


Add = Callable[[Sequence[Sequence[Any]]], object]
"""Writes some rows of a table."""


@contextmanager
def _inserting(table: Table, connection: Connection) -> Iterator[Add]:
    names = [f"new_{column.name}" for column in table.columns]
    types = (Text() if isinstance(column.type, JSON) else column.type for column in table.columns)
    values = {column.name: bindparam(name, type_=type_) for column, name, type_ in zip(table.columns, names, types, strict=True)}
    insertion = table.insert().values(values)
    yield lambda rows: connection.execute(insertion, [dict(zip(names, row, strict=True)) for row in rows])


@contextmanager
def _copying(table: Table, connection: Connection) -> Iterator[Add]:
    """With PostgreSQL's COPY, which takes a fraction of the time."""
    from psycopg import Error

    quote = connection.dialect.identifier_preparer.quote
    order = f"COPY {quote(table.name)} ({', '.join(quote(column.name) for column in table.columns)}) FROM STDIN"
    try:
        with connection.connection.cursor().copy(order) as copy:

            def add(rows: Sequence[Sequence[Any]]) -> None:
                for row in rows:
                    copy.write_row(row)

            yield add
    except Error as error:  # past SQLAlchemy
        raise DBAPIError.instance(order, None, error, Error, dialect=connection.dialect) from error


class _Counted:
    """Counts and hashes the rows that go through it."""

    def __init__(self) -> None:
        self.rows = 0
        self._hash = sha256()

    def through(self, rows: Iterable[Sequence[Any]]) -> Iterator[Sequence[Any]]:
        for row in rows:
            self.rows += 1
            self._hash.update(_as_json(list(row)).encode())
            yield row

    def sum(self) -> Sum:
        return Sum(self.rows, self._hash.hexdigest())


def _in_utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


_as_json = json.JSONEncoder(default=_in_utc).encode


def _rows(table: Table, connection: Connection) -> Iterator[Sequence[Any]]:
    """The rows in the order of their key, which is that of its bytes in both databases."""
    postgresql = connection.dialect.name == "postgresql"
    keys = [collate(key, "C") if postgresql and isinstance(key.type, String) else key for key in table.primary_key]
    wanted: Select[Any] = select(*(_verbatim(column) for column in table.columns)).order_by(*keys)
    return iter(connection.execute(wanted.execution_options(yield_per=AT_ONCE)))


def _verbatim(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """JSON as it is written: once read, a null in it and none at all are the same."""
    return cast(column, Text).label(column.key) if isinstance(column.type, JSON) else column


def go_on_counting(connection: Connection) -> None:
    """Let each of PostgreSQL's sequences go on after the last number that was copied."""
    for table in metadata.sorted_tables:
        if (column := table.autoincrement_column) is not None:
            last = select(func.max(column)).scalar_subquery()
            connection.execute(select(func.setval(func.pg_get_serial_sequence(table.name, column.name), last)))
