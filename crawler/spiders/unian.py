"""UNIAN."""

from crawler.outlet import OutletSpider


class UNIAN(OutletSpider):
    name = "unian"
    title = "UNIAN"
    language = "uk"
    country = "ua"
    family = "unian"
    tier = 2
    feeds = ("https://rss.unian.net/site/news_ukr.rss",)
