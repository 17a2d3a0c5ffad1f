"""Deutsche Welle in Russian."""

from crawler.outlet import OutletSpider


class DWRussian(OutletSpider):
    name = "dw_russian"
    title = "Deutsche Welle in Russian"
    language = "ru"
    country = "de"
    family = "dw"
    tier = 1
    feeds = ("https://rss.dw.com/xml/rss-ru-all",)
