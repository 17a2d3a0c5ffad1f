"""Die Zeit."""

from crawler.outlet import OutletSpider


class Zeit(OutletSpider):
    name = "zeit"
    title = "Die Zeit"
    language = "de"
    country = "de"
    family = "zeit"
    tier = 2
    feeds = ("https://newsfeed.zeit.de/news/index",)
