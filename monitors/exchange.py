"""JSON lines of INTERFACES.md <-> articles and claims."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import date, datetime
from typing import Any

from crawler.article import Article, Moment
from monitors.failure import Failure
from monitors.model import Claim

Json = dict[str, Any]


class BadLine(Failure):
    """A line that cannot be processed; the message says what is wrong with it."""


def read_moment(text: str | None) -> Moment | None:
    """An ISO 8601 day or time as printed; BadLine where it is neither.

    >>> read_moment("2026-02-05")
    datetime.date(2026, 2, 5)
    """
    if not text:
        return None
    try:
        return date.fromisoformat(text) if len(text) <= 10 else datetime.fromisoformat(text)
    except ValueError as error:
        raise BadLine(f"{text!r} is neither an ISO 8601 day nor a time") from error


def read_article(line: Mapping[str, Any]) -> Article:
    """The article of a line of `extract` or `replay`; the whole text is `core`. Raises BadLine naming the key."""
    for key in ("outlet", "url", "published", "modified", "lang", "title", "text"):
        if not isinstance(line.get(key), str | None):
            raise BadLine(f"{key} must be a string or null, not {line[key]!r}")
    if line.get("text") is None:
        raise BadLine("text is missing")
    return Article(
        outlet=line.get("outlet") or "", url=line.get("url") or "", title=line.get("title") or "", text=line["text"], core=line["text"],
        published=read_moment(line.get("published")), modified=read_moment(line.get("modified")), language=line.get("lang"))


def write_claim(claim: Claim) -> Json:
    """The fields of INTERFACES.md: the vocabulary, then the further fields that say something."""
    row = asdict(claim)
    place = "title" if row.pop("in_title") else "text"
    vocabulary = {f.name: row[f.name] for f in fields(Claim) if f.name in SCORED}
    further = {name: value for name, value in row.items() if name not in SCORED and value not in (None, (), False)}
    return {**vocabulary, "in": place, **further, "sure": claim.sure}


SCORED = frozenset({
    "low", "high", "qualifier", "metric", "party", "group", "scope", "as_of", "attributed_to", "stance", "span", "start", "end", "quote"})


def write_page(article: Article) -> Json:
    """The answer of `parse` for one page."""
    return {
        "canonical_url": article.canonical_url, "title": article.title, "alt_titles": list(article.alt_titles),
        "published": write_moment(article.published), "modified": write_moment(article.modified), "language": article.language,
        "authors": list(article.authors), "section": article.section, "text": article.text, "core": article.core,
        "live": article.live, "free": article.free, "agreement": article.agreement,
        "entries": [{"published": write_moment(entry.published), "start": entry.start, "end": entry.end} for entry in article.entries]}


def write_moment(moment: Moment | None) -> str | None:
    """A day or time as `read_moment` reads it back, with the zone it has or without one."""
    return moment.isoformat() if moment else None
