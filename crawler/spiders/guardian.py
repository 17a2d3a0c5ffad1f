"""The Guardian."""

from crawler.outlet import OutletSpider


class Guardian(OutletSpider):
    name = "guardian"
    title = "The Guardian"
    language = "en"
    country = "gb"
    family = "guardian"
    tier = 1
    default = True
    feeds = ("https://www.theguardian.com/world/rss",)
    sitemaps = ("https://www.theguardian.com/sitemaps/news.xml",)
