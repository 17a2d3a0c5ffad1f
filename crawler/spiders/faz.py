"""Frankfurter Allgemeine Zeitung."""

from crawler.outlet import OutletSpider


class FAZ(OutletSpider):
    name = "faz"
    title = "FAZ"
    language = "de"
    country = "de"
    family = "faz"
    tier = 2
    feeds = ("https://www.faz.net/rss/aktuell",)
