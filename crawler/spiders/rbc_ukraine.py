"""RBC-Ukraine."""

from crawler.outlet import OutletSpider


class RBCUkraine(OutletSpider):
    name = "rbc_ukraine"
    title = "RBC-Ukraine"
    language = "uk"
    country = "ua"
    family = "rbcukraine"
    tier = 2
    feeds = ("https://www.rbc.ua/static/rss/all.ukr.rss.xml",)
