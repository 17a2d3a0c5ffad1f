"""ZDF, German public broadcaster."""

from crawler.outlet import OutletSpider


class ZDF(OutletSpider):
    name = "zdf"
    title = "ZDF"
    language = "de"
    country = "de"
    family = "zdf"
    tier = 1
    feeds = ("https://www.zdf.de/rss/zdf/nachrichten",)
