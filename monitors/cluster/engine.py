"""The tasks of the queue and the worker that does them: procrastinate's, on the history's PostgreSQL.

Once a minute, on whatever machine, `dispatch` makes a job of each batch of outlets that are due, in the transaction that puts them off;
while a job of an outlet waits or is at work there is no other. A job is `tallywatch run … --slot`, in a process of its own. What it must
not do twice is held by the history: an outlet is left out that was collected since the job was made, a host that another process asks is
fenced, and pages, figures and alerts have keys.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from procrastinate import App, PsycopgConnector, RetryStrategy, SyncPsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import Status

from monitors.choice import choose_outlets
from monitors.cluster.children import call
from monitors.cluster.plan import make_batches, next_due
from monitors.failure import Failure
from monitors.history import schedule
from monitors.history.store import NETWORK, History, open_history, read_url

if TYPE_CHECKING:
    from monitors.config import Configuration

log = logging.getLogger(__name__)

CRAWL, CTL = "crawl", "ctl"
QUEUES = (CRAWL, CTL)
CTL_CONCURRENCY = 3
"""Dispatching and rescuing must not wait until a channel that does not answer has had its time."""

EVERY_MINUTE = "* * * * *"
STALL_SECONDS = 30.0
"""A worker that was not heard of for so long is taken for dead: it says three times as often that it lives."""
SPARE_SECONDS = 240
"""What a crawl may take beside collecting: its start, its turn to decide."""
DELIVERY_SECONDS, UPKEEP_SECONDS = 600, 3600
POOL_SECONDS = 30.0
"""A worker that has had no connection for so long gives up."""
STOP_SECONDS = 60
"""A worker that is told to end waits so long for what it has in hand."""
TRIES, WAIT_SECONDS = 8, 15
JOBS_KEPT_HOURS = 72
QUOTED = {"procrastinate": logging.WARNING, "asyncio": logging.WARNING, "psycopg": logging.ERROR}
"""Whose words stand in the worker's log, and how grave they must be: the driver tells of each connection that it tries to make."""


@dataclass(frozen=True)
class Crew:
    """What is collected, and how often: read once, when a worker starts."""

    hosts: Mapping[str, frozenset[str]]
    cadences: Mapping[str, timedelta]


def read_crew(config: Configuration) -> Crew:
    """The outlets of the configuration with the hosts they are read from. Raises ConfigError."""
    spiders, given = choose_outlets(config, ()).spiders, config.cluster
    hosts = {name: frozenset(urlsplit(address).netloc for address in spider.addresses()) for name, spider in spiders.items()}
    return Crew(hosts, {name: timedelta(seconds=given.cadences.get(name, given.cadence)) for name in spiders})


def connection_string(database_url: str) -> str:
    """The URL of the history as the driver takes it."""
    return read_url(database_url).set(drivername="postgresql").render_as_string(hide_password=False)


def dispatch(app: App, history: History, crew: Crew, now: datetime) -> list[int]:
    """Make a job of each batch of outlets that are due and put these off, all or nothing. The numbers of the jobs."""
    made = []
    with history.transaction() as connection:
        schedule.add(connection, crew.hosts.keys(), now)
        due = schedule.take_due(connection, crew.hosts.keys(), now)
        for batch in make_batches(due, crew.hosts):
            insertion = app.configure_task(CRAWL, queue=CRAWL, connection=connection.connection.driver_connection)
            job = insertion.defer(outlets=[*batch], slot=now.isoformat())
            schedule.put_off(connection, {name: next_due(name, crew.cadences[name], due[name], now) for name in batch}, job)
            made.append(job)
    return made


async def rescue(app: App, seconds: float | None = None) -> list[int]:
    """Let what dead workers held be done again; the numbers of the jobs.

    One of which another waits under the same queueing lock cannot wait a second time (procrastinate's issue 1446): that other one does
    its work, and it is failed. Left as it is, it would break the rescue of all others, every minute.
    """
    rescued = []
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=seconds or STALL_SECONDS):
        assert job.id is not None
        try:
            await app.job_manager.retry_job(job)
        except ConnectorException as error:
            log.warning("job %d cannot wait again: %s", job.id, error)
            await app.job_manager.finish_job(job, Status.FAILED, delete_job=False)
        rescued.append(job.id)
    return rescued


def make_app(config: Configuration, history: History, crew: Crew) -> App:
    """The tasks over a history; a worker opens it."""
    conninfo = connection_string(config.database_url)
    app = App(connector=PsycopgConnector(conninfo=conninfo, kwargs=NETWORK, timeout=POOL_SECONDS))
    deferring = App(connector=SyncPsycopgConnector(conninfo=conninfo))  # within a transaction of the history's

    @app.task(name=CRAWL, queue=CRAWL, retry=RetryStrategy(max_attempts=TRIES, wait=WAIT_SECONDS))
    async def _crawl(outlets: Sequence[str], slot: str) -> None:
        await call(config.path, "run", *outlets, "--slot", slot, "--json", seconds=config.limits.run + SPARE_SECONDS)

    async def _dispatch(timestamp: int) -> None:
        made = await asyncio.to_thread(dispatch, deferring, history, crew, datetime.now(UTC))
        log.info("dispatched %d jobs", len(made))

    async def _rescue(timestamp: int) -> None:
        if rescued := await rescue(app):
            log.warning("jobs of dead workers wait again: %s", ", ".join(map(str, rescued)))

    async def _deliver(timestamp: int) -> None:
        print(await call(config.path, "cluster", "deliver", seconds=DELIVERY_SECONDS, done=(0, 1, 2, 4, 75)), end="", flush=True)

    async def _upkeep(timestamp: int) -> None:
        print(await call(config.path, "upkeep", "--quiet", seconds=UPKEEP_SECONDS, done=(0,)), end="", flush=True)
        await app.job_manager.delete_old_jobs(JOBS_KEPT_HOURS, include_failed=True, include_cancelled=True, include_aborted=True)

    every = {"dispatch": (EVERY_MINUTE, _dispatch), "rescue": (EVERY_MINUTE, _rescue), "deliver": (EVERY_MINUTE, _deliver),
             "upkeep": ("40 3 * * *", _upkeep)}
    for name, (cron, function) in every.items():
        app.periodic(cron=cron)(app.task(name=name, queue=CTL, queueing_lock=name)(function))
    return app


async def work(config: Configuration, queues: Sequence[str], concurrency: int) -> None:
    """Do the jobs of the queues until SIGTERM or Ctrl-C. Raises Failure."""
    crew = read_crew(config)
    with _quoting(QUOTED), open_history(config.database_url, shared=True) as history:
        app = make_app(config, history, crew)
        async with app.open_async():
            with suppress(AlreadyEnqueued):  # who starts the first worker need not wait for the next minute
                await app.configure_task("dispatch", queue=CTL, queueing_lock="dispatch").defer_async(timestamp=0)
            workers = [app.run_worker_async(
                name=f"tallywatch-{queue}", queues=[queue], concurrency=concurrency if queue == CRAWL else CTL_CONCURRENCY,
                stalled_worker_timeout=STALL_SECONDS, update_heartbeat_interval=STALL_SECONDS / 3,
                shutdown_graceful_timeout=STOP_SECONDS, install_signal_handlers=False,
            ) for queue in queues]
            await _until_stopped(workers)


async def _until_stopped(workers: Sequence[Any]) -> None:
    """Run them side by side; at a signal, or where one of them breaks off, all end in order."""
    tasks = [asyncio.ensure_future(worker) for worker in workers]
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    stopping = asyncio.ensure_future(stop.wait())
    await asyncio.wait([*tasks, stopping], return_when=asyncio.FIRST_COMPLETED)
    stopped = stop.is_set()
    for task in (*tasks, stopping):
        task.cancel()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    if not stopped:
        causes = {_root_of(one) for one in outcomes if isinstance(one, Exception)} or {"the queue cannot be reached"}
        raise WorkerBroke(f"the worker broke off: {'; '.join(sorted(causes))}; whoever watches over it starts it again")


@contextmanager
def _quoting(libraries: Mapping[str, int]) -> Iterator[None]:
    """Let what these say from some level on stand in our log, a line each: an error by what is at its root, without the way it came up."""
    quoting = _Quoting()
    for name, level in libraries.items():
        logger = logging.getLogger(name)
        logger.addHandler(quoting)
        logger.setLevel(level)
        logger.propagate = False
    try:
        yield
    finally:
        for name in libraries:
            logging.getLogger(name).removeHandler(quoting)
            logging.getLogger(name).propagate = True


class _Quoting(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        said = record.getMessage().strip().partition("\n")[0]
        log.log(record.levelno, "%s: %s", record.name, f"{said}: {_root_of(error)}" if error else said)


def _root_of(error: BaseException) -> str:
    """The first line of what all else came of."""
    while error.__cause__:
        error = error.__cause__
    return str(error).strip().partition("\n")[0] or type(error).__name__


class WorkerBroke(Failure):
    """The worker lost the database it stands on."""

    exit_status = 1
