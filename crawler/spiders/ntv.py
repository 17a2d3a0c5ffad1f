"""n-tv, the German news channel."""

from crawler.outlet import OutletSpider


class NTV(OutletSpider):
    name = "ntv"
    title = "n-tv"
    language = "de"
    country = "de"
    family = "ntv"
    tier = 2
    sitemaps = ("https://www.n-tv.de/news.xml",)
