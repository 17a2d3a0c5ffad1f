"""UN News in Russian."""

from crawler.outlet import OutletSpider


class UNNewsRussian(OutletSpider):
    name = "un_news_russian"
    title = "UN News in Russian"
    language = "ru"
    country = "un"
    family = "un"
    tier = 1
    feeds = ("https://news.un.org/feed/subscribe/ru/news/all/rss.xml",)
