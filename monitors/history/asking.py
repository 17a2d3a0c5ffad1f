"""Ask and tell SQLite what every article asks and tells, without what SQLAlchemy does around each statement, which takes many times as
long as the answer.

The statements are SQLAlchemy's, and so is how values are stored; of each, the text and the places of its values are found once. PostgreSQL
is spoken to through SQLAlchemy: there the way to the server is what takes the time.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import ceil
from types import MappingProxyType
from typing import Any, TypeAlias

from sqlalchemy import CompoundSelect, Connection, Dialect, Executable, Select, Table
from sqlalchemy.sql.dml import UpdateBase

from monitors.history.tables import insert_into, insert_once

Given: TypeAlias = Mapping[str, Any]
"""The values of a statement, by name; a list where it takes several."""
NOTHING: Given = MappingProxyType({})
Store: TypeAlias = Callable[[Any], Any]
"""A value as it is meant -> as it is stored, or back."""


def ask(connection: Connection, question: Select[Any] | CompoundSelect[Any], given: Given = NOTHING) -> Sequence[Any]:
    """The rows that answer a question, one that is put together once and asked again and again; of each the columns by name or by place."""
    if connection.dialect.name != "sqlite":
        return connection.execute(question, given).all()
    prepared = _prepare(question, _shape(given))
    return prepared.read(_driver(connection).execute(prepared.sql, prepared.values(given)).fetchall())


def insert(connection: Connection, table: Table, row: Given) -> int:
    """Insert a row into a table that numbers its rows; its number."""
    statement = insert_into(connection, table)
    if connection.dialect.name != "sqlite":
        return int((connection.execute(statement, row).inserted_primary_key or [0])[0])
    prepared = _prepare(statement, _shape(row))
    return int(_driver(connection).execute(prepared.sql, prepared.values(row)).lastrowid)


def insert_new(connection: Connection, table: Table, rows: Sequence[Given]) -> int:
    """Insert those of some rows whose key is not there yet; how many these were."""
    if not rows:
        return 0
    statement = insert_once(connection, table)
    if connection.dialect.name != "sqlite":
        return int(connection.execute(statement, rows).rowcount)
    prepared = _prepare(statement, _shape(rows[0]))
    return int(_driver(connection).executemany(prepared.sql, map(prepared.values, rows)).rowcount)


def remove(connection: Connection, statement: UpdateBase, given: Given) -> None:
    """Delete what a statement names."""
    if connection.dialect.name != "sqlite":
        connection.execute(statement, given)
        return
    prepared = _prepare(statement, _shape(given))
    _driver(connection).execute(prepared.sql, prepared.values(given))


def _driver(connection: Connection) -> Any:
    """The driver's own connection, in the transaction that SQLAlchemy would begin."""
    if not connection.in_transaction():
        connection.begin()
    return connection.connection.driver_connection


Shape: TypeAlias = tuple[tuple[str, int | None], ...]
"""The names of the values of a statement, with the number of places that those have of which there are several."""


def _shape(given: Given) -> Shape:
    return tuple([(name, _places(value) if type(value) in SEVERAL else None) for name, value in given.items()])


SEVERAL = (list, tuple)


def _places(values: Sequence[Any]) -> int:
    """So many that few texts serve any number of values: a power of four."""
    return 4 ** ceil((len(values) - 1).bit_length() / 2) if values else 0


@dataclass(frozen=True)
class Prepared:
    """A statement as the driver takes it."""

    sql: str
    fixed: tuple[Any, ...]
    """The value at each place, where the statement itself says it."""
    single: tuple[tuple[int, str, Store | None], ...]
    """The other places: which value stands there, and how it is stored."""
    several: tuple[tuple[slice, str, Store | None], ...]
    """Neighbouring places of a value of which there are several."""
    read: Callable[[Sequence[Sequence[Any]]], Sequence[Any]]
    """Rows as they are stored -> as they are meant."""

    def values(self, given: Given) -> list[Any]:
        """What stands at each place; the last of several as often as there are places left."""
        values = list(self.fixed)
        for place, name, store in self.single:
            values[place] = given[name] if store is None else store(given[name])
        for places, name, store in self.several:
            stored = given[name] if store is None else [store(value) for value in given[name]]
            values[places] = [*stored, *[stored[-1]] * (places.stop - places.start - len(stored))]
        return values


@cache
def _prepare(statement: Executable, shape: Shape) -> Prepared:
    dialect = _dialect()
    names = [name for name, _ in shape]
    compiled: Any = statement.compile(dialect=dialect, column_keys=names)  # type: ignore[attr-defined]
    state = compiled.construct_expanded_state({name: None if places is None else [None] * places for name, places in shape})
    expanded = {one: name for name, ones in state.parameter_expansion.items() for one in ones}
    fixed, single, several = [], [], []
    for place, name in enumerate(state.positiontup or ()):
        of = expanded.get(name, name)
        store = compiled.binds[of].type.dialect_impl(dialect).bind_processor(dialect)
        if of not in names:
            fixed.append(state.parameters[name] if store is None else store(state.parameters[name]))
            continue
        fixed.append(None)
        if of == name:
            single.append((place, name, store))
        elif name == state.parameter_expansion[of][0]:
            several.append((slice(place, place + len(state.parameter_expansion[of])), of, store))
    return Prepared(state.statement, tuple(fixed), tuple(single), tuple(several), _reader(statement, dialect))


@cache
def _dialect() -> Dialect:
    from sqlalchemy.dialects import sqlite

    return sqlite.dialect()


def _reader(statement: Executable, dialect: Dialect) -> Callable[[Sequence[Sequence[Any]]], Sequence[Any]]:
    """How rows are read: by name, each value as it is meant."""
    columns = statement.selected_columns.values() if isinstance(statement, Select | CompoundSelect) else ()
    row: Any = namedtuple("Row", [str(column.key) for column in columns], rename=True)  # type: ignore[misc]
    kinds = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
    meant = [(place, read) for place, read in enumerate(kinds) if read is not None]

    def read_row(stored: Sequence[Any]) -> Any:
        values = list(stored)
        for place, read in meant:
            values[place] = read(values[place])
        return row._make(values)

    return (lambda rows: [*map(read_row, rows)]) if meant else (lambda rows: [*map(row._make, rows)])
