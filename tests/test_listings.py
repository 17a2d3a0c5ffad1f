"""Bodies that publish no feed: what is read of their endpoints and pages, and what a changed or hostile answer comes to."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from crawler.article import Article, Entry
from crawler.errors import NotAListing
from crawler.memory import Validators
from crawler.outlet import OutletSpider
from crawler.outlets import load_outlets
from monitors.history import frontier
from monitors.history.store import open_history
from monitors.model import Claim
from monitors.newsroom.server import Newsroom
from monitors.reader import Reader
from monitors.rules.monitors import shipped_monitors
from tests.crawling import crawl_apart

NOON = datetime(2026, 2, 5, 12, tzinfo=UTC)
LISTED = {name: spider for name, spider in load_outlets().spiders.items() if spider.listings}


def read(outlet: str, answer: object) -> list[Entry]:
    """What the outlet makes of an answer: bytes, text, or a value to be put as JSON."""
    spider = LISTED[outlet]()
    text = answer if isinstance(answer, bytes | str) else json.dumps(answer)
    return list(spider.read_listing(text if isinstance(text, bytes) else text.encode(), spider.listings[0]))


def claims_of(outlet: str, entry: Entry, *, in_title: bool = False) -> list[Claim]:
    article = Article(outlet, entry.url, entry.title, entry.body, published=entry.published, language="en", core=entry.body)
    return [claim for claim in Reader(shipped_monitors()).read(article).claims if claim.in_title is in_title]


def test_a_new_number_at_the_same_address_is_a_new_reading(tmp_path: Path) -> None:
    def waiting(entry: Entry, now: datetime) -> int:
        with history.transaction() as connection:
            found = frontier.store_found(connection, "counter", "https://example.org/", [entry], Validators(), now)
            frontier.done(connection, "counter", entry, Article("counter", entry.url, entry.title, entry.body), Validators(), now)
        return found

    with open_history(f"sqlite:///{tmp_path}/h.db") as history:
        for outlet, older, newer in (
            ("mediazona_count", count_page(), count_page("153,984")),
            ("general_staff_ukraine", day(), day(stats={"personnel_units": 1_234_576})),
        ):
            first, same, second = (read(outlet, answer)[0] for answer in (older, older, newer))
            assert first.url == second.url
            news = [waiting(entry, NOON + timedelta(hours=n)) for n, entry in enumerate((first, same, second))]
            assert news == [1, 0, 1], outlet


@pytest.mark.parametrize("outlet", sorted(LISTED))
@pytest.mark.parametrize(
    "answer",
    [b"", b"\x00" * 50, b"%PDF-1.7 ...", b"x" * 5_000_001, "<html><body><p>We moved. 404</p></body></html>", "{", "null", "[]", "{}",
     "[[]]", '"text"', "[" * 100_000, "9" * 5_000, '{"data": []}', '[{"link": "https://understandingwar.org/a"}]', "<p>" * 50_000],
    ids=range(16),
)  # fmt: skip
def test_an_answer_without_what_is_known_is_said_to_be_none(outlet: str, answer: object) -> None:
    with pytest.raises(NotAListing) as error:
        read(outlet, answer)
    assert 5 < len(str(error.value)) < 150
    assert "\n" not in str(error.value)


# --- the General Staff of Ukraine


def day(**changed: Any) -> dict[str, Any]:
    """A day's answer, with parts of its data changed or, given None, left out."""
    data = {
        "date": "2026-02-05",
        "day": 1443,
        "war_status": {"code": 1, "alias": "in_progress"},
        "resource": "https://t.me/GeneralStaffZSU/33001",
        "stats": {"personnel_units": 1_234_567, "tanks": 11_600},
        "increase": {"personnel_units": 980, "tanks": 3},
    }
    return {"message": "The data were fetched successfully.", "data": {k: v for k, v in (data | changed).items() if v is not None}}


def test_the_general_staffs_day_is_one_entry_that_links_its_own_post() -> None:
    (entry,) = read("general_staff_ukraine", day())
    assert (entry.url, entry.published) == ("https://t.me/GeneralStaffZSU/33001", date(2026, 2, 5))
    assert "1,234,567" in entry.title
    assert "The sentence is Tallywatch's" in entry.body, "the wording is ours, the number theirs, and it says so"


@pytest.mark.parametrize("in_title", [False, True])
def test_the_general_staffs_day_is_read_as_its_running_total_of_russian_losses(in_title: bool) -> None:
    (entry,) = read("general_staff_ukraine", day())
    (claim,) = claims_of("general_staff_ukraine", entry, in_title=in_title)
    assert (claim.low, claim.high, claim.metric, claim.party, claim.group) == (1_234_567, 1_234_567, "casualties", "russia", "military")
    assert (claim.scope, claim.as_of) == ("cumulative", "2026-02-05")
    assert "General Staff" in (claim.attributed_to or "")


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,x", "ftp://example.org/", "https://", "http://[", "", 7, {}, None])
def test_a_post_that_is_no_web_address_is_replaced_by_the_days_own(link: object) -> None:
    (entry,) = read("general_staff_ukraine", day(resource=link))
    assert entry.url == "https://russianwarship.rip/api/v2/statistics/2026-02-05"


def test_half_letters_and_controls_in_a_link_do_not_reach_the_history() -> None:
    (entry,) = read("general_staff_ukraine", day(resource="https://example.org/a\ud800\x00\n/b"))
    assert entry.url.encode() == b"https://example.org/a/b"


@pytest.mark.parametrize(
    "changed",
    [
        *({key: None} for key in ("date", "day", "stats", "increase")),
        *({"date": day} for day in ("5.2.26", "2026-02-05T10:00:00Z", "0001-01-01", "2026-02-30", "2025-02-05", "2026-02-08", 20260205)),
        *({"day": value} for value in ("1443", 14, 10**30, True, 1443.0)),
        *({"stats": {"personnel_units": value}} for value in ("1234567", "1 234 567", 0, -5, 10**7, 10**400, True, 1234567.0, None, [1])),
        *({"increase": {"personnel_units": value}} for value in ("980", -1, 200_000, 10**400, False, None)),
        *({"stats": value} for value in ([], "x", {"tanks": 11_600})),
    ],
    ids=repr,
)
def test_figures_that_cannot_be_are_no_listing(changed: dict[str, Any]) -> None:
    with pytest.raises(NotAListing):
        read("general_staff_ukraine", day(**changed))


def test_a_day_without_change_is_a_day_all_the_same() -> None:
    assert len(read("general_staff_ukraine", day(increase={"personnel_units": 0}))) == 1


# --- the Institute for the Study of War


def post(number: int = 1, **changed: Any) -> dict[str, Any]:
    return {
        "id": number,
        "date_gmt": "2026-02-05T02:10:00",
        "modified_gmt": "2026-02-05T03:00:00",
        "link": f"https://understandingwar.org/research/assessment-{number}/",
        "title": {"rendered": "Offensive assessment &#8211; 4 February"},
        "excerpt": {"rendered": "<p>Russian forces lost some 900 men &amp; little ground.</p>\n", "protected": False},
        **changed,
    }


def test_posts_of_the_institute_are_entries_with_their_excerpts() -> None:
    first, second = read("isw", [post(2), post(1)])
    assert (first.url, second.url) == tuple(f"https://understandingwar.org/research/assessment-{n}/" for n in (2, 1))
    assert (first.title, first.summary) == ("Offensive assessment – 4 February", "Russian forces lost some 900 men & little ground.")
    assert first.published == datetime(2026, 2, 5, 2, 10, tzinfo=UTC)
    assert first.updated == datetime(2026, 2, 5, 3, tzinfo=UTC)


@pytest.mark.parametrize("link", ["javascript:alert(1)", "https://understandingwar.org.example.net/a", "https://[::1", "", "//example.org"])
def test_a_post_that_links_elsewhere_is_passed_over(link: str) -> None:
    assert [entry.url[-2:] for entry in read("isw", [post(1, link=link), post(2)])] == ["2/"]
    with pytest.raises(NotAListing):
        read("isw", [post(1, link=link)])


@pytest.mark.parametrize(
    "changed", [{"title": "text"}, {"title": {"rendered": 7}}, {"excerpt": None}, {"link": 7}, {"date_gmt": 1738720000}], ids=repr
)
def test_a_post_of_another_shape_is_a_changed_layout(changed: dict[str, Any]) -> None:
    with pytest.raises(NotAListing):
        read("isw", [post(**changed)])


def test_a_list_of_posts_without_end_and_texts_without_end_are_cut() -> None:
    endless = {"rendered": "<b>war " * 20_000}
    entries = read("isw", [post(1, title=endless, excerpt=endless), *(post(n) for n in range(2, 5_000))])
    assert len(entries) == 100
    assert (len(entries[0].title) <= 500, len(entries[0].summary) <= 5_000) == (True, True)


def test_a_date_that_is_none_leaves_the_post_undated() -> None:
    (entry,) = read("isw", [post(date_gmt="yesterday", modified_gmt="")])
    assert (entry.published, entry.updated) == (None, None)


# --- the UN human rights monitors


SLUG = "/en/Protection-of-Civilians-in-Armed-Conflict-{}"
ROW = """<div class="views-row"><a href="{link}"><img src="a.png"></a><h3><a href="{link}">{title}</a></h3>
<time datetime="{when}">then</time></div>"""
MENU = """<nav><ul><li><a href="/en/reports/protection-of-civilians">Protection of civilians</a></li></ul></nav>
<time datetime="2020-01-01"></time>"""


def reports(*rows: str) -> str:
    return f"<html><body>{MENU}<article>{''.join(rows)}</article><a href='/sites/default/files/Protection.pdf'>PDF</a></body></html>"


def row(month: str = "January-2026", when: str = "2026-02-10T09:00:00Z", **changed: str) -> str:
    title = f"Protection of Civilians in Armed Conflict: {month.replace('-', ' ')}"
    return ROW.format(**{"link": SLUG.format(month), "when": when, "title": title} | changed)


def test_reports_on_civilians_are_entries_with_the_dates_of_their_rows() -> None:
    entries = read("ohchr_ukraine", reports(row(), row("December-2025", "2026-01-12")))
    assert [(entry.url, entry.title, entry.published) for entry in entries] == [
        ("https://ukraine.ohchr.org" + SLUG.format("January-2026"), "Protection of Civilians in Armed Conflict: January 2026",
         datetime(2026, 2, 10, 9, tzinfo=UTC)),
        ("https://ukraine.ohchr.org" + SLUG.format("December-2025"), "Protection of Civilians in Armed Conflict: December 2025",
         date(2026, 1, 12)),
    ]  # fmt: skip
    assert all(Reader(shipped_monitors()).concerns(entry, "en") for entry in entries)


def test_a_date_that_stands_over_several_reports_is_none_of_theirs() -> None:
    entries = read("ohchr_ukraine", reports(row(), row("December-2025")).replace("views-row", "plain"))
    assert [entry.published for entry in entries] == [None, None]


def test_links_elsewhere_and_dates_that_are_none_are_passed_over() -> None:
    bad = ["javascript:alert(1)//Protection-of-Civilians-in-x", "https://example.org" + SLUG.format("May-2026"), "http://[::1"]
    (entry,) = read("ohchr_ukraine", reports(*(row(link=link) for link in bad), row(when="soon<")))
    assert (entry.url[-12:], entry.published) == ("January-2026", None)


@pytest.mark.parametrize(
    "body",
    [
        reports(*(row(f"May-{n}") for n in range(15_000))),
        f"<a href='{SLUG.format('May-2026')}'>" * 50_000,
        "".join(f"<li><a href='{SLUG.format(n)}'>" for n in range(50_000)),
        f"<a href='{SLUG.format('x' * 1_000_000)}'>{'long ' * 500_000}</a>{row()}",
    ],
    ids=["endless", "nested links", "nested rows", "long"],
)
def test_a_list_of_reports_made_to_be_slow_is_cut(body: str) -> None:
    began = time.process_time()
    entries = read("ohchr_ukraine", body)
    assert time.process_time() - began < 10
    assert 1 <= len(entries) <= 60
    assert all(len(entry.title) <= 500 and len(entry.url) <= 2_000 for entry in entries)


# --- Mediazona's count


def count_page(names: str = "153,171", *more: str) -> str:
    lines = [
        "This publication has two parts, a summary and graphics.",
        "Last update of the named list: December 4, 2025",
        "Last update of the Probate Registry estimate: November 29, 2025; estimate as of late August 2025",
        f"The list now holds {names} names, each confirmed by an obituary. Nearly 11,987 of them were confirmed to be volunteers.",
        "The registry points to an estimate of 219,444 deaths confirmed or not. About 10,100 sit unread; 1,234,567 is Kyiv's claim.",
        *more,
    ]
    return f"<html><head><title>Losses, 999,999 confirmed</title></head><body>{''.join(f'<p>{line}</p>' for line in lines)}</body></html>"


def test_the_count_of_confirmed_names_is_an_entry_of_the_lists_day() -> None:
    (entry,) = read("mediazona_count", count_page())
    assert (entry.url, entry.published, entry.updated) == (LISTED["mediazona_count"].listings[0], None, date(2025, 12, 4))
    assert "153,171" in entry.title
    assert "The sentence is Tallywatch's" in entry.body


def test_the_count_is_read_as_the_names_of_russian_soldiers_killed() -> None:
    (entry,) = read("mediazona_count", count_page())
    (claim,) = claims_of("mediazona_count", entry)
    assert (claim.low, claim.high, claim.metric, claim.party, claim.group) == (153_171, 153_171, "killed", "russia", "military")
    assert (claim.scope, claim.as_of, claim.method) == ("cumulative", "2025-12-04", "confirmed_names")
    assert "Mediazona" in (claim.attributed_to or "")
    assert claims_of("mediazona_count", replace(entry, body=""), in_title=True) in ([], [claim])


@pytest.mark.parametrize("printed", ["153 171", "153\N{NO-BREAK SPACE}171", "153\N{NARROW NO-BREAK SPACE}171", "153\N{THIN SPACE}171"])
def test_a_count_grouped_by_spaces_is_the_same(printed: str) -> None:
    assert read("mediazona_count", count_page(printed)) == read("mediazona_count", count_page())


@pytest.mark.parametrize("printed", ["153,000", "153 thousand", "1,153,171", "9,171", "153,171,000", "153171", "153.171", "-", "९९,९९९,९९"])
def test_a_number_that_is_not_the_lists_is_not_taken(printed: str) -> None:
    page = count_page(printed).replace("11,987", "many")
    with pytest.raises(NotAListing, match="count"):
        read("mediazona_count", page)


@pytest.mark.parametrize("printed", ["", "December", "2025", "Deceember 44, 2025", "December 4, 1825"])
def test_a_count_without_its_day_is_not_taken(printed: str) -> None:
    with pytest.raises(NotAListing, match="updated"):
        read("mediazona_count", count_page().replace("December 4, 2025", printed))


def test_a_count_in_a_page_without_end_is_read_in_time() -> None:
    began = time.process_time()
    read("mediazona_count", count_page("153,171", "updated " * 100_000, "12,345 confirmed " * 50_000, "9" * 500_000, *["a. "] * 20_000))
    assert time.process_time() - began < 10


# --- through the crawl


def test_a_listing_is_asked_for_recorded_and_not_read_twice() -> None:
    with Newsroom() as newsroom:
        newsroom.put("/robots.txt", "", content_type="text/plain")
        newsroom.put("/latest", json.dumps(day()), content_type="application/json")
        newsroom.put("/changed", "<html>soon</html>")
        one = "spiders.append(type('Own', (GeneralStaffUkraine,), dict(name='{}', listings=('{}',), allow_private=True, delay=0.0)))"
        setup = "from crawler.spiders.general_staff_ukraine import GeneralStaffUkraine\n" + "\n".join(
            one.format(path, f"{newsroom.url}/{path}") for path in ("latest", "changed")
        )
        first = crawl_apart([], newsroom=newsroom, setup=setup)
        again = crawl_apart([], first.memory, newsroom=newsroom, setup=setup)
    (article,) = first.memory.articles
    assert (article["outlet"], article["url"], article["language"]) == ("latest", "https://t.me/GeneralStaffZSU/33001", "en")
    assert "1,234,567 military casualties" in article["text"]
    assert first.health["latest"]["status"] == "ok"
    assert again.health["latest"]["not_modified"] == 1
    assert first.health["changed"]["status"] == "failed"
    assert "it is not JSON" in first.health["changed"]["error"]


def test_every_spider_with_a_listing_reads_it_itself() -> None:
    assert len(LISTED) == 4
    for spider in LISTED.values():
        assert spider.read_listing is not OutletSpider.read_listing
