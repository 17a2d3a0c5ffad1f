"""A history -> a folder of pages. The same history gives the same bytes, wherever and whenever it is written."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from monitors.alerts.addresses import alert_page, article_page, disagreement_page
from monitors.failure import Failure
from monitors.history import overview
from monitors.history.overview import QuantityCourse
from monitors.history.store import History
from monitors.report.site.pages import assets, render
from monitors.report.site.shown import ALERTS, alert_pages, alerts, disagreements, edit_row, feed, first_page, in_pages, quantity_pages
from monitors.report.site.views import Looks, disagreement_view, page_view, quantity_row

FEED = "alerts.atom"
MARKER = ".tallywatch-report"
"""Says that a folder is ours to replace."""

Progress = Callable[[int, int], None]


def silent(done: int, among: int) -> None:
    """Nobody watches."""


@dataclass
class Site:
    """A folder that pages are written into."""

    folder: Path
    asof: str
    written: int = 0

    def put(self, address: str, template: str, **shown: Any) -> None:
        """Write one page; its address says how deep it lies."""
        self.keep(address, render(template, address.count("/"), self.asof, **shown).encode("utf-8", "replace"))

    def keep(self, address: str, content: bytes) -> None:
        (self.folder / address).write_bytes(content)
        self.written += 1


def write_site(
    history: History, out: Path, zone: tzinfo, titles: Mapping[str, str], with_copies: bool = False, progress: Progress = silent
) -> int:
    """Write the report of a history into a folder, which is replaced whole once all is written; how many files there are.

    `titles` says what outlets are called, `progress` hears how many quantities of how many are done. Raises Failure where the folder holds
    something else, or cannot be written.
    """
    fresh = out.with_name(f"{out.name}.new")
    try:
        _check_ours(out)
        _check_ours(fresh)
        shutil.rmtree(fresh, ignore_errors=True)
        for name in ("assets", "quantities", "disagreements", "articles", "alerts"):
            (fresh / name).mkdir(parents=True)
        (fresh / MARKER).touch()
        with history.reading() as connection:
            written = _write(connection, fresh, zone, titles, with_copies, progress)
        _replace(out, fresh)
    except OSError as error:
        raise Failure(f"{error.filename or out}: the report cannot be written: {error.strerror}") from error
    return written


def _check_ours(folder: Path) -> None:
    if folder.exists() and not (folder / MARKER).exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Failure(f"{folder} holds something that is no report of ours: name another folder, or delete it")


def _replace(out: Path, fresh: Path) -> None:
    old = out.with_name(f"{out.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if out.exists():
        out.rename(old)
    fresh.rename(out)
    shutil.rmtree(old, ignore_errors=True)


def _write(
    connection: Connection, folder: Path, zone: tzinfo, titles: Mapping[str, str], with_copies: bool, progress: Progress
) -> int:
    seen = overview.last_seen(connection)
    looks = Looks(zone, titles, with_copies, frozenset(overview.edited_pages(connection)))
    site = Site(folder, looks.when(seen) if seen else "nothing yet")
    for name, content in assets().items():
        site.keep(f"assets/{name}", content)
    keys, rows = overview.quantity_keys(connection), []
    for done, course in enumerate(overview.quantities(connection, keys)):
        progress(done, len(keys))
        _write_quantity(site, course, looks)
        rows.append(quantity_row(course))
    catalogue = json.dumps([[row.title, row.page, row.value, row.claimant] for row in rows], separators=(",", ":"))
    site.keep("assets/catalogue.js", f"window.catalogue={catalogue};\n".encode())
    site.put("index.html", "index.html", **first_page(connection, looks))
    for address, number, addresses, part in in_pages(rows, "quantities"):
        site.put(address, "quantities.html", quantities=part, number=number, addresses=addresses)
    _write_alerts(site, connection, looks)
    _write_articles(site, connection, looks)
    site.put("disagreements.html", "disagreements.html", **disagreements(connection, looks))
    return site.written


def _write_quantity(site: Site, course: QuantityCourse, looks: Looks) -> None:
    for address, shown in quantity_pages(course, looks):
        site.put(address, "quantity.html", **shown)
    if course.spreads:
        site.put(disagreement_page(course.key), "disagreement.html", shown=disagreement_view(course, looks))


def _write_alerts(site: Site, connection: Connection, looks: Looks) -> None:
    site.keep(FEED, feed(connection))
    told = list(overview.all_told(connection))
    count = len(told)
    site.put("alerts.html", "alerts.html", **alerts(told[:ALERTS], 0, count, looks))
    for number in range(1, alert_pages(count) + 1):
        part = told[max(0, count - number * ALERTS) : count - (number - 1) * ALERTS]
        site.put(alert_page(number), "alerts.html", **alerts(part, number, count, looks))


def _write_articles(site: Site, connection: Connection, looks: Looks) -> None:
    edits = []
    for page in overview.pages(connection, edited_only=not looks.with_copies):
        shown = page_view(page, looks)
        site.put(article_page(page.id), "article.html", shown=shown)
        if len(shown.editions) > 1:
            edits.append(edit_row(page.id, shown))
    for address, number, addresses, part in in_pages(edits, "edits"):
        site.put(address, "edits.html", edits=part, number=number, addresses=addresses)
