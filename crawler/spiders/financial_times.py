"""Financial Times."""

from crawler.outlet import OutletSpider


class FinancialTimes(OutletSpider):
    name = "financial_times"
    title = "Financial Times"
    language = "en"
    country = "gb"
    family = "ft"
    tier = 1
    use = "headline"  # a hard paywall
    feeds = ("https://www.ft.com/rss/home", "https://www.ft.com/world?format=rss")
