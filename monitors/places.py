"""Where the configuration and the history lie, and what is read of a text on the way: little to import, for a run must know them first."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from monitors.failure import Failure

FILE_NAME = "tallywatch.toml"
DATA_DIRECTORY = Path("~/.local/share/tallywatch")
"""Of the home directory, not of $XDG_DATA_HOME: cron does not know that variable, and must find the same history."""
CONFIG_DIRECTORY = Path("~/.config/tallywatch")

SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}

SECRET = re.compile(r"\$\{(?:(\w+)|file:([^}]+))\}")
"""What stands in the file for a secret: "${NAME}" for one of the environment, "${file:/a/path}" for one in a file of its own."""


class ConfigError(Failure):
    """The configuration cannot be used; the message names the file, the line, the key and what to do."""


class NoSecret(ValueError):
    """A secret that the configuration refers to is not there; says which one and what to do."""


def find_config(environ: Mapping[str, str] = os.environ) -> Path | None:
    """Where the configuration lies when none was named: $TALLYWATCH_CONFIG, ./tallywatch.toml, the user's directory."""
    if named := environ.get("TALLYWATCH_CONFIG"):
        return Path(named)
    places = (Path(FILE_NAME), (CONFIG_DIRECTORY / FILE_NAME).expanduser())
    return next((place.absolute() for place in places if place.is_file()), None)


def read_toml(path: Path) -> tuple[str, dict[str, Any]]:
    """The file's text and its tables. Raises ConfigError."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}") from error
    try:
        return text, tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: is not TOML: {error}") from error


def find_database(path: Path | None, environ: Mapping[str, str] = os.environ) -> str | None:
    """The URL of the history that the configuration at `path`, else the one found, names; None where it is no URL. Raises ConfigError."""
    found = path or find_config(environ)
    database = read_toml(found)[1].get("database", "") if found else ""
    try:
        return database_url(fill(database, found, environ), found) if isinstance(database, str) else None
    except NoSecret:
        return None


def database_url(database: str, config: Path | None) -> str:
    """The SQLAlchemy URL of a history; a SQLite path is taken from where the configuration lies."""
    if not database:
        return f"sqlite:///{(DATA_DIRECTORY / 'tallywatch.db').expanduser()}"
    scheme, separator, place = database.partition(":///")
    if separator and scheme.startswith("sqlite") and config is not None and place:
        return f"{scheme}:///{config.resolve().parent / Path(place).expanduser()}"
    return database


def database_file(url: str) -> Path | None:
    """The file of a SQLite URL; None for another database, and for one in memory.

    >>> database_file("sqlite:////srv/tally.db"), database_file("sqlite://")
    (PosixPath('/srv/tally.db'), None)
    """
    found = re.fullmatch(r"sqlite(?:\+\w+)?:///([^?]+)(?:\?.*)?", url)
    return Path(found[1]) if found and found[1] != ":memory:" else None


def read_span(text: Any) -> float:
    """The seconds of a time span. Raises ValueError.

    >>> read_span("90s"), read_span("2h")
    (90.0, 7200.0)
    """
    found = re.fullmatch(r"([1-9]\d{0,5})([smhd])", text) if isinstance(text, str) else None
    if not found:
        raise ValueError('use a time span like "90s", "10m" or "2h"')
    return float(found[1]) * SECONDS[found[2]]


def fill(text: str, config: Path | None, environ: Mapping[str, str] = os.environ) -> str:
    """The text with its secrets in place; a file's last line break does not count. Raises NoSecret.

    >>> fill("json://host/${HOOK}", None, {"HOOK": "s3cret"})
    'json://host/s3cret'
    """
    return SECRET.sub(lambda found: _read_secret(found[1], found[2], config, environ), text)


def secrets_in(text: str, config: Path | None, environ: Mapping[str, str] = os.environ) -> list[str]:
    """The secrets that stand in it. Raises NoSecret."""
    return [_read_secret(name, file, config, environ) for name, file in SECRET.findall(text)]


def _read_secret(name: str, file: str, config: Path | None, environ: Mapping[str, str]) -> str:
    if name:
        if not environ.get(name):
            raise NoSecret(f"the environment has no {name}: set it (in the crontab too), or put the secret into a file: ${{file:/a/path}}")
        return environ[name]
    path = Path(file).expanduser()
    try:
        secret = (config.resolve().parent / path if config else path).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise NoSecret(f"{file}: the secret cannot be read: {getattr(error, 'strerror', None) or 'it is no text'}") from error
    if not secret:
        raise NoSecret(f"{file}: the file of the secret is empty")
    return secret
