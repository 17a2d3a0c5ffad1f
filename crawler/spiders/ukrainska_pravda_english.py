"""Ukrainska Pravda in English."""

from crawler.outlet import OutletSpider


class UkrainskaPravdaEnglish(OutletSpider):
    name = "ukrainska_pravda_english"
    title = "Ukrainska Pravda in English"
    language = "en"
    country = "ua"
    family = "pravda"
    tier = 1
    feeds = ("https://www.pravda.com.ua/eng/rss/view_news/",)
