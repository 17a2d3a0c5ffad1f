"""Triggers that refuse to change or delete what was printed, on both databases; what `redactions` names may be rewritten."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, inspect

from monitors.history.tables import APPEND_ONLY, REDACTED

_OPERATIONS = {"sqlite": ("update", "delete"), "postgresql": ("update", "delete", "truncate")}

_NAMED = "EXISTS (SELECT 1 FROM redactions WHERE table_name = {table} AND row_id = CAST({row}.id AS VARCHAR(32)))"


def protect(connection: Connection) -> None:
    """Let rows of `tables.APPEND_ONLY` only be added."""
    postgresql = connection.dialect.name == "postgresql"
    if postgresql:
        refusal = "RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is append-only'"
        named = _NAMED.format(table="TG_TABLE_NAME", row="OLD")
        _define(connection, "refuse_change", f"{refusal};")
        _define(connection, "refuse_unless_redacted", f"IF {named} THEN RETURN NEW; END IF; {refusal};")
    for table, operation, trigger in _guards(connection):
        redacted = operation == "update" and table in REDACTED
        if postgresql:
            each, function = ("ROW", "refuse_unless_redacted") if redacted else ("STATEMENT", "refuse_change")
            refuses = f"FOR EACH {each} EXECUTE FUNCTION {function}()"
        else:
            unless = f"WHEN NOT {_NAMED.format(table=repr(table), row='OLD')} " if redacted else ""
            refuses = f"{unless}BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        connection.exec_driver_sql(f"CREATE TRIGGER {trigger} BEFORE {operation.upper()} ON {table} {refuses}")


def _define(connection: Connection, name: str, body: str) -> None:
    connection.exec_driver_sql(f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$")


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
