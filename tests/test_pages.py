"""Pages: saved ones with what they must read as, every lie about charsets, everything that is no article."""

from __future__ import annotations

import contextlib
import gzip
import json
import time
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from crawler.addresses import page_url
from crawler.article import Article
from crawler.decoding import decode
from crawler.errors import NotAnArticle
from crawler.moments import read_moment
from crawler.pages import read_article
from crawler.stamps import read_printed

PAGES = Path(__file__).parent / "pages"
URL = "https://courier.example/world/a"


@pytest.mark.parametrize("saved", sorted(PAGES.glob("*.html")), ids=lambda path: path.stem)
def test_a_saved_page_reads_as_written_down_beside_it(saved: Path) -> None:
    known = json.loads(saved.with_suffix(".json").read_text("utf-8"))

    article = read_article(saved.read_bytes(), known["url"], outlet="saved")

    assert article.outlet == "saved"
    assert {field: _plain(article, field) for field in known["expect"]} == known["expect"]


def _plain(article: Article, field: str) -> Any:
    value = getattr(article, field)
    if field == "text":
        return value.splitlines()
    return value.isoformat() if isinstance(value, date) else list(value) if isinstance(value, tuple) else value


def page(body: str, head: str = "", title: str = "Toll rises to 46") -> bytes:
    text = f"<html><head><meta charset='utf-8'><title>{title}</title>{head}</head><body><h1>{title}</h1>{body}</body></html>"
    return text.encode()


LEAD = "<p>At least 46 people were killed when missiles hit the harbour on Wednesday night, the ministry said.</p>"


# Two readings


def test_core_is_what_both_readings_hold() -> None:
    article = read_article((PAGES / "harbour.html").read_bytes(), URL)

    assert "At least 46 people were killed" in article.core
    assert set(article.core.splitlines()) <= set(article.text.splitlines())


def test_without_doubt_the_second_reading_is_spared(monkeypatch: pytest.MonkeyPatch) -> None:
    import trafilatura

    monkeypatch.setattr(trafilatura, "bare_extraction", lambda *_, **__: pytest.fail("read again"))

    article = read_article((PAGES / "harbour.html").read_bytes(), URL, doubts=lambda text, language: "no such words" in text)

    assert article.core == article.text
    assert article.agreement is None


def test_what_only_one_reading_holds_is_no_core(monkeypatch: pytest.MonkeyPatch) -> None:
    import trafilatura

    class Other:
        text = "At least 46 people were killed when missiles hit the harbour on Wednesday night, the ministry said."

    monkeypatch.setattr(trafilatura, "bare_extraction", lambda *_, **__: Other)
    more = "<p>A neighbour, who gave no name, spoke of 900 dead and of many more under the ruins of the quay.</p>"

    article = read_article(page(f"<article>{LEAD * 1}{more}</article>"), URL, doubts=lambda text, language: "900" in text)

    assert len(article.text.splitlines()) == 2
    assert article.core == Other.text
    assert article.agreement == round(len(Other.text) / len(article.text.replace("\n", "")), 3)


def test_a_body_that_only_json_ld_holds_is_read_from_there() -> None:
    told = "At least 46 people were killed.\\n" + "The ministry said so on Thursday, hours after the strike. " * 6
    head = f'<script type="application/ld+json">{{"@type": "NewsArticle", "headline": "Toll", "articleBody": "{told}"}}</script>'

    article = read_article(page("<div id='app'></div>", head), URL)

    assert article.text.splitlines()[0] == "At least 46 people were killed."


def test_hidden_text_of_a_free_page_is_its_text() -> None:
    head = '<script type="application/ld+json">{"@type": "NewsArticle", "isAccessibleForFree": true}</script>'
    article = read_article(page(f"<article><p>Short.</p><div hidden>{LEAD}{LEAD.replace('46', '47')}</div></article>", head), URL)

    assert "46 people" in article.text


def test_the_entries_of_a_live_blog_are_its_text_though_each_is_an_article() -> None:
    entries = "".join(f"<article class='entry'>{LEAD.replace('46', str(number))}</article>" for number in range(40, 47))

    assert len(read_article(page(f"<article><div>{entries}</div></article>"), URL).text.splitlines()) == 7


# Live blogs


SUNDAY, MONDAY = datetime(2026, 2, 1, 22, 40, tzinfo=UTC), datetime(2026, 2, 2, 7, 5, tzinfo=UTC)
ENTRIES = (
    (SUNDAY, "Ferry missing", "The ferry left the northern pier at dusk with 61 people on board and has not been heard of since then."),
    (MONDAY, "Lifeboats found", "Two lifeboats with 17 survivors drifted ashore today, and the coast guard says that 5 bodies were found."))
LAYOUTS = {
    "articles": "<article class='e'><header><time datetime='{0}'>x</time></header><h2>{1}</h2><p>{2}</p></article>",
    "list": "<ul><li><time datetime='{0}'>x</time><div><h3>{1}</h3><p>{2}</p></div></li></ul>",
    "wrapped": "<div><section class='post'><div><h3>{1}</h3><p>{2}</p><span><time datetime='{0}'>x</time></span></div></section></div>",
    "updated": "<div><time datetime='{0}'>x</time><h3>{1}</h3><p>{2}</p><p>New <time datetime='2026-02-03'>on Tuesday</time>.</p></div>",
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("url", ["https://courier.example/live/ferry", "https://courier.example/world/ferry"])
def test_each_entry_of_a_live_blog_keeps_its_own_time(layout: str, url: str) -> None:
    third = "Helicopters search the strait for the 39 people who are still missing at sea."
    told = [*ENTRIES, (MONDAY + timedelta(hours=2), "Search goes on", third)]
    blog = "".join(LAYOUTS[layout].format(moment.isoformat(), headline, text) for moment, headline, text in told)

    article = read_article(page(f"<main>{LEAD}<time datetime='2026-02-01'>x</time><div>{blog}</div></main>"), url)

    assert [entry.published for entry in article.entries] == [moment for moment, _, _ in told]
    assert [text in article.text[entry.start : entry.end] for entry, (_, _, text) in zip(article.entries, told, strict=True)] == [True] * 3
    assert article.text.index("46 people") < article.entries[0].start
    assert article.live


def test_a_live_blogs_entries_are_dated_by_its_json_ld_where_the_page_shows_no_times() -> None:
    updates = [
        {"@type": "BlogPosting", "headline": headline, "datePublished": moment.isoformat(), "articleBody": f"<p>{text}</p>"}
        for moment, headline, text in reversed(ENTRIES)]
    blog = {"@type": "LiveBlogPosting", "headline": "Toll rises to 46", "liveBlogUpdate": updates}
    head = f'<script type="application/ld+json">{json.dumps(blog)}</script>'
    shown = "".join(f"<div><h2>{headline}</h2><p>{text}</p></div>" for _, headline, text in ENTRIES)

    article = read_article(page(f"<main>{shown}</main>", head), URL)

    assert [(entry.published, article.text[entry.start : entry.end]) for entry in article.entries] == [
        (moment, f"{headline}\n{text}") for moment, headline, text in ENTRIES]
    assert article.core == article.text


@pytest.mark.parametrize("body", [
    f"<article><header><time datetime='2026-02-05T10:00Z'>x</time><time datetime='2026-02-05T11:00Z'>y</time></header>{LEAD}</article>",
    f"<article>{LEAD}<div><p>{LEAD[3:-4].replace('46', '47')}</p><time datetime='2026-02-05'>x</time></div><div><p>Seen at sea by us all "
    f"at about noon, the ship sank.</p><time datetime='2026-02-06'>x</time></div>{LEAD.replace('46', '48') * 3}</article>",
], ids=["published and changed", "two posts embedded"])
def test_an_article_with_a_few_times_is_no_live_blog(body: str) -> None:
    article = read_article(page(body), URL)

    assert article.text
    assert (article.entries, article.live) == ((), False)


def test_a_consent_dialog_is_not_the_article_however_long_it_is() -> None:
    dialog = "<p>We and our 812 partners store and read information on your device, as long as you do not object to it.</p>" * 20

    assert read_article(page(f"<article>{LEAD}</article><div id='onetrust-consent-sdk'>{dialog}</div>"), URL).text == LEAD[3:-4]


@pytest.mark.parametrize(("line", "stays"), [
    ("5 February 2026, 10:05", False), ("Published on 5 February 2026, last changed at 12:30", False), ("05.02.2026 | 10:05", False),
    ("2026年2月5日 10時05分", False), ("Feb 5, 2026, 10.05 IST", False), ("5 лютого, 10:05", False),
    ("5 February 2026: 9 dead", True), ("On 5 February 2026, 5 were killed.", True),
    ("By 10:05, 17 were dead.", True), ("2 dead, 5 hurt", True),
    ("On 6 March 2026", True),
])
def test_a_stamp_is_left_out_but_never_a_toll(line: str, stays: bool) -> None:
    head = '<meta property="article:published_time" content="2026-02-05T10:05:00+02:00">'

    text = read_article(page(f"<article>{LEAD}<p>{line}</p>{LEAD.replace('46', '47')}</article>", head), URL).text

    assert (line in text) is stays


# Titles and authors


def test_broken_json_ld_still_gives_its_fields() -> None:
    head = """<script type="application/ld+json">{"@type": "NewsArticle", "headline": "A "quoted" headline",
        "datePublished": "2026-02-05T10:00:00Z", "author": [{"@type": "Person", "name": "Ann Harrow"}] oops</script>"""
    article = read_article(page(LEAD, head), URL)

    assert article.published == datetime.fromisoformat("2026-02-05T10:00:00+00:00")
    assert article.authors == ("Ann Harrow",)


def test_a_house_signs_only_where_no_person_does() -> None:
    house = """<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Toll", "author":
        {"@type": "Organization", "name": "The Courier"}, "publisher": {"name": "The Courier"}}</script>"""

    assert read_article(page(LEAD, house), URL).authors == ("The Courier",)
    assert read_article(page(LEAD, house + '<meta name="author" content="Ann Harrow (ah)">'), URL).authors == ("Ann Harrow",)


def test_every_title_a_page_declares_is_kept() -> None:
    head = """<script type="application/ld+json">{"@type": "NewsArticle", "headline": "One", "alternativeHeadline": "Two"}</script>
        <meta property="og:title" content="Three"><meta name="twitter:title" content="Four">"""

    article = read_article(page(f"{LEAD}<h2 itemprop=headline>Six</h2>", head, title="Five"), URL)

    assert {article.title, *article.alt_titles} == {"One", "Two", "Three", "Four", "Five", "Six"}


@pytest.mark.parametrize(("stated", "free"), [
    ({"isAccessibleForFree": True}, True), ({"isAccessibleForFree": "False"}, False), ({}, None),
    ({"hasPart": {"isAccessibleForFree": False, "cssSelector": ".wall"}}, False),
    ({"isAccessibleForFree": True, "hasPart": [{"isAccessibleForFree": "false", "cssSelector": ".wall"}]}, False),
    ({"isAccessibleForFree": True, "hasPart": [{"isAccessibleForFree": True, "cssSelector": ".text"}]}, True),
    ({"hasPart": {"@type": "Clip", "isAccessibleForFree": False}}, None),
])
def test_a_page_is_free_where_neither_it_nor_a_part_of_it_says_otherwise(stated: dict[str, Any], free: bool | None) -> None:
    assert read_article(page(LEAD, _json_ld(json.dumps({"@type": "NewsArticle", **stated}))), URL).free is free


def test_another_outlets_canonical_is_told_but_is_not_the_pages_identity() -> None:
    article = read_article(page(LEAD, '<link rel="canonical" href="https://agency.example/a">'), URL + "?fbclid=1#x")

    assert (article.url, article.canonical_url) == (URL, "https://agency.example/a")


# Moments


@pytest.mark.parametrize(("printed", "meant"), [
    ("2026-02-05T10:00:00+02:00", datetime(2026, 2, 5, 10, tzinfo=timezone(timedelta(hours=2)))),
    ("2026-02-05T10:00:00.123Z", datetime(2026, 2, 5, 10, 0, 0, 123000, timezone.utc)),  # noqa: UP017
    ("2026-02-05 10:00", datetime(2026, 2, 5, 10)),
    ("05.02.2026 10:00", datetime(2026, 2, 5, 10)),
    ("2026-02-05", date(2026, 2, 5)),
    ("2026-02-05T00:00:00", date(2026, 2, 5)),
    ("Thu, 05 Feb 2026 10:00:00 +0200", datetime(2026, 2, 5, 10, tzinfo=timezone(timedelta(hours=2)))),
    ("Thu, 05 Feb 2026 10:00:00 EST", datetime(2026, 2, 5, 10, tzinfo=timezone(timedelta(hours=-5)))),
    ("Thu, 05 Feb 2026 10:00:00 BST", datetime(2026, 2, 5, 10)),  # Britain's or Bangladesh's
    ("Thu, 05 Feb 2026 10:00:00", datetime(2026, 2, 5, 10)),
    ("Feb 5, 2026 10:05 PM", datetime(2026, 2, 5, 22, 5)),
    ("5 Feb 2026", date(2026, 2, 5)),
    ("Чт, 05 Фев 2026 10:00:00 +0300", None),
    ("2026-02-31", None), ("0001-01-01T00:00:00Z", None), ("9999-12-31", None), ("yesterday", None), ("", None), (None, None),
])
def test_a_moment_is_as_precise_as_it_is_printed_and_no_zone_is_invented(printed: str | None, meant: datetime | date | None) -> None:
    read = read_moment(printed)

    assert read == meant
    assert getattr(read, "tzinfo", None) == getattr(meant, "tzinfo", None)


def test_the_zone_is_taken_from_whichever_statement_gives_one() -> None:
    head = """<script type="application/ld+json">{"@type": "NewsArticle", "headline": "T", "datePublished": "2026-02-05T10:00:00"}</script>
        <meta property="article:published_time" content="2026-02-05T10:00:00+02:00">"""

    published = read_article(page(LEAD, head), URL).published

    assert published is not None
    assert published.isoformat() == "2026-02-05T10:00:00+02:00"


def test_a_page_that_only_its_address_dates_has_a_day() -> None:
    assert read_article(page(LEAD), "https://courier.example/2026/02/05/a").published == date(2026, 2, 5)


# Charsets


RUSSIAN = "Президент заявил в среду, что на войне погибли 55 тысяч солдат, ещё больше пропали без вести."
UKRAINIAN = "Президент заявив у середу, що на війні загинули 55 тисяч військових, її наслідки ще рахують."
FRENCH = "Le président a déclaré à la télévision que 55 000 soldats ont été tués ; d'autres sont portés disparus."
POLISH = '<html lang="pl">Prezydent powiedział w środę, że zginęło 55 tysięcy żołnierzy, źródła mówią o większej liczbie.'


@pytest.mark.parametrize("claim", [None, "text/html; charset=utf-8", "text/html; charset=ISO-8859-1", "text/html; charset=no-such"])
@pytest.mark.parametrize(("text", "encoding"), [
    (RUSSIAN, "cp1251"), (RUSSIAN, "koi8-r"), (RUSSIAN, "utf-8"), (RUSSIAN, "utf-8-sig"), (RUSSIAN, "utf-16"),
    (UKRAINIAN, "cp1251"), (UKRAINIAN, "koi8-u"), (FRENCH, "cp1252"), (FRENCH, "utf-16-le"), (POLISH, "cp1250"), (POLISH, "iso8859-2"),
])
def test_a_text_is_decoded_whatever_its_server_claims(text: str, encoding: str, claim: str | None) -> None:
    markup = f"<html><head><title>x</title></head><body><p>{text}</p>{'<div class=box></div>' * 200}</body></html>"

    assert text in decode(markup.encode(encoding), claim)


def test_a_stray_byte_does_not_change_the_encoding() -> None:
    assert decode(RUSSIAN.encode() * 20 + b"\xd0").startswith(RUSSIAN)


def test_a_declared_asian_encoding_survives_a_stray_byte() -> None:
    text = "<meta charset=gb2312>乌克兰总统周三表示，已有五万五千名士兵阵亡。" * 10

    assert decode(text.encode("gb18030") + b"\xff", None).startswith(text)


# No article


@pytest.mark.parametrize(("body", "cause"), [
    (b"", "empty"),
    (b"\x00" * 500, "empty"),
    (b"%PDF-1.7 1 0 obj", "PDF"),
    (gzip.compress(b"<html><title>x</title>", mtime=0), "gzip"),
    (b"\x89PNG\r\n", "PNG"),
    (b"<html><body><p>Words without any headline, but words all the same, and enough of them.</p>", "no title"),
    (b"<html></html>", "neither title nor text"),
    (b"<html><title>Video</title><div id=player></div>", "neither text nor date"),
    (b"<title>Before you go on</title><form action='https://consent.example/save'><p>We would like cookies.</p></form>", "consent"),
    (b"x" * 5_000_001, "5 MB"),
    (b"<title>t</title>" + b"<div>" * 3000 + b"deep" + b"</div>" * 3000, "neither text nor date"),
], ids=lambda value: value if isinstance(value, str) else None)
def test_what_is_no_article_says_what_it_is(body: bytes, cause: str) -> None:
    with pytest.raises(NotAnArticle, match=cause) as caught:
        read_article(body, URL)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("head", [
    '<script type="application/ld+json">' + "[" * 50_000 + "</script>",
    '<script type="application/ld+json">{"@type": [1, null], "headline": {"a": []}, "author": [null, 3, {"name": [4]}], "url": [{}], '
    '"datePublished": {"a": 1}, "articleBody": 5, "isAccessibleForFree": []}</script>',
    '<link rel="canonical" href="http://[::1"><meta property="og:url" content="http://[">',
    '<meta property="article:published_time" content="99999-99-99T99:99:99+99:99">',
    "<title>\x00&#0;&#xD800;</title>",
], ids=["deep JSON", "wrong types", "bad address", "impossible date", "no characters"])
def test_a_hostile_head_spoils_nothing(head: str) -> None:
    article = read_article(page(LEAD, head), "https://courier.example/a")

    assert "46 people" in article.text
    assert article.published is None


def test_nul_bytes_are_dropped() -> None:
    assert "46 people" in read_article(page(LEAD).replace(b"people", b"peo\x00ple"), URL).text


def test_a_tree_of_thousands_of_boxes_is_read_without_recursion() -> None:
    body = "<div>" * 1000 + LEAD + "</div>" * 1000

    assert "46 people" in read_article(page(body), URL).text


# Identity


@pytest.mark.parametrize(("url", "identity"), [
    ("https://A.example/p?utm_source=rss&id=7&fbclid=x#c", "https://a.example/p?id=7"),
    ("https://a.example:443", "https://a.example/"),
    ("http://a.example:8080/?p=12", "http://a.example:8080/?p=12"),
    ("https://a.example/p?ref=rss", "https://a.example/p"),
    ("https://a.example/p?ref=4711", "https://a.example/p?ref=4711"),
    (" https://a.example/two words ", "https://a.example/two%20words"),
    ("http://[broken", "http://[broken"),
])
def test_an_address_keeps_what_identifies_the_page_and_nothing_else(url: str, identity: str) -> None:
    assert page_url(url) == identity
    assert page_url(identity) == identity


def test_a_page_made_to_be_slow_is_read_within_seconds():
    rows = b"<p>" + b"At least 12 people were killed on Friday. " * 3 + b"</p>"
    page = b"<html><title>Flood</title><body>" + b"<div>" * 1500 + rows * 20_000 + b"</div>" * 1500
    began = time.process_time()
    with contextlib.suppress(NotAnArticle):
        read_article(page, "https://example.org/a")
    assert time.process_time() - began < 10


def _json_ld(text: str) -> str:
    return f'<script type="application/ld+json">{text}</script>'


BAIT = {
    "breaks": page("<br>" * 200_000 + LEAD),
    "a long class": page(f"<div class='{'related' * 140_000}'>{LEAD}</div>"),
    "a long class of marks": page(f"<div class='{'-' * 300_000}'>{LEAD}</div>"),
    "a long style": page(f"<div style='display{' ' * 1_000_000}'>{LEAD}</div>"),
    "a long address": page(f"<a href='{'/author/' * 120_000}'>x</a>{LEAD}"),
    "links": page("".join(f"<a href='/{n}'>link {n}</a> " for n in range(50_000)) + LEAD),
    "nested boxes": page("<div class=related>" * 3_000 + LEAD * 20),
    "nested forms": page("<form>" * 3_000 + LEAD),
    "hidden boxes": page("<div hidden>" * 3_000 + LEAD, _json_ld('{"@type": "NewsArticle", "isAccessibleForFree": false}')),
    "stamps in the deep": page("<div>" * 3_000 + "<span>5 February 2026</span>" * 5_000 + LEAD),
    "times in the deep": page("<div>" * 3_000 + "<time datetime='2026-02-05'>x</time>" * 5_000 + LEAD),
    "articles to scroll on to": page("".join(f"<article><h1>x{n}</h1>{LEAD * 3}</article>" for n in range(1_500))),
    "broken JSON-LD": page(LEAD, _json_ld('{"@type": "NewsArticle", "headline": "x",' + '"a": "b",' * 300_000)),
    "authors without end": page(LEAD, _json_ld('{"author": [' * 200_000)),
    "quotes without end": page(LEAD, _json_ld('{"headline": "' + '\\"' * 1_000_000)),
    "commas": page(LEAD, _json_ld("[" + ", " * 1_000_000)),
    "JSON-LD of blanks": page(LEAD, _json_ld(" " * 2_000_000 + "x")),
    "ends of comments": page(LEAD, _json_ld("-->" * 700_000 + "x")),
    "tags without end": page(LEAD, _json_ld('{"@type": "NewsArticle", "headline": "' + "<a" * 1_000_000 + '"}')),
    "objects": page(LEAD, _json_ld(json.dumps([{"@type": "NewsArticle"}] * 100_000))),
    "scripts": page(LEAD, _json_ld('{"@type": "NewsArticle"}') * 20_000),
    "titles": page(LEAD, "<meta property='og:title' content='a b'>" * 20_000),
    "dashes in the title": page(LEAD, title=" - " * 200_000 + "T"),
    "digits": page(f"<p>{'1 ' * 300_000}</p><p>{'1' * 500_000}</p>{LEAD}"),
    "marks": page(f"<p>{'.' * 400_000}</p><p>{'. ' * 300_000}</p><p>{'– ' * 300_000}read also</p>{LEAD}"),
    "labels": page(f"<p>{'read also ' * 100_000}</p>{LEAD}"),
    "rows": page("<table>" + "<tr><td>1</td><td>2</td></tr>" * 20_000 + f"</table>{LEAD}"),
    "charsets": b"<meta charset" + b" " * 1_000_000 + b"<meta " * 50_000 + page(LEAD),
    "languages": b"<a " + b"lang " * 200_000 + b"\xff\xfe\xd0" + page(LEAD),
}


@pytest.mark.parametrize("bait", BAIT)
def test_no_pattern_and_no_walk_takes_time_out_of_proportion(bait: str) -> None:
    began = time.process_time()
    with contextlib.suppress(NotAnArticle):
        read_article(BAIT[bait], URL, doubts=lambda text, language: False)
    assert time.process_time() - began < 2


@pytest.mark.parametrize("text", [
    "1" * 80, "1 jan " * 20, "jan " * 30, "1 de " * 30, "Mon, " * 20 + "1", "updated " * 15, "2026-02-05T" + " " * 70, "5 May 2026 " * 9])
def test_no_text_makes_a_moment_slow_to_read(text: str) -> None:
    began = time.process_time()
    for _ in range(20):
        read_moment(text)
        read_printed(text)
    assert time.process_time() - began < 0.5


def test_what_no_database_takes_is_left_out():
    head = '{"@type":"NewsArticle","headline":"Flood \\ud83d \\u0000 toll","datePublished":"2026-01-01T10:00:00Z"}'
    text = "At least 12 people were killed on Friday in the floods of the north, officials said."
    script = f'<script type="application/ld+json">{head}</script>'
    page = f"<html><title>T</title>{script}<body><article><h1>T</h1><p>{text}</p></article></html>"
    assert read_article(page.encode(), URL).title == "Flood toll"
