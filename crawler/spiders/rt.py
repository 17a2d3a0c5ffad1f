"""RT, the Russian state's channel abroad."""

from crawler.outlet import OutletSpider


class RT(OutletSpider):
    name = "rt"
    title = "RT"
    language = "en"
    country = "ru"
    family = "rt"
    tier = 2
    feeds = ("https://www.rt.com/rss/news/",)
