"""ZN.ua, Dzerkalo Tyzhnia."""

from crawler.outlet import OutletSpider


class ZNUA(OutletSpider):
    name = "zn_ua"
    title = "ZN.ua"
    language = "uk"
    country = "ua"
    family = "znua"
    tier = 2
    feeds = ("https://zn.ua/ukr/rss/full/",)
