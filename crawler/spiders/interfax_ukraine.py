"""Interfax-Ukraine."""

from crawler.outlet import OutletSpider


class InterfaxUkraine(OutletSpider):
    name = "interfax_ukraine"
    title = "Interfax-Ukraine"
    language = "en"
    country = "ua"
    family = "interfax-ukraine"
    tier = 1
    default = True
    feeds = ("https://en.interfax.com.ua/news/last.rss",)
