"""The course of a figure in letters: a sparkline, and a plot that fits the terminal; neither goes into a pipe."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from monitors.history.queries import Point, courses, find_series
from monitors.history.store import open_history
from monitors.report import plot
from monitors.report.plot import draw_plot, list_series, show_course, spark_of, sparkline
from monitors.report.rows import series_rows
from monitors.report.tables import print_points
from tests.newsdesk import Newsdesk, figure

NOON = datetime(2026, 2, 5, 12, tzinfo=UTC)


def point(as_of: str, low: int | None, high: int | None = None, qualifier: str = "exact", *marks: str) -> Point:
    high = low if high is None and qualifier in ("exact", "nearly", "about") else high
    return Point(1, low, high, qualifier, "Zelensky", as_of, True, as_of, NOON, "change", "So.", "https://example.org", "a", marks, ())


COURSE = [
    point("2022-08-22", 9_000, qualifier="nearly"), point("2024-02-25", 31_000), point("2024-12-08", 43_000),
    point("2025-02", 46_000, None, "more_than"), point("2026-02-04", 55_000),
]  # fmt: skip
RANGE, WITHDRAWN = point("2025-12", 50_000, 60_000, "between"), point("2025-06-01", 90_000, None, "exact", "told", "withdrawn")


class Terminal(io.StringIO):
    """What a terminal gets."""

    def isatty(self) -> bool:
        return True

    @property
    def shown(self) -> str:
        return re.sub(r"\x1b\[[\d;]*m", "", self.getvalue())


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("TERM", "xterm")
    return Terminal()


@pytest.mark.parametrize("width", [40, 63, 80, 120])
def test_a_plot_fits_the_width_and_has_round_numbers_beside_it_and_days_below(width: int) -> None:
    lines = draw_plot([*COURSE, RANGE, WITHDRAWN], width)
    assert max(map(len, lines)) <= width
    assert [line.split()[0] for line in lines if "┤" in line] == ["100,000", "80,000", "60,000", "40,000", "20,000", "0"]
    assert lines[-2].split()[:3] == ["22", "Aug", "2022"]
    assert lines[-2].endswith("4 Feb 2026")
    assert lines[-1].strip() == "× withdrawn   │ low to high"


def test_what_was_withdrawn_is_a_cross_and_no_step() -> None:
    drawn = draw_plot([*COURSE, WITHDRAWN], 80)
    assert "×" in drawn[1]
    assert "×" not in "".join(draw_plot([*COURSE, replace(WITHDRAWN, marks=("withdrawn", "upheld"))], 80))
    assert spark_of([*COURSE, WITHDRAWN]) == spark_of(COURSE) == "▁▄▆▇█"


def test_values_are_steps_from_one_to_the_next() -> None:
    first, last = draw_plot([point("2026-01-01", 0), point("2026-01-11", 10)], 60)[:12:11]
    assert first.startswith("10 ┤")
    assert first.endswith("⢸")
    assert last.removeprefix(" 0 ┤").strip("⣀⣸") == ""


def test_a_plot_of_one_day_or_on_a_narrow_screen_is_left_out() -> None:
    assert draw_plot([point("2026-02-04", 1), point("2026-02-04", 9)], 80) == []
    assert draw_plot([point("2026-02-04", None, None, "vague"), point("2026-02-05", 9)], 80) == []
    assert draw_plot(COURSE, 39) == []


def test_the_largest_numbers_and_the_longest_series_are_drawn() -> None:
    days = [point((date(2020, 1, 1) + timedelta(n)).isoformat(), 900 * n) for n in range(2_000)]
    assert max(map(len, draw_plot([*days, point("2026-01-01", 2**63 - 1)], 100))) <= 100


def test_a_sparkline_shows_the_latest_values_from_the_least_to_the_largest() -> None:
    values = [(n, n) for n in range(40)]
    assert sparkline(values) == sparkline(values[-16:])
    assert (sparkline(values)[0], sparkline(values)[-1]) == ("▁", "█")
    assert sparkline(values[:1]) == ""
    assert sparkline(values[3:4] * 2) == "▁▁"


def test_a_terminal_gets_the_plot_and_a_pipe_the_heading_alone(terminal: Terminal) -> None:
    pipe = io.StringIO()
    for out in (terminal, pipe):
        show_course("Soldiers killed", COURSE, out)
    assert pipe.getvalue() == "Soldiers killed\n\n"
    assert terminal.shown.splitlines()[0] == "Soldiers killed  ▁▄▆▇█"
    assert "20,000 ┤" in terminal.shown


def test_a_list_of_series_has_sparklines_on_a_wide_terminal_only(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_history("sqlite://") as history:
        desk = Newsdesk(history)
        for number in (43_000, 46_000, 55_000):
            desk.reads(figure(number))
        with history.reading() as connection:
            rows = series_rows(find_series(connection))
            printed = {}
            for columns, out in (("120", terminal), ("80", Terminal()), ("120", io.StringIO())):
                monkeypatch.setenv("COLUMNS", columns)
                list_series(rows, lambda numbers: courses(connection, numbers, 16), out)
                printed[columns, out.isatty()] = out.getvalue()
    assert "▁▃█" in printed["120", True]
    assert "▁▃█" not in printed["80", True] + printed["120", False]
    assert printed["120", False].split()[:6] == ["no.", "what", "claimant", "value", "as", "of"]


def test_the_table_of_values_has_its_columns_under_each_other(terminal: Terminal) -> None:
    row = {"judged": "change", "claimant": "Zelensky", "outlets": ("bbc", "reuters"), "sentence": "So.", "link": "https://example.org"}
    pipe = io.StringIO()
    print_points([{**row, "as of": "2026-02-04", "value": "55,000"}, {**row, "as of": "2025", "value": "more than 46,000"}], pipe)
    heads = [line for line in pipe.getvalue().splitlines() if not line.startswith(" ")]
    assert heads == [
        "as of       value             judged  claimant  outlets",
        "2026-02-04  55,000            change  Zelensky  bbc, reuters",
        "2025        more than 46,000  change  Zelensky  bbc, reuters",
    ]


def test_the_canvas_is_loaded_when_a_plot_is_drawn_and_not_before() -> None:
    script = f"import sys, {plot.__name__}; sys.exit('plotille' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
