"""Le Monde in English."""

from crawler.outlet import OutletSpider


class LeMondeEnglish(OutletSpider):
    name = "le_monde_english"
    title = "Le Monde in English"
    language = "en"
    country = "fr"
    family = "lemonde"
    tier = 1
    feeds = ("https://www.lemonde.fr/en/rss/une.xml",)
