"""RFI in Russian."""

from crawler.outlet import OutletSpider


class RFIRussian(OutletSpider):
    name = "rfi_russian"
    title = "RFI in Russian"
    language = "ru"
    country = "fr"
    family = "france_medias_monde"
    tier = 1
    feeds = ("https://www.rfi.fr/ru/rss",)
