"""Ukrainska Pravda."""

from crawler.outlet import OutletSpider


class UkrainskaPravda(OutletSpider):
    name = "ukrainska_pravda"
    title = "Ukrainska Pravda"
    language = "uk"
    country = "ua"
    family = "pravda"
    tier = 1
    feeds = ("https://www.pravda.com.ua/rss/view_news/",)
