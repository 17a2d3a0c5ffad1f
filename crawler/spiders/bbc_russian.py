"""BBC Russian."""

from crawler.outlet import OutletSpider


class BBCRussian(OutletSpider):
    name = "bbc_russian"
    title = "BBC Russian"
    language = "ru"
    country = "gb"
    family = "bbc"
    tier = 1
    feeds = ("https://feeds.bbci.co.uk/russian/rss.xml",)
