"""Delivery through Apprise: to webhooks and mail that are there, and to some that are not."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import time
from datetime import UTC, datetime, timedelta
from io import BytesIO, StringIO, TextIOWrapper

import pytest

from monitors.alerts.deliver import check_url, send_due, send_test
from monitors.alerts.routing import TERMINAL
from monitors.alerts.terminal import show_alert
from monitors.history import outbox
from monitors.history.store import open_history
from monitors.model import Alert, Channel, Delivery, Severity
from monitors.newsroom.mailbox import Mailbox
from monitors.newsroom.server import Newsroom

NOW = datetime(2026, 2, 5, 9, 0, tzinfo=UTC)


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path / 'history.db'}"


@pytest.fixture
def history(url):
    with open_history(url) as opened:
        yield opened


@pytest.fixture
def newsroom():
    with Newsroom() as server:
        server.put("/hook", "taken")
        yield server


@pytest.fixture
def mailbox():
    with Mailbox() as box:
        yield box


def put(history, name: str, *channels: str, digest: bool = False) -> None:
    alert = Alert(name, Severity.URGENT, f"Title of {name} → 55,000", f"Body of {name}", f"<p>Body of <b>{name}</b></p>")
    with history.transaction() as c:
        outbox.enqueue(c, alert, [Delivery(channel, digest, NOW) for channel in channels], NOW)


def webhook(newsroom: Newsroom, name: str = "hook", path: str = "/hook", user: str = "") -> Channel:
    return Channel(name, newsroom.url.replace("http://", f"json://{user}") + path)


def titles(newsroom: Newsroom) -> list[str]:
    return [json.loads(request.body)["title"] for request in newsroom.requests if request.status == 200]


def test_a_webhook_gets_one_message_an_alert_with_its_id(history, newsroom):
    put(history, "a1", "hook")
    sent = send_due(history, [webhook(newsroom)], NOW)
    assert (sent.sent, sent.failed, sent.errors) == (1, 0, {})
    (request,) = newsroom.requests
    message = json.loads(request.body)
    assert message["title"] == "Title of a1 → 55,000"
    assert message["message"] == "Body of a1"
    assert message["alert_id"] == request.headers["X-Tallywatch-Alert"] == "a1"
    assert send_due(history, [webhook(newsroom)], NOW).sent == 0
    assert len(newsroom.requests) == 1


def test_mail_comes_as_html_with_its_id_in_a_header(history, mailbox):
    put(history, "a1", "mail")
    assert send_due(history, [Channel("mail", mailbox.url("desk@example.org"))], NOW).sent == 1
    (mail,) = mailbox.mails
    assert mail.subject == "Title of a1 → 55,000"
    assert "<b>a1</b>" in mail.html
    assert "Body of a1" in mail.text
    assert mail.message["X-Tallywatch-Alert"] == "a1"


def test_several_mails_do_not_wait_for_each_other(history, mailbox):
    for n in range(4):
        put(history, f"a{n}", "mail")
    began = time.monotonic()
    assert send_due(history, [Channel("mail", mailbox.url("desk@example.org"))], NOW).sent == 4
    assert time.monotonic() - began < 4


def test_a_failing_webhook_is_tried_by_the_next_run_and_holds_up_no_other(history, newsroom):
    newsroom.put("/bad", "busy", status=500, times=1)
    newsroom.put("/bad", "taken", status=200)
    newsroom.put("/bad", "busy", status=500, times=1)
    put(history, "a1", "bad", "hook")
    channels = [webhook(newsroom, "bad", "/bad", "bob:hunter2hunter2@"), webhook(newsroom)]
    sent = send_due(history, channels, NOW)
    assert (sent.sent, sent.failed) == (1, 1)
    assert "error=500" in sent.errors["bad"]
    assert "hunter2" not in sent.errors["bad"]
    sent = send_due(history, channels, NOW)
    assert (sent.sent, sent.failed, sent.errors) == (1, 0, {})
    assert titles(newsroom) == ["Title of a1 → 55,000"] * 2


def test_a_mail_server_that_refuses_once_gets_it_from_the_next_run(history, mailbox):
    channel = Channel("mail", mailbox.url("desk@example.org"))
    put(history, "a1", "mail")
    mailbox.says = "451 try again later"
    sent = send_due(history, [channel], NOW)
    assert (sent.sent, sent.failed) == (0, 1)
    mailbox.says = None
    assert send_due(history, [channel], NOW).sent == 1
    assert [mail.subject for mail in mailbox.mails] == ["Title of a1 → 55,000"]


def test_a_dead_channel_is_not_asked_for_every_message(history, newsroom):
    newsroom.put("/hook", "down", status=503)
    for n in range(6):
        put(history, f"a{n}", "hook")
    sent = send_due(history, [webhook(newsroom)], NOW)
    assert (sent.sent, sent.failed) == (0, 6)
    assert len(newsroom.requests) == 2


def test_nobody_listening_is_an_error_in_words(history):
    put(history, "a1", "hook")
    sent = send_due(history, [Channel("hook", "json://bob:hunter2hunter2@127.0.0.1:1/hook")], NOW)
    assert sent.failed == 1
    assert sent.errors["hook"].startswith("json://bob:****@127.0.0.1:1/hook: ")


def test_a_channel_that_is_gone_is_told_and_gets_nothing(history, newsroom):
    put(history, "a1", "gone")
    sent = send_due(history, [webhook(newsroom)], NOW)
    assert (sent.sent, sent.failed) == (0, 1)
    assert "'gone'" in sent.errors["gone"]


def test_without_a_channel_alerts_are_printed_once(history, newsroom):
    put(history, "a1", TERMINAL)
    stream = StringIO()
    assert send_due(history, [], NOW, terminal=stream).sent == 1
    assert stream.getvalue().startswith("Title of a1 → 55,000\n-----")
    assert "Body of a1" in stream.getvalue()
    assert send_due(history, [webhook(newsroom)], NOW, terminal=stream).sent == 0
    assert newsroom.requests == []


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_shows_what_stands_in_brackets():
    stream = Terminal()
    body = "[red]55,000[/red] killed\nhttps://example.org/" + "x" * 200
    show_alert(Alert("a1", Severity.URGENT, "Title [bold]of[/bold] a1", body, ""), stream)
    assert "Title [bold]of[/bold] a1" in stream.getvalue()
    assert "[red]55,000[/red] killed" in stream.getvalue()
    assert "https://example.org/" + "x" * 200 in stream.getvalue()


def test_a_stream_without_our_letters_gets_what_it_can_take():
    raw = BytesIO()
    stream = TextIOWrapper(raw, "ascii")
    show_alert(Alert("a1", Severity.URGENT, "46,000+ → 55,000", "“said”", ""), stream)
    assert raw.getvalue().startswith(b"46,000+ ? 55,000\n")


def test_without_a_terminal_printing_waits(history):
    put(history, "a1", TERMINAL)
    sent = send_due(history, [], NOW)
    assert (sent.sent, sent.failed) == (0, 0)
    assert send_due(history, [], NOW, terminal=StringIO()).sent == 1


def test_the_digest_goes_out_when_it_is_due(history, newsroom):
    put(history, "a1", "hook", digest=True)
    put(history, "a2", "hook", digest=True)
    assert send_due(history, [webhook(newsroom)], NOW - timedelta(minutes=1)).sent == 0
    assert send_due(history, [webhook(newsroom)], NOW).sent == 1
    assert titles(newsroom) == ["Digest of 5 Feb 2026: 2 items"]
    assert send_due(history, [webhook(newsroom)], NOW + timedelta(days=1)).sent == 0


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ("json://127.0.0.1:9000/hook", None),
        ("mailtos://user:password@example.org?to=desk@example.org", None),
        ("desk@example.org", "no Apprise URL"),
        ("nosuch://example.org", "nosuch://"),
        ("tgram://short", "tgram://"),
        ("json://one.example/hook, json://two.example/hook", "several URLs"),
        ("", "no Apprise URL"),
    ],
)
def test_a_url_is_checked_before_it_is_needed(given, wrong):
    found = check_url(given)
    assert found is None if wrong is None else wrong in found


def test_a_checked_url_keeps_its_password_to_itself():
    assert "hunter2hunter2" not in check_url("tgram://hunter2hunter2/")


def test_a_test_alert_tells_what_went_wrong(newsroom):
    assert send_test(webhook(newsroom), NOW) is None
    assert titles(newsroom)[0].startswith("[Test] ")
    newsroom.put("/hook", "no", status=403)
    assert "403" in send_test(webhook(newsroom), NOW)


def test_an_optional_service_that_fails_has_failed(history, newsroom):
    newsroom.put("/hook", "no", status=500)
    put(history, "a1", "hook")
    channel = Channel("hook", webhook(newsroom).url + "?optional=yes")
    assert send_due(history, [channel], NOW).failed == 1


def send_and_hang(url: str, hook: str) -> None:
    with open_history(url) as history:
        send_due(history, [Channel("hook", hook)], NOW)


@pytest.mark.campaign
def test_a_killed_sender_loses_nothing_and_its_repeat_is_marked(url, newsroom):
    newsroom.put("/hook", "taken", delay=3, times=1)
    with open_history(url) as history:
        put(history, "a1", "hook")
        put(history, "a2", "hook")
    process = multiprocessing.get_context("spawn").Process(target=send_and_hang, args=(url, webhook(newsroom).url))
    process.start()
    while not newsroom.requests and process.is_alive():
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    with open_history(url) as history:
        assert send_due(history, [webhook(newsroom)], NOW).sent == 2
        assert send_due(history, [webhook(newsroom)], NOW).sent == 0
    assert titles(newsroom)[1:] == ["Title of a2 → 55,000", "[possible repeat] Title of a1 → 55,000"]
