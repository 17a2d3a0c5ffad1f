"""Süddeutsche Zeitung."""

from crawler.outlet import OutletSpider


class Sueddeutsche(OutletSpider):
    name = "sueddeutsche"
    title = "Süddeutsche Zeitung"
    language = "de"
    country = "de"
    family = "sueddeutsche"
    tier = 2
    feeds = ("https://rss.sueddeutsche.de/alles",)
