"""Euronews in Spanish."""

from crawler.outlet import OutletSpider


class EuronewsSpanish(OutletSpider):
    name = "euronews_spanish"
    title = "Euronews in Spanish"
    language = "es"
    country = "fr"
    family = "euronews"
    tier = 2
    feeds = ("https://es.euronews.com/rss",)
