"""Workers on one PostgreSQL, on this machine: python -m tests.bench.bench_cluster [OUTLETS]

Two rounds over local outlets on a host each, with 1, 2 and 4 workers of one process at a time: first everything is new, then nothing has
changed. Each outlet must be collected once a round. Measured: the time from the first job's start to the last outlet's end, processor time
of the jobs for an outlet, and of the worker itself for a job.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from monitors.history.store import open_history
from tests.bench.loopback import serve as serve_pages
from tests.clusters import Machines
from tests.jobs import BASE, feed, outlet_table, page
from tests.postgresql import Server, running

ITEMS = 20
WORKERS = (1, 2, 4)
TICKS = os.sysconf("SC_CLK_TCK")
TITLE = "Council of {0} agrees on road number {1} after a long debate"
DONE = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'crawl' AND status = 'succeeded'"
ROUND = """SELECT extract(epoch FROM (SELECT max(at) FROM outlet_runs) - min(event.at))::float FROM procrastinate_events event
JOIN procrastinate_jobs job ON job.id = event.job_id WHERE event.type = 'started' AND job.task_name = 'crawl' AND job.id > {0}"""


def main(outlets: int = 200) -> None:
    os.environ["TALLYWATCH_TEST_HURRY"] = "1"  # workers as they are
    print(f"{outlets} outlets, {ITEMS} items each\nworkers  round      wall s  a minute  CPU s an outlet  worker's CPU ms a job")
    with running() as server, serve_pages(write, outlets) as web:
        for workers in WORKERS:
            measure(server, web.addresses, workers)


def write(folder: Path, addresses: Sequence[str]) -> None:
    now = datetime.now(UTC).isoformat()
    (folder / "robots.txt").write_text("User-agent: *\nAllow: /\n")
    for number, address in enumerate(addresses):
        name = f"o{number}"
        (folder / name).mkdir()
        titles = {f"{name}/{item}.html": TITLE.format(name, item) for item in range(ITEMS)}
        for path, title in titles.items():
            (folder / path).write_text(page(title, title, now))
        (folder / name / "rss.xml").write_text(feed([(f"{address}/{path}", title, now) for path, title in titles.items()]))


def measure(server: Server, addresses: Sequence[str], workers: int) -> None:
    with TemporaryDirectory(prefix="tallywatch-bench-") as folder:
        machines = Machines(Path(folder), server.make_queue())
        tables = [outlet_table(f"o{number}", f"{address}/o{number}/rss.xml") for number, address in enumerate(addresses)]
        relevant = [table.replace('fetch = "all"', 'fetch = "relevant"') for table in tables]
        base = BASE.replace("sqlite:///tally.db", machines.database) + '[cluster]\ncadence = "1d"\n'
        (machines.directory / "tallywatch.toml").write_text(base + "".join(relevant))
        try:
            for number, name in enumerate(("all new", "unchanged"), start=1):
                print(f"{workers:7d}  {name:9s}  {play(machines, workers, len(addresses), number)}", flush=True)
        finally:
            machines.stop()


def play(machines: Machines, workers: int, outlets: int, number: int) -> str:
    """A round from starting the workers until all is collected."""
    with open_history(machines.database) as history, history.transaction() as connection:
        connection.exec_driver_sql("UPDATE schedule SET due_at = now()")
    ((last,),) = machines.rows("SELECT coalesce(max(id), 0) FROM procrastinate_jobs")
    ((before,),) = machines.rows(DONE)
    started = [machines.start("--concurrency", "1", "-q", "crawl", "-q", "ctl") for _ in range(workers)]
    machines.wait_until(lambda: machines.rows("SELECT count(*) FROM outlet_runs") == [(number * outlets,)], 300)
    ((seconds,),) = machines.rows(ROUND.format(last))
    machines.wait_until(lambda: not machines.rows("SELECT 1 FROM procrastinate_jobs WHERE status = 'doing'"), 60)
    ((after,),) = machines.rows(DONE)
    own, children = (sum(used) for used in zip(*(cpu(worker.pid) for worker in started), strict=True))
    for worker in started:
        worker.terminate()
        worker.wait()
    assert machines.rows("SELECT outlet FROM outlet_runs GROUP BY 1 HAVING count(*) <> " + str(number)) == []
    each = (own - workers * start_seconds(machines)) / max(after - before, 1)
    return f"{seconds:6.1f}  {60 * outlets / seconds:8.0f}  {children / outlets:15.3f}  {1000 * max(each, 0):21.0f}"


def cpu(pid: int) -> tuple[float, float]:
    """Seconds of a process itself, and of those it started that have ended."""
    words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / TICKS, (int(words[13]) + int(words[14])) / TICKS


def start_seconds(machines: Machines) -> float:
    """What a worker takes before its first job: one that has none is left idle for a moment."""
    idle = machines.start("-q", "crawl")
    time.sleep(8)
    used, _ = cpu(idle.pid)
    idle.terminate()
    idle.wait()
    return used


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
