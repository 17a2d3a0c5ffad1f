"""UN News in Spanish."""

from crawler.outlet import OutletSpider


class UNNewsSpanish(OutletSpider):
    name = "un_news_spanish"
    title = "UN News in Spanish"
    language = "es"
    country = "un"
    family = "un"
    tier = 1
    feeds = ("https://news.un.org/feed/subscribe/es/news/all/rss.xml",)
