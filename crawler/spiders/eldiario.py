"""elDiario.es."""

from crawler.outlet import OutletSpider


class ElDiario(OutletSpider):
    name = "eldiario"
    title = "elDiario.es"
    language = "es"
    country = "es"
    family = "eldiario"
    tier = 2
    feeds = ("https://www.eldiario.es/rss/",)
