"""ArmyInform, the Ukrainian defence ministry's news agency."""

from crawler.outlet import OutletSpider


class ArmyInform(OutletSpider):
    name = "armyinform"
    title = "ArmyInform"
    language = "uk"
    country = "ua"
    family = "mod.gov.ua"
    tier = 1
    feeds = ("https://armyinform.com.ua/feed/",)
