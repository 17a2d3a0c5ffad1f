"""The Moscow Times."""

from crawler.outlet import OutletSpider


class MoscowTimes(OutletSpider):
    name = "moscow_times"
    title = "The Moscow Times"
    language = "en"
    country = "nl"
    family = "moscowtimes"
    tier = 1
    feeds = ("https://www.themoscowtimes.com/rss/news",)
