"""The UN human rights monitors in Ukraine: a page that lists their monthly reports on civilians."""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import islice
from typing import Any

from crawler.article import Entry, Moment
from crawler.errors import NotAListing
from crawler.feeds import plain
from crawler.listings import read_link, read_tree
from crawler.moments import read_moment
from crawler.outlet import OutletSpider

REPORT = re.compile(r"https://ukraine\.ohchr\.org/en/protection-of-civilians-in-[\w%-]+", re.IGNORECASE)
MOST_LINKS, MOST = 2_000, 60
"""Links and dates looked at, and reports taken: five years of them."""


class OHCHRUkraine(OutletSpider):
    name = "ohchr_ukraine"
    title = "UN Human Rights Monitoring Mission in Ukraine"
    language = "en"
    country = "un"
    family = "ohchr"
    tier = 1
    listings = ("https://ukraine.ohchr.org/en/reports/protection-of-civilians",)

    def read_listing(self, body: bytes, url: str) -> Sequence[Entry]:
        """The reports linked to, each with the date that stands in its row of the list and in no other's."""
        titles: dict[str, str] = {}
        rows: dict[str, Any] = {}
        dates: dict[Any, Moment | None] = {None: None}  # outside any row it is nobody's
        for element in islice(read_tree(body).iter("a", "time"), MOST_LINKS):
            row = next(filter(_is_row, islice(element.iterancestors(), 10)), None)
            if element.tag == "time":
                dates.setdefault(row, read_moment(element.get("datetime")))
            elif REPORT.fullmatch(address := read_link(element.get("href"), url)) and len(titles) < MOST:
                titles[address] = titles.get(address) or plain("".join(islice(element.itertext(), 20)), 500)
                rows.setdefault(address, row)
        if not titles:
            raise NotAListing("it links to no report on the protection of civilians")
        holds = Counter(rows.values())
        return [Entry(link, title, published=dates.get(rows[link]) if holds[rows[link]] == 1 else None) for link, title in titles.items()]


def _is_row(element: Any) -> bool:
    return element.tag in ("li", "tr", "article") or "views-row" in element.get("class", "").split()
