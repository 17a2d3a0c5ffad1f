"""The Wall Street Journal."""

from crawler.outlet import OutletSpider


class WallStreetJournal(OutletSpider):
    name = "wall_street_journal"
    title = "The Wall Street Journal"
    language = "en"
    country = "us"
    family = "wsj"
    tier = 1
    use = "headline"  # a hard paywall
    feeds = ("https://feeds.content.dowjones.io/public/rss/RSSWorldNews",)
