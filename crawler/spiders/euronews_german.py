"""Euronews in German."""

from crawler.outlet import OutletSpider


class EuronewsGerman(OutletSpider):
    name = "euronews_german"
    title = "Euronews in German"
    language = "de"
    country = "fr"
    family = "euronews"
    tier = 2
    feeds = ("https://de.euronews.com/rss",)
