"""A PostgreSQL of the tests' own: a throwaway cluster behind a Unix socket, and as many databases in it as are asked for."""

from __future__ import annotations

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from hashlib import sha256
from importlib.resources import files
from itertools import count
from pathlib import Path
from tempfile import mkdtemp

import pytest
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from monitors.history.frontier import store_note
from monitors.history.store import History, open_history
from tests.elsewhere import OWNER, TEMPLATE, Databases, Elsewhere, histories_elsewhere

DEBIAN = Path("/usr/lib/postgresql")
PORT = 5432
"""A part of the socket's name; whoever listens at an address has that for themselves."""
QUEUE = "tallywatch_queue"
GIVEN = os.environ.get("TALLYWATCH_TEST_POSTGRESQL", "")
"""The URL of a database that the tests may empty, in place of one of their own."""
START_SECONDS = 60
PREFIX = "tallywatch-pg-"
MEMORY, ROOM = Path("/dev/shm"), 2 * 1024**3


class Server(Databases):
    """A cluster that is running; `stop` and `start` again are for those who test what happens then.

    It listens at an address, too, where one is given; no other may be asked from another network.
    """

    def __init__(self, folder: Path, binaries: Path, address: str = "") -> None:
        super().__init__(folder)
        self.binaries, self.address = binaries, address
        self._made = count(1)
        self._has_queue = False
        self._process: subprocess.Popen[bytes] | None = None
        self._run("initdb", "-D", str(folder / "data"), "-U", OWNER, "-A", "trust", "-E", "UTF8", "--no-sync",
                  "--locale-provider=icu", "--icu-locale=en", "--locale=C.UTF-8")  # fmt: skip
        with (folder / "data" / "pg_hba.conf").open("a") as access:
            access.write("host all all samenet trust\n")
        self.start()
        self._make(TEMPLATE, "template1")
        open_history(self.url(TEMPLATE)).close()

    def url_at_address(self, url: str) -> str:
        """That of the same database for who comes from another network."""
        return f"postgresql+psycopg://{OWNER}@{self.address}:{PORT}/{make_url(url).database}"

    def make_empty(self) -> str:
        """The URL of a new database with nothing in it."""
        return self._make(f"t{next(self._made)}", "template1")

    def make_history(self) -> str:
        """The URL of a new database at this program's schema."""
        return self._make(f"t{next(self._made)}", TEMPLATE)

    def make_queue(self, tablespace: str = "pg_default") -> str:
        """The URL of a new database with a queue beside the history, to which the shipped known values count as loaded: to judge them takes
        seconds."""
        if not self._has_queue:
            from monitors.cluster.queue import apply_schema  # needs the extra [cluster]

            self._make(QUEUE, TEMPLATE)
            with open_history(self.url(QUEUE)) as history:
                apply_schema(history, datetime.now(UTC))
                without_known_values(history)
            self._has_queue = True
        return self._make(f"t{next(self._made)}", QUEUE, tablespace)

    def make_tablespace(self, name: str, folder: Path) -> None:
        self._order(f"CREATE TABLESPACE {name} LOCATION '{folder}'")

    def drop_tablespace(self, name: str) -> None:
        self._order(f"DROP TABLESPACE {name}")

    def start(self) -> None:
        settings = {"unix_socket_directories": self.folder, "listen_addresses": self.address, "port": PORT,
                    "fsync": "off", "synchronous_commit": "off",
                    "full_page_writes": "off", "autovacuum": "off", "shared_buffers": "64MB", "timezone": "UTC"}  # fmt: skip
        arguments = [f"--{name}={value}" for name, value in settings.items()]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen([self.binaries / "postgres", "-D", self.folder / "data", *arguments], stdout=log, stderr=log,
                                             cwd=self.folder, preexec_fn=_end_with_parent, **_as_owner())  # fmt: skip
        ends = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > ends:
                raise RuntimeError(f"PostgreSQL did not start: {(self.folder / 'log').read_text()}")
            time.sleep(0.05)

    def stop(self) -> None:
        """At once: what is connected is cut off."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(START_SECONDS)
            self._process = None

    def _answers(self) -> bool:
        try:
            self._order("SELECT 1")
        except OperationalError:
            return False
        return True

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run([self.binaries / program, *arguments], capture_output=True, text=True, cwd=self.folder, **_as_owner())
        assert done.returncode == 0, done.stderr


def without_known_values(history: History) -> None:
    """Let the shipped known values be taken for loaded."""
    from monitors.job import KNOWN_VALUES  # loads the whole job

    edition = sha256((files("monitors.history") / KNOWN_VALUES).read_bytes()).hexdigest()
    with history.transaction() as connection:
        store_note(connection, KNOWN_VALUES, edition, datetime.now(UTC))


def _as_owner() -> dict[str, object]:
    if os.geteuid() != 0:
        return {}
    owner = pwd.getpwnam(OWNER)
    return {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}


def _end_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGQUIT)  # PR_SET_PDEATHSIG: tests that are killed leave no server behind


def find_binaries() -> Path | None:
    """The folder of PostgreSQL's programs, the newest of Debian's or that of the PATH."""
    debian = sorted((folder for folder in DEBIAN.glob("*/bin") if folder.parent.name.isdigit()), key=lambda folder: int(folder.parent.name))
    found = shutil.which("initdb")
    return debian[-1] if debian else Path(found).resolve().parent if found else None


def why_none() -> str:
    """Why no server can be started here; empty where one can."""
    if find_binaries() is None:
        return "PostgreSQL is not installed here (Debian's package postgresql)"
    if os.geteuid() == 0 and OWNER not in {entry.pw_name for entry in pwd.getpwall()}:
        return f"PostgreSQL does not run as root, and there is no user {OWNER}"
    try:
        import psycopg  # noqa: F401
    except ImportError:
        return "psycopg is not installed here (pip install 'tallywatch[postgresql]')"
    return ""


def _memory() -> Path | None:
    """Where files are in memory, if there is room: a database is made in a tenth of the time there. What killed tests left is removed."""
    if not (MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM):
        return None
    for left in MEMORY.glob(f"{PREFIX}*"):
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > 3600 and not (left / "data" / "postmaster.pid").exists():
                shutil.rmtree(left)
    return MEMORY


@contextmanager
def running(address: str = "") -> Iterator[Server]:
    """A new cluster, which is gone afterwards."""
    binaries = find_binaries()
    assert binaries is not None
    folder = Path(mkdtemp(prefix=PREFIX, dir=_memory()))  # not pytest's own: the name of a socket has at most 107 bytes
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, OWNER)
        server = Server(folder, binaries, address)
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """The one cluster of these tests; skips, with the reason, where there can be none."""
    if reason := why_none():
        pytest.skip(reason)
    with running() as server:
        yield server


@pytest.fixture(scope="session")
def elsewhere(postgresql: Server) -> Iterator[Elsewhere]:
    """`--database postgresql`: every history that this process, and what it starts, opens is in PostgreSQL."""
    with histories_elsewhere(postgresql.folder) as placed:
        yield placed


@pytest.fixture
def empty_database(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a PostgreSQL database with nothing in it."""
    yield from _made(request, Server.make_empty)


@pytest.fixture
def history_database(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a PostgreSQL database that a history without an article is in, or will be when it is opened."""
    yield from _made(request, Server.make_history)


def _made(request: pytest.FixtureRequest, make: Callable[[Server], str]) -> Iterator[str]:
    if GIVEN:
        with create_engine(GIVEN).begin() as connection:
            connection.exec_driver_sql("DROP SCHEMA public CASCADE")
            connection.exec_driver_sql("CREATE SCHEMA public")
        yield GIVEN
        return
    server: Server = request.getfixturevalue("postgresql")
    url = make(server)
    yield url
    server.drop(url)
