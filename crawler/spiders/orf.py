"""ORF, Austria's public broadcaster."""

from crawler.outlet import OutletSpider


class ORF(OutletSpider):
    name = "orf"
    title = "ORF"
    language = "de"
    country = "at"
    family = "orf"
    tier = 1
    feeds = ("https://rss.orf.at/news.xml",)
