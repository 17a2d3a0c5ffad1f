"""Notes from Poland."""

from crawler.outlet import OutletSpider


class NotesFromPoland(OutletSpider):
    name = "notes_from_poland"
    title = "Notes from Poland"
    language = "en"
    country = "pl"
    family = "notesfrompoland"
    tier = 2
    feeds = ("https://notesfrompoland.com/feed/",)
