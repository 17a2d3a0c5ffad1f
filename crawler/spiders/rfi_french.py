"""RFI in French."""

from crawler.outlet import OutletSpider


class RFIFrench(OutletSpider):
    name = "rfi_french"
    title = "RFI in French"
    language = "fr"
    country = "fr"
    family = "france_medias_monde"
    tier = 1
    feeds = ("https://www.rfi.fr/fr/general/rss",)
