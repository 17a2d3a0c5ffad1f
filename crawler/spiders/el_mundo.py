"""El Mundo."""

from crawler.outlet import OutletSpider


class ElMundo(OutletSpider):
    name = "el_mundo"
    title = "El Mundo"
    language = "es"
    country = "es"
    family = "elmundo"
    tier = 2
    feeds = ("https://www.elmundo.es/rss/googlenews/portada.xml",)
