"""The daily figures of Ukraine's General Staff, which has no feed of its own, as russianwarship.rip copies them into JSON."""

from collections.abc import Sequence
from datetime import date

from crawler.article import Entry
from crawler.errors import NotAListing
from crawler.listings import read_json, read_link, take
from crawler.moments import read_moment
from crawler.outlet import OutletSpider

INVASION = date(2022, 2, 24)
MOST_IN_A_DAY = 10_000
"""Four times the worst day: whoever copies numbers by hand slips a digit now and then."""

TITLE = "Russian personnel losses: {losses:,}, says Ukraine's General Staff ({day:%-d %B %Y})"
BODY = """\
As of {day:%-d %B %Y}, Russia had suffered {losses:,} military casualties since the start of the full-scale invasion, according to \
the General Staff of the Armed Forces of Ukraine.
The sentence is Tallywatch's; its number and its day are those of russianwarship.rip, which copies the General Staff's daily posts."""


class GeneralStaffUkraine(OutletSpider):
    name = "general_staff_ukraine"
    title = "General Staff of Ukraine, daily figures"
    language = "en"
    country = "ua"
    family = "russianwarship"
    tier = 2
    use = "headline"  # the answer holds all there is; the posts it links to are on social networks
    listings = ("https://russianwarship.rip/api/v2/statistics/latest",)

    def read_listing(self, body: bytes, url: str) -> Sequence[Entry]:
        """The day's total in a sentence of ours, linked to the General Staff's post where the answer names it, else to the day's answer."""
        answer = read_json(body)
        day = read_moment(take(answer, str, "data", "date"))
        losses, more = (take(answer, int, "data", part, "personnel_units") for part in ("stats", "increase"))
        if type(day) is not date or abs((day - INVASION).days + 1 - take(answer, int, "data", "day")) > 1:
            raise NotAListing("its date is none, or not that of the day of the war it gives")
        if not (0 < losses < 10_000_000 and 0 <= more <= MOST_IN_A_DAY):
            raise NotAListing("its personnel_units, or by how many they rose in a day, cannot be")
        post = read_link(take(answer, dict, "data").get("resource"), "")
        link = post or f"https://russianwarship.rip/api/v2/statistics/{day}"
        return [Entry(link, TITLE.format(day=day, losses=losses), published=day, body=BODY.format(day=day, losses=losses))]
