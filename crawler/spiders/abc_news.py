"""ABC News."""

from crawler.outlet import OutletSpider


class ABCNews(OutletSpider):
    name = "abc_news"
    title = "ABC News"
    language = "en"
    country = "us"
    family = "abc"
    tier = 1
    feeds = ("https://abcnews.go.com/abcnews/topstories",)
