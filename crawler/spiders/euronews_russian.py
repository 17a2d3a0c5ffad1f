"""Euronews in Russian."""

from crawler.outlet import OutletSpider


class EuronewsRussian(OutletSpider):
    name = "euronews_russian"
    title = "Euronews in Russian"
    language = "ru"
    country = "fr"
    family = "euronews"
    tier = 2
    feeds = ("https://ru.euronews.com/rss",)
