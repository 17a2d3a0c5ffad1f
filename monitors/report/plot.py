"""Draw the course of a figure in letters: a sparkline of a few characters, and a plot as wide as the terminal.

The dots of the plot are plotille's canvas: little Python that loads in 50 ms, when a plot is drawn. plotext takes 0.4 s, with a library in
C++ that not every machine has a wheel of. The axes are ours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any, TextIO, TypeAlias

from monitors.alerts.phrases import Value, day_words
from monitors.history.queries import Point
from monitors.history.standing import stand_now
from monitors.model import VOID, State
from monitors.report.tables import console_for, print_table, printable
from monitors.rules.values import days_of

Bounds: TypeAlias = tuple[int | None, int | None]
"""A value as the text bounds it."""

BARS = "▁▂▃▄▅▆▇█"
SPARKS = 16
"""Of a long series, so many values."""
ROWS, NARROWEST, WIDEST = 12, 40, 120
ROOMY = 110
"""Columns of a terminal where a table of series has room for sparklines."""
TICKS = 6
"""On the axis of values, at most so many."""
WITHDRAWN = "×"


def show_course(what: str, points: Sequence[Point], out: TextIO) -> None:
    """The heading of a series; on a terminal with its course, in small beside it and in large below."""
    from rich.text import Text

    console = console_for(out)
    spark = f"  {spark_of(points)}" if console.is_terminal else ""
    console.print(Text.assemble((printable(what), "bold"), (spark, "cyan")), "\n", sep="", soft_wrap=True)
    for line in draw_plot(points, console.width) if console.is_terminal else ():
        console.print(Text(line, "cyan"), soft_wrap=True)
    if console.is_terminal:
        console.print()


def list_series(rows: Sequence[Mapping[str, Any]], courses: Callable[[Sequence[int]], Mapping[int, Sequence[Bounds]]], out: TextIO) -> None:
    """The table of some series; on a wide terminal with a sparkline of each, of the values that `courses` finds."""
    console = console_for(out)
    columns: tuple[str, ...] = ("no.", "what", "claimant", "value", "as of")
    if console.is_terminal and console.width >= ROOMY:
        found = courses([row["no."] for row in rows])
        rows, columns = [{**row, "course": sparkline(found[row["no."]])} for row in rows], (*columns, "course")
    print_table(columns, rows, out)


@dataclass(frozen=True)
class Dot:
    """A value at its day; `stands` where nobody took it back."""

    day: int
    low: int
    high: int
    at: float
    stands: bool


def sparkline(values: Iterable[Bounds]) -> str:
    """The latest values in a few characters, from the least to the largest of them; "" of fewer than two.

    >>> sparkline([(9_000, 9_000), (31_000, 31_000), (43_000, None), (50_000, 60_000)])
    '▁▄▆█'
    """
    heights = [height for value in values if (height := Value(*value).middle) is not None][-SPARKS:]
    if len(heights) < 2:
        return ""
    least, most = min(heights), max(heights)
    return "".join(BARS[round((at - least) / (most - least or 1) * (len(BARS) - 1))] for at in heights)


def spark_of(points: Iterable[Point]) -> str:
    """The sparkline of a series' values that stand."""
    return sparkline((point.low, point.high) for point in points if is_standing(point))


def is_standing(point: Point) -> bool:
    return not stand_now(point.marks) & {State.WITHDRAWN.value, *VOID}


def draw_plot(points: Sequence[Point], width: int) -> list[str]:
    """The lines of a plot: values as steps over their days, from low to high where they are ranges, × where one was withdrawn.

    Empty where there are fewer than two days, or no room.
    """
    dots = sorted(_dots(points), key=lambda dot: dot.day)
    if width < NARROWEST or len({dot.day for dot in dots}) < 2:
        return []
    ticks = nice_ticks(min(dot.low for dot in dots), max(dot.high for dot in dots))
    labels = [f"{tick:,}" for tick in ticks]
    margin = max(map(len, labels))
    columns = min(width, WIDEST) - margin - 3
    rows = _draw(dots, ticks, columns)
    beside = {round((ROWS - 1) * (ticks[-1] - tick) / (ticks[-1] - ticks[0])): label for tick, label in zip(ticks, labels, strict=True)}
    lines = [f"{beside.get(n, ''):>{margin}} {'┤' if n in beside else '│'}{row}".rstrip() for n, row in enumerate(rows)]
    lines += [f"{'':{margin}} └{'─' * columns}", f"{'':{margin}}  {_days_below(dots, columns)}"]
    told = [WITHDRAWN + " withdrawn"] * any(not dot.stands for dot in dots) + ["│ low to high"] * any(dot.low < dot.high for dot in dots)
    return [*lines, f"{'':{margin}}  {'   '.join(told)}"] if told else lines


def _dots(points: Iterable[Point]) -> Iterator[Dot]:
    for point in points:
        ends = [end for end in (point.low, point.high) if end is not None]
        middle = Value(point.low, point.high).middle
        if middle is not None:
            yield Dot(days_of(point.as_of)[1].toordinal(), min(ends), max(ends), middle, is_standing(point))


def nice_ticks(low: int, high: int) -> list[int]:
    """Round numbers at even distances, from one below the least to one above the largest.

    >>> nice_ticks(9_000, 55_000), nice_ticks(3, 3)
    ([0, 20000, 40000, 60000], [3, 4])
    """
    steps = (factor * 10**power for power in range(20) for factor in (1, 2, 5))
    step = next(step for step in steps if -(-high // step) - low // step < TICKS)
    return list(range(low // step * step, max(-(-high // step) * step, low // step * step + step) + 1, step))


def _draw(dots: Sequence[Dot], ticks: Sequence[int], columns: int) -> list[str]:
    from plotille import Canvas

    wide = (dots[-1].day - dots[0].day) / (2 * columns - 1)  # a canvas leaves its upper edges out: one dot more has them in
    high = (ticks[-1] - ticks[0]) / (4 * ROWS - 1)
    canvas = Canvas(columns, ROWS, dots[0].day, ticks[0], dots[-1].day + wide, ticks[-1] + high)
    standing = [dot for dot in dots if dot.stands]
    for before, after in pairwise(standing):
        canvas.line(before.day, before.at, after.day, before.at)
        canvas.line(after.day, before.at, after.day, after.at)
    for dot in standing:
        canvas.line(dot.day, dot.low, dot.day, dot.high)
        canvas.point(dot.day, dot.at)
    for dot in dots:
        if not dot.stands:
            canvas.point(dot.day, dot.at, marker=WITHDRAWN)
    return [row.replace("\u2800", " ") for row in canvas.plot().split("\n")]


def _days_below(dots: Sequence[Dot], columns: int) -> str:
    """The first and the last day, and one in the middle where there is room."""
    first, middle, last = (day_words(date.fromordinal(day).isoformat()) for day in (
        dots[0].day, (dots[0].day + dots[-1].day) // 2, dots[-1].day))  # fmt: skip
    room = columns - len(first) - len(last)
    return f"{first}{middle if middle not in (first, last) and room > len(middle) + 4 else '':^{room}}{last}"
