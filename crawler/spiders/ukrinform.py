"""Ukrinform."""

from crawler.outlet import OutletSpider


class Ukrinform(OutletSpider):
    name = "ukrinform"
    title = "Ukrinform"
    language = "en"
    country = "ua"
    family = "ukrinform"
    tier = 1
    default = True
    feeds = ("https://www.ukrinform.net/rss/block-lastnews",)
