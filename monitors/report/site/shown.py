"""A history -> what each kind of page shows: the same for a report that is written and for one that is served."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import Connection

from monitors.alerts.addresses import alert_page, article_page, quantity_page
from monitors.history import overview, queries
from monitors.history.exports import fed_alerts, first_told
from monitors.history.overview import QuantityCourse, Told
from monitors.report.export import write_feed
from monitors.report.site.charts import chart_of
from monitors.report.site.pages import as_data
from monitors.report.site.views import (
    Looks,
    PageView,
    disagreement_of,
    quantity_row,
    quantity_title,
    quantity_views,
    told_view,
    value_of_spread,
)

LATELY, DIFFERING, LISTED = 30, 40, 60
"""Alerts, disagreements and quantities that the first page shows."""
ROWS, ALERTS = 400, 100
"""Quantities and edited pages, and alerts, on one page of their lists."""
FIGURES, WORDS = 6, 200
"""Figures that went or came, and characters of an error, in a list."""

T = TypeVar("T")


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


def first_page(connection: Connection, looks: Looks) -> dict[str, Any]:
    """What changed lately, where claimants disagree, what was told of last, how the outlets do."""
    counts, keys = queries.counts(connection), overview.quantity_keys(connection)
    differing = disagreements(connection, looks)["standing"]
    return {
        "counts": {
            "quantities": f"{len(keys):,}", "statements": f"{overview.count_statements(connection):,}", "claims": f"{counts.claims:,}",
            "articles": f"{counts.articles:,}", "alerts": f"{counts.events:,}",
        },
        "told": [told_view(one, looks) for one in overview.told_lately(connection, LATELY)],
        "disagreements": differing[:DIFFERING], "more_disagreements": max(0, len(differing) - DIFFERING),
        "quantities": [quantity_row(course) for course in overview.quantities(connection, keys[:LISTED], proofs=False)],
        "outlets": [_outlet(state, looks) for state in queries.outlet_states(connection)],
    }  # fmt: skip


def disagreements(connection: Connection, looks: Looks) -> dict[str, Any]:
    """Those that stand, and those that ended; the last told of first."""
    found = list(overview.quantities(connection, overview.disagreeing(connection), proofs=False))
    return {
        "standing": [_standing(course, looks) for course in found if course.standing_spread],
        "ended": [_standing(course, looks) for course in found if not course.standing_spread],
    }


def quantity_pages(course: QuantityCourse, looks: Looks) -> Iterator[tuple[str, dict[str, Any]]]:
    """The pages of a quantity with their addresses; the chart stands on the first, and its points lead to all of them."""
    views = list(quantity_views(course, looks))
    addresses = [quantity_page(course.key, view.number) for view in views]
    places = {one.id: f"{address}#s{one.id}" for view, address in zip(views, addresses, strict=True) for one in view.stated
              if not one.continued}  # fmt: skip
    chart = chart_of(course, looks, places)
    drawn = {"words": chart["words"], "json": as_data(chart["traces"])} if chart["traces"] else None
    here = [address.rpartition("/")[2] for address in addresses]
    for view, address in zip(views, addresses, strict=True):
        yield address, {"shown": view, "chart": drawn if view.number == 1 else None, "here": here, "quantity": course.key}


def alerts(told: Sequence[Told], number: int, count: int, looks: Looks) -> dict[str, Any]:
    """A page of alerts, the newest of it first; number 0 is the newest so many, which lies a folder higher."""
    addresses = [alert_page(page) for page in range(1, alert_pages(count) + 1)]
    here = [address.rpartition("/")[2] for address in addresses] if number else addresses
    return {"told": [told_view(one, looks) for one in told], "number": number, "addresses": here}


def feed(connection: Connection) -> bytes:
    """The newest alerts as an Atom feed, as new as the history is."""
    seen = overview.last_seen(connection) or datetime.fromtimestamp(0, UTC)
    return write_feed(fed_alerts(connection), first_told(connection), seen)


def alert_pages(count: int) -> int:
    """On how many pages so many alerts stand."""
    return -(-count // ALERTS)


def edit_row(number: int, shown: PageView) -> Edit:
    """An edited article in the list of them."""
    gone = tuple(figure for one in shown.editions for figure in one.gone)
    new = tuple(figure for one in shown.editions for figure in one.new)
    last = shown.editions[0]
    return Edit(shown.title, article_page(number), shown.outlet, len(shown.editions), gone[:FIGURES], new[:FIGURES], last.seen)


def in_pages(rows: Sequence[T], name: str) -> Iterator[tuple[str, int, list[str], Sequence[T]]]:
    """A list in pages, each with its address, its number, and the addresses of all; one page at least."""
    count = max(1, -(-len(rows) // ROWS))
    addresses = [list_page(name, number) for number in range(1, count + 1)]
    for number, address in enumerate(addresses, 1):
        yield address, number, addresses, rows[(number - 1) * ROWS : number * ROWS]


def list_page(name: str, number: int) -> str:
    return f"{name}{f'-{number}' if number > 1 else ''}.html"


def _standing(course: QuantityCourse, looks: Looks) -> Standing:
    began = next((one.told for one in reversed(course.spreads) if one.told.kind == "disagreement"), course.spreads[0].told)
    return Standing(quantity_title(course.series), disagreement_of(course), value_of_spread(course.spreads[-1]), looks.when(began.at))


def _outlet(state: queries.OutletState, looks: Looks) -> dict[str, Any]:
    blind = state.troubles[0].line if state.troubles else ""
    down = f"down {state.failures_in_a_row} runs" if state.failures_in_a_row else state.status
    return {
        "outlet": looks.outlet(state.outlet), "state": "blind" if blind else down, "good": not blind and not state.failures_in_a_row,
        "error": (blind or state.error or "")[:WORDS], "last": looks.when(state.last_success) if state.last_success else "never",
    }  # fmt: skip
