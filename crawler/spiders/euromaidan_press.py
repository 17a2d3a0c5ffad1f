"""Euromaidan Press."""

from crawler.outlet import OutletSpider


class EuromaidanPress(OutletSpider):
    name = "euromaidan_press"
    title = "Euromaidan Press"
    language = "en"
    country = "ua"
    family = "euromaidanpress"
    tier = 2
    feeds = ("https://euromaidanpress.com/feed/",)
