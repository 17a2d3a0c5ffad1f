"""Le Figaro."""

from crawler.outlet import OutletSpider


class LeFigaro(OutletSpider):
    name = "le_figaro"
    title = "Le Figaro"
    language = "fr"
    country = "fr"
    family = "lefigaro"
    tier = 2
    feeds = ("https://www.lefigaro.fr/rss/figaro_actualites.xml",)
    sitemaps = ("https://www.lefigaro.fr/sitemap_news.xml",)
