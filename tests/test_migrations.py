"""migrations: the schema is what the tables say, and no upgrade is ever half done."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import JSON, Boolean, Connection, Float, Integer, MetaData, create_engine, insert, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import TypeEngine

from monitors.history import migrations, outbox, store
from monitors.history.queries import outlet_states
from monitors.history.store import HistoryError, open_history
from monitors.history.tables import articles, metadata, undecided, versions

MONDAY = datetime(2026, 2, 2, 9, tzinfo=UTC)


@pytest.fixture
def migrated(tmp_path: Path) -> Iterator[Connection]:
    """A history that went through every migration; a new one is made of the tables as they are."""
    url = f"sqlite:///{tmp_path}/migrated.db"
    with create_engine(url).begin() as connection:
        migrate(connection, "0001")
    with open_history(url) as history, history.reading() as connection:
        yield connection


def migrate(connection: Connection, schema: str) -> None:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", store.SCRIPTS)
    command.upgrade(config, schema)


def test_the_migrated_schema_has_not_drifted_from_the_tables(migrated: Connection) -> None:
    context = MigrationContext.configure(migrated, opts={"compare_type": True, "render_as_batch": True})
    assert compare_metadata(context, metadata) == []


@pytest.mark.sqlite("its way of altering tables")
def test_checks_and_defaults_have_not_drifted_either(migrated: Connection) -> None:
    with open_history("sqlite://") as history, history.reading() as connection:
        assert definitions(migrated) == definitions(connection)


def test_no_column_that_words_of_strangers_reach_has_a_length() -> None:
    """PostgreSQL refuses what is longer, and the article would stay undecided for ever."""
    reached = {"outlet", "url", "family", "metric", "party", "group", "body", "language", "claimant", "attributed_to", "quote", "event_day"}
    columns = [column for table in metadata.sorted_tables for column in table.columns if column.name in reached]
    assert {column.name for column in columns} == reached
    assert [f"{column.table.name}.{column.name}" for column in columns if getattr(column.type, "length", None)] == []


def definitions(connection: Connection) -> dict[str, set[str]]:
    """Each table, index and trigger with the lines that define it, but for Alembic's own table.

    The order of constraints says nothing, nor do the quotes of a rebuilt table.
    """
    rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name != 'alembic_version'")
    return {name: {line.strip(" \t,").replace(f'TABLE "{name}"', f"TABLE {name}") for line in sql.splitlines()} for name, sql in rows}


def test_the_schema_named_in_the_store_is_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", store.SCRIPTS)
    assert ScriptDirectory.from_config(config).get_heads() == [store.SCHEMA]


WITHOUT_ALEMBIC = """
import sys
from monitors.history.store import open_history

for _ in ("first", "at the right schema"):
    open_history(sys.argv[1]).close()
    assert "alembic" not in sys.modules
"""


def test_neither_the_first_start_nor_one_at_the_right_schema_imports_alembic(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/h.db"
    subprocess.run([sys.executable, "-c", WITHOUT_ALEMBIC, url], check=True)


KILLED_MIGRATION = """
import os, signal, sys
from sqlalchemy import Engine, event
from monitors.history.store import open_history

@event.listens_for(Engine, "after_cursor_execute")
def kill(connection, cursor, statement, *_):
    if statement.lstrip().startswith(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)

open_history(sys.argv[1])
"""


@pytest.mark.sqlite("its way of altering tables")
@pytest.mark.parametrize("at", ["CREATE TABLE statements", "INSERT INTO alembic_version", "CREATE TRIGGER claims_refuses_delete"])
def test_a_migration_killed_half_way_leaves_nothing(tmp_path: Path, at: str) -> None:
    path = tmp_path / "h.db"
    killed = subprocess.run([sys.executable, "-c", KILLED_MIGRATION, f"sqlite:///{path}", at], check=False)
    assert killed.returncode == -signal.SIGKILL
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == []
    open_history(f"sqlite:///{path}").close()


@pytest.mark.sqlite("its way of altering tables")
def test_an_upgrade_killed_half_way_leaves_the_database_at_its_schema(tmp_path: Path) -> None:
    path = tmp_path / "h.db"
    kept = fill_as_of(path, "0007")
    killed = subprocess.run([sys.executable, "-c", KILLED_MIGRATION, f"sqlite:///{path}", "UPDATE alembic_version"], check=False)
    assert killed.returncode == -signal.SIGKILL
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [("0007",)]
        assert [connection.execute(f"SELECT count(*) FROM {name}").fetchone() for name in kept] == [(1,)] * len(kept)
    open_history(f"sqlite:///{path}").close()


NEXT = """
from alembic import op
import sqlalchemy as sa

revision, down_revision = "next", {schema!r}

def upgrade():
    with op.batch_alter_table("articles", recreate="always") as table:
        table.add_column(sa.Column("colour", sa.Text))
    {more}
"""


def release_next(folder: Path, monkeypatch: pytest.MonkeyPatch, more: str = "") -> None:
    """As if the program's next version were installed, whose migration rebuilds a table."""
    scripts = folder / "migrations"
    shutil.copytree(Path(migrations.__path__[0]), scripts)
    (scripts / "versions" / "next_colour.py").write_text(NEXT.format(more=more, schema=store.SCHEMA))
    monkeypatch.setattr(store, "SCRIPTS", str(scripts))
    monkeypatch.setattr(store, "SCHEMA", "next")


def fill(url: str) -> None:
    with open_history(url) as history, history.transaction() as connection:
        connection.execute(insert(articles).values(id=1, outlet="a", url="u", first_seen_at=MONDAY))
        connection.execute(
            insert(versions).values(
                id=1, article_id=1, number=1, seen_at=MONDAY, title="", text="", core="", live=False, details={}, sha256="", backfill=False
            )
        )
        connection.execute(insert(undecided).values(version_id=1))


@pytest.mark.sqlite("its way of altering tables")
def test_an_upgrade_keeps_the_rows_backs_them_up_first_and_guards_them_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{tmp_path}/h.db"
    fill(url)
    release_next(tmp_path, monkeypatch)
    with open_history(url) as history:
        with history.reading() as connection:
            assert connection.exec_driver_sql("SELECT url, colour FROM articles").all() == [("u", None)]
            assert connection.execute(select(versions.c.article_id)).scalars().all() == [1]
        with pytest.raises(DBAPIError, match="append-only"), history.transaction() as connection:
            connection.exec_driver_sql("DELETE FROM articles")
    with open_history(f"sqlite:///{tmp_path}/backups/h-before-next.db", read_only=True) as before, before.reading() as connection:
        assert connection.execute(select(articles.c.url)).scalars().all() == ["u"]


@pytest.mark.sqlite("its way of altering tables")
@pytest.mark.parametrize(
    ("more", "message"),
    [("raise RuntimeError('lost my way')", "lost my way"), ("op.execute('DELETE FROM articles')", "would break a reference in versions")],
)
def test_an_upgrade_that_fails_leaves_the_database_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: str, message: str
) -> None:
    url = f"sqlite:///{tmp_path}/h.db"
    fill(url)
    with monkeypatch.context() as tomorrow:
        release_next(tmp_path, tomorrow, more)
        with pytest.raises((RuntimeError, HistoryError), match=message):
            open_history(url)
    with open_history(url) as history, history.reading() as connection:
        assert connection.execute(select(articles)).all() == [(1, "a", "u", MONDAY)]
        assert len(connection.exec_driver_sql("SELECT 1 FROM sqlite_master WHERE type = 'trigger'").all()) == 32


def test_a_history_of_before_knows_how_its_outlets_did(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/h.db"
    with create_engine(url).begin() as connection:
        migrate(connection, "0001")
        for hour, (bbc, cnn) in enumerate([("failed", "failed"), ("partial", "failed"), ("failed", "failed"), ("failed", "failed")]):
            at = f"2026-02-02T{hour:02}:00:00.000000Z"
            connection.exec_driver_sql("INSERT INTO runs (id, started_at) VALUES (?, ?)", (str(hour), at))
            for name, status in (("bbc", bbc), ("cnn", cnn)):
                connection.exec_driver_sql(
                    "INSERT INTO outlet_runs (run_id, outlet, at, status, fetched, not_modified, articles, claims, seconds, failures) "
                    "VALUES (?, ?, ?, ?, 0, 0, 0, 0, 0, '{}')", (str(hour), name, at, status))  # fmt: skip
    with open_history(url) as history, history.reading() as connection:
        states = [(state.outlet, state.status, state.last_success, state.failures_in_a_row) for state in outlet_states(connection)]
    assert states == [("bbc", "failed", datetime(2026, 2, 2, 1, tzinfo=UTC), 2), ("cnn", "failed", None, 4)]


def test_messages_of_before_are_kept_and_may_be_withheld(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/h.db"
    with create_engine(url).begin() as connection:
        migrate(connection, "0004")
        connection.exec_driver_sql(
            "INSERT INTO outbox (alert_id, channel, severity, title, body, html, state, created_at, next_at, attempts, maybe_sent) "
            "VALUES ('a', 'desk', 'urgent', 't', 'b', 'h', 'pending', ?, ?, 0, 0)", ("2026-02-02T09:00:00.000000Z",) * 2)  # fmt: skip
    with open_history(url) as history, history.transaction() as connection:
        assert outbox.withhold(connection, ["a"], "misread") == 1
        assert outbox.deliveries_of(connection, ["a"]) == {"a": [("desk", "withheld", "misread")]}


OLD_SCHEMAS = ["0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009", "0010"]
PRINTED = {"as_of": "2026-02", "last_day": "2026-02-28", "state": "sent", "status": "ok", "end": 2, "sight": None}


@pytest.mark.parametrize("schema", OLD_SCHEMAS)
def test_a_history_of_every_earlier_schema_keeps_its_rows_and_is_sound(tmp_path: Path, schema: str) -> None:
    path = tmp_path / "h.db"
    kept = fill_as_of(path, schema)
    with open_history(f"sqlite:///{path}") as history, history.reading() as connection:
        assert {name: connection.exec_driver_sql(f"SELECT count(*) FROM {name}").scalar() for name in kept} == dict.fromkeys(kept, 1)
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        assert connection.exec_driver_sql("SELECT as_of, last_day FROM statements").all() == [("2026-02", "2026-02-28")]
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == store.SCHEMA
    assert (tmp_path / "backups" / f"h-before-{store.SCHEMA}.db").exists()


def test_every_earlier_schema_is_among_those_upgraded() -> None:
    assert {*OLD_SCHEMAS, store.SCHEMA} == store.known_schemas()


def fill_as_of(path: Path, schema: str) -> list[str]:
    """A database as a program of that schema left it, with a row in each table; the tables' names."""
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        migrate(connection, schema)
        tables = MetaData()
        tables.reflect(connection)
        for table in tables.sorted_tables:
            if table.name != "alembic_version":
                row = {column.name: PRINTED.get(column.name, stand_in(column.type)) for column in table.columns}
                connection.execute(insert(table).values(row))
    engine.dispose()
    return [table.name for table in tables.sorted_tables if table.name != "alembic_version"]


def stand_in(of: TypeEngine[Any]) -> object:
    """Something that a column of this type takes: every number is 1, and so every reference is to the row there is."""
    return 1 if isinstance(of, Integer | Boolean | Float) else {} if isinstance(of, JSON) else "2026-02-05T09:00:00.000000Z"
