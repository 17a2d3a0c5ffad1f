"""Keep a page as a test: its bytes and what is read in them -> NAME/SLUG.html.gz and .json, and back."""

from __future__ import annotations

import gzip
import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from difflib import unified_diff
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from crawler.pages import read_article
from crawler.single import RawPage
from monitors.exchange import Json, write_claim, write_page
from monitors.failure import Failure
from monitors.reader import Reader

FOLDER = Path("tests/pages/outlets")
"""Where a checkout keeps its recorded pages, a folder an outlet."""

LONGEST_SLUG = 60


class RecordingError(Failure):
    """A page that cannot be kept; the message says why and what to do."""


@dataclass(frozen=True)
class Recording:
    """Where a page is kept, and what must be read in it."""

    page: Path
    expected: Path
    reading: Json


def record_page(page: RawPage, outlet: str, language: str, folder: Path, *, force: bool = False) -> Recording:
    """Write a page of an outlet and what is read in it, below `folder`. `language` holds where the page names none.

    Raises NotAnArticle, and RecordingError where the files are there already (unless `force`) or cannot be written.
    """
    place = folder / outlet / slug_of(page.url)
    kept = Recording(place.with_name(f"{place.name}.html.gz"), place.with_name(f"{place.name}.json"), _read(page, outlet, language))
    there = [file for file in (kept.page, kept.expected) if file.exists()]
    if there and not force:
        raise RecordingError(f"{there[0]} is there already; --force replaces it")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        kept.page.write_bytes(gzip.compress(page.body, mtime=0))  # the same page is the same file, whenever it is written
        kept.expected.write_text(json.dumps(kept.reading, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise RecordingError(f"{place.parent}: cannot be written: {error.strerror}") from error
    return kept


def read_again(expected: Json, page: bytes) -> Json:
    """What is read today in the bytes of a recorded page."""
    return _read(RawPage(expected["url"], page, expected["content_type"]), expected["outlet"], expected["lang"])


def _read(page: RawPage, outlet: str, language: str) -> Json:
    """The address and outlet of a page, the answer of `tallywatch parse`, and the claims of `tallywatch extract` but for their reasons,
    whose wording is for people."""
    article = read_article(page.body, page.url, outlet=outlet, content_type=page.content_type)
    language = article.language or language
    claims = Reader(()).read(replace(article, language=language)).claims
    about = {"outlet": outlet, "url": page.url, "content_type": page.content_type, "lang": language}
    found = {**about, **write_page(article), "claims": [write_claim(replace(claim, reasons=())) for claim in claims]}
    return json.loads(json.dumps(found, default=str))  # type: ignore[no-any-return]  # tuples and enums as a file gives them back


def find_folder(start: Path) -> Path:
    """The folder of recorded pages in the checkout that `start` lies in; RecordingError where it lies in none."""
    for folder in (start, *start.parents):
        try:
            project = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8")).get("project", {})
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
            continue
        if project.get("name") == "tallywatch":
            return folder / FOLDER
    raise RecordingError(f"{start} lies in no checkout of Tallywatch, whose tests read the page: go to one, or name a folder with --out")


def slug_of(url: str) -> str:
    """A file name for an address: small letters, digits and hyphens, whatever it says; where something of it is lost, with its hash.

    >>> slug_of("https://example.org/world/2026/harbour-strike.html")
    'world-2026-harbour-strike'
    >>> slug_of("https://example.org/a?file=../../etc/passwd%00")
    'a-file-etc-passwd-763a6827'
    """
    said = unquote(re.sub(r"^https?://[^/?#]*|\.html?$", "", url)).lower()
    slug = "-".join(re.findall("[a-z0-9]+", said))
    if len(slug) <= LONGEST_SLUG and re.fullmatch("[a-z0-9/._-]*[a-z0-9][a-z0-9/._-]*", said):
        return slug
    digest = sha256(url.encode(errors="replace")).hexdigest()[:8]
    return f"{slug[:LONGEST_SLUG].strip('-') or 'page'}-{digest}"


def find_differences(expected: Json, found: Json) -> Iterator[str]:
    """What is read otherwise than it is written down, field by field; of a text the lines, of claims each one's fields."""
    for name in dict.fromkeys((*expected, *found)):
        yield from _differ(name, expected.get(name), found.get(name))


def _differ(name: str, before: Any, now: Any) -> Iterator[str]:
    match before, now:
        case _ if before == now:
            return
        case dict(), dict():
            yield from (f"{name}.{line}" for line in find_differences(before, now))
        case list(), list() if len(before) == len(now):
            for number, pair in enumerate(zip(before, now, strict=True)):
                yield from _differ(f"{name}[{number}]", *pair)
        case (str(), str()) | (list(), list()) if isinstance(before, list) or "\n" in before + now:
            yield f"{name}:"
            changed = unified_diff(_lines(before), _lines(now), lineterm="", n=0)
            yield from (f"  {line}" for line in islice(changed, 2, None) if not line.startswith("@@"))
        case _:
            yield f"{name}: {_written(before)} is written down, {_written(now)} is read"


def _lines(value: str | list[Any]) -> list[str]:
    return value.splitlines() if isinstance(value, str) else [_written(item) for item in value]


def _written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
