"""Euronews."""

from crawler.outlet import OutletSpider


class Euronews(OutletSpider):
    name = "euronews"
    title = "Euronews"
    language = "en"
    country = "fr"
    family = "euronews"
    tier = 2
    feeds = ("https://www.euronews.com/rss",)
