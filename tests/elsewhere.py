"""`--database postgresql`: what the tests, and the programs they start, name as SQLite is a database of a server's."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import NullPool, create_engine
from sqlalchemy.engine import URL, make_url

from monitors.history import store

FOLDER = "TALLYWATCH_TEST_ELSEWHERE"
"""The variable that names the folder of the server's socket to programs that the tests start."""
SITE = Path(__file__).parent / "site"
OWNER = "postgres"
"""Who runs the server where the tests are run as root, which PostgreSQL refuses; the superuser's name in any case."""
TEMPLATE = "tallywatch_template"
POINTER = "in PostgreSQL: "
PASSING, LASTING = "t", "kept"
"""What begins the names of databases that are of one test, and of those that several share or copy: their files are in no test's folder."""


class Databases:
    """Those of the server behind a folder's socket."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://{OWNER}@/{database}?host={self.folder}"

    def cut_off(self, url: str) -> None:
        """Whoever is connected to a database."""
        self._order(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{make_url(url).database}'")

    def drop(self, url: str) -> None:
        """With whoever is connected to it."""
        self._order(f"DROP DATABASE {make_url(url).database} WITH (FORCE)")

    def _make(self, database: str, template: str, tablespace: str = "pg_default") -> str:
        self._order(f"CREATE DATABASE {database} TEMPLATE {template} STRATEGY FILE_COPY TABLESPACE {tablespace}")
        return self.url(database)

    def _order(self, order: str) -> None:
        engine = create_engine(self.url("postgres"), poolclass=NullPool, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(order)


class Elsewhere(Databases):
    """Each history in memory is a new database, each file its own.

    The file has the name of its database in it, and its own: a copy of it is one of the database. What is a SQLite file already stays one,
    and so does a rehearsal of the program's own, which is nowhere else.
    """

    def __init__(self, folder: Path, read_url: Callable[[str], URL]) -> None:
        super().__init__(folder)
        self._read_url = read_url
        self._passing = folder / "passing"
        self._numbers = count(1)
        self._without_folder: dict[Path, str] = {}

    def read_url(self, url: str) -> URL:
        target = self._read_url(url)
        if target.get_backend_name() != "sqlite":
            return target
        if not target.database:
            return make_url(self.url(self._make_for(None, TEMPLATE)))
        path = Path(target.database).absolute()
        database, named = self._pointed(path)
        if not database and (path.name == "rehearsal.db" or path.exists()):
            return target
        if not database:
            database = self._put(path, self._without_folder.get(path) or self._make_for(path, TEMPLATE))
        elif named != str(path):
            database = self._put(path, self._copy(database, path))
        return make_url(self.url(database))

    def _pointed(self, path: Path) -> tuple[str, str]:
        """The database that a file names, and which file it says it is; empty of a file that is none of ours."""
        if not path.is_file() or not path.read_bytes().startswith(POINTER.encode()):
            return "", ""
        database, _, named = path.read_text().removeprefix(POINTER).partition("\n")
        return database, named

    def _put(self, path: Path, database: str) -> str:
        if path.parent.is_dir():
            path.write_text(f"{POINTER}{database}\n{path}")
        else:
            self._without_folder[path] = database
        return database

    def _copy(self, database: str, path: Path) -> str:
        """A copy of a database, from which whoever is connected is cut off."""
        self.cut_off(self.url(database))
        return self._make_for(path, database)

    def _make_for(self, path: Path | None, template: str) -> str:
        """The name of a new database, for a file or for memory."""
        lasts = path is not None and not any(folder.name.startswith("test_") for folder in path.parents)
        name = f"{LASTING if lasts else PASSING}_{os.getpid()}_{next(self._numbers)}"
        self._make(name, template)
        if not lasts:
            with self._passing.open("a") as made:
                made.write(f"{name}\n")
        return name

    @contextmanager
    def dropping(self) -> Iterator[None]:
        """Drop the databases made meanwhile, by whatever program, that last no longer."""
        before = len(self._made())
        yield
        for database in self._made()[before:]:
            self.drop(self.url(database))

    def _made(self) -> list[str]:
        """Those that last no longer than a test, by this process and what it started."""
        return self._passing.read_text().split() if self._passing.exists() else []


def python_path(*folders: Path) -> str:
    """The variable of that name with some folders before what is there."""
    return os.pathsep.join(filter(None, (*map(str, folders), os.environ.get("PYTHONPATH"))))


@contextmanager
def histories_elsewhere(folder: Path) -> Iterator[Elsewhere]:
    """Every history that this process, and what it starts, opens is in the server behind a folder's socket."""
    plain = store.read_url
    placed = Elsewhere(folder, plain)
    with pytest.MonkeyPatch.context() as patch:
        for module in [module for module in sys.modules.values() if getattr(module, "read_url", None) is plain]:
            patch.setattr(module, "read_url", placed.read_url)
        patch.setenv(FOLDER, str(folder))
        patch.setenv("PYTHONPATH", python_path(SITE, SITE.parent.parent))
        yield placed
