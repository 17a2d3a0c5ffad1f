"""TSN, the news of 1+1."""

from crawler.outlet import OutletSpider


class TSN(OutletSpider):
    name = "tsn"
    title = "TSN"
    language = "uk"
    country = "ua"
    family = "tsn"
    tier = 2
    feeds = ("https://tsn.ua/rss/full.rss",)
