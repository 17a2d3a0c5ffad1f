"""France 24."""

from crawler.outlet import OutletSpider


class France24(OutletSpider):
    name = "france24"
    title = "France 24"
    language = "en"
    country = "fr"
    family = "france_medias_monde"
    tier = 1
    default = True
    feeds = ("https://www.france24.com/en/rss",)
