"""Many alerts become one message in which nothing of theirs is lost and nothing becomes markup."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html.parser import HTMLParser

from monitors.alerts.page import Line, Page, Section, markdown_of
from monitors.alerts.summaries import Item, Week, compose_digest, compose_group, compose_parked, compose_watch
from monitors.alerts.titles import TITLE_LENGTH
from monitors.alerts.wording import compose, sample_event, summary
from monitors.model import Alert, Severity

NOW = datetime(2026, 2, 5, 9, 0, tzinfo=UTC)


def alert(name: str, severity: Severity = Severity.ROUTINE, title: str = "") -> Alert:
    return Alert(name, severity, title or f"Title of {name}", f"Body of {name}", f"<html><body class='x'><p>{name}</p></body></html>")


def test_a_digest_is_one_message_with_a_line_for_each_alert_the_loudest_first():
    items = [Item(alert("a1"), 5), Item(alert("a2"), 90), Item(alert("a3", Severity.NOTABLE), 1, "you had 5 alerts within a day")]
    digest = compose_digest(items, NOW)
    assert digest.title == "Digest of 5 Feb 2026: 3 items"
    lines = [line for line in digest.body.splitlines() if line.startswith("- ")]
    assert lines == [
        "- Title of a3 · a3; would have come at once, but you had 5 alerts within a day", "- Title of a2 · a2", "- Title of a1 · a1",
    ]  # fmt: skip
    assert compose_digest(items, NOW).id == digest.id != compose_digest(items[:2], NOW).id


def test_a_group_is_the_loudest_alert_with_the_others_whole_below_it():
    group = compose_group([alert("a1", Severity.NOTABLE), alert("a2", Severity.URGENT), alert("a3", Severity.NOTABLE)])
    assert (group.title, group.severity) == ("Title of a2", Severity.URGENT)
    assert group.body.split("\n\n") == ["Body of a2", "ALSO: Title of a1", "Body of a1", "ALSO: Title of a3", "Body of a3"]
    assert compose_group([alert("a3"), alert("a2"), alert("a1")]).id == group.id


class Tags(HTMLParser):
    """Which elements are left open, and which scripts there are."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.seen.append(tag)
        if tag not in ("meta", "hr", "br", "img", "link"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_html_of_a_group_is_one_document_in_which_a_title_is_no_markup():
    sample = compose(sample_event(NOW))
    tags = Tags(compose_group([sample, alert("a1", title="<script>alert(1)</script> & more")]).html)
    assert tags.open == []
    assert tags.seen.count("html") == tags.seen.count("body") == 1
    assert "script" not in tags.seen


def test_what_was_given_up_is_named_up_to_twenty_and_the_rest_is_counted():
    parked = compose_parked("desk", [(f"a{n}", f"Title {n}") for n in range(23)], "error=400", "once")
    assert parked.title == "23 alerts could not be delivered to “desk”"
    assert parked.severity is Severity.OPS
    assert "The last error: error=400" in parked.body
    assert len([line for line in parked.body.splitlines() if line.startswith("- Title")]) == 20
    assert "… and 3 more: tallywatch status" in parked.body
    assert len(compose_parked("d" * 63, [("a1", "x")], "e", "once").title) <= TITLE_LENGTH


def test_the_line_of_the_watch_has_all_four_counts():
    line = compose_watch(Week(12, 3412, 812, 0), datetime(2026, 1, 29, 9, tzinfo=UTC), NOW)
    assert line.title == "Nothing to tell since 29 Jan 2026; articles read: 3,412"
    assert line.body.splitlines()[0] == "The watch goes on; since 29 Jan 2026: outlets read 12, articles 3,412, figures 812, changes 0."


def test_each_alert_of_a_group_has_its_title_once_and_is_followed_by_its_own_small_print():
    first, second = (summary(Page(f"Title {n}", (Section((Line(f"Body {n}."),)),)), f"alert-{n}", Severity.NOTABLE) for n in (1, 2))
    group = compose_group([first, second])
    shown = markdown_of(group.title, group.body, group.html)
    assert shown.split("\n\n") == ["Body 1.", "alert alert-1", "**Title 2**", "Body 2.", "alert alert-2"]
    assert re.sub("<[^>]*>", "", group.html.partition("<body")[2]).count("Title 2") == 1
