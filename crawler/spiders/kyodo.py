"""Kyodo News."""

from crawler.outlet import OutletSpider


class Kyodo(OutletSpider):
    name = "kyodo"
    title = "Kyodo News"
    language = "en"
    country = "jp"
    family = "kyodo"
    tier = 1
    feeds = ("https://english.kyodonews.net/list/feed/rss4kyodonews-fzone",)
