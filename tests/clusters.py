"""A group of workers over a PostgreSQL of the tests' own, with local outlets."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text

from monitors.newsroom.server import Newsroom
from tests.jobs import BASE, feed, outlet_table, page

ROOT = Path(__file__).resolve().parent.parent
WATCHED_OVER = ("sh", "-c", 'while :; do "$@"; echo "ended with $?"; sleep 1; done', "sh")
"""Before a command: it is started again whenever it ends, as systemd would."""


@dataclass
class Machines:
    """Workers in processes and sessions of their own, over one configuration."""

    directory: Path
    database: str
    newsroom: Newsroom | None = None
    pages: int = 2
    """Of each outlet."""
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def configure(self, outlets: int, delay: float = 0) -> None:
        """Outlets that are asked once an hour, with feeds that take so many seconds to answer."""
        assert self.newsroom
        publish(self.newsroom, outlets, self.pages, delay)
        (self.directory / "tallywatch.toml").write_text(local_outlets(self.database, self.newsroom.url, outlets), encoding="utf-8")

    def start(self, *options: str, before: Sequence[str] = ()) -> subprocess.Popen[bytes]:
        """A worker, which is a "machine": its processes are a session."""
        log = self.directory / f"worker-{len(self.workers)}.log"
        worker = begin(self.directory, "worker", "--concurrency", "2", *options, log=log, before=before)
        self.workers.append(worker)
        return worker

    def call(self, *words: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-m", "monitors.cli", *words]
        return subprocess.run(command, cwd=self.directory, capture_output=True, text=True, env=environment, timeout=100)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with create_engine(self.database).connect() as connection:
            return [tuple(row) for row in connection.execute(text(query))]

    def logs(self) -> str:
        return "\n".join(path.read_text() for path in sorted(self.directory.glob("worker-*.log")))

    def stop(self) -> None:
        """However it is: nothing stays behind."""
        for worker in self.workers:
            if worker.poll() is None:
                os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()

    def wait_until(self, true: Callable[[], bool], seconds: float = 60) -> None:
        until = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < until, self.logs()[-4000:]
            time.sleep(0.1)


def begin(directory: Path, *words: str, log: Path = Path(os.devnull), before: Sequence[str] = ()) -> subprocess.Popen[bytes]:
    """Start a command of ours in a session of its own, and others `before` it in the same line."""
    command = [*before, sys.executable, "-m", "tests.hurried", *words]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with log.open("wb") as out:
        return subprocess.Popen(command, cwd=directory, stdout=out, stderr=out, env=environment, start_new_session=True)


def local_outlets(database: str, address: str, outlets: int) -> str:
    """A configuration of outlets of one newsroom, each asked once an hour."""
    tables = (outlet_table(f"o{number}", f"{address}/o{number}/rss.xml") for number in range(outlets))
    return BASE.replace("sqlite:///tally.db", database) + '[cluster]\ncadence = "1h"\n' + "".join(tables)


def publish(newsroom: Newsroom, outlets: int, pages: int, delay: float = 0) -> None:
    """Let each outlet have a feed, slow to answer, and pages with a figure."""
    for name in (f"o{number}" for number in range(outlets)):
        publish_pages(newsroom, name, pages)
        newsroom.put(f"/{name}/rss.xml", feed_of(newsroom, name, pages), content_type="application/rss+xml; charset=utf-8", delay=delay)


def publish_pages(newsroom: Newsroom, outlet: str, pages: int) -> None:
    for path, title in _titles(outlet, pages).items():
        newsroom.put(path, page(title, f"{title}, officials said on Friday.", datetime.now(UTC).isoformat()))


def feed_of(newsroom: Newsroom, outlet: str, pages: int) -> str:
    """What tells of an outlet's pages, which are in this newsroom."""
    return feed([(f"{newsroom.url}{path}", title, datetime.now(UTC).isoformat()) for path, title in _titles(outlet, pages).items()])


def _titles(outlet: str, pages: int) -> dict[str, str]:
    return {f"/{outlet}/{number}": f"At least {10 + number} people were killed in a flood in {outlet.upper()}" for number in range(pages)}


def children_of(pid: int) -> list[int]:
    """The processes that a process has started."""
    found = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for path in found for child in path.read_text().split()]
