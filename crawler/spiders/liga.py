"""Liga.net."""

from crawler.outlet import OutletSpider


class Liga(OutletSpider):
    name = "liga"
    title = "Liga.net"
    language = "uk"
    country = "ua"
    family = "liga"
    tier = 2
    feeds = ("https://www.liga.net/news/all/rss.xml",)
