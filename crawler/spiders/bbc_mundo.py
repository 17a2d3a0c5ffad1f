"""BBC Mundo."""

from crawler.outlet import OutletSpider


class BBCMundo(OutletSpider):
    name = "bbc_mundo"
    title = "BBC Mundo"
    language = "es"
    country = "gb"
    family = "bbc"
    tier = 1
    feeds = ("https://feeds.bbci.co.uk/mundo/rss.xml",)
