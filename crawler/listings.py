"""Read what publishes no feed: bytes of a JSON endpoint or of a page -> its parts, each of the type it should be."""

from __future__ import annotations

import json
from typing import TypeVar

from lxml import html

from crawler.addresses import join_url, page_url
from crawler.body import parse_markup
from crawler.decoding import decode, storable
from crawler.errors import NotAListing, find_disguise
from crawler.guard import refuse_url

LIMIT = 5_000_000

T = TypeVar("T")


def read_json(body: bytes) -> object:
    """The value that an endpoint answered with; raises NotAListing."""
    try:
        return json.loads(_read_text(body))
    except (ValueError, RecursionError) as error:
        raise NotAListing("it is not JSON") from error


def take(value: object, kind: type[T], *keys: str) -> T:
    """What stands in `value` under these keys, one inside the other; raises NotAListing where it is missing or of another type.

    >>> take({"data": {"day": 7}}, int, "data", "day")
    7
    """
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise NotAListing(f"its {'.'.join(keys) or 'answer'} is missing or not of type {kind.__name__}")
    return value


def read_link(text: object, base: str) -> str:
    """The identity of the page that a link leads to; empty where it leads to none (`javascript:`, another type, no host).

    >>> read_link("/en/a?utm_source=list", "https://example.org/reports"), read_link("javascript:alert(1)", "https://example.org/")
    ('https://example.org/en/a', '')
    """
    address = page_url(join_url(base, storable(text).strip())) if isinstance(text, str) else ""
    return "" if refuse_url(address) else address


def read_tree(body: bytes) -> html.HtmlElement:
    """The tree of a page; raises NotAListing."""
    tree = parse_markup(_read_text(body))
    if tree is None:
        raise NotAListing("it is not an HTML page")
    return tree


def _read_text(body: bytes) -> str:
    if disguise := find_disguise(body, LIMIT):
        raise NotAListing(disguise)
    return decode(body)
