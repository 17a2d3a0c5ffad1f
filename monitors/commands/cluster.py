"""`tallywatch worker` and `tallywatch cluster`: several machines share the work."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitors.commands.shared import print_lines, with_config
from monitors.failure import Failure

if TYPE_CHECKING:
    from monitors.config import Configuration

NO_EXTRA = "several machines need the queue procrastinate: pip install 'tallywatch[cluster]'"
NO_POSTGRESQL = (
    "several machines share a history in PostgreSQL, and this one is {database}: set database = \"postgresql+psycopg://user@host/name\" "
    "in tallywatch.toml; on one machine cron and tallywatch run do all of it"
)


@click.command(
    epilog="""\b
Examples:
  tallywatch worker                            all of it, on one machine
  tallywatch worker -q crawl --concurrency 8   one of many that collect"""
)
@click.option("-q", "--queue", "queues", type=click.Choice(["crawl", "ctl"]), multiple=True,
              help="Only collect (crawl), or only dispatch, rescue, deliver and tidy (ctl). Absent: both.")
@click.option("--concurrency", type=click.IntRange(1, 100), default=os.cpu_count() or 1, show_default="as many as processors",
              help="So many processes collect at a time.")
@with_config
def worker(queues: tuple[str, ...], concurrency: int, config_file: Path | None) -> None:
    """Work for a group of machines that share one PostgreSQL, until SIGTERM or Ctrl-C. Start any number, anywhere."""
    config = clustered(config_file)
    import asyncio

    from monitors.cluster.engine import QUEUES, work
    from monitors.cluster.queue import check_schema
    from monitors.history.store import open_history
    from monitors.logbook import logging_to

    with open_history(config.database_url) as history, history.reading() as connection:
        check_schema(connection)
    with logging_to(config, to_file=False, aloud=True):
        asyncio.run(work(config, queues or QUEUES, concurrency))


@click.group(epilog="Example: tallywatch cluster status")
def cluster() -> None:
    """Set up a queue for several machines, look at it, and send what waits."""


@cluster.command(epilog="Example: tallywatch cluster schema --apply")
@click.option("--apply", "do_apply", is_flag=True, help="Make the queue's tables where there are none.")
@click.option("--accept", is_flag=True, help="Say that the tables are those of the procrastinate that is installed: you migrated them.")
@with_config
def schema(do_apply: bool, accept: bool, config_file: Path | None) -> None:
    """Say whether the queue's tables are there and are those of the procrastinate that is installed; 2 where not."""
    config = clustered(config_file)
    from monitors.cluster.queue import apply_schema, check_schema
    from monitors.history.store import open_history

    with open_history(config.database_url) as history:
        made = apply_schema(history, datetime.now(UTC), accept) if do_apply or accept else False
        with history.reading() as connection:
            click.echo(f"queue {'made' if made else 'there'}: procrastinate {check_schema(connection)}")


@cluster.command(epilog="Example: tallywatch cluster status --json")
@click.option("--json", "as_json", is_flag=True, help="Print one object.")
@with_config
def status(as_json: bool, config_file: Path | None) -> None:
    """Say how the group of machines does: outlets on the schedule, jobs by state, workers; 1 where no worker lives."""
    config = clustered(config_file)
    from monitors.cluster.engine import STALL_SECONDS
    from monitors.cluster.queue import check_schema, read_state
    from monitors.history.schedule import count_due
    from monitors.history.store import open_history

    with open_history(config.database_url) as history, history.reading() as connection:
        check_schema(connection)
        state = read_state(connection)
        outlets, due, since = count_due(connection, datetime.now(UTC))
    alive = [number for number, silent in state.workers if silent <= STALL_SECONDS]
    if as_json:
        jobs = [{"queue": queue, "state": one, "count": count} for queue, one, count in state.jobs]
        workers = [{"id": number, "silent_seconds": round(silent, 1)} for number, silent in state.workers]
        first = since and since.isoformat()
        print_lines([{"outlets": outlets, "due": due, "due_since": first, "jobs": jobs, "workers": workers, "alive": len(alive)}])
    else:
        waits = f", the first since {since.astimezone(config.zone):%Y-%m-%d %H:%M:%S}" if since else ""
        click.echo(f"outlets   {outlets} on the schedule, {due} due{waits}")
        click.echo(f"workers   {len(alive)} at work, {len(state.workers) - len(alive)} not heard of for {STALL_SECONDS} s")
        for queue, one, count in state.jobs:
            click.echo(f"jobs      {queue}: {count} {one}")
    sys.exit(0 if alive else 1)


@cluster.command(epilog="Example: tallywatch cluster deliver")
@with_config
def deliver(config_file: Path | None) -> None:
    """Judge what waits and send what is due, beside workers that collect; one process at a time. A worker does so every minute."""
    config = clustered(config_file)
    from monitors import job
    from monitors.logbook import logging_to
    from monitors.stop import stop_on_signal

    with stop_on_signal() as stopped, logging_to(config, aloud=True):
        sent, exit_status = job.deliver(config, clock=lambda: datetime.now(UTC), terminal=sys.stdout, stopped=stopped)
    if sent.sent or sent.failed:
        click.echo(f"{sent.sent} messages sent, {sent.failed} undelivered")
    sys.exit(exit_status)


def clustered(config_file: Path | None) -> Configuration:
    """The configuration of one of several machines. Raises Failure where it is none, or the extra is not installed."""
    from monitors.config import read_config
    from monitors.history.store import read_url

    config = read_config(config_file)
    url = read_url(config.database_url)
    if url.get_backend_name() != "postgresql":
        raise Failure(NO_POSTGRESQL.format(database=url.render_as_string()))
    try:
        import procrastinate  # noqa: F401
    except ImportError as error:
        raise Failure(NO_EXTRA) from error
    return config
