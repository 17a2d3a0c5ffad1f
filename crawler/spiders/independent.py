"""The Independent."""

from crawler.outlet import OutletSpider


class Independent(OutletSpider):
    name = "independent"
    title = "The Independent"
    language = "en"
    country = "gb"
    family = "independent"
    tier = 2
    sitemaps = ("https://www.independent.co.uk/sitemaps/googlenews",)
