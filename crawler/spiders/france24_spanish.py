"""France 24 in Spanish."""

from crawler.outlet import OutletSpider


class France24Spanish(OutletSpider):
    name = "france24_spanish"
    title = "France 24 in Spanish"
    language = "es"
    country = "fr"
    family = "france_medias_monde"
    tier = 1
    feeds = ("https://www.france24.com/es/rss",)
