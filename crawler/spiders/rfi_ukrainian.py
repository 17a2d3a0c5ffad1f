"""RFI in Ukrainian."""

from crawler.outlet import OutletSpider


class RFIUkrainian(OutletSpider):
    name = "rfi_ukrainian"
    title = "RFI in Ukrainian"
    language = "uk"
    country = "fr"
    family = "france_medias_monde"
    tier = 1
    feeds = ("https://www.rfi.fr/uk/rss",)
