"""TASS in Russian."""

from crawler.outlet import OutletSpider


class TASSRussian(OutletSpider):
    name = "tass_russian"
    title = "TASS in Russian"
    language = "ru"
    country = "ru"
    family = "tass"
    tier = 1
    feeds = ("https://tass.ru/rss/v2.xml",)
