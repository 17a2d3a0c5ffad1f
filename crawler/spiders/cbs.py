"""CBS News."""

from crawler.outlet import OutletSpider


class CBS(OutletSpider):
    name = "cbs"
    title = "CBS News"
    language = "en"
    country = "us"
    family = "cbs"
    tier = 1
    feeds = ("https://www.cbsnews.com/latest/rss/main",)
