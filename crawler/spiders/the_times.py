"""The Times."""

from crawler.outlet import OutletSpider


class TheTimes(OutletSpider):
    name = "the_times"
    title = "The Times"
    language = "en"
    country = "gb"
    family = "thetimes"
    tier = 2
    use = "headline"  # a paywall stands before the pages
    sitemaps = ("https://www.thetimes.com/sitemaps/news",)
