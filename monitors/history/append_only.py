"""Triggers that refuse to change or delete what was printed, on both databases."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, inspect

from monitors.history.tables import APPEND_ONLY

_OPERATIONS = {"sqlite": ("update", "delete"), "postgresql": ("update", "delete", "truncate")}


def protect(connection: Connection) -> None:
    """Let rows of `tables.APPEND_ONLY` only be added."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(
            "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is append-only'; END $$"
        )
    for table, operation, trigger in _guards(connection):
        refusal = (
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            if connection.dialect.name == "postgresql"
            else f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
        connection.exec_driver_sql(f"CREATE TRIGGER {trigger} BEFORE {operation.upper()} ON {table} {refusal}")


def release(connection: Connection) -> None:
    """Take the triggers away for a migration; the same transaction must `protect` again (rebuilding a table loses them)."""
    for table, _, trigger in _guards(connection):
        of_table = f" ON {table}" if connection.dialect.name == "postgresql" else ""
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {trigger}{of_table}")


def _guards(connection: Connection) -> Iterator[tuple[str, str, str]]:
    """Each table that is there, with each operation refused on it and the name of the trigger that does."""
    present = set(inspect(connection).get_table_names())
    for table in APPEND_ONLY:
        if table in present:
            for operation in _OPERATIONS[connection.dialect.name]:
                yield table, operation, f"{table}_refuses_{operation}"
