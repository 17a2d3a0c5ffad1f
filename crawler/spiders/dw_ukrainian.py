"""Deutsche Welle in Ukrainian."""

from crawler.outlet import OutletSpider


class DWUkrainian(OutletSpider):
    name = "dw_ukrainian"
    title = "Deutsche Welle in Ukrainian"
    language = "uk"
    country = "de"
    family = "dw"
    tier = 1
    feeds = ("https://rss.dw.com/rdf/rss-ukr-all",)
