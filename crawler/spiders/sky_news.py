"""Sky News."""

from crawler.outlet import OutletSpider


class SkyNews(OutletSpider):
    name = "sky_news"
    title = "Sky News"
    language = "en"
    country = "gb"
    family = "skynews"
    tier = 2
    feeds = ("https://feeds.skynews.com/feeds/rss/world.xml",)
