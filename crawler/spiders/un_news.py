"""UN News."""

from crawler.outlet import OutletSpider


class UNNews(OutletSpider):
    name = "un_news"
    title = "UN News"
    language = "en"
    country = "un"
    family = "un"
    tier = 1
    default = True
    feeds = ("https://news.un.org/feed/subscribe/en/news/all/rss.xml",)
