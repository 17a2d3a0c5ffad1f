"""A history -> a folder of pages. The same history gives the same bytes, wherever and whenever it is written."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection

from monitors.alerts.addresses import alert_page, article_page, quantity_page
from monitors.failure import Failure
from monitors.history import overview, queries
from monitors.history.overview import PageCourse, QuantityCourse
from monitors.history.store import History
from monitors.report.site.charts import chart_of
from monitors.report.site.pages import as_data, assets, render
from monitors.report.site.views import (
    Looks,
    Row,
    disagreement_view,
    page_view,
    quantity_row,
    quantity_views,
    told_view,
)

LATELY, DIFFERING, LISTED = 30, 40, 60
"""Alerts, disagreements and quantities that the first page shows."""
ROWS, ALERTS = 400, 100
"""Quantities and edited pages, and alerts, on one page of their lists."""
MARKER = ".tallywatch-report"
"""Says that a folder is ours to replace."""

T = TypeVar("T")
Progress = Callable[[int, int], None]


def silent(done: int, among: int) -> None:
    """Nobody watches."""


@dataclass(frozen=True)
class Standing:
    """A disagreement in a list."""

    title: str
    page: str
    spread: str
    since: str


@dataclass(frozen=True)
class Edit:
    """An edited page in a list."""

    title: str
    page: str
    outlet: str
    versions: int
    gone: tuple[str, ...]
    new: tuple[str, ...]
    last: str


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


@dataclass
class Found:
    """What the lists show, gathered while the quantities are written."""

    rows: list[Row] = field(default_factory=list)
    standing: list[Standing] = field(default_factory=list)
    ended: list[Standing] = field(default_factory=list)
    statements: int = 0


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
    keys, found = overview.quantity_keys(connection), Found()
    for done, course in enumerate(overview.quantities(connection, keys)):
        progress(done, len(keys))
        write_quantity(site, course, looks)
        _note(found, course, looks)
    catalogue = json.dumps([[row.title, row.page, row.value, row.claimant] for row in found.rows], separators=(",", ":"))
    site.keep("assets/catalogue.js", f"window.catalogue={catalogue};\n".encode())
    _write_lists(site, connection, found, looks)
    _write_index(site, connection, found, looks)
    return site.written


def write_quantity(site: Site, course: QuantityCourse, looks: Looks) -> None:
    """A quantity's pages, and that of its disagreement."""
    views = list(quantity_views(course, looks))
    places = {one.id: f"{address}#s{one.id}" for view, address in zip(views, views[0].addresses, strict=True) for one in view.stated
              if not one.continued}  # fmt: skip
    chart = chart_of(course, looks, places)
    drawn = {"words": chart["words"], "json": as_data(chart["traces"])} if chart["traces"] else None
    here = [address.rpartition("/")[2] for address in views[0].addresses]
    for view, address in zip(views, views[0].addresses, strict=True):
        site.put(address, "quantity.html", shown=view, chart=drawn if view.number == 1 else None, here=here)
    if course.spreads:
        site.put(views[0].disagreement, "disagreement.html", shown=disagreement_view(course, looks))


def _note(found: Found, course: QuantityCourse, looks: Looks) -> None:
    row = quantity_row(course)
    found.rows.append(row)
    found.statements += len(course.stated)
    if course.spreads:
        shown = disagreement_view(course, looks)
        since = next((one.told.when for one in reversed(shown.spreads) if one.told.kind == "disagreement"), shown.spreads[-1].told.when)
        (found.standing if shown.stands else found.ended).append(
            Standing(shown.title, row.disagreement or quantity_page(course.key), shown.spreads[0].spread, since)
        )


def _write_lists(site: Site, connection: Connection, found: Found, looks: Looks) -> None:
    for number, addresses, rows in _pages(found.rows, "quantities"):
        site.put(addresses[number - 1], "quantities.html", quantities=rows, number=number, pages=len(addresses), addresses=addresses)
    site.put("disagreements.html", "disagreements.html", standing=found.standing, ended=found.ended)
    told = [told_view(one, looks) for one in overview.all_told(connection)]
    parts = list(_in_parts(told[::-1], ALERTS))
    for number, part in enumerate(parts, 1):
        here = [address.rpartition("/")[2] for address in map(alert_page, range(1, len(parts) + 1))]
        site.put(alert_page(number), "alerts.html", told=part[::-1], number=number, pages=len(parts), addresses=here)
    site.put("alerts.html", "alerts.html", told=told[:ALERTS], number=0, pages=len(parts),
             addresses=[alert_page(number) for number in range(1, len(parts) + 1)])  # fmt: skip
    edits = []
    for page in overview.pages(connection, edited_only=not looks.with_copies):
        shown = page_view(page, looks)
        site.put(article_page(page.id), "article.html", shown=shown)
        if len(shown.editions) > 1:
            edits.append(_edit(page, looks))
    for number, addresses, some in _pages(edits, "edits"):
        site.put(addresses[number - 1], "edits.html", edits=some, number=number, pages=len(addresses), addresses=addresses)


def _edit(page: PageCourse, looks: Looks) -> Edit:
    shown = page_view(page, looks)
    gone = tuple(figure for one in shown.editions for figure in one.gone)
    new = tuple(figure for one in shown.editions for figure in one.new)
    last = shown.editions[0]
    return Edit(shown.title, article_page(page.id), shown.outlet, len(shown.editions), gone[:6], new[:6], last.seen)


def _write_index(site: Site, connection: Connection, found: Found, looks: Looks) -> None:
    counts = queries.counts(connection)
    shown = {
        "quantities": f"{len(found.rows):,}", "statements": f"{found.statements:,}", "claims": f"{counts.claims:,}",
        "articles": f"{counts.articles:,}", "alerts": f"{counts.events:,}",
    }  # fmt: skip
    site.put(
        "index.html", "index.html", counts=shown, told=[told_view(one, looks) for one in overview.told_lately(connection, LATELY)],
        disagreements=found.standing[:DIFFERING], more_disagreements=max(0, len(found.standing) - DIFFERING),
        quantities=found.rows[:LISTED], outlets=[_outlet(state, looks) for state in queries.outlet_states(connection)],
    )  # fmt: skip


def _outlet(state: queries.OutletState, looks: Looks) -> dict[str, Any]:
    blind = state.troubles[0].line if state.troubles else ""
    down = f"down {state.failures_in_a_row} runs" if state.failures_in_a_row else state.status
    return {
        "outlet": looks.outlet(state.outlet), "state": "blind" if blind else down, "good": not blind and not state.failures_in_a_row,
        "error": (blind or state.error or "")[:200], "last": looks.when(state.last_success) if state.last_success else "never",
    }  # fmt: skip


def _pages(rows: Sequence[T], name: str) -> Iterator[tuple[int, list[str], Sequence[T]]]:
    """A list in pages, each with its number and the addresses of all; one page at least."""
    parts = list(_in_parts(rows, ROWS)) or [[]]
    addresses = [f"{name}{f'-{number}' if number > 1 else ''}.html" for number in range(1, len(parts) + 1)]
    for number, part in enumerate(parts, 1):
        yield number, addresses, part


def _in_parts(rows: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    rest = iter(rows)
    while part := list(islice(rest, size)):
        yield part
