"""The course of a figure: its values in words, a picture of them in mail, and an alert that goes out whatever becomes of the picture."""

from __future__ import annotations

import json
import struct
from dataclasses import replace
from datetime import date, timedelta

import pytest

from monitors.alerts import chart
from monitors.alerts.chart import chart_of, draw_course, labelled
from monitors.alerts.course import LATEST, course_of, course_words
from monitors.alerts.deliver import send_due
from monitors.alerts.page import Line, Look, Page, Section, render_html, render_text
from monitors.alerts.wording import compose
from monitors.history import outbox
from monitors.history.ledger import SqlLedger
from monitors.history.store import open_history
from monitors.model import Alert, Channel, Delivery, Kind, Qualifier, Severity, State, Waypoint
from monitors.newsroom.mailbox import Mailbox
from monitors.newsroom.server import Newsroom
from monitors.rules.statements import Shelf
from tests.newsdesk import Newsdesk, figure
from tests.test_wording import FOUNDING, NOW, event, statement

SAID = (
    statement(31_000, day="2024-02-25"),
    statement(43_000, day="2024-12-08"),
    statement(46_000, None, Qualifier.MORE_THAN, day="2025-02-16"),
    statement(55_000, day="2026-02-04"),
)
SERIES = tuple(replace(said, id=n) for n, said in enumerate(SAID, 1))
SHELF = Shelf(SERIES[0].series, SERIES)
COURSE = course_of(event(Kind.CHANGE, SERIES[-1]), SHELF)
IN_WORDS = "31,000 (Feb 2024) → 43,000 (Dec 2024) → 46,000+ (Feb 2025) → 55,000 (Feb 2026)"


def days(values: list[int]) -> tuple[Waypoint, ...]:
    first = date(2026, 1, 1)
    return tuple(Waypoint((first + timedelta(n)).isoformat(), value, value, Qualifier.EXACT) for n, value in enumerate(values))


# --- in words


def test_a_course_is_told_in_words_with_the_days_of_its_values():
    assert course_words(COURSE) == IN_WORDS
    assert f"So far: {IN_WORDS}." in compose(event(Kind.CHANGE, SERIES[-1], SERIES[-2], course=COURSE)).body


def test_a_course_ends_with_the_value_it_is_told_with_and_holds_each_once():
    again = replace(SERIES[1], id=9, as_of="2024-12-20")
    late = replace(SERIES[0], id=8, as_of="2026-03-01", low=60_000, high=60_000)
    withdrawn = replace(SERIES[0], id=7, as_of="2025-06-01", low=1, high=1, state=State.WITHDRAWN)
    vague = replace(SERIES[0], id=6, as_of="2025-07-01", low=None, high=None, qualifier=Qualifier.VAGUE)
    shelf = Shelf(SHELF.series, (late, *reversed(SERIES), again, withdrawn, vague))
    assert course_of(event(Kind.CHANGE, SERIES[-1]), shelf) == COURSE


def test_two_values_are_no_course_and_only_a_passage_has_one():
    assert course_of(event(Kind.CHANGE, SERIES[1]), Shelf(SHELF.series, SERIES[:2])) == ()
    assert course_of(event(Kind.DISAGREEMENT, SERIES[-1]), SHELF) == ()
    assert "So far" not in compose(FOUNDING).body


def test_a_long_course_is_bounded_and_names_the_first_and_the_latest_values():
    many = tuple(replace(SERIES[0], id=n, as_of=f"2026-01-{n:02}", low=n * 100, high=n * 100) for n in range(1, 32))
    course = course_of(event(Kind.CHANGE, many[-1]), Shelf(SHELF.series, many))
    assert len(course) == LATEST
    latest = ("800 (8 Jan 2026)", "…", "2,800 (28 Jan 2026)", "2,900 (29 Jan 2026)", "3,000 (30 Jan 2026)", "3,100 (31 Jan 2026)")
    assert course_words(course) == " → ".join(latest)


def test_the_third_value_of_a_series_comes_with_its_course():
    desk = Newsdesk()
    told = [event for n in (43_000, 46_000, 55_000) for event in desk.reads(figure(n), text=f"The number is {n:,}.", at=timedelta(days=40))]
    with desk.history.reading() as connection:
        bodies = [SqlLedger(connection).alert(event).body for event in told]
    assert ["So far: 43,000 (14 Mar 2026) → 46,000 (23 Apr 2026) → 55,000 (2 Jun 2026)." in body for body in bodies] == [False, False, True]
    assert chart_of(desk.history, told[-1].id) is not None
    assert chart_of(desk.history, told[0].id) is None
    assert chart_of(desk.history, "digest-20260205") is None


# --- drawn


@pytest.mark.parametrize(
    "course",
    [
        COURSE,
        days([n * n % 97 for n in range(24)]),
        days([5, 5, 5]),
        (
            Waypoint("2024", 0, 10**12, Qualifier.BETWEEN), Waypoint("2025-02", None, 7, Qualifier.UP_TO),
            Waypoint("2025-02", 10**12, None, Qualifier.AT_LEAST),
        ),
        tuple(Waypoint("2026-02-04", n, n, Qualifier.EXACT) for n in (1, 2, 3)),
    ],
    ids=["a total", "many days", "no movement", "bounds", "one day"],
)  # fmt: skip
def test_a_chart_is_a_small_picture_for_any_course(course):
    picture = draw_course(course)
    assert picture.startswith(b"\x89PNG")
    width, height, _, colours = struct.unpack(">IIBB", picture[16:26])
    assert (width, height, colours) == (1200, 320, 6), "twice 600 by 160, on no ground of its own"
    assert len(picture) < 30_000


def test_a_number_stands_where_there_is_room_for_it_and_the_last_one_always():
    assert labelled([0, 10, 11, 100], [1, 2, 3, 4]) == [3, 0]
    assert labelled(list(range(24)), [9, *range(1, 23), 5])[:2] == [23, 0]
    assert labelled([7, 7, 7], [1, 2, 3]) == [2]


# --- sent


@pytest.fixture
def history(tmp_path):
    with open_history(f"sqlite:///{tmp_path / 'history.db'}") as opened:
        yield opened


@pytest.fixture
def mailbox():
    with Mailbox() as box:
        yield box


def tell(history, *channels: str, course: tuple[Waypoint, ...] = COURSE) -> str:
    told = event(Kind.CHANGE, replace(SERIES[-1], id=None), replace(SERIES[-2], id=None), course=course)
    with history.transaction() as connection:
        SqlLedger(connection).tell(told, compose(told), [Delivery(channel, False, NOW) for channel in channels], NOW)
    return told.id


def pictures(mail) -> list[bytes]:
    return [part.get_payload(decode=True) for part in mail.message.walk() if part.get_content_type() == "image/png"]


def test_a_mail_shows_the_chart_in_its_text_with_the_values_below_it(history, mailbox):
    told = tell(history, "mail")
    assert send_due(history, [Channel("mail", mailbox.url("desk@example.org"))], NOW).sent == 1
    (mail,) = mailbox.mails
    assert pictures(mail) == [chart_of(history, told)]
    (image,) = [part for part in mail.message.walk() if part.get_content_type() == "image/png"]
    assert image["Content-ID"] == "<course.png>"
    before, _, after = mail.html.partition('<img src="cid:course.png" alt="Chart of the values named below"')
    assert "Difference:" in before
    assert IN_WORDS in after
    assert IN_WORDS in mail.text


def test_a_figure_without_a_course_has_no_picture(history, mailbox):
    tell(history, "mail", course=())
    assert send_due(history, [Channel("mail", mailbox.url("desk@example.org"))], NOW).sent == 1
    assert pictures(mailbox.mails[0]) == []
    assert "<img" not in mailbox.mails[0].html


def test_a_chart_that_cannot_be_drawn_holds_up_no_alert(history, mailbox, monkeypatch, caplog):
    def fail(course):
        raise OSError("no font")

    monkeypatch.setattr(chart, "draw_course", fail)
    told = tell(history, "mail")
    assert send_due(history, [Channel("mail", mailbox.url("desk@example.org"))], NOW).sent == 1
    assert pictures(mailbox.mails[0]) == []
    assert f"{told} goes without its chart: no font" in caplog.text


def test_a_chat_gets_markdown_and_a_webhook_text_unless_it_asks_for_markdown(history):
    with Newsroom() as newsroom:
        channels = {
            "chat": "rocket://web/hook@{}/#news", "hook": "json://{}/hook",
            "asks": "json://{}/asks?format=markdown", "plain": "json://{}/plain?format=text",
        }  # fmt: skip
        for path in ("/hooks/web/hook", "/hook", "/asks", "/plain"):
            newsroom.put(path, '{"success": true}', content_type="application/json")
        page = Page("[1] *killed*", (Section((Line("55,000 *soldiers* were killed.", Look.QUOTE, marks=("55,000",)),)),))
        alert = Alert("a1", Severity.URGENT, page.title, render_text(page), render_html(page))
        with history.transaction() as connection:
            outbox.enqueue(connection, alert, [Delivery(name, False, NOW) for name in channels], NOW)
        host = newsroom.url.removeprefix("http://")
        sent = send_due(history, [Channel(name, url.format(host)) for name, url in channels.items()], NOW)
        assert (sent.sent, sent.errors) == (4, {})
        said = {request.path: json.loads(request.body) for request in newsroom.requests}
    quote = r"> **55,000** \*soldiers\* were killed."
    assert said["/hooks/web/hook"]["text"] == r"# \[1\] \*killed\*" + f"\n{quote}"
    assert (said["/asks"]["title"], said["/asks"]["message"]) == ("[1] *killed*", quote)
    assert said["/hook"]["message"] == said["/plain"]["message"] == "“55,000 *soldiers* were killed.”"
