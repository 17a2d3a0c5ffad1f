"""Kyiv Post."""

from crawler.outlet import OutletSpider


class KyivPost(OutletSpider):
    name = "kyiv_post"
    title = "Kyiv Post"
    language = "en"
    country = "ua"
    family = "kyivpost"
    tier = 2
    feeds = ("https://www.kyivpost.com/feed",)
