"""Ukrainian National News."""

from crawler.outlet import OutletSpider


class UNN(OutletSpider):
    name = "unn"
    title = "UNN"
    language = "uk"
    country = "ua"
    family = "unn"
    tier = 2
    feeds = ("https://unn.ua/rss/news_uk.xml",)
