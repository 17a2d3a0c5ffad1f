"""When each outlet is due, where several machines share the work (PostgreSQL alone)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection, Text, cast, column, exists, func, select, table, text

from monitors.history.frontier import upsert
from monitors.history.tables import insert_once, outlets, schedule

TURN = "turn of "
"""What the notes of a host's turns begin with."""
TAKE_TURN = text("""
    INSERT INTO notes AS known (name, value, at) VALUES (:name, 'true', clock_timestamp())
    ON CONFLICT (name) DO UPDATE SET at = greatest(known.at + :delay, clock_timestamp())
    RETURNING extract(epoch FROM greatest(at - clock_timestamp(), interval '0'))::float
""")

jobs = table("procrastinate_jobs", column("id"), column("status"))
"""The queue's own table, of which only this is read."""


def add(connection: Connection, names: Collection[str], now: datetime) -> None:
    """Let outlets that are not known yet be due now."""
    known = set(connection.scalars(select(schedule.c.outlet)))
    new = [{"outlet": name, "due_at": now} for name in names if name not in known]
    if new:
        connection.execute(insert_once(connection, schedule), new)


def take_due(connection: Connection, names: Collection[str], now: datetime) -> dict[str, int]:
    """Those of some outlets that are due and that no unfinished job is about, with how often each failed in a row.

    They are locked until the transaction ends; what another one has locked is left to it.
    """
    unfinished = exists().where(jobs.c.id == schedule.c.job, cast(jobs.c.status, Text).in_(("todo", "doing")))
    failures = func.coalesce(select(outlets.c.failures).where(outlets.c.outlet == schedule.c.outlet).scalar_subquery(), 0)
    due = select(schedule.c.outlet, failures).where(schedule.c.due_at <= now, ~unfinished).order_by(schedule.c.due_at, schedule.c.outlet)
    rows = connection.execute(due.with_for_update(of=schedule, skip_locked=True))
    return {outlet: failed for outlet, failed in rows if outlet in names}


def put_off(connection: Connection, due: Mapping[str, datetime], job: int) -> None:
    """When the outlets of a job are due again."""
    upsert(connection, schedule, [{"outlet": outlet, "due_at": at, "job": job} for outlet, at in due.items()])


def collected_since(connection: Connection, names: Collection[str], since: datetime) -> set[str]:
    """Those of some outlets of which a run has said since then how they do."""
    return set(connection.scalars(select(outlets.c.outlet).where(outlets.c.outlet.in_(names), outlets.c.at >= since)))


def take_turn(connection: Connection, host: str, delay: float) -> float:
    """The next turn to ask a host, in so many seconds, so long after the turn before, whoever had that: by PostgreSQL's own clock."""
    row = {"name": f"{TURN}{host}", "delay": timedelta(seconds=delay)}
    return float(connection.execute(TAKE_TURN, row).scalar_one())


def count_due(connection: Connection, now: datetime) -> tuple[int, int, datetime | None]:
    """How many outlets are on the schedule, how many of them are due, and since when the first of these is."""
    due = schedule.c.due_at <= now
    row = connection.execute(select(func.count(), func.count().filter(due), func.min(schedule.c.due_at).filter(due))).one()
    return row[0], row[1], row[2]
