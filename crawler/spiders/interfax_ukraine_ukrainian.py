"""Interfax-Ukraine in Ukrainian."""

from crawler.outlet import OutletSpider


class InterfaxUkraineUkrainian(OutletSpider):
    name = "interfax_ukraine_ukrainian"
    title = "Interfax-Ukraine in Ukrainian"
    language = "uk"
    country = "ua"
    family = "interfax-ukraine"
    tier = 1
    feeds = ("https://ua.interfax.com.ua/news/last.rss",)
