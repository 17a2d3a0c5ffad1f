"""A history is copied whole into an empty database of either kind, or not at all."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import JSON, Boolean, Column, Integer, Table, inspect, select
from sqlalchemy.exc import DBAPIError

from monitors.cli import tallywatch
from monitors.failure import Failure
from monitors.history.moving import Progress, move, sum_up
from monitors.history.store import HistoryError, open_history
from monitors.history.tables import Instant, metadata
from monitors.lock import Locked, lock
from tests.jobs import empty_history
from tests.newsdesk import Newsdesk, figure, kinds
from tests.postgresql import Server

NOON = datetime(2026, 2, 4, 12, tzinfo=UTC)
TABLES = {table.name for table in metadata.sorted_tables}
DETAILS = ({"é": [1, 0.1, None, "a\u0000b"]}, None, "a string")
CHOSEN = {("outbox", "state"): "pending", ("claims", "low"): 1, ("statements", "low"): 1, ("events", "low"): 1}
KINDS = [
    pytest.param("sqlite", marks=pytest.mark.sqlite("the file that is copied")),
    pytest.param("postgresql", marks=pytest.mark.postgresql),
]


@pytest.fixture
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str, str], str]:
    """A new history of a kind, by its URL."""

    def make(kind: str, name: str) -> str:
        if kind == "sqlite":
            (tmp_path / f"{name}.db").write_bytes(empty_history().read_bytes())
            return f"sqlite:///{tmp_path}/{name}.db"
        server: Server = request.getfixturevalue("postgresql")
        return server.make_history()

    return make


def fill(url: str) -> None:
    """Three rows in every table: long numbers, letters that sort otherwise in other places, nothing at all, a null within."""
    with open_history(url) as history, history.transaction() as connection:
        for table in metadata.sorted_tables:
            for n in range(3):
                connection.execute(table.insert(), {column.name: value(table, column, n) for column in table.columns})


def value(table: Table, column: Column[Any], n: int) -> Any:
    if (table.name, column.name) in CHOSEN:
        return CHOSEN[table.name, column.name]
    for key in column.foreign_keys:
        return value(key.column.table, key.column, n)
    if n == 1 and column.nullable and not isinstance(column.type, JSON):
        return None
    if isinstance(column.type, JSON):
        return DETAILS[n]
    if isinstance(column.type, Instant):
        return NOON + timedelta(days=n, microseconds=n)
    if isinstance(column.type, Boolean):
        return n == 2
    if column.type.python_type is float:
        return 0.1 * n
    if isinstance(column.type, Integer):
        return {"end": 10, "high": 2**40}.get(column.name, 0) + n + 1
    return ("b-ü", "B-Z", "ä é\n")[n][: getattr(column.type, "length", None)]


def call(*arguments: str) -> Result:
    return CliRunner().invoke(tallywatch, ["copy-history", *arguments])


def move_watched(old: str, new: str, progress: Progress) -> None:
    with open_history(old) as one, open_history(new) as other, one.reading() as left, other.transaction() as right:
        move(left, right, progress)


def sums(url: str) -> dict[str, Any]:
    with open_history(url) as history, history.reading() as connection:
        return {table.name: sum_up(table, connection) for table in metadata.sorted_tables}


@pytest.mark.parametrize("target", KINDS)
@pytest.mark.parametrize("source", KINDS)
def test_every_table_is_copied_and_stays_as_it_was(place: Callable[[str, str], str], source: str, target: str) -> None:
    old, new = place(source, "old"), place(target, "new")
    fill(old)
    before = sums(old)
    assert {found.rows for found in before.values()} == {3}
    done = call(old, new)
    assert (done.exit_code, done.exception) == (0, None)
    assert {line.split()[0] for line in done.output.splitlines()[:-1]} == TABLES
    assert sums(new) == sums(old) == before
    with open_history(old) as one, open_history(new) as other, one.reading() as left, other.reading() as right:
        for table in metadata.sorted_tables:
            wanted = select(table).order_by(*table.primary_key)
            assert sorted(map(repr, left.execute(wanted))) == sorted(map(repr, right.execute(wanted))), table.name


@pytest.mark.parametrize("target", KINDS)
def test_the_copy_is_gone_on_with_and_still_append_only(place: Callable[[str, str], str], target: str) -> None:
    old, new = place("sqlite", "old"), place(target, "new")
    with open_history(old) as history:
        Newsdesk(history).reads(figure(43_000), url="https://www.reuters.com/a")
    assert call(old, new).exit_code == 0
    with open_history(new) as history:
        desk = Newsdesk(history)
        desk.now += timedelta(days=3)
        assert kinds(desk.reads(figure(55_000), url="https://www.reuters.com/b")) == ["change urgent"]
        for table in ("articles", "claims", "events"):
            with pytest.raises(DBAPIError, match="append-only"), history.transaction() as connection:
                connection.exec_driver_sql(f"DELETE FROM {table}")


@pytest.mark.parametrize("target", KINDS)
def test_a_database_with_something_in_it_is_refused(place: Callable[[str, str], str], target: str) -> None:
    old, new = place("sqlite", "old"), place(target, "new")
    fill(new)
    before = sums(new)
    with pytest.raises(Failure, match="something is in the table"):
        raise call(old, new).exception or AssertionError
    assert sums(new) == before


@pytest.mark.sqlite("the file that is copied")
def test_a_copy_that_is_not_what_was_read_is_not_kept(place: Callable[[str, str], str], monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = place("sqlite", "old"), place("sqlite", "new")
    fill(old)
    with closing(sqlite3.connect(new.removeprefix("sqlite:///"))) as connection, connection:
        connection.execute("CREATE TRIGGER lossy AFTER INSERT ON marks BEGIN UPDATE hosts SET robots = 'x' WHERE host = 'B-Z'; END")
    with pytest.raises(Failure, match=r"^hosts: the 3 rows in the target are not the 3 that were read; nothing was copied"):
        raise call(old, new).exception or AssertionError
    assert {found.rows for found in sums(new).values()} == {0}


@pytest.mark.sqlite("the file that is copied")
def test_what_is_no_history_of_this_schema_is_left_alone(place: Callable[[str, str], str], tmp_path: Path) -> None:
    old = place("sqlite", "old")
    with closing(sqlite3.connect(tmp_path / "old.db")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '0009'")
    for source, target, why in (
        (old, f"sqlite:///{tmp_path}/new.db", "its schema is 0009, this program's is"),
        (f"sqlite:///{tmp_path}/none.db", old, "none.db: there is no history in it"),
        (place("sqlite", "whole"), old, "there is a history of schema 0009 in it"),
        ("sqlite://", old, "in memory"),
    ):
        with pytest.raises(Failure, match=why):
            raise call(source, target).exception or AssertionError
    assert not [name for name in ("none.db", "new.db") if (tmp_path / name).exists()]


@pytest.mark.sqlite("the file that is copied")
def test_a_run_that_is_at_work_is_not_copied_from_under(place: Callable[[str, str], str], tmp_path: Path) -> None:
    old = place("sqlite", "old")
    with lock(old), pytest.raises(Locked):
        raise call(old, f"sqlite:///{tmp_path}/new.db").exception or AssertionError


@pytest.mark.postgresql
@pytest.mark.parametrize(("run", "why"), [("x" * 33, "value too long"), ("a\0b", "PostgreSQL text fields cannot contain NUL")])
def test_what_postgresql_has_no_room_for_is_said_and_nothing_is_kept(place: Callable[[str, str], str], run: str, why: str) -> None:
    old, new = place("sqlite", "old"), place("postgresql", "new")
    with open_history(old) as history, history.transaction() as connection:
        connection.exec_driver_sql("INSERT INTO runs (id, started_at) VALUES (?, ?)", (run, "2026-02-04T12:00:00.000000Z"))
        connection.exec_driver_sql("INSERT INTO hosts VALUES ('a', '', NULL, 0, '2026-02-04T12:00:00.000000Z')")
    with pytest.raises(Failure, match=f"^runs: a row of it is refused: {why}"):
        raise call(old, new).exception or AssertionError
    assert {found.rows for found in sums(new).values()} == {0}


@pytest.mark.postgresql
def test_a_server_that_is_stopped_meanwhile_is_one_line_and_nothing_is_kept(place: Callable[[str, str], str], postgresql: Server) -> None:
    old, new = place("sqlite", "old"), place("postgresql", "new")
    fill(old)

    def stop(table: str, rows: int) -> None:
        if table == "hosts":
            postgresql.stop()

    try:
        with pytest.raises(HistoryError, match=r"^postgresql.*: the connection is lost$"):
            move_watched(old, new, stop)
    finally:
        postgresql.start()
    assert {found.rows for found in sums(new).values()} == {0}


@pytest.mark.sqlite("the file that is copied")
def test_a_new_file_is_made_where_none_is(place: Callable[[str, str], str], tmp_path: Path) -> None:
    assert call(place("sqlite", "old"), f"sqlite:///{tmp_path}/new.db").exit_code == 0
    with open_history(f"sqlite:///{tmp_path}/new.db") as history, history.reading() as connection:
        assert set(inspect(connection).get_table_names()) >= TABLES


@pytest.mark.sqlite("the file that is copied")
def test_who_moves_a_history_sees_how_far_it_is(place: Callable[[str, str], str]) -> None:
    old, new, seen = place("sqlite", "old"), place("sqlite", "new"), []
    fill(old)
    move_watched(old, new, lambda table, rows: seen.append((table, rows)))
    assert seen[:2] == [(seen[0][0], 0), (seen[0][0], 3)]
    assert {table for table, _ in seen} == TABLES
