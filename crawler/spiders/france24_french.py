"""France 24 in French."""

from crawler.outlet import OutletSpider


class France24French(OutletSpider):
    name = "france24_french"
    title = "France 24 in French"
    language = "fr"
    country = "fr"
    family = "france_medias_monde"
    tier = 1
    feeds = ("https://www.france24.com/fr/rss",)
    sitemaps = ("https://www.france24.com/sitemaps/fr/news.xml",)
