"""RFI in Spanish."""

from crawler.outlet import OutletSpider


class RFISpanish(OutletSpider):
    name = "rfi_spanish"
    title = "RFI in Spanish"
    language = "es"
    country = "fr"
    family = "france_medias_monde"
    tier = 1
    feeds = ("https://www.rfi.fr/es/rss",)
