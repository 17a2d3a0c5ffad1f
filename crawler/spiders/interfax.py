"""Interfax."""

from crawler.outlet import OutletSpider


class Interfax(OutletSpider):
    name = "interfax"
    title = "Interfax"
    language = "ru"
    country = "ru"
    family = "interfax"
    tier = 2
    feeds = ("https://www.interfax.ru/rss.asp",)
