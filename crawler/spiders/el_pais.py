"""El País."""

from crawler.outlet import OutletSpider


class ElPais(OutletSpider):
    name = "el_pais"
    title = "El País"
    language = "es"
    country = "es"
    family = "elpais"
    tier = 1
    feeds = ("https://feeds.elpais.com/mrss-s/pages/ep/site/elpais.com/portada",)
