"""Read from a server's answer what it asks of whoever comes again: validators, when, and under which address."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from email.utils import parsedate_to_datetime
from hashlib import sha256

from scrapy.http import Response

from crawler.memory import Rest, Validators

LONGEST_VALIDATOR = 1000
"""Of an ETag we keep and send back; a longer one is as good as none."""

LONGEST_FRESH = timedelta(hours=1)
"""So long a feed is left alone at most because it calls itself fresh: many say a day and change every few minutes."""

LONGEST_BUSY = timedelta(days=1)
"""So long a server is left alone at most because it asked for it."""

GONE_FOR = timedelta(days=1)
"""A feed that is gone (410) is asked again after so long: some servers say so by mistake."""

SLACK = timedelta(minutes=1)
"""A job that comes every quarter of an hour comes a little early at times; what is fresh for that long is asked then all the same."""

PERMANENT = frozenset({301, 308})


def conditions(known: Validators | None) -> dict[str, str]:
    """RFC 9110, 13.1: ask for the body only if it has changed."""
    if known is None:
        return {}
    asked = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
    return {name: value for name, value in asked.items() if value}


def read_validators(response: Response) -> Validators:
    return Validators(
        etag=read_header(response, "ETag"),
        last_modified=read_header(response, "Last-Modified"),
        body_sha256=sha256(response.body).hexdigest(),
    )


def read_header(response: Response, name: str) -> str | None:
    """A header fit to be kept and sent back."""
    value = (response.headers.get(name) or b"").decode("latin-1").strip()
    return value if value and value.isprintable() and len(value) <= LONGEST_VALIDATOR else None


def find_rest(response: Response) -> Rest | None:
    """How long to leave an address alone after this answer, None where it may be asked at any time.

    410 is gone, Retry-After of 429 and 503 is obeyed (RFC 9110, 10.2.3); of a feed that was had, the longer of Cache-Control's max-age
    (less its Age) and RSS's ttl is how long it is fresh.
    """
    if response.status == 410:
        return Rest("gone", GONE_FOR)
    if response.status in (429, 503):
        wait = _read_retry_after(response)
        return Rest("busy", min(wait, LONGEST_BUSY)) if wait > timedelta() else None
    if response.status not in (200, 304):  # an error page may call itself fresh, too
        return None
    fresh = min(max(_read_max_age(response), _read_ttl(response.body)), LONGEST_FRESH) - SLACK
    return Rest("fresh", fresh) if fresh > timedelta() else None


def find_new_address(response: Response) -> str | None:
    """Where the address that was asked has moved for good; None where it has not, or a single step on the way there is only for now."""
    steps = response.meta.get("redirect_reasons", ())
    return response.url if steps and PERMANENT.issuperset(steps) else None


def _read_retry_after(response: Response) -> timedelta:
    value = read_header(response, "Retry-After") or ""
    if value.isascii() and value.isdigit():
        return timedelta(seconds=min(int(value[:9]), LONGEST_BUSY.total_seconds()))
    try:  # a date is counted from the server's own clock
        return parsedate_to_datetime(value) - parsedate_to_datetime(read_header(response, "Date") or "")
    except (ValueError, TypeError):
        return timedelta()


def _read_max_age(response: Response) -> timedelta:
    control = _read_directives(read_header(response, "Cache-Control") or "")
    if {"no-cache", "no-store"} & control.keys():
        return timedelta()
    seconds, age = control.get("max-age", ""), read_header(response, "Age") or "0"
    if not (seconds.isascii() and seconds.isdigit() and age.isascii() and age.isdigit()):
        return timedelta()
    return timedelta(seconds=min(int(seconds[:9]), 10**6)) - timedelta(seconds=min(int(age[:9]), 10**6))


def _read_directives(control: str) -> Mapping[str, str]:
    parts = (part.partition("=") for part in control.lower().split(","))
    return {name.strip(): value.strip(' "') for name, _, value in parts}


def _read_ttl(body: bytes) -> timedelta:
    """RSS 2.0's <ttl>, in minutes; it stands before the first item."""
    found = re.search(rb"<ttl>\s*(\d{1,6})\s*</ttl>", body[:20_000].partition(b"<item")[0])
    return timedelta(minutes=int(found[1])) if found else timedelta()
