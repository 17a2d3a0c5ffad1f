"""Anadolu Agency."""

from crawler.outlet import OutletSpider


class Anadolu(OutletSpider):
    name = "anadolu"
    title = "Anadolu Agency"
    language = "en"
    country = "tr"
    family = "anadolu"
    tier = 1
    default = True
    feeds = ("https://www.aa.com.tr/en/rss/default?cat=guncel",)
