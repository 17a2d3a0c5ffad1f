"""Le Monde."""

from crawler.outlet import OutletSpider


class LeMonde(OutletSpider):
    name = "le_monde"
    title = "Le Monde"
    language = "fr"
    country = "fr"
    family = "lemonde"
    tier = 1
    feeds = ("https://www.lemonde.fr/rss/une.xml", "https://www.lemonde.fr/rss/en_continu.xml")
