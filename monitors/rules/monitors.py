"""definitions/*.toml -> the shipped monitors: what is listened for when nobody has set anything."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from monitors.model import Monitor

DEFINITIONS = ("war_losses", "civilians", "missing", "exchanges", "bodies", "tolls")
"""In the order they are asked: the particular before the general."""


@cache
def shipped_monitors() -> tuple[Monitor, ...]:
    """The shipped monitors, the particular before the general."""
    folder = files("monitors.definitions")
    return tuple(read_monitor(name, tomllib.loads(folder.joinpath(f"{name}.toml").read_text("utf-8"))) for name in DEFINITIONS)


def read_monitor(name: str, table: Mapping[str, Any]) -> Monitor:
    """A monitor of parsed TOML; lists become tuples."""
    fixed: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in table.items()}
    for key in ("words", "headline_words"):
        fixed[key] = {language: tuple(words) for language, words in table.get(key, {}).items()}
    return Monitor(name=name, **fixed)
