"""Read the moments that a page prints for its visitors, in the words of eleven languages."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from functools import cache

from crawler.article import Moment
from crawler.moments import YEARS, ZONES, named_zone
from crawler.words import join, months, stamp

CLOCK = re.compile(r"(?<![\d.:])([0-2]?\d)[:h.時]([0-5]\d)(?::[0-5]\d|分)?(?!\d)(?:\s*([ap])\.?m\b\.?)?")
NAMED = re.compile(rf"\b(?:{'|'.join(sorted(ZONES, key=len, reverse=True)).lower()})\b")


@cache
def _day() -> re.Pattern[str]:
    """What people read: "5 лютого 2026, 10:05", "February 5th, 2026 at 10:05 pm", "le 5 février 2026 à 10h05", "05.02.2026"."""
    month = rf"(?:{'|'.join(sorted(months(), key=len, reverse=True))})\w{{0,7}}\.?"
    return re.compile(
        rf"""
        (?<!\d) (?: (?P<D>\d{{1,2}}) (?:\.|st|nd|rd|th|er|º)? \s+ (?:de\s+)? (?P<M>{month}) ,? (?:\s+ (?:del?\s+)? (?P<Y>\d{{4}}))?
            | (?<!\w) (?P<M2>{month}) \s+ (?P<D2>\d{{1,2}}) (?:st|nd|rd|th)? (?:,? \s+ (?P<Y2>\d{{4}}))?
            | (?P<D3>\d{{1,2}}) \. (?P<M3>\d{{1,2}}) \. (?P<Y3>\d{{4}})
            | (?P<Y4>\d{{4}}) [-年] (?P<M4>\d{{1,2}}) [-月] (?P<D4>\d{{1,2}}) 日?
        ) (?!\d)
        """,
        re.VERBOSE,
    )


def read_printed(text: str) -> Moment | None:
    """The day or the time that a visitor reads, in words; None where the text says anything beside.

    >>> read_printed("Опубліковано 5 лютого 2026, 10:05")
    datetime.datetime(2026, 2, 5, 10, 5)
    >>> read_printed("5 February 2026"), read_printed("On 5 February 2026 the harbour was hit.")
    (datetime.date(2026, 2, 5), None)
    """
    text = text.lower()
    days = [*_day().finditer(text)] if len(text) <= 120 and beside_stamp(text) is not None else []
    if not days:
        return None
    printed = {name[0]: value for name, value in days[0].groupdict().items() if value}
    text = _day().sub(" ", text[: days[1].start()] if len(days) > 1 else text)
    clock, zone = CLOCK.search(text), NAMED.search(text)
    try:
        day = date(int(printed.get("Y", 0)), int(printed["M"]) if printed["M"].isdigit() else _month(printed["M"]), int(printed["D"]))
        moment = datetime.combine(day, _time(clock), tzinfo=named_zone(zone[0] if zone else None)) if clock else day
    except ValueError:
        return None
    return moment if moment.year in YEARS else None


def _time(clock: re.Match[str]) -> time:
    hour = int(clock[1])
    return time(hour % 12 + (12 if clock[3] == "p" else 0) if clock[3] else hour, int(clock[2]))


def _month(name: str) -> int:
    return next(months()[name[:size]] for size in range(len(name), 1, -1) if name[:size] in months())


def beside_stamp(text: str) -> bool | None:
    """Whether words name a stamp or a counter ("Updated 10:05", "4 min read"), which is all that the text is; None where it is more.

    >>> beside_stamp("Updated on Thursday, 5 February at 10:05"), beside_stamp("10:05"), beside_stamp("Updated: 12 killed")
    (True, False, None)
    """
    text = text.lower()
    rest = stamp().sub(" ", text)
    named = rest != text
    for pattern in (_day(), CLOCK, NAMED, join()):
        rest = pattern.sub(" ", rest)
    letters = sum(map(str.isalpha, rest))
    return None if any(map(str.isdigit, rest)) or letters > LONGEST_WEEKDAY or (letters and not any(map(str.isdigit, text))) else named


LONGEST_WEEKDAY = 14
