"""One alert as text, HTML and Markdown: the same words in each, the number marked, nothing empty, and nothing hostile that wakes up."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from apprise import Apprise, NotifyFormat
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from monitors.alerts.page import Line, Look, Page, Section, markdown_of, read_page, render_html, render_markdown, render_text
from monitors.alerts.phrases import clean
from monitors.alerts.proof import find_printed
from monitors.alerts.summaries import Item, compose_digest
from monitors.alerts.terminal import show_alert
from monitors.alerts.titles import TITLE_LENGTH
from monitors.alerts.wording import compose, compose_baseline, compose_test
from monitors.model import QUIET_KINDS, Alert, Event, Kind, Qualifier, Scope, State, Statement
from tests.test_deliver import Terminal
from tests.test_wording import FOUNDING, NOW, RUSSIA, TOLD, event, origin, statement

SUMMARIES = {
    "a digest": compose_digest([Item(compose(what)) for what, _, _ in TOLD.values()], NOW),
    "a first sight": compose_baseline(["bbc", "reuters"], [statement(55_000), statement(43_000, **RUSSIA)], NOW),
    "a test": compose_test(NOW, "desk"),
}
ALERTS = {name: compose(what) for name, (what, _, _) in TOLD.items()} | SUMMARIES


class Elements(HTMLParser):
    """The tags of a document, where its links and pictures lead, and what stands in each <mark>."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.marked: list[str] = []
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.open.append(tag)
        self.links += [value or "" for name, value in attrs if name not in ("style", "class", "name", "content", "charset", "lang")]

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self.open[-1:] == ["mark"]:
            self.marked.append(data)


class Chat:
    """What a reader of CommonMark sees: the text, what is bold, code or a link, and any other markup there is."""

    def __init__(self, markdown: str) -> None:
        blocks = MarkdownIt("commonmark", {"linkify": False}).enable("strikethrough").parse(markdown)
        tokens = [token for block in blocks for token in (block.children or ())]
        self.kinds = {token.type for token in blocks} | {token.type for token in tokens}
        self.links = [token.attrs["href"] for token in tokens if token.type == "link_open"]
        self.codes = [token.content for token in tokens if token.type == "code_inline"]
        self.text = "".join("\n" if token.type in ("softbreak", "hardbreak") else token.content for token in tokens)
        self.bold = re.findall(r"\x02(.*?)\x03", "".join(BOLD.get(token.type, token.content) for token in tokens))


BOLD = {"strong_open": "\x02", "strong_close": "\x03"}
OURS = {
    "inline", "text", "softbreak", "hardbreak", "code_inline", "link_open", "link_close", "strong_open", "strong_close",
    "paragraph_open", "paragraph_close", "blockquote_open", "blockquote_close", "bullet_list_open", "bullet_list_close",
    "list_item_open", "list_item_close",
}  # fmt: skip
"""All that a Markdown body of ours consists of."""


def markdown(alert: Alert) -> str:
    return markdown_of(alert.title, alert.body, alert.html)


# --- the same words in each


@pytest.mark.parametrize("name", ALERTS)
def test_a_page_read_back_from_its_html_says_what_its_text_says(name):
    alert = ALERTS[name]
    page = read_page(alert.html)
    assert render_text(page) == alert.body


@pytest.mark.parametrize("name", ALERTS)
def test_a_chat_shows_every_word_of_the_text_and_no_markup_but_ours(name):
    alert = ALERTS[name]
    seen = Chat(markdown(alert))
    assert seen.kinds <= OURS
    said, shown = (re.sub(r"[“”\u200b]|^- ", "", text, flags=re.MULTILINE).casefold() for text in (alert.body, seen.text))
    assert [word for word in said.split() if word not in shown] == []


def test_the_number_is_marked_in_the_sentence_and_commands_are_to_be_copied():
    alert = compose(FOUNDING)
    assert Elements(alert.html).marked == ["55,000", "46,000"]
    seen = Chat(markdown(alert))
    assert seen.bold[:2] == ["55,000", "46,000"]
    assert f"tallywatch mute {FOUNDING.id}" in seen.codes
    assert seen.links == ["https://bbc.example/55000", "https://nbc.example/46000", "https://bbc.example/100000"]
    assert "**" not in alert.body


@pytest.mark.parametrize(
    ("sentence", "low", "high", "printed"),
    [
        ("More than 46,000 of the 1,146,000 have been killed.", 46_000, None, ("46,000",)),
        ("At least twelve died, 12 of them on Friday.", 12, 12, ("12",)),
        ("Some 1.2 million people have fled.", 1_200_000, 1_200_000, ("1.2 million",)),
        ("Between 100,000 and 140,000 were killed.", 100_000, 140_000, ("100,000 and 140,000",)),
        ("Thirty-two people died and 32 were hurt.", 32, 32, ("Thirty-two", "32")),
        ("Nobody was counted.", 7, 7, ()),
        ("Nobody was counted.", None, None, ()),
    ],
)
def test_a_number_is_found_as_its_sentence_prints_it(sentence, low, high, printed):
    assert find_printed(sentence, "en", low, high) == printed


def test_part_of_a_longer_number_is_not_marked():
    parts = Line("155,000 and 55,000, not 55,000.5 nor 55,0000", marks=("55,000",)).parts
    assert [text for kind, text in parts if kind == "mark"] == ["55,000"]


def test_a_message_kept_in_another_shape_is_sent_as_its_text_says_it():
    assert markdown_of("Title", "Of *old*\n\nhtml", "<p>Of <b>old</b> html</p>") == r"Of \*old\*" + "\n\nhtml"


@pytest.mark.parametrize(("code", "named"), [("en", "in English"), ("uk", "in Ukrainian"), ("pt-BR", "in Portuguese"), ("xx", "")])
def test_the_language_of_the_sentence_is_named_where_it_has_a_name(code, named):
    said = replace(statement(12, quote="12"), language=code)
    lines = compose(event(Kind.NEW_SERIES, said)).body.splitlines()
    assert ", ".join(filter(None, ("BBC", named, "first seen 5 Feb 2026 09:00 UTC"))) in lines


# --- nothing empty

SPARSE = st.sampled_from(["", "Mediazona", "Volodymyr Zelensky"])
NUMBER = st.none() | st.integers(0, 2_000_000)


PARTS = st.fixed_dictionaries(
    {
        "claimant": SPARSE,
        "outlet": st.sampled_from(["bbc", "dw"]),
        "quote": st.sampled_from(["", " ", "12 were killed.", "No number here"]),
        "metric": st.sampled_from(["killed", "missing", "exchanged", "other:swept_away"]),
        "party": st.sampled_from(["ukraine", "gaza", None]),
        "group": st.sampled_from(["military", "all", "children"]),
        "scope": st.sampled_from(Scope),
        "day": st.sampled_from(["2026-02-04", "2026-02", "2026"]),
        "window": st.sampled_from([None, "day", "window", "since 2026-01-01"]),
        "event": st.sampled_from([None, "earthquake|-|2026-02-04", "attack|-|-"]),
        "unit": st.sampled_from([None, "cases", "other"]),
        "method": st.sampled_from([None, "estimate", "other"]),
        "includes": st.sampled_from([(), ("missing",)]),
        "origins": st.sampled_from([(origin("bbc"),), (origin("x", 3), origin("dw", copy_of="bbc"), origin("president", primary=True))]),
    }
)
MORE = st.fixed_dictionaries(
    {
        "low": NUMBER,
        "high": NUMBER,
        "qualifier": st.sampled_from(Qualifier),
        "venue": st.sampled_from([None, "", "France 2"]),
        "as_of_stated": st.booleans(),
        "language": st.sampled_from(["en", "", "xx"]),
        "id": st.sampled_from([None, 7]),
        "url": st.sampled_from(["", "https://bbc.example/1"]),
    },
    optional={"origins": st.just(())},
)
STATEMENTS = st.builds(lambda parts, more: replace(statement(1, **parts), **more), PARTS, MORE)
"""Statements of which any part may be missing."""
ABOUT = st.fixed_dictionaries(
    {
        "subtype": st.sampled_from([None, "silent edit", "counted differently", "misread", "upheld"]),
        "state": st.sampled_from(State) | st.none(),
        "explanation": st.sampled_from([None, "", "another basis"]),
        "cautions": st.sampled_from([(), ("A caution.",)]),
        "role": st.sampled_from(["", "president"]),
        "side": st.sampled_from([None, "ukraine"]),
        "denial": st.sampled_from(["", "That is a lie."]),
    }
)


@st.composite
def events(draw: st.DrawFn) -> Event:
    """An event of any kind that is told, with all, some or none of what it may carry."""
    kind = draw(st.sampled_from(sorted(set(Kind) - QUIET_KINDS)))
    if kind is Kind.HEALTH:
        return draw(st.sampled_from([TOLD["an outlet in trouble"][0], TOLD["an outlet that is back"][0]]))
    new, old, others = draw(STATEMENTS), draw(st.none() | STATEMENTS), draw(st.lists(STATEMENTS, max_size=2))
    return replace(event(kind, new, old, others=tuple(others)), **draw(ABOUT))


EMPTY = re.compile(
    r"\bNone\b|\bnan\b|\{|\}|\(\s*\)|\[\]|“\s*”|[,;:·]\s*[,;:.·]|\.\.|\s[,;.)]|\(\s|^\W*$|:$|^[,;.·:]|  "
    r"|, via \)|, says\s*[.(]|\bof\s*[.,]|\bas of\s*[.,(]"
)
"""What a field that is not there leaves behind."""


@settings(max_examples=100, deadline=None)
@given(told=events())
def test_whatever_an_event_lacks_leaves_no_gap_in_its_words(told):
    alert = compose(told)
    assert 0 < len(alert.title) <= TITLE_LENGTH
    for line in (alert.title, *alert.body.splitlines()):
        assert not line or line.startswith("https://") or not EMPTY.search(line.partition(" · series ")[0].partition("tallywatch")[0]), line
    blocks = alert.body.split("\n\n")
    assert all(len(block.splitlines()) > 1 for block in blocks if block.splitlines()[0].isupper()), "a heading over nothing"
    assert not any(not block for block in blocks)
    assert render_text(read_page(alert.html)) == alert.body
    assert Chat(markdown(alert)).kinds <= OURS
    assert not re.search(r"<(\w+)[^>]*>\s*</\1>", alert.html), "an element with nothing in it"


# --- hostile text

HOSTILE = (
    '"><script>alert(1)</script>\r\nBcc: all@example.org\x1b[31m\u202e [here](http://evil.example) ![i](http://evil.example/i.png) '
    "@everyone @Here <!channel> <@U1> <http://evil.example|x> *b* _i_ ~~s~~ `c` ||s|| & {new} %s\n# h\n- x\n> y\n===\n&lt;b&gt;"
)
PIECES = [*"*_`~[]()<>#!|&@:/\\-+=.05,\n\r\t \x1b\u202e{}“”", "http://e.example", "@all", "<!here>", "&lt;", "55,000", "](http://"]
MARKUP = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)
TRAPS = re.compile(r"\]\((?=http)|@(?:everyone|here|channel|all|room)\b|<[!@#]", re.IGNORECASE)


def poisoned(what: Event, poison: str) -> Event:
    def spoil(s: Statement) -> Statement:
        origins = tuple(replace(o, outlet=poison, url=f"javascript:{poison}") for o in s.origins)
        return replace(s, claimant=poison, quote=poison, outlet=poison, url=f"javascript:{poison}", venue=poison, origins=origins)

    return replace(
        what, statement=what.statement and spoil(what.statement), previous=what.previous and spoil(what.previous), claimant=poison,
        others=tuple(map(spoil, what.others)), cautions=(poison,), explanation=poison, role=poison, outlet=poison, denial=poison,
        urls=(f"javascript:{poison}", "https://ok.example/?a=1&b=\"'<x>_*)[c](d)@e"), party=poison, group=f"other:{poison}",
        metric=f"other:{poison}", series=what.series and replace(what.series, event=poison),
    )  # fmt: skip


TAGS = {
    "html", "head", "meta", "style", "title", "body", "div", "h1", "h2", "h3", "span", "p", "blockquote", "a", "ul", "li", "mark", "code",
}  # fmt: skip


def assert_harmless(alert: Alert) -> None:
    assert len(alert.title) <= TITLE_LENGTH
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e]", alert.title)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", alert.body + alert.html)
    for text in (alert.title, alert.body, alert.html.removeprefix("<!DOCTYPE html>")):
        assert not TRAPS.search(text)
    seen = Elements(alert.html)
    assert seen.tags <= TAGS
    assert all(link.startswith("https://ok.example/") for link in seen.links)
    chat = Chat(markdown(alert))
    assert chat.kinds <= OURS
    assert all(link.startswith("https://ok.example/") for link in chat.links)
    assert not re.search(r"@\w|://", re.sub(r"(?<!\\)`[^`]*`|<https://ok\.example/[^ >]*>", "", markdown(alert)))


@pytest.mark.parametrize("told", TOLD)
def test_hostile_text_becomes_no_markup_mention_link_or_header(told):
    assert_harmless(compose(poisoned(TOLD[told][0], HOSTILE)))


@settings(max_examples=60, deadline=None)
@given(told=st.sampled_from(sorted(TOLD)), poison=MARKUP)
def test_no_text_becomes_markup_mention_link_or_header(told, poison):
    alert = compose(poisoned(TOLD[told][0], poison))
    assert_harmless(alert)
    assert render_text(read_page(alert.html)) == alert.body


def test_every_line_of_a_poisoned_body_is_one_of_ours():
    plain, hostile = compose(FOUNDING).body.splitlines(), compose(poisoned(FOUNDING, HOSTILE)).body.splitlines()
    assert not any(line.startswith(("Bcc", "#", "===")) for line in hostile)
    assert abs(len(hostile) - len(plain)) <= 2


@pytest.mark.parametrize(
    "url",
    [
        "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#c", "discord://123456789012345678/AbCdEfGhIjKlMnOpQrSt/",
        "tgram://123456789:abcdefg_hijklmnop/12315544/", "gchat://space/key/token",
    ],
)
def test_what_apprise_makes_of_it_for_a_chat_stays_harmless(url):
    service = Apprise.instantiate(url)
    shown = service.dialect_convert(markdown(compose(poisoned(FOUNDING, HOSTILE))), NotifyFormat.MARKDOWN)
    assert not TRAPS.search(shown)
    assert not re.search(r"https?://(?!ok\.example)", re.sub(r"(?<!\\)`[^`]*`", "", shown))


@settings(max_examples=40, deadline=None)
@given(text=st.text(max_size=60) | MARKUP)
def test_nothing_from_outside_steers_a_terminal(text):
    stream = Terminal()
    alert = render_text(Page("", (Section((Line(text, Look.QUOTE),)),)))
    show_alert(Alert("a1", FOUNDING.severity, clean(text), alert, ""), stream)
    ours = re.sub(r"\x1b\[[0-9;]*m", "", stream.getvalue())  # the colours that rich sets
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", ours)


@settings(max_examples=100, deadline=None)
@given(text=st.text(max_size=60) | MARKUP)
def test_any_line_comes_through_markdown_and_html_letter_by_letter(text):
    page = Page("", (Section((Line(f"Said: {text}"), Line(text or "-", Look.ITEM), Line(f"x{text}", Look.QUOTE))),))
    assert clean(clean(text)) == clean(text)
    assert render_text(read_page(render_html(page))) == render_text(page)
    seen = Chat(render_markdown(page))
    assert seen.kinds <= OURS
    assert seen.text.replace("\u200b", "").startswith(clean(f"Said: {text}").replace("\u200b", ""))
