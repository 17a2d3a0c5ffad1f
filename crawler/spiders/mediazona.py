"""Mediazona's news; its count of the dead is mediazona_count."""

from crawler.outlet import OutletSpider


class Mediazona(OutletSpider):
    name = "mediazona"
    title = "Mediazona"
    language = "ru"
    country = "ru"
    family = "mediazona"
    tier = 1
    feeds = ("https://zona.media/rss",)
