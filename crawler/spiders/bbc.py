"""BBC News."""

from crawler.outlet import OutletSpider


class BBC(OutletSpider):
    name = "bbc"
    title = "BBC News"
    language = "en"
    country = "gb"
    family = "bbc"
    tier = 1
    default = True
    feeds = ("https://feeds.bbci.co.uk/news/world/rss.xml", "https://feeds.bbci.co.uk/news/world/europe/rss.xml")
