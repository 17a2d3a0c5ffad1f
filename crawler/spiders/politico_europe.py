"""Politico Europe."""

from crawler.outlet import OutletSpider


class PoliticoEurope(OutletSpider):
    name = "politico_europe"
    title = "Politico Europe"
    language = "en"
    country = "be"
    family = "politico"
    tier = 2
    feeds = ("https://www.politico.eu/feed/",)
