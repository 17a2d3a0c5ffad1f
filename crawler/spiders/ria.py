"""RIA Novosti."""

from crawler.outlet import OutletSpider


class RIA(OutletSpider):
    name = "ria"
    title = "RIA Novosti"
    language = "ru"
    country = "ru"
    family = "ria"
    tier = 2
    feeds = ("https://ria.ru/export/rss2/archive/index.xml",)
