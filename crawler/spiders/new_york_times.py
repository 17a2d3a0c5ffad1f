"""The New York Times."""

from crawler.outlet import OutletSpider


class NewYorkTimes(OutletSpider):
    name = "new_york_times"
    title = "The New York Times"
    language = "en"
    country = "us"
    family = "nyt"
    tier = 1
    default = True
    use = "headline"  # robots.txt forbids text and data mining of the pages
    feeds = ("https://rss.nytimes.com/services/xml/rss/nyt/World.xml",)
