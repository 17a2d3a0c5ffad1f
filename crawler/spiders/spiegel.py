"""Der Spiegel."""

from crawler.outlet import OutletSpider


class Spiegel(OutletSpider):
    name = "spiegel"
    title = "Der Spiegel"
    language = "de"
    country = "de"
    family = "spiegel"
    tier = 1
    feeds = ("https://www.spiegel.de/schlagzeilen/index.rss",)
