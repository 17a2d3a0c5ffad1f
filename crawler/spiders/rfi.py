"""RFI."""

from crawler.outlet import OutletSpider


class RFI(OutletSpider):
    name = "rfi"
    title = "RFI"
    language = "en"
    country = "fr"
    family = "france_medias_monde"
    tier = 1
    feeds = ("https://www.rfi.fr/en/rss",)
