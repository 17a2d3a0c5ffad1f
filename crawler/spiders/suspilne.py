"""Suspilne, Ukraine's public broadcaster."""

from crawler.outlet import OutletSpider


class Suspilne(OutletSpider):
    name = "suspilne"
    title = "Suspilne"
    language = "uk"
    country = "ua"
    family = "suspilne"
    tier = 1
    feeds = ("https://suspilne.media/rss/all.rss",)
