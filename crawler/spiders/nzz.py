"""Neue Zürcher Zeitung."""

from crawler.outlet import OutletSpider


class NZZ(OutletSpider):
    name = "nzz"
    title = "NZZ"
    language = "de"
    country = "ch"
    family = "nzz"
    tier = 2
    feeds = ("https://www.nzz.ch/recent.rss",)
