"""Figures and alerts -> CSV, JSON lines and an Atom feed: of each page one sentence and the link, unless copies are asked for."""

from __future__ import annotations

import csv
import json
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from io import TextIOWrapper
from pathlib import Path
from typing import Any, TextIO
from uuid import NAMESPACE_URL, UUID, uuid5

from lxml import etree

from monitors.alerts.phrases import QUOTE_LENGTH, clean, cut, cut_quote, day_words, outlet_name, readable_link
from monitors.alerts.proof import quote_of
from monitors.failure import Failure
from monitors.history.exports import Fed

COLUMNS = (
    "claim", "outlet", "url", "title", "version", "published", "seen_at", "language", "metric", "party", "group", "scope", "low", "high",
    "qualifier", "span", "in", "as_of", "attributed_to", "stance", "quote", "judged", "why", "stands", "statement", "claimant", "series",
)  # fmt: skip
COPIED = ("start", "end", "text")
"""The further columns of an export with copies: the text of the page, and where the number stands in it (or in the title)."""

FORMULA = tuple("=+-@＝＋－＠")
"""A spreadsheet runs what begins so."""

ATOM = "http://www.w3.org/2005/Atom"
NAMES = uuid5(NAMESPACE_URL, "urn:tallywatch")
"""The ids of alerts are made in it, so an alert has the same id in every feed, for ever."""
UNWRITABLE = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML cannot hold: https://www.w3.org/TR/xml/#charsets"""


class ExportError(Failure):
    """The file cannot be written; the message names it and the cause."""


# ------------------------------------------------------------------ figures


def write_csv(figures: Iterable[Mapping[str, Any]], out: TextIO, with_copies: bool = False) -> None:
    """A row a figure under the names of the columns. No text is a formula to a spreadsheet: an apostrophe disarms it."""
    rows = csv.writer(out)
    rows.writerow((*COLUMNS, *(COPIED if with_copies else ())))
    for figure in figures:
        rows.writerow([_harmless(value) for value in figure_row(figure, with_copies).values()])


def write_jsonl(figures: Iterable[Mapping[str, Any]], out: TextIO, with_copies: bool = False) -> None:
    """An object a figure, a line each."""
    for figure in figures:
        out.write(json.dumps(figure_row(figure, with_copies), ensure_ascii=False) + "\n")


def figure_row(figure: Mapping[str, Any], with_copies: bool = False) -> dict[str, Any]:
    """A figure of `exported_figures` by the names of the columns."""
    stands = figure["stands"]
    row = {
        "claim": figure["id"], "outlet": _line(figure["outlet"]), "url": readable_link(_line(figure["url"], None)),
        "title": _line(figure["title"]), "version": figure["number"], "published": _line(figure["published"]),
        "seen_at": write_time(figure["seen_at"]), "language": _line(figure["language"]), "metric": _line(figure["metric"]),
        "party": _line(figure["party"]), "group": _line(figure["group"]), "scope": figure["scope"], "low": figure["low"],
        "high": figure["high"], "qualifier": figure["qualifier"], "span": _line(figure["span"]),
        "in": "title" if figure["in_title"] else "text", "as_of": figure["as_of"], "attributed_to": _line(figure["attributed_to"]),
        "stance": figure["stance"], "quote": cut_quote(figure["quote"], clean(figure["span"])), "judged": figure["kind"],
        "why": _line(figure["why"]), "stands": None if stands is None else "yes" if stands else "no",
        "statement": figure["statement_id"], "claimant": _line(figure["claimant"]), "series": _line(figure["key"], None),
    }  # fmt: skip
    return {**row, "start": figure["start"], "end": figure["end"], "text": figure["copy"]} if with_copies else row


@lru_cache(1024)  # most are those of the row before
def _line(text: str | None, most: int | None = QUOTE_LENGTH) -> Any:
    """A text of others as one line, shortened at a word."""
    if text is None:
        return None
    return cut(clean(text), most) if most else clean(text)


def _harmless(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.lstrip().startswith(FORMULA) else value


# ------------------------------------------------------------------ alerts


def write_feed(alerts: Iterable[Fed], first: tuple[datetime, str] | None, now: datetime, with_copies: bool = False) -> bytes:
    """An Atom feed (RFC 4287) of alerts, the newest first. `first` is the history's first alert: the feed's own id is made of it."""
    fed = list(alerts)
    feed = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM})
    _put(feed, "id", name_of(f"feed {first[0].isoformat()} {first[1]}" if first else "feed").urn)
    _put(feed, "title", "Tallywatch: figures that changed")
    _put(feed, "updated", write_time(max((alert.at for alert in fed), default=now)))
    _put(_put(feed, "author"), "name", "Tallywatch")
    _put(feed, "generator", "Tallywatch")
    for alert in fed:
        _add_entry(feed, alert, with_copies)
    return bytes(etree.tostring(feed, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def name_of(what: str) -> UUID:
    """The id of an alert, or of a feed: the same whenever it is asked for."""
    return uuid5(NAMES, what)


def _add_entry(feed: Any, alert: Fed, with_copies: bool) -> None:
    entry = _put(feed, "entry")
    _put(entry, "id", name_of(f"alert {alert.id}").urn)
    _put(entry, "title", clean(alert.title), type="text")
    _put(entry, "updated", write_time(alert.at))
    _put(entry, "published", write_time(alert.at))
    link = next((readable_link(url) for url in map(clean, _links_of(alert)) if url.lower().startswith(("http://", "https://"))), None)
    if link:
        _put(entry, "link", rel="alternate", href=link)
    if alert.event:
        _put(entry, "category", term=alert.event.kind.value)
    _put(entry, "content", "\n\n".join(filter(None, (alert.body, alert.copy))) if with_copies else _words_of(alert), type="text")


def _links_of(alert: Fed) -> Iterator[str]:
    if alert.event:
        yield from alert.event.urls
        yield from (alert.event.statement.url,) if alert.event.statement else ()


def _words_of(alert: Fed) -> str:
    """The sentence that proves it, and where it stands; of an alert without a sentence its title."""
    statement = alert.event.statement if alert.event else None
    if alert.event and alert.event.denial:
        return f"“{cut_quote(alert.event.denial, '')}”"
    sentence = next((line.text for line in quote_of(statement)), "")
    if statement is None or not sentence:
        return clean(alert.title)
    return f"“{sentence}” {outlet_name(statement.outlet)}, {day_words(statement.said_on.isoformat())}"


def _put(parent: Any, name: str, text: str | None = None, **attributes: str) -> Any:
    element = etree.SubElement(parent, f"{{{ATOM}}}{name}", {key: UNWRITABLE.sub("", value) for key, value in attributes.items()})
    element.text = None if text is None else UNWRITABLE.sub("", text)
    return element


def write_time(moment: datetime) -> str:
    """A time in UTC to the second, as RFC 3339 has it."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


# ------------------------------------------------------------------ files


@contextmanager
def written(path: Path | None) -> Iterator[TextIO]:
    """A file to write in UTF-8 that appears whole or not at all; without a path, standard output. Raises ExportError."""
    if path is None:
        out = TextIOWrapper(sys.stdout.buffer, encoding="utf-8", errors="replace", newline="")
        yield out
        out.detach()
        return
    target = path.resolve()
    device = target.exists() and not target.is_file()  # nothing to replace
    draft = target if device else target.with_name(f".{target.name}.{os.getpid()}.draft")
    try:
        with draft.open("w", encoding="utf-8", errors="replace", newline="") as out:
            yield out
        if not device:
            draft.replace(target)
    except OSError as error:
        raise ExportError(f"{path}: it cannot be written: {error.strerror or error}") from error
    finally:
        if not device:
            draft.unlink(missing_ok=True)
