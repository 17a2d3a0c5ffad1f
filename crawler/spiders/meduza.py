"""Meduza."""

from crawler.outlet import OutletSpider


class Meduza(OutletSpider):
    name = "meduza"
    title = "Meduza"
    language = "en"
    country = "lv"
    family = "meduza"
    tier = 1
    default = True
    feeds = ("https://meduza.io/rss/en/all",)
