"""NBC News."""

from crawler.outlet import OutletSpider


class NBC(OutletSpider):
    name = "nbc"
    title = "NBC News"
    language = "en"
    country = "us"
    family = "nbc"
    tier = 1
    feeds = ("https://feeds.nbcnews.com/nbcnews/public/news",)
