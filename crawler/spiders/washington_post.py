"""The Washington Post."""

from crawler.outlet import OutletSpider


class WashingtonPost(OutletSpider):
    name = "washington_post"
    title = "The Washington Post"
    language = "en"
    country = "us"
    family = "washingtonpost"
    tier = 1
    use = "headline"  # a paywall stands before the pages
    feeds = ("https://feeds.washingtonpost.com/rss/world",)
