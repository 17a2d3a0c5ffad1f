"""Meduza in Russian."""

from crawler.outlet import OutletSpider


class MeduzaRussian(OutletSpider):
    name = "meduza_russian"
    title = "Meduza in Russian"
    language = "ru"
    country = "lv"
    family = "meduza"
    tier = 1
    feeds = ("https://meduza.io/rss/all",)
