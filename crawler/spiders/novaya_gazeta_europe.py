"""Novaya Gazeta Europe."""

from crawler.outlet import OutletSpider


class NovayaGazetaEurope(OutletSpider):
    name = "novaya_gazeta_europe"
    title = "Novaya Gazeta Europe"
    language = "ru"
    country = "lv"
    family = "novayagazeta"
    tier = 2
    feeds = ("https://novayagazeta.eu/feed/rss",)
