"""What every test stands on: a home directory of its own, no configuration from outside, no network."""

from __future__ import annotations

import pytest
from hypothesis import settings

settings.register_profile("tallywatch", deadline=None, max_examples=60, derandomize=True)
settings.load_profile("tallywatch")


@pytest.fixture(autouse=True)
def home(tmp_path_factory, monkeypatch):
    """A home directory of the test's own: no test sees or leaves a history or a configuration of the person who runs it."""
    directory = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(directory))
    for name in ("TALLYWATCH_CONFIG", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "PYTHONDONTWRITEBYTECODE"):
        monkeypatch.delenv(name, raising=False)  # the last: a program that a test starts is compiled once, not at every start
    return directory
