"""Delivery through Apprise: to webhooks and mail that are there, and to some that are not."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections import defaultdict
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day
from io import BytesIO, StringIO, TextIOWrapper

import pytest

from monitors.alerts import deliver
from monitors.alerts.deliver import Post, Sent, Undelivered, check_url, send_due, send_test
from monitors.alerts.outbox import LEASE, Parcel
from monitors.alerts.routing import TERMINAL
from monitors.alerts.shape import Draw
from monitors.alerts.terminal import show_alert
from monitors.history import outbox
from monitors.history.store import open_history
from monitors.model import Alert, Channel, Delivery, QuietHours, Severity
from monitors.newsroom.mailbox import Mailbox
from monitors.newsroom.server import Newsroom
from tests.clusters import ROOT

NOW = datetime(2026, 2, 5, 9, 0, tzinfo=UTC)


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path / 'history.db'}"


@pytest.fixture
def history():
    with open_history("sqlite://") as opened:
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


@pytest.mark.parametrize(
    ("trouble", "says", "mark"),
    [
        ({"says": "451 greylisted, try again later"}, "451, b'greylisted, try again later'", ""),
        ({"says_to": {"desk@example.org": "550 no such user"}}, "550, b'no such user'", ""),
        ({"hangs_up": True}, "Connection unexpectedly closed", "[possible repeat] "),
        ({"delay": 1.5}, "timed out", "[possible repeat] "),
    ],
)
def test_why_a_mail_server_did_not_take_a_mail_is_said_and_what_it_may_have_taken_is_marked(history, mailbox, trouble, says, mark):
    vars(mailbox).update(trouble)
    put(history, "a1", "desk", "editor")
    desk, editor = (Channel(name, mailbox.url(f"{name}@example.org")) for name in ("desk", "editor"))
    short = "&cto=0.5" if "delay" in trouble else ""
    sent = send_due(history, [replace(desk, url=desk.url + short), replace(editor, url=editor.url + short)], NOW)
    assert says in sent.errors["desk"]
    assert ("editor" in sent.errors) == ("says_to" not in trouble), "another recipient's mail is another message"
    vars(mailbox).update(says=None, says_to={}, hangs_up=False, delay=0.0)
    assert send_due(history, [desk, editor], NOW).errors == {}
    assert [mail.subject for mail in mailbox.mails if "desk@example.org" in mail.recipients][-1] == f"{mark}Title of a1 → 55,000"


def test_a_mail_server_that_is_down_is_named_with_the_cause(history):
    put(history, "a1", "mail")
    url = "mailto://me:hunter2hunter2@127.0.0.1:1?from=tallywatch@example.org&to=desk@example.org&mode=insecure"
    (error,) = send_due(history, [Channel("mail", url)], NOW).errors.values()
    assert error.startswith("mailto://me:****@127.0.0.1:1/")
    assert error.endswith("[Errno 111] Connection refused")


@pytest.mark.parametrize("trouble", [{"delay": 1.5}, {"status": 0}])
def test_a_webhook_that_took_a_message_and_did_not_answer_gets_it_again_marked(history, newsroom, trouble):
    newsroom.put("/hook", "taken", **trouble)
    put(history, "a1", "hook")
    put(history, "a2", "hook")
    impatient = Channel("hook", webhook(newsroom).url + "?rto=0.5")
    assert send_due(history, [impatient], NOW).failed == 2
    assert len(newsroom.requests) == 1, "it is left alone until the next run"
    newsroom.put("/hook", "taken")
    assert send_due(history, [webhook(newsroom)], NOW).sent == 2
    told = [json.loads(request.body)["title"] for request in newsroom.requests[1:]]
    assert told == ["Title of a2 → 55,000", "[possible repeat] Title of a1 → 55,000"]


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
        ("mailtos://user:password@example.org?to=a@example.org,b@example.org", "2 recipients"),
        ("mailtos://user:password@example.org?to=a@example.org&cc=b@example.org", "2 recipients"),
        ("mailtos://user:password@example.org?to=a@example.org&bcc=b@example.org,c@example.org", "3 recipients"),
        ("tgram://123456789:abcdefghijklmnopqrstuvwxyzabcdefghi/111/222", "2 recipients"),
        ("tgram://123456789:abcdefghijklmnopqrstuvwxyzabcdefghi/111", None),
        ("", "no Apprise URL"),
    ],
)
def test_a_url_is_checked_before_it_is_needed(given, wrong):
    found = check_url(given)
    assert found is None if wrong is None else wrong in found


def test_a_checked_url_keeps_its_password_to_itself():
    assert "hunter2hunter2" not in check_url("tgram://hunter2hunter2/")


def test_a_test_alert_goes_through_the_outbox_tells_what_went_wrong_and_leaves_nothing(history, newsroom):
    assert send_test(history, webhook(newsroom), NOW) is None
    assert titles(newsroom)[0].startswith("[Test] ")
    newsroom.put("/hook", "no", status=403)
    assert "403" in send_test(history, webhook(newsroom), NOW).line
    newsroom.put("/hook", "taken")
    assert send_due(history, [webhook(newsroom)], NOW + timedelta(days=1)) == Sent()
    with history.reading() as c:
        assert outbox.counts(c) == {}


def test_a_test_alert_whose_sender_was_killed_is_sent_by_no_run(history, newsroom):
    put(history, "test-20260205090000", "hook")
    with history.transaction() as c:
        assert outbox.claim(c, 1, "killed", NOW)
    assert send_due(history, [webhook(newsroom)], NOW + timedelta(days=1)) == Sent()
    assert newsroom.requests == []
    assert send_test(history, webhook(newsroom), NOW) is None
    with history.reading() as c:
        assert outbox.counts(c) == {}


def test_an_optional_service_that_fails_has_failed(history, newsroom):
    newsroom.put("/hook", "no", status=500)
    put(history, "a1", "hook")
    channel = Channel("hook", webhook(newsroom).url + "?optional=yes")
    assert send_due(history, [channel], NOW).failed == 1


def test_an_answer_that_makes_no_sense_is_an_answer(history, newsroom):
    newsroom.put("/hook", b"\x00\xff<html>{]", content_type="application/json")
    put(history, "a1", "hook")
    assert send_due(history, [webhook(newsroom)], NOW).sent == 1


def test_a_service_that_is_refused_has_not_taken_the_message(history, newsroom, monkeypatch):
    import apprise

    put(history, "a1", "hook")
    monkeypatch.setattr(apprise.Apprise, "add", lambda self, *services: False)
    assert "does not take the service" in send_due(history, [webhook(newsroom)], NOW).errors["hook"]


def test_a_service_that_matches_nothing_has_not_taken_the_message(history, newsroom, monkeypatch):
    import apprise

    put(history, "a1", "hook")
    monkeypatch.setattr(apprise.Apprise, "add", lambda self, *services: True)
    sent = send_due(history, [webhook(newsroom)], NOW)
    assert (sent.sent, sent.failed) == (0, 1)


def test_a_channel_that_asks_to_wait_is_left_alone_and_its_message_is_not_given_up(history, newsroom):
    newsroom.put("/hook", "slow down", status=429, headers={"Retry-After": "3"})
    for n in range(3):
        put(history, f"a{n}", "hook")
    assert send_due(history, [webhook(newsroom)], NOW).failed == 3
    assert len(newsroom.requests) == 1
    send_due(history, [webhook(newsroom)], NOW + timedelta(minutes=9))
    with history.reading() as c:
        assert 1 not in [row for row, _ in outbox.due(c, NOW + timedelta(minutes=9))]


def test_a_server_that_never_ends_its_answer_costs_its_time_and_the_process_goes_on(history, newsroom, monkeypatch):
    """Another channel is served after it, and the hanging one is asked once in a run."""

    def drip():
        for _ in range(20):
            time.sleep(0.2)
            yield b"."

    monkeypatch.setattr(deliver, "SECONDS_A_MESSAGE", 0.5)
    newsroom.put("/slow", drip)
    for n in range(3):
        put(history, f"a{n}", "slow", "hook")
    began = time.monotonic()
    sent = send_due(history, [webhook(newsroom, "slow", "/slow"), webhook(newsroom)], NOW)
    assert time.monotonic() - began < 3
    assert (sent.sent, sent.failed) == (3, 3)
    assert "no answer within 0.5 s" in sent.errors["slow"]
    assert [request.path for request in newsroom.requests].count("/slow") <= 1
    assert not any(thread.is_alive() and not thread.daemon for thread in threading.enumerate() if "ThreadPool" in thread.name)


def test_a_slow_channel_rests_once_it_had_its_time(history, newsroom):
    newsroom.put("/hook", "taken", delay=0.2)
    for n in range(6):
        put(history, f"a{n}", "hook")
    assert 1 <= send_due(history, [webhook(newsroom)], NOW, seconds=0.3).sent <= 3


def test_a_lease_runs_from_the_claim_however_long_the_round_has_taken(history):
    """Of ten channels that had a minute each the last one's message belongs to its sender all the same."""
    put(history, "a1", "hook")
    late, others = Post(history, NOW, alone=False, began=time.monotonic() - LEASE.total_seconds()), []

    def send(parcel: Parcel) -> None:
        with history.transaction() as c:
            others.append(outbox.claim(c, parcel.id, "other", NOW + LEASE + timedelta(minutes=1)))

    assert late.send_one(1, send) is None
    assert others == [None]
    assert late.sent == 1


# --- what a channel refuses


class Hook:
    """Webhooks that refuse the messages of some ids, as a service does that chokes on a text."""

    def __init__(self, *poison: str) -> None:
        self.poison, self.taken, self.tries = poison, [], 0

    def __call__(self, channel: Channel, parcel: Parcel, draw: Draw | None = None) -> Undelivered | None:
        if parcel.channel == "hook" and parcel.alert_id in self.poison:
            self.tries += 1
            return Undelivered("error=400")
        self.taken.append((parcel.channel, parcel.title))
        return None


HOOK, OPS, MAIL = Channel("hook", "json://hook"), Channel("ops", "json://ops", frozenset({Severity.OPS})), Channel("mail", "json://mail")


def play_runs(history, channels, runs: int) -> None:
    """So many runs, a quarter of an hour between them, each with an alert of its own for the hook."""
    for n in range(runs):
        put(history, f"fresh{n}", "hook")
        send_due(history, channels, NOW + n * timedelta(minutes=15))


@pytest.mark.parametrize(("others", "told"), [((OPS, MAIL), "ops"), ((MAIL,), "mail")])
def test_a_message_that_a_channel_refuses_while_it_takes_others_is_parked_and_told_once_elsewhere(history, monkeypatch, others, told):
    hook = Hook("poison")
    monkeypatch.setattr(deliver, "send_parcel", hook)
    put(history, "poison", "hook")
    put(history, "m1", "mail")
    play_runs(history, [HOOK, *others], 12)
    assert hook.tries == 6
    announced = [title for channel, title in hook.taken if channel == told and title.startswith("An alert could not be delivered")]
    assert announced == ["An alert could not be delivered to “hook”"]
    assert len([title for channel, title in hook.taken if channel == "hook"]) == 12
    with history.reading() as c:
        (parked,) = outbox.parked(c)
        assert (parked.alert_id, parked.channel, parked.error) == ("poison", "hook", "error=400")
        assert outbox.parked(c, since=parked.since + timedelta(seconds=1)) == []
        assert outbox.counts(c)["dead"] == 1


def test_a_channel_that_takes_nothing_is_not_taken_for_one_that_refuses_a_message(history, monkeypatch):
    hook = Hook("a1")
    monkeypatch.setattr(deliver, "send_parcel", hook)
    put(history, "a1", "hook")
    put(history, "m1", "mail")
    for n in range(20):
        send_due(history, [HOOK, MAIL], NOW + n * timedelta(hours=3))
    assert hook.tries > 6
    with history.reading() as c:
        assert outbox.counts(c) == {"pending": 1, "sent": 1}


def test_what_a_dead_channel_gives_up_is_told_once(history, monkeypatch):
    hook = Hook(*(f"a{n}" for n in range(5)))
    monkeypatch.setattr(deliver, "send_parcel", hook)
    put(history, "m1", "mail")
    for n in range(5):
        put(history, f"a{n}", "hook")
    for n in range(30):
        send_due(history, [HOOK, MAIL], NOW + n * timedelta(hours=4))
    with history.reading() as c:
        assert len(outbox.parked(c)) == 5
    announced = [title for channel, title in hook.taken if channel == "mail" and "could not be delivered" in title]
    assert len(announced) == 1


def test_a_reader_is_not_woken_to_hear_that_another_channel_refuses_a_message(history, monkeypatch):
    hook = Hook("poison")
    monkeypatch.setattr(deliver, "send_parcel", hook)
    put(history, "poison", "hook")
    put(history, "m1", "mail")
    asleep = replace(MAIL, quiet=QuietHours(time_of_day(9), time_of_day(18)))
    play_runs(history, [HOOK, asleep], 12)
    assert [channel for channel, title in hook.taken if "could not be delivered" in title] == []
    send_due(history, [HOOK, asleep], NOW + timedelta(hours=9))
    assert [channel for channel, title in hook.taken if "could not be delivered" in title] == ["mail"]


def test_of_a_digest_that_is_given_up_each_alert_is_named(history, monkeypatch):
    class Refusing(Hook):
        def __call__(self, channel: Channel, parcel: Parcel, draw: Draw | None = None) -> Undelivered | None:
            self.poison = (parcel.alert_id,) if parcel.alert_id.startswith("digest-") else ()
            return super().__call__(channel, parcel)

    hook = Refusing()
    monkeypatch.setattr(deliver, "send_parcel", hook)
    put(history, "m1", "mail")
    for name in ("a1", "a2"):
        put(history, name, "hook", digest=True)
    play_runs(history, [HOOK, MAIL], 10)
    assert "2 alerts could not be delivered to “hook”" in [title for channel, title in hook.taken if channel == "mail"]
    with history.reading() as c:
        assert [outbox.deliveries_of(c, [name])[name] for name in ("a1", "a2")] == [[("hook", "dead", "error=400")]] * 2


def test_without_another_channel_what_is_parked_is_told_to_nobody_and_counts_as_undelivered(history, monkeypatch):
    hook = Hook("poison")
    monkeypatch.setattr(deliver, "send_parcel", hook)
    put(history, "poison", "hook")
    play_runs(history, [HOOK], 10)
    assert {channel for channel, _ in hook.taken} == {"hook"}
    with history.reading() as c:
        assert len(outbox.parked(c)) == 1


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


@pytest.mark.postgresql
@pytest.mark.campaign
def test_eight_senders_that_are_killed_at_random_lose_nothing_and_no_two_that_live_send_the_same_alert(history_database, newsroom):
    """What comes again comes after the death of each who sent it before, once for each, and marked."""
    newsroom.put("/hook", "taken", delay=0.03)
    newsroom.put("/killed", "noted")
    alerts = [f"a{n}" for n in range(1_000)]
    with open_history(history_database) as history:
        for name in alerts:
            put(history, name, "hook")
    began = time.monotonic()
    senders = subprocess.Popen([sys.executable, "-m", "tests.senders", history_database, newsroom.url, "1"], cwd=ROOT)
    try:
        with suppress(subprocess.TimeoutExpired):  # what went wrong until then is told below
            senders.wait(timeout=80)
    finally:
        senders.kill()
    seconds = time.monotonic() - began

    dead, arrived, wrong = set[str](), defaultdict[str, list[str]](list), []
    marked = 0
    for request in [*newsroom.requests]:
        if request.path.startswith("/killed?"):
            dead.add(request.path.removeprefix("/killed?"))
            continue
        if len(request.body) < int(request.headers["Content-Length"]):
            continue  # its sender was killed in the middle of it
        message, sender = json.loads(request.body), request.headers["Sender"]
        alert, is_marked, before = message["alert_id"], message["title"].startswith("[possible repeat] "), arrived[message["alert_id"]]
        if sender in before or not dead.issuperset(before):
            wrong.append(f"{alert}: sent by {sender} while one of {before} lived")
        if before and not is_marked:
            wrong.append(f"{alert}: sent again by {sender} without a mark")
        before.append(sender)
        marked += is_marked
    repeats, vain = sum(len(by) - 1 for by in arrived.values()), marked - sum(len(by) - 1 for by in arrived.values())
    print(f"{seconds:.0f} s, {len(dead)} kills, {repeats + len(arrived)} arrivals, {repeats} repeats, {vain} marked in vain")
    assert wrong == []
    assert senders.wait() == 0
    assert arrived.keys() == set(alerts)
    assert len(dead) >= 20
    assert repeats >= 1, "or nobody was killed between a send and its note"
    with open_history(history_database) as history, history.reading() as c:
        assert outbox.counts(c) == {"sent": 1_000}
