"""CNBC."""

from crawler.outlet import OutletSpider


class CNBC(OutletSpider):
    name = "cnbc"
    title = "CNBC"
    language = "en"
    country = "us"
    family = "cnbc"
    tier = 2
    sitemaps = ("https://www.cnbc.com/sitemap_news.xml",)
