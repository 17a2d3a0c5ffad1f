"""Draw the course of a figure as a small picture for a mail: each value as a step, open where it is only a bound."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING, Any

from monitors.alerts.course import CHARTED, shown
from monitors.alerts.phrases import day_words, value_words
from monitors.history.outbox import members
from monitors.history.queries import told_event
from monitors.model import Waypoint
from monitors.rules.values import days_of

if TYPE_CHECKING:
    from monitors.history.store import History

log = logging.getLogger(__name__)

WIDTH, HEIGHT = 600, 160
"""In points of the mail; twice as many in the picture, as phones have them."""
LINE, GREY = "#2f7de1", "#7d8590"
"""Both are read on white and on black; the picture has no ground of its own."""
SPELLED = 6
"""So many values each bear their number; of more only the last, the first, the largest and the least do."""
ROOM = 0.14
"""Of the width, for a number."""


def chart_of(history: History, alert_id: str) -> bytes | None:
    """The picture of a told event's course as PNG, or of the first of a group that has one, drawn from what is stored; None without one.

    An alert goes without its picture rather than not at all, whatever hinders the drawing.
    """
    try:
        with history.reading() as connection:
            told = (told_event(connection, name) for name in (alert_id, *members(connection, alert_id)))
            course = next((event.course for event in told if event and len(event.course) >= CHARTED), None)
        return draw_course(course) if course else None
    except Exception as error:  # matplotlib may miss a font, a folder to write to, or itself
        log.warning("%s goes without its chart: %s", alert_id, error)
        return None


def draw_course(course: Sequence[Waypoint]) -> bytes:
    """The values over their days as PNG."""
    logging.getLogger("matplotlib").setLevel(logging.ERROR)  # it tells of its caches, and cron would mail that
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH / 100, HEIGHT / 100), dpi=200)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.005, 0.17, 0.99, 0.66))
    days = [days_of(point.as_of)[1].toordinal() for point in course]
    values = [shown(point) for point in course]
    heights = [value.middle or 0 for value in values]
    axes.step(days, heights, where="post", color=LINE, linewidth=1.5)
    for day, value, at in zip(days, values, heights, strict=True):
        axes.plot([day], [at], "o", markersize=5, color=LINE, markerfacecolor=LINE if value.exact else "none")
        if value.low is not None and value.high is not None:
            axes.plot([day, day], [value.low, value.high], color=LINE, linewidth=1.5, alpha=0.5)
    for n in labelled(days, heights):
        say_beside(axes, days, heights, n, value_words(values[n], "short"))
    frame(axes, days)
    picture = BytesIO()
    figure.savefig(picture, format="png", transparent=True, metadata={"Software": None})
    return picture.getvalue()


def labelled(days: Sequence[int], heights: Sequence[float]) -> list[int]:
    """Which values bear their number: the last, the first, the largest, the least and then the others, where there is room.

    >>> labelled([0, 50, 52, 100], [1, 5, 6, 9]), labelled([0, 1, 1, 2], [1, 2, 3, 4])
    ([3, 0, 2], [3, 0, 2])
    """
    order = sorted(range(len(days)), key=lambda n: -heights[n])
    chosen: list[int] = []
    for n in dict.fromkeys((len(days) - 1, 0, order[0], order[-1], *(order if len(days) <= SPELLED else ()))):
        if all(abs(days[n] - days[other]) > ROOM * (days[-1] - days[0]) for other in chosen):
            chosen.append(n)
    return chosen


def say_beside(axes: Any, days: Sequence[int], heights: Sequence[float], n: int, text: str) -> None:
    """A number over its point, within the picture."""
    side = "left" if n == 0 else "right" if n == len(days) - 1 else "center"
    axes.annotate(
        text, (days[n], heights[n]), xytext=(0, 6), textcoords="offset points", ha=side, va="bottom", fontsize=11,
        color=LINE if n == len(days) - 1 else GREY, fontweight="bold" if n == len(days) - 1 else "normal",
    )  # fmt: skip


def frame(axes: Any, days: Sequence[int]) -> None:
    """A ground line with the first and the last day, and nothing else."""
    for side in ("left", "right", "top"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(GREY)
    axes.spines["bottom"].set_alpha(0.5)
    axes.patch.set_visible(False)
    axes.margins(x=0.02, y=0.15)
    axes.set_yticks([])
    axes.set_xticks([days[0], days[-1]], [day_words(date.fromordinal(day).isoformat()) for day in (days[0], days[-1])])
    axes.tick_params(axis="x", length=0, labelsize=9.5, labelcolor=GREY, pad=4)
    first, last = axes.get_xticklabels()
    first.set_ha("left")
    last.set_ha("right")
