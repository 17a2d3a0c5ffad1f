"""What the commands share: the option of the configuration, times, JSON lines."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])


def with_config(command: Command) -> Command:
    """The option that every command has which reads tallywatch.toml."""
    return click.option(
        "--config",
        "config_file",
        type=click.Path(dir_okay=False, exists=True, path_type=Path),
        help="The configuration; else $TALLYWATCH_CONFIG, ./tallywatch.toml, ~/.config/tallywatch/tallywatch.toml.",
    )(command)


class Time(click.ParamType[datetime]):
    """An ISO 8601 time; without an offset it is UTC."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a time like 2026-02-05T10:00Z", param, ctx)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def print_lines(rows: Iterable[Mapping[str, Any]]) -> None:
    """One JSON object a line, in UTF-8 whatever the terminal speaks; halves of letters, which have no UTF-8, are escaped."""
    for row in rows:
        try:
            click.echo(json.dumps(row, ensure_ascii=False, default=str).encode())
        except UnicodeEncodeError:
            click.echo(json.dumps(row, default=str).encode())
