"""Mediazona's count of Russian soldiers whose deaths it confirmed by name: a page whose number and date are edited in place."""

import re
from collections.abc import Sequence
from datetime import date

from crawler.addresses import page_url
from crawler.article import Entry
from crawler.body import read_lines
from crawler.errors import NotAListing
from crawler.listings import read_tree
from crawler.moments import read_moment
from crawler.outlet import OutletSpider

COUNT = re.compile(r"(?<![\d.,])\d{2,3}[,\s](?!000)\d{3}(?![\d,]*\d)")
"""An exact number: one that ends in 000 is prose's ("approaches 80,000"), not the list's."""
CONFIRMED = re.compile(r"\b(?:confirm|documented|identified|verified|named?\b|names\b)", re.IGNORECASE)
ESTIMATE = re.compile(r"\b(?:estimat|registry|probate|excess)", re.IGNORECASE)
"""The same page tells of an estimate of all deaths, with a date of its own."""
DAY = re.compile(r"\b(?:as of|updated?\b[^.]{0,40}?)[:\s]\s*([a-z]{3,9} \d{1,2}, \d{4}|\d{1,2} [a-z]{3,9} \d{4})", re.IGNORECASE)

TITLE = "Mediazona's list on {day:%-d %B %Y}: {names:,} names"
BODY = """\
As of {day:%-d %B %Y}, Mediazona and BBC Russian had confirmed the names of {names:,} Russian soldiers killed in the war in Ukraine.
The sentence is Tallywatch's; its number and its day are those of Mediazona's page."""


class MediazonaCount(OutletSpider):
    name = "mediazona_count"
    title = "Mediazona's count of confirmed deaths"
    language = "en"
    country = "ru"
    family = "mediazona"
    tier = 1
    use = "headline"  # its list, 200.zona.media, is an application without an address for machines
    # The day in the address moves with every edition; older ones lead to the same page.
    listings = ("https://en.zona.media/article/2026/07/03/casualties_eng-trl",)

    def read_listing(self, body: bytes, url: str) -> Sequence[Entry]:
        """The count in a sentence of ours: a new title, hence a new reading, whenever its number or day changes."""
        sentences = [part for line in read_lines(read_tree(body)) for part in re.split(r"(?<=[.!?])\s+", line) if not ESTIMATE.search(part)]
        counts = [int(re.sub(r"\D", "", found)) for part in sentences if CONFIRMED.search(part) for found in COUNT.findall(part)]
        days = [day for part in sentences if (found := DAY.search(part)) and type(day := read_moment(found[1])) is date]
        if not counts or not days:
            raise NotAListing("it states no exact count of confirmed names" if not counts else "it does not say when its list was updated")
        names, day = max(counts), max(days)
        return [Entry(page_url(url), TITLE.format(day=day, names=names), updated=day, body=BODY.format(day=day, names=names))]
