"""A PostgreSQL of the tests' own on loopback, and a group of workers over it with local outlets."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from monitors.history.frontier import store_note
from monitors.history.store import History, open_history
from monitors.job import KNOWN_VALUES
from monitors.newsroom.server import Newsroom
from tests.jobs import BASE, feed, outlet_table, page

ROOT = Path(__file__).resolve().parent.parent
PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


@dataclass(frozen=True)
class Server:
    """A running PostgreSQL; each test takes a database of its own."""

    port: int
    folder: Path
    taken: list[str] = field(default_factory=list)

    def database(self) -> str:
        """The URL of a new, empty database."""
        name = f"t{len(self.taken)}"
        self.taken.append(name)
        with create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT").connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
        return self.url(name)

    def start(self) -> None:
        settings = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.folder} -c fsync=off"
        log = ("-l", str(self.folder / "log"))
        _call("pg_ctl", "-D", str(self.folder / "data"), *log, "-w", "-o", settings, "start", cwd=self.folder)

    def stop(self) -> None:
        _call("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "-w", "stop", cwd=self.folder)

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{name}"


@contextmanager
def serve() -> Iterator[Server]:
    """Start a server and stop it; skips where PostgreSQL or what the cluster needs of Python is not installed."""
    pytest.importorskip("procrastinate", reason="the extra [cluster] is not installed")
    if not PROGRAMS:
        pytest.skip("PostgreSQL is not installed (Debian: apt install postgresql)")
    folder = Path(mkdtemp(prefix="tallywatch-pg-"))
    data, port = folder / "data", free_port()
    if os.getuid() == 0:
        owner = pwd.getpwnam("postgres")
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    server = Server(port, folder)
    try:
        _call("initdb", "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C.UTF-8", cwd=folder)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _call(program: str, *arguments: str, cwd: Path) -> None:
    command: list[str] = [str(PROGRAMS[-1] / program), *arguments]
    user: dict[str, Any] = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.getuid() == 0 else {}
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, timeout=60, cwd=cwd, **user)
    if done.returncode:
        raise RuntimeError(f"{program}: {done.stderr}")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


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
        """Outlets that are asked once an hour, with feeds that take so many seconds to answer, and a queue; nothing is known before."""
        from monitors.cluster.queue import apply_schema

        assert self.newsroom
        publish(self.newsroom, outlets, self.pages, delay)
        (self.directory / "tallywatch.toml").write_text(local_outlets(self.database, self.newsroom.url, outlets), encoding="utf-8")
        with open_history(self.database) as history:
            apply_schema(history, datetime.now(UTC))
            without_known_values(history)

    def start(self, *options: str) -> subprocess.Popen[bytes]:
        """A worker, which is a "machine": its processes are a session."""
        worker = begin(self.directory, "worker", "--concurrency", "2", *options, log=self.directory / f"worker-{len(self.workers)}.log")
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
    command = [*before, sys.executable, "-m", "monitors.cli", *words]
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


def without_known_values(history: History) -> None:
    """Let the shipped known values be taken for loaded: to judge them takes seconds."""
    edition = sha256((files("monitors.history") / KNOWN_VALUES).read_bytes()).hexdigest()
    with history.transaction() as connection:
        store_note(connection, KNOWN_VALUES, edition, datetime.now(UTC))


def children_of(pid: int) -> list[int]:
    """The processes that a process has started."""
    found = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for path in found for child in path.read_text().split()]
