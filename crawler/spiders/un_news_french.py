"""UN News in French."""

from crawler.outlet import OutletSpider


class UNNewsFrench(OutletSpider):
    name = "un_news_french"
    title = "UN News in French"
    language = "fr"
    country = "un"
    family = "un"
    tier = 1
    feeds = ("https://news.un.org/feed/subscribe/fr/news/all/rss.xml",)
