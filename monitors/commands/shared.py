"""What several commands are made of: the option --config, times, texts to read, and lines of JSON."""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from monitors.failure import Failure
from monitors.places import read_span

if TYPE_CHECKING:
    from crawler.article import Article

LARGEST_PAGE = 50_000_000
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


class Span(click.ParamType[timedelta]):
    """A time span like 90s, 30m, 2h or 1d."""

    name = "span"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        try:
            return timedelta(seconds=read_span(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


def article_of(source: str, contact: str | None) -> Article:
    """The article at an address, in a saved page (.html, .html.gz), or in a plain text; `-` is standard input."""
    from crawler.decoding import decode
    from crawler.errors import Unreadable
    from monitors.exchange import read_article as read_line

    try:
        if source.startswith(("http://", "https://")):
            from crawler.single import fetch_article

            return fetch_article(source, contact=contact)
        body = sys.stdin.buffer.read(LARGEST_PAGE) if source == "-" else read_file(source)
        if body.lstrip()[:9].lower().startswith((b"<!doctype", b"<html")) or source.endswith(PAGES):
            from crawler.pages import read_article

            return read_article(body, "")
    except (Unreadable, OSError, EOFError) as error:
        raise click.ClickException(f"{source}: {getattr(error, 'strerror', None) or error}") from error
    return read_line(headed(decode(body).replace("\r\n", "\n")))


def readable_article(source: str, contact: str | None, lang: str | None, published: str | None) -> Article:
    """`article_of` with the language and the date that a person gave. Failure where the language has no file: it has no figures for us,
    and to say "none found" would mislead."""
    from monitors.exchange import read_moment
    from monitors.figures.lexicon import load_language

    article = article_of(source, contact)
    article = replace(article, language=lang or article.language or "en", published=read_moment(published) or article.published)
    code = (article.language or "").replace("_", "-").partition("-")[0].lower()
    if load_language(code) is None:
        raise Failure(f"no language file: monitors/languages/{code}.toml does not exist; articles in it are stored, not read")
    return article


PAGES = (".html", ".htm", ".html.gz", ".htm.gz")


def read_file(path: str) -> bytes:
    with (gzip.open if path.endswith(".gz") else open)(path, "rb") as file:
        return file.read(LARGEST_PAGE)


def headed(plain: str) -> dict[str, Any]:
    """Headline and text of a plain text."""
    first, newline, rest = plain.lstrip().partition("\n")
    headed = newline and rest.strip() and not first.rstrip().endswith((".", "!", "?", "”", '"'))
    return {"title": first, "text": rest} if headed else {"text": plain}


def print_lines(rows: Iterable[Mapping[str, Any]]) -> None:
    """One JSON object a line, in UTF-8 whatever the terminal speaks; halves of letters, which have no UTF-8, are escaped."""
    for row in rows:
        try:
            click.echo(json.dumps(row, ensure_ascii=False, default=str).encode())
        except UnicodeEncodeError:
            click.echo(json.dumps(row, default=str).encode())
