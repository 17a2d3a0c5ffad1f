"""NV."""

from crawler.outlet import OutletSpider


class NV(OutletSpider):
    name = "nv"
    title = "NV"
    language = "uk"
    country = "ua"
    family = "nv"
    tier = 2
    feeds = ("https://nv.ua/ukr/rss/all.xml",)
    sitemaps = ("https://nv.ua/sitemap_v2/news-sitemap.xml",)
