"""NPR."""

from crawler.outlet import OutletSpider


class NPR(OutletSpider):
    name = "npr"
    title = "NPR"
    language = "en"
    country = "us"
    family = "npr"
    tier = 1
    feeds = ("https://feeds.npr.org/1004/rss.xml",)
