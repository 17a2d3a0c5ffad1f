"""The Insider."""

from crawler.outlet import OutletSpider


class TheInsider(OutletSpider):
    name = "the_insider"
    title = "The Insider"
    language = "ru"
    country = "lv"
    family = "theinsider"
    tier = 2
    feeds = ("https://theins.ru/feed",)
