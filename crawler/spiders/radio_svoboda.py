"""Radio Svoboda, RFE/RL's Ukrainian service."""

from crawler.outlet import OutletSpider


class RadioSvoboda(OutletSpider):
    name = "radio_svoboda"
    title = "Radio Svoboda"
    language = "uk"
    country = "cz"
    family = "rferl"
    tier = 1
    feeds = ("https://www.radiosvoboda.org/api/zrqiteuuir",)
