"""The Economist."""

from crawler.outlet import OutletSpider


class Economist(OutletSpider):
    name = "economist"
    title = "The Economist"
    language = "en"
    country = "gb"
    family = "economist"
    tier = 2
    use = "headline"  # a hard paywall
    feeds = ("https://www.economist.com/europe/rss.xml",)
