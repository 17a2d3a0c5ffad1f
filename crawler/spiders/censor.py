"""Censor.NET."""

from crawler.outlet import OutletSpider


class Censor(OutletSpider):
    name = "censor"
    title = "Censor.NET"
    language = "uk"
    country = "ua"
    family = "censor"
    tier = 2
    feeds = ("https://censor.net/ua/includes/news_uk.xml",)
