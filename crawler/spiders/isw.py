"""The Institute for the Study of War: it answers 403 for its feed, and gives its posts as WordPress does, in JSON."""

import re
from collections.abc import Sequence

from crawler.article import Entry
from crawler.errors import NotAListing
from crawler.feeds import plain
from crawler.listings import read_json, read_link, take
from crawler.moments import read_moment
from crawler.outlet import OutletSpider

POST = re.compile(r"https://(?:www\.)?understandingwar\.org/.+")
MOST = 100
"""Posts in one answer, WordPress's own limit."""


class ISW(OutletSpider):
    name = "isw"
    title = "Institute for the Study of War"
    language = "en"
    country = "us"
    family = "isw"
    tier = 1
    use = "headline"  # its robots.txt restricts automatic readers of the pages, its terms allow citation
    listings = (
        "https://understandingwar.org/wp-json/wp/v2/posts?per_page=20&_fields=id,date_gmt,modified_gmt,link,title,excerpt",
    )

    def read_listing(self, body: bytes, url: str) -> Sequence[Entry]:
        """Title and excerpt of each post; one that links elsewhere is passed over."""
        entries = []
        for post in take(read_json(body), list)[:MOST]:
            if not POST.match(link := read_link(take(post, str, "link"), "")):
                continue
            title, excerpt = (take(post, str, part, "rendered") for part in ("title", "excerpt"))
            published, updated = (read_moment(take(post, str, part) + "Z") for part in ("date_gmt", "modified_gmt"))
            entries.append(Entry(link, plain(title, 500), plain(excerpt, 5_000), published=published, updated=updated))
        if not entries:
            raise NotAListing("it lists no post of the site")
        return entries
