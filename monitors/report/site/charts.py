"""A quantity -> its chart, as the plotting library takes it: steps for each claimant, bands and open marks where values are unsure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from monitors.alerts.phrases import Value, clean, cut, day_words
from monitors.history.overview import QuantityCourse, Stated
from monitors.model import Kind, Qualifier, State
from monitors.report.site.views import Looks, claimant_of, nominal, quantity_title, sentence, value_of

MOST_POINTS = 1500
"""Points of one claimant's line; of more the first and last of each stretch, its least and its most are drawn."""
MOST_LINES = 24
"""Claimants that have a line; of more those with the most values."""
LEGEND = 34
"""Characters of a name beside the chart: a phone shows no more in a line."""

COLOURS = ("#2f7de1", "#d55e00", "#009e73", "#cc79a7", "#b8860b", "#56b4e9", "#7a5cc0", "#808080")
"""Told apart by people who do not see all colours, on white and on black."""
DASHES = ("solid", "dash", "dot", "dashdot")
SYMBOLS = {
    Qualifier.EXACT: "circle",
    Qualifier.ABOUT: "circle-open",
    Qualifier.NEARLY: "circle-open",
    Qualifier.AT_LEAST: "triangle-up-open",
    Qualifier.MORE_THAN: "triangle-up-open",
    Qualifier.UP_TO: "triangle-down-open",
    Qualifier.LESS_THAN: "triangle-down-open",
    Qualifier.BETWEEN: "diamond-wide-open",
}
"""How a value is marked: filled where it is exact; where it is a bound, an arrow to the side on which the truth may lie."""
MARKS = {State.WITHDRAWN: ("x", "withdrawn"), State.CONTESTED: ("square-open", "contested")}


def chart_of(course: QuantityCourse, looks: Looks, places: Mapping[int, str]) -> dict[str, Any]:
    """The chart's traces, which lead to the places of their statements, and what it shows in words; the page's script adds the layout."""
    drawn = [one for one in course.stated if not one.void and nominal(one) is not None]
    traces: list[dict[str, Any]] = []
    for number, own in enumerate(_by_claimant(drawn)):
        traces += _line(own, COLOURS[number % len(COLOURS)], DASHES[number // len(COLOURS) % len(DASHES)])
    traces += _marked(drawn)
    traces += _told(course, drawn)
    for trace in traces:
        trace["customdata"] = [[places[about.id], *(lines or _tooltip(about, looks))] for about, lines in trace.pop("about", ())]
    return {"traces": traces, "words": _in_words(course, drawn)}


def _by_claimant(drawn: Sequence[Stated]) -> list[list[Stated]]:
    """The values that stand, by their series; those with the most first."""
    standing = sorted((one for one in drawn if one.state not in MARKS), key=lambda one: one.series.key)
    lines = [sorted(own, key=lambda one: (one.last_day, one.id)) for _, own in groupby(standing, key=lambda one: one.series.key)]
    return sorted(lines, key=lambda own: (-len(own), own[0].series.key))[:MOST_LINES]


def _line(own: Sequence[Stated], colour: str, dash: str) -> Iterator[dict[str, Any]]:
    own = _thinned(own)
    name = claimant_of(own[-1])
    days = [one.last_day for one in own]
    if any(one.low is not None and one.high is not None and one.low != one.high for one in own):
        unseen = {"shape": "hv", "width": 0}
        band = {"x": days, "mode": "lines", "line": unseen, "hoverinfo": "skip", "showlegend": False, "legendgroup": name}
        yield band | {"y": [one.high if one.low is None else one.low for one in own]}
        yield band | {"y": [one.low if one.high is None else one.high for one in own], "fill": "tonexty", "fillcolor": colour + "33"}
    ranges = [(one.low, one.high) if one.low is not None and one.high is not None and one.low != one.high else None for one in own]
    heights = [nominal(one) or 0 for one in own]
    yield {
        "name": cut(name, LEGEND), "legendgroup": name, "x": days, "y": heights, "mode": "lines+markers",
        "line": {"shape": "hv", "color": colour, "dash": dash, "width": 2},
        "marker": {"symbol": [_symbol(one) for one in own], "size": 9, "color": colour},
        **({"error_y": _spans(ranges, heights, colour)} if any(ranges) else {}),
        "about": [(one, ()) for one in own],
    }  # fmt: skip


def _spans(ranges: Sequence[tuple[int, int] | None], heights: Sequence[float], colour: str) -> dict[str, Any]:
    """How far ranges reach above and below where they are drawn."""
    above = [ends[1] - height if ends else None for ends, height in zip(ranges, heights, strict=True)]
    below = [height - ends[0] if ends else None for ends, height in zip(ranges, heights, strict=True)]
    return {"symmetric": False, "width": 4, "thickness": 1.5, "color": colour, "array": above, "arrayminus": below}


def _symbol(one: Stated) -> str:
    return SYMBOLS.get(Value(one.low, one.high, one.qualifier).bound, "circle")


def _marked(drawn: Sequence[Stated]) -> Iterator[dict[str, Any]]:
    """What was taken back or denied, and what corrected it, as marks of their own."""
    corrected = [one for one in drawn if one.kind == Kind.CORRECTION]
    for symbol, name, some in (
        *((symbol, name, [one for one in drawn if one.state is state]) for state, (symbol, name) in MARKS.items()),
        ("diamond", "corrected", corrected),
    ):
        if some:
            yield {
                "name": name, "mode": "markers", "x": [one.last_day for one in some], "y": [nominal(one) for one in some],
                "marker": {"symbol": symbol, "size": 12, "color": "#c62828" if some is not corrected else "#2e7d32"},
                "about": [(one, ()) for one in some],
            }  # fmt: skip


def _told(course: QuantityCourse, drawn: Sequence[Stated]) -> Iterator[dict[str, Any]]:
    """Where somebody was told at once."""
    known = {one.id: one for one in drawn}
    told = [(one, known[one.statement]) for one in course.told if one.severity in ("urgent", "notable") and one.statement in known]
    if told:
        yield {
            "name": "alerts", "mode": "markers", "x": [about.last_day for _, about in told], "y": [nominal(about) for _, about in told],
            "marker": {"symbol": "star-open", "size": 16, "color": "#b8860b", "line": {"width": 1.5}},
            "about": [(about, (clean(one.title),)) for one, about in told],
        }  # fmt: skip


def _tooltip(one: Stated, looks: Looks) -> tuple[str, ...]:
    """The value, who says so, and the sentence, as lines; the page's script makes what is markup to the library none."""
    said = sentence(one.quote, one.printed[0].span if one.printed else "")
    head = f"{value_of(one, 'qualifiers')}, {claimant_of(one)}"
    return head, f"as of {day_words(one.as_of)}: {one.state}", f"“{said.before}{said.number}{said.after}”", looks.outlet(one.outlet)


def _thinned(own: Sequence[Stated]) -> list[Stated]:
    """At most so many points of a line: repeated values go first, then of each stretch all but its ends, its least and its most."""
    if len(own) <= MOST_POINTS:
        return list(own)
    moved = [one for n, one in enumerate(own) if n in (0, len(own) - 1) or (own[n - 1].low, own[n - 1].high) != (one.low, one.high)]
    if len(moved) <= MOST_POINTS:
        return moved
    span = -(-len(moved) * 4 // MOST_POINTS)
    return [one for n in range(0, len(moved), span) for one in _kept(moved[n : n + span])]


def _kept(stretch: Sequence[Stated]) -> list[Stated]:
    heights = [nominal(one) or 0 for one in stretch]
    places = {0, len(stretch) - 1, heights.index(min(heights)), heights.index(max(heights))}
    return [stretch[n] for n in sorted(places)]


def _in_words(course: QuantityCourse, drawn: Iterable[Stated]) -> str:
    """What the chart shows, for who does not see it."""
    own = list(drawn)
    if not own:
        return "No value of it has a number."
    claimants = len({one.series.body for one in own})
    first, last = own[0], own[-1]
    return (
        f"Step chart of {quantity_title(course.series)}: {len(own)} values of {claimants} claimant{'' if claimants == 1 else 's'}, from "
        f"{value_of(first)} ({day_words(first.as_of)}) to {value_of(last)} ({day_words(last.as_of)}). The table below has all of them."
    )
