"""The Kyiv Independent."""

from crawler.outlet import OutletSpider


class KyivIndependent(OutletSpider):
    name = "kyiv_independent"
    title = "The Kyiv Independent"
    language = "en"
    country = "ua"
    family = "kyivindependent"
    tier = 1
    default = True
    feeds = ("https://kyivindependent.com/news-archive/rss/",)
