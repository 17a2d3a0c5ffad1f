"""What every test stands on: a home directory of its own, no configuration from outside, no network; and a world that many share."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import nullcontext
from itertools import count
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from monitors.newsroom.server import Newsroom
from tests.elsewhere import Elsewhere
from tests.histories import hasten
from tests.postgresql import elsewhere, empty_database, history_database, postgresql  # noqa: F401

if TYPE_CHECKING:
    from tests.jobs import Hook

settings.register_profile("tallywatch", deadline=None, max_examples=60, derandomize=True)
settings.load_profile("tallywatch")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=("sqlite", "postgresql"), default="sqlite", help="where the histories of the tests are kept")


def pytest_configure() -> None:
    hasten()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("database") == "postgresql":
        for item in items:
            if mark := item.get_closest_marker("sqlite"):
                item.add_marker(pytest.mark.skip(f"of SQLite only: {mark.args[0]}"))


def pytest_collection_finish() -> None:
    gc.freeze()  # else what was loaded for all the tests is looked through again and again: a fifth of what they take


@pytest.fixture(scope="session", autouse=True)
def database(request: pytest.FixtureRequest) -> Elsewhere | None:
    """Where histories are, if not in SQLite."""
    return request.getfixturevalue("elsewhere") if request.config.getoption("database") == "postgresql" else None


@pytest.fixture(autouse=True)
def tidy_database(database: Elsewhere | None) -> Iterator[None]:
    with database.dropping() if database else nullcontext():
        yield


HOMES = count()
"""A name for each; `mktemp` would look through all that are there."""


@pytest.fixture(autouse=True)
def home(tmp_path_factory, monkeypatch):
    """A home directory of the test's own: no test sees or leaves a history or a configuration of the person who runs it."""
    directory = tmp_path_factory.getbasetemp() / f"home-{next(HOMES)}"
    directory.mkdir()
    monkeypatch.setenv("HOME", str(directory))
    for name in ("TALLYWATCH_CONFIG", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "PYTHONDONTWRITEBYTECODE"):
        monkeypatch.delenv(name, raising=False)  # the last: a program that a test starts is compiled once, not at every start
    return directory


@pytest.fixture(scope="module")
def newsroom() -> Iterator[Newsroom]:
    """A newsroom for the tests of a module: each publishes what it needs."""
    with Newsroom() as room:
        yield room


@pytest.fixture(scope="module")
def receiver() -> Iterator[Hook]:
    """A receiver of alerts for the tests of a module; each meets it as its `hook`."""
    from tests.jobs import webhook  # loads the whole job, which most modules have no need of

    with webhook() as hook:
        yield hook


@pytest.fixture
def hook(receiver: Hook) -> Hook:
    """A receiver that works and has received nothing."""
    receiver.received.clear()
    receiver.status = 200
    return receiver
