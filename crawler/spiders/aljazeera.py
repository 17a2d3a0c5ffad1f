"""Al Jazeera."""

from crawler.outlet import OutletSpider


class Aljazeera(OutletSpider):
    name = "aljazeera"
    title = "Al Jazeera"
    language = "en"
    country = "qa"
    family = "aljazeera"
    tier = 1
    default = True
    feeds = ("https://www.aljazeera.com/xml/rss/all.xml",)
