"""Deutsche Welle."""

from crawler.outlet import OutletSpider


class DW(OutletSpider):
    name = "dw"
    title = "Deutsche Welle"
    language = "en"
    country = "de"
    family = "dw"
    tier = 1
    default = True
    feeds = ("https://rss.dw.com/rdf/rss-en-all",)
