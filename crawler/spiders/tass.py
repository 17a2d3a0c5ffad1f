"""TASS in English."""

from crawler.outlet import OutletSpider


class TASS(OutletSpider):
    name = "tass"
    title = "TASS"
    language = "en"
    country = "ru"
    family = "tass"
    tier = 1
    feeds = ("https://tass.com/rss/v2.xml",)
