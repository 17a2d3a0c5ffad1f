"""LB.ua."""

from crawler.outlet import OutletSpider


class LBUA(OutletSpider):
    name = "lb_ua"
    title = "LB.ua"
    language = "uk"
    country = "ua"
    family = "lb"
    tier = 2
    feeds = ("https://lb.ua/rss/ukr/news.xml",)
