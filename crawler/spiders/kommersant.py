"""Kommersant."""

from crawler.outlet import OutletSpider


class Kommersant(OutletSpider):
    name = "kommersant"
    title = "Kommersant"
    language = "ru"
    country = "ru"
    family = "kommersant"
    tier = 2
    use = "headline"  # its robots.txt keeps crawlers from the pages
    feeds = ("https://www.kommersant.ru/RSS/news.xml",)
