"""Ukrinform in Ukrainian."""

from crawler.outlet import OutletSpider


class UkrinformUkrainian(OutletSpider):
    name = "ukrinform_ukrainian"
    title = "Ukrinform in Ukrainian"
    language = "uk"
    country = "ua"
    family = "ukrinform"
    tier = 1
    feeds = ("https://www.ukrinform.ua/rss/block-lastnews",)
