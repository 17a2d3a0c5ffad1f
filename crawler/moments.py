"""Read the moment a date string prints: no more precise than it is, no zone that it does not give."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from email.utils import parsedate

from crawler.article import Moment

ISO = re.compile(
    r"""
    \s* (?: (?P<Y>\d{4}) [-/.] (?P<M>\d{1,2}) [-/.] (?P<D>\d{1,2}) | (?P<Y2>\d{4}) (?P<M2>\d{2}) (?P<D2>\d{2})   # the day
        | (?P<D3>\d{1,2}) \. (?P<M3>\d{1,2}) \. (?P<Y3>\d{4}) )                     # or as it is printed on the Continent
    (?: [T\s,]* (\d{1,2}) :? (\d{2})                          # the minute
        (?: :? (\d{2}) (?: [.,:] (\d{1,9}) )? )?              # the second
        \s* ( Z | UTC | GMT | [+\-−] \d{2} (?: :? \d{2} )? )? # the zone
    )?
    (?: \[ [\w/]+ \] )? \s*                                   # java.time's name of the zone
    """,
    re.VERBOSE | re.IGNORECASE,
)
SCRIPTED = re.compile(r"\w{3} (\w{3}) (\d{1,2}) (\d{4}) (\d\d:\d\d:\d\d) (?:GMT|UTC)([+-]\d{4})")  # what JavaScript's Date prints
PRINTED = re.compile(
    r"""
    (.*?\d{1,2}[ -]\w{3,9}[ -]\d{2,4} | .*?\w{3,9}\.?[ ]\d{1,2},?[ ]\d{4})   # the day
    (?: ,?\s+ (\d{1,2}:\d\d(?::\d\d)?) (?: \s*([AP]M)\b )?                   # the time
        (?: \s* ([+-]\d\d:?\d\d | [A-Z]{1,5}) )? (?: \s*\([^)]*\) )?         # the zone
    )? \s*
    """,
    re.VERBOSE | re.IGNORECASE,
)
ZONES = {
    "Z": 0, "UT": 0, "UTC": 0, "GMT": 0, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,  # RFC 822
    "WET": 0, "WEST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3, "MSK": 3, "SAST": 2, "JST": 9, "KST": 9, "AEST": 10}  # the press
YEARS = range(1990, 2101)


def read_moment(text: str | None) -> Moment | None:
    """The day or the time that `text` prints, None where it prints neither.

    >>> read_moment("2026-02-05T10:00:00+02:00").isoformat()
    '2026-02-05T10:00:00+02:00'
    >>> read_moment("Thu, 05 Feb 2026 10:00:00 GMT").isoformat()
    '2026-02-05T10:00:00+00:00'
    >>> read_moment("2026-02-05"), read_moment("2026-02-05T00:00:00"), read_moment("yesterday")
    (datetime.date(2026, 2, 5), datetime.date(2026, 2, 5), None)
    """
    text = (text or "").strip()[:80]
    try:
        moment = _read_iso(text) or _read_epoch(text) or _read_mail(text)
    except (ValueError, OverflowError):
        return None
    return moment if moment and moment.year in YEARS else None


def start_of(moment: Moment) -> datetime:
    """A printed moment as a point in time: without a zone it is taken for UTC, a day for its start.

    >>> start_of(date(2026, 2, 5)).isoformat()
    '2026-02-05T00:00:00+00:00'
    """
    if not isinstance(moment, datetime):
        return datetime.combine(moment, time(), UTC)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _read_iso(text: str) -> Moment | None:
    found = ISO.fullmatch(text)
    if not found:
        return None
    year, month, day = (int(found[part] or found[f"{part}2"] or found[f"{part}3"]) for part in "YMD")
    hour, minute, second, fraction, zone = found.groups()[9:]
    if hour is None:
        return date(year, month, day)
    micros = int((fraction or "0").ljust(6, "0")[:6])
    return _settled(datetime(year, month, day, int(hour), int(minute), int(second or 0), micros, _zone(zone)))


def _zone(text: str | None) -> timezone | None:
    if not text:
        return None
    if text.upper() in ("Z", "UTC", "GMT"):
        return UTC
    digits = text[1:].replace(":", "").ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(offset if text[0] == "+" else -offset)


def _read_epoch(text: str) -> Moment | None:
    if not re.fullmatch(r"1\d{9}(?:\d{3})?", text):
        return None
    return datetime.fromtimestamp(int(text[:10]), UTC)


def _read_mail(text: str) -> Moment | None:
    """RFC 822, as RSS prints it, and what resembles it. A zone's name counts only where it has one meaning."""
    if scripted := SCRIPTED.match(text):
        text = "{1} {0} {2} {3} {4}".format(*scripted.groups())
    found = PRINTED.fullmatch(text)
    fields = parsedate(f"{found[1]} {found[2] or '00:00'}") if found else None
    if found is None or fields is None:
        return None
    if not found[2]:
        return date(*fields[:3])
    hour = fields[3] % 12 + (12 if found[3].upper() == "PM" else 0) if found[3] else fields[3]
    return _settled(datetime(*fields[:3], hour, *fields[4:6], tzinfo=named_zone(found[4])))


def named_zone(zone: str | None) -> timezone | None:
    if zone and zone[0] in "+-":
        return _zone(zone)
    return timezone(timedelta(hours=ZONES[zone.upper()])) if zone and zone.upper() in ZONES else None


def _settled(moment: datetime) -> Moment:
    """Midnight without a zone is how a system prints a day when it knows no time."""
    if moment.tzinfo is None and (moment.hour, moment.minute, moment.second, moment.microsecond) == (0, 0, 0, 0):
        return moment.date()
    return moment
