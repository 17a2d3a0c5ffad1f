"""Deutsche Welle in German."""

from crawler.outlet import OutletSpider


class DWGerman(OutletSpider):
    name = "dw_german"
    title = "Deutsche Welle in German"
    language = "de"
    country = "de"
    family = "dw"
    tier = 1
    feeds = ("https://rss.dw.com/rdf/rss-de-all",)
