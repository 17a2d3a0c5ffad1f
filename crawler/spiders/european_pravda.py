"""European Pravda."""

from crawler.outlet import OutletSpider


class EuropeanPravda(OutletSpider):
    name = "european_pravda"
    title = "European Pravda"
    language = "uk"
    country = "ua"
    family = "pravda"
    tier = 1
    feeds = ("https://www.eurointegration.com.ua/rss/",)
