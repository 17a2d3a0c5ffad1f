"""The queue's own tables: applied once beside the history's, their edition kept and compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from procrastinate.schema import SchemaManager
from sqlalchemy import Connection, inspect, text

from monitors.failure import Failure
from monitors.history.frontier import read_note, store_note
from monitors.history.store import History

EDITION = "queue's schema"
TABLE = "procrastinate_jobs"
NO_QUEUE = "the database has no queue yet: run tallywatch cluster schema --apply"
DRIFTED = (
    "the queue's tables are of another procrastinate than the one installed ({installed}): install the one they were made with ({stored}), "
    "or apply its migrations (procrastinate's manual, \"Migrate\") and say so with tallywatch cluster schema --accept"
)


class QueueError(Failure):
    """The queue's tables are not there, or not those of the procrastinate that is installed."""


@dataclass(frozen=True)
class State:
    """How the queue does: jobs by queue and state, workers with the seconds since they were last heard of."""

    jobs: Sequence[tuple[str, str, int]]
    workers: Sequence[tuple[int, float]]


def edition() -> str:
    """Which schema the installed procrastinate has."""
    from importlib.metadata import version

    return f"{version('procrastinate')} {sha256(SchemaManager.get_schema().encode()).hexdigest()[:12]}"


def apply_schema(history: History, now: datetime, accept: bool = False) -> bool:
    """Make the queue's tables, whole or not at all; False where they are there already. Raises QueueError where they have drifted.

    With `accept` a person says that the tables are those of the procrastinate that is installed.
    """
    with history.transaction() as connection:
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtext('tallywatch queue'))")
        if there := inspect(connection).has_table(TABLE):
            if not accept:
                check_schema(connection)
        else:
            raw = connection.connection.driver_connection
            assert raw is not None
            raw.execute(SchemaManager.get_schema())
        store_note(connection, EDITION, edition(), now)
    return not there


def check_schema(connection: Connection) -> str:
    """The edition of the queue's tables. Raises QueueError where there are none, or they are of another one than the program's."""
    if not inspect(connection).has_table(TABLE):
        raise QueueError(NO_QUEUE)
    stored, installed = read_note(connection, EDITION), edition()
    if _hash(stored) != _hash(installed):
        raise QueueError(DRIFTED.format(installed=installed, stored=stored or "an unknown one"))
    return installed


def _hash(edition: str | None) -> str | None:
    """A new version with the same tables is no other edition."""
    return edition and edition.rpartition(" ")[2]


def read_state(connection: Connection) -> State:
    jobs = connection.execute(
        text("SELECT queue_name, status::text, count(*) FROM procrastinate_jobs GROUP BY 1, 2 ORDER BY 1, 2")
    )
    workers = connection.execute(
        text("SELECT id, extract(epoch FROM now() - last_heartbeat)::float FROM procrastinate_workers ORDER BY id")
    )
    return State([tuple(row) for row in jobs], [tuple(row) for row in workers])
