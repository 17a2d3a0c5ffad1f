"""Tagesschau, the news of ARD."""

from crawler.outlet import OutletSpider


class Tagesschau(OutletSpider):
    name = "tagesschau"
    title = "Tagesschau"
    language = "de"
    country = "de"
    family = "tagesschau"
    tier = 1
    feeds = ("https://www.tagesschau.de/infoservices/alle-meldungen-100~rss2.xml",)
