"""A CSV file of known figures -> articles with hand-made claims, ready to be recorded like any other."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import TextIO

from crawler.article import Article
from monitors.failure import Failure
from monitors.model import Claim, Qualifier, Reading, Scope, Stance

REQUIRED = ("date", "claimant", "metric", "party", "group", "scope", "low", "high", "qualifier", "method", "quote", "url", "outlet")
OPTIONAL = ("as_of", "since", "until", "event", "place", "per", "unit", "language")

METRICS = ("killed", "wounded", "casualties", "missing", "captured", "detained", "exchanged", "bodies_returned", "displaced")
GROUPS = ("military", "civilians", "children", "journalists", "all")
METHODS = ("official", "confirmed_names", "estimate", "own_side", "enemy_claim")
UNITS = ("persons", "cases", "entries", "bodies", "names")
PERIODS = ("hour", "day", "week", "month", "year")

IDENTITY = ("date", "as_of", "claimant", "metric", "party", "group", "scope", "since", "until", "event", "place", "per", "unit")
"""What makes a row the same row when its value or its sentence is put right."""

BY_HAND = "imported by hand"
"""The reason that a known value's claim gives."""

MOST_SHOWN = 10


class ImportFailure(Failure):
    """Rows that cannot be taken; a line for each names file, line, column and what is allowed."""


class _Wrong(ValueError):
    """What is wrong with one column of a row."""

    def __init__(self, column: str, text: str) -> None:
        super().__init__(f"{column}: {text}")


def read_rows(path: Path, until: date | None = None, metrics: Collection[str] = ()) -> list[tuple[Article, Reading]]:
    """Each row as an article whose text is its quote, with the one claim that stands in it; with `until`, those up to that day.

    `metrics` are those of a person's own monitors, allowed beside the usual ones. An article's url is the row's link with a fragment
    of the row's own (`…/news#row-1a2b3c4d`): many figures stand on one page, the link still leads there, and the same row met again is
    the same article. Raises ImportFailure when any row is wrong; nothing is half read.
    """
    found: dict[str, tuple[Article, Reading]] = {}
    complaints = []
    for line, row in _read_file(path):
        try:
            article, reading = _read_row(row, (*METRICS, *metrics))
            if article.url in found:
                raise _Wrong("as_of", "a line above has the same claimant, quantity, day and url; tell the two apart by date, as_of or url")
            if until is None or _read_day(row, "date") <= until:
                found[article.url] = article, reading
        except _Wrong as wrong:
            complaints.append(f"{path}, line {line}, {wrong}")
    if complaints:
        more = [f"… and {len(complaints) - MOST_SHOWN} more"] if len(complaints) > MOST_SHOWN else []
        raise ImportFailure("\n".join(complaints[:MOST_SHOWN] + more))
    return list(found.values())


def _read_file(path: Path) -> list[tuple[int, dict[str, str]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(_read_lines(file, path))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ImportFailure(f"{path}: cannot be read as CSV in UTF-8: {error}") from error


def _read_lines(file: TextIO, path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    header = file.readline()
    file.seek(0)
    reader = csv.DictReader(file, delimiter=";" if ";" in header and "," not in header else ",", strict=True, restval="")
    names = [name.strip() for name in reader.fieldnames or ()]
    missing = [name for name in REQUIRED if name not in names]
    unknown = [name for name in names if name not in REQUIRED + OPTIONAL]
    if missing or unknown:
        what = f"has no column {missing[0]!r}" if missing else f"has an unknown column {unknown[0]!r}"
        raise ImportFailure(f"{path}, line 1 {what}; needed are {', '.join(REQUIRED)}; more may be {', '.join(OPTIONAL)}")
    reader.fieldnames = names
    for row in reader:
        if None in row:
            raise ImportFailure(f"{path}, line {reader.line_num} has more fields than columns: put a text with commas in quotation marks")
        values = {name: value.strip() for name, value in row.items()}
        if any(values.values()):
            yield reader.line_num, values


def _read_row(row: Mapping[str, str], metrics: tuple[str, ...]) -> tuple[Article, Reading]:
    claim = _read_claim(row, metrics)
    article = Article(
        outlet=_needed(row, "outlet"),
        url=_identify(row),
        title="",
        text=claim.quote,
        published=_read_day(row, "date"),
        language=row.get("language") or "en",
        core=claim.quote,
        canonical_url=row["url"],
    )
    return article, Reading((claim,))


def _read_claim(row: Mapping[str, str], metrics: tuple[str, ...]) -> Claim:
    low, high, qualifier = _read_value(row)
    quote = _needed(row, "quote")
    start, end = _find_number(quote, low, high)
    return Claim(
        low=low,
        high=high,
        qualifier=qualifier,
        metric=_word(row, "metric", metrics),
        party=row["party"].lower() or None,
        group=_word(row, "group", GROUPS),
        scope=Scope(_choice(row, "scope", tuple(Scope))),
        as_of=_partial_date(row, "as_of") or _read_day(row, "date").isoformat(),
        attributed_to=row["claimant"] or None,
        stance=Stance.ASSERTED,
        span=quote[start:end],
        start=start,
        end=end,
        in_title=False,
        quote=quote,
        event=row.get("event") or None,
        place=row.get("place") or None,
        per=_optional(row, "per", PERIODS),
        since=_partial_date(row, "since"),
        until=_partial_date(row, "until"),
        unit=_optional(row, "unit", UNITS),
        method=_optional(row, "method", METHODS),
        sure=True,
        reasons=(BY_HAND,),
    )


def _identify(row: Mapping[str, str]) -> str:
    url = _needed(row, "url")
    if not re.match(r"https?://[^\s/]+\.", url):
        raise _Wrong("url", f"{url!r} is not a link: it begins with https:// and leads to where the figure stands")
    digest = sha256("\n".join(row.get(name, "") for name in IDENTITY).encode()).hexdigest()[:8]
    return f"{url}{'&' if '#' in url else '#'}row-{digest}"


# --- values


_Bound = int | None

_POINT = ("the same number as low and as high", lambda low, high: low is not None and low == high)
_FLOOR = ("a number as low and nothing as high", lambda low, high: low is not None and high is None)
_CEILING = ("nothing as low and a number as high", lambda low, high: low is None and high is not None)
_RANGE = ("low smaller than high", lambda low, high: low is not None and high is not None and low < high)

_SHAPES: dict[Qualifier, tuple[str, Callable[[_Bound, _Bound], bool]]] = {
    Qualifier.EXACT: _POINT,
    Qualifier.ABOUT: _POINT,
    Qualifier.NEARLY: _POINT,
    Qualifier.AT_LEAST: _FLOOR,
    Qualifier.MORE_THAN: _FLOOR,
    Qualifier.UP_TO: _CEILING,
    Qualifier.LESS_THAN: _CEILING,
    Qualifier.BETWEEN: _RANGE,
}


def _read_value(row: Mapping[str, str]) -> tuple[int | None, int | None, Qualifier]:
    low, high = _number(row, "low"), _number(row, "high")
    qualifier = Qualifier(_choice(row, "qualifier", tuple(_SHAPES)))
    wanted, fits = _SHAPES[qualifier]
    if not fits(low, high):
        raise _Wrong("low, high", f"{qualifier} needs {wanted}; this has {row['low'] or 'nothing'!r} and {row['high'] or 'nothing'!r}")
    return low, high, qualifier


def _number(row: Mapping[str, str], column: str) -> int | None:
    text = row[column]
    if not re.fullmatch(r"\d*|\d{1,3}([, ]\d{3})+", text):
        raise _Wrong(column, f"{text!r} is not a whole number in digits, like 55000")
    return int(re.sub(r"\D", "", text)) if text else None


def _find_number(quote: str, low: int | None, high: int | None) -> tuple[int, int]:
    """Where the number stands in the quote; of a range both ends where they follow each other."""
    ends = dict.fromkeys(bound for bound in (low, high) if bound is not None)
    places = {}
    for bound in ends:
        found = re.search(rf"(?<![\d.,]){_grouped(bound)}(?![.,]?\d)", quote)
        if found is None:
            raise _Wrong("quote", f"the sentence must hold the number {bound:,} in digits")
        places[bound] = found.span()
    spans = sorted(places.values())
    return spans[0][0], spans[-1][1]


def _grouped(number: int) -> str:
    """A pattern of the number with or without a separator of thousands."""
    return "[,.'’\u00a0\u2009\u202f ]?".join(f"{number:,}".split(","))


# --- words


def _needed(row: Mapping[str, str], column: str) -> str:
    if not row[column]:
        raise _Wrong(column, "must not be empty")
    return row[column]


def _choice(row: Mapping[str, str], column: str, allowed: tuple[str, ...]) -> str:
    if row[column] not in allowed:
        raise _Wrong(column, f"{row[column]!r} is not one of {', '.join(allowed)}")
    return row[column]


def _optional(row: Mapping[str, str], column: str, allowed: tuple[str, ...]) -> str | None:
    return _choice(row, column, allowed) if row.get(column) else None


def _word(row: Mapping[str, str], column: str, usual: tuple[str, ...]) -> str:
    """A usual word, or one's own as `other:word`."""
    if re.fullmatch(r"other:[\w-]+", row[column]):
        return row[column]
    if row[column] not in usual:
        raise _Wrong(column, f"{row[column]!r} is not one of {', '.join(usual)} or other:<word>")
    return row[column]


def _read_day(row: Mapping[str, str], column: str) -> date:
    try:
        return date.fromisoformat(row[column])
    except ValueError:
        raise _Wrong(column, f"{row[column]!r} is not a day like 2026-02-04") from None


def _partial_date(row: Mapping[str, str], column: str) -> str | None:
    text = row.get(column, "")
    if not text:
        return None
    try:
        date.fromisoformat((text + "-01-01")[:10])
    except ValueError:
        text = ""
    if not re.fullmatch(r"\d{4}(-\d\d){0,2}", text):
        raise _Wrong(column, f"{row[column]!r} is not a day, month or year like 2026-02-04, 2026-02 or 2026")
    return text
