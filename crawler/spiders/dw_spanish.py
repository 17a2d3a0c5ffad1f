"""Deutsche Welle in Spanish."""

from crawler.outlet import OutletSpider


class DWSpanish(OutletSpider):
    name = "dw_spanish"
    title = "Deutsche Welle in Spanish"
    language = "es"
    country = "de"
    family = "dw"
    tier = 1
    feeds = ("https://rss.dw.com/rdf/rss-sp-all",)
