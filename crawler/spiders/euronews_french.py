"""Euronews in French."""

from crawler.outlet import OutletSpider


class EuronewsFrench(OutletSpider):
    name = "euronews_french"
    title = "Euronews in French"
    language = "fr"
    country = "fr"
    family = "euronews"
    tier = 2
    feeds = ("https://fr.euronews.com/rss",)
