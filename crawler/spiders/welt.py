"""Die Welt."""

from crawler.outlet import OutletSpider


class Welt(OutletSpider):
    name = "welt"
    title = "Die Welt"
    language = "de"
    country = "de"
    family = "welt"
    tier = 2
    feeds = ("https://www.welt.de/feeds/latest.rss",)
    sitemaps = ("https://www.welt.de/sitemaps/newssitemap/newssitemap.xml",)
