"""BBC Ukrainian."""

from crawler.outlet import OutletSpider


class BBCUkrainian(OutletSpider):
    name = "bbc_ukrainian"
    title = "BBC Ukrainian"
    language = "uk"
    country = "gb"
    family = "bbc"
    tier = 1
    feeds = ("https://feeds.bbci.co.uk/ukrainian/rss.xml",)
