"""Deliver what waits in the outbox: through Apprise to the channels, to the terminal where there is none."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from functools import partial
from io import StringIO
from typing import TYPE_CHECKING, Any, TextIO
from urllib.parse import unquote
from uuid import uuid4

from monitors.alerts.outbox import Outcome, Parcel, delivered, failed
from monitors.alerts.routing import TERMINAL
from monitors.alerts.terminal import show_alert
from monitors.alerts.wording import compose_test
from monitors.history import outbox
from monitors.model import Channel

if TYPE_CHECKING:
    from monitors.history.store import History

log = logging.getLogger(__name__)

SECONDS_A_MESSAGE = 30
FAILURES_A_RUN = 2
"""A channel that failed so often in a row rests until the next run: it is down, and the others wait."""

MAIL = frozenset(
    {"mailto", "mailtos", "mailgun", "sendgrid", "ses", "smtp2go", "sparkpost", "postmark", "resend", "azure", "o365", "brevo"}
)  # fmt: skip
"""The Apprise services that are mail, which shows HTML well; all others get plain text."""

SHORT_MESSAGE = 1_000
"""A service that takes less (text messages) gets the beginning; one that takes more gets all of it, in parts."""


SECRET_LENGTH = 6
"""Parts of a URL from this length on are kept out of error texts."""


@dataclass(frozen=True)
class Undelivered:
    """Why a message did not arrive, in one line without passwords; `doubt` where it may have arrived all the same."""

    error: str
    doubt: bool = False


@dataclass(frozen=True)
class Sent:
    """What came of a delivery: messages sent, messages still undelivered or given up, and each failing channel's error."""

    sent: int = 0
    failed: int = 0
    errors: Mapping[str, str] = field(default_factory=dict)


Sender = Callable[[Parcel], Undelivered | None]


def send_due(
    history: History,
    channels: Sequence[Channel],
    now: datetime,
    *,
    terminal: TextIO | None = None,
    timezone: tzinfo = UTC,
    alone: bool = True,
    stopped: Callable[[], bool] = lambda: False,
) -> Sent:
    """Send every message that is due, each claimed in a transaction before it is sent and finished in one after; none spans a send.

    `alone` says that the caller holds the run's lock: what another process was sending was left by a dead one. Once `stopped` says so,
    the message in hand is the last.
    """
    with history.transaction() as connection:
        outbox.gather_digests(connection, now, timezone)
        waiting = outbox.due(connection, now)
    senders: dict[str, Sender] = {channel.name: partial(send_parcel, channel) for channel in channels}
    if terminal is not None:
        senders[TERMINAL] = partial(print_parcel, terminal)
    post = Post(history, now, alone, stopped)
    for name in dict.fromkeys(name for _, name in waiting):
        if name == TERMINAL and terminal is None:
            continue
        post.send_all(name, senders.get(name, unknown_channel), [row for row, channel in waiting if channel == name])
    with history.reading() as connection:
        overdue = outbox.undelivered(connection, now)
    left = sum(count for name, count in overdue.items() if name in senders or name != TERMINAL)
    return Sent(post.sent, left + post.dead, post.errors)


@dataclass
class Post:
    """One round of deliveries, and what came of it."""

    history: History
    now: datetime
    alone: bool
    stopped: Callable[[], bool] = lambda: False
    owner: str = field(default_factory=lambda: uuid4().hex)
    sent: int = 0
    dead: int = 0
    errors: dict[str, str] = field(default_factory=dict)

    def send_all(self, channel: str, sender: Sender, rows: Sequence[int]) -> None:
        """Send a channel's rows until it has failed too often in a row."""
        in_a_row = 0
        for row in rows:
            if self.stopped():
                return
            outcome = self.send_one(row, sender)
            if outcome is None:
                continue
            self.sent += outcome.state == "sent"
            self.dead += outcome.state == "dead"
            in_a_row = 0 if outcome.error is None else in_a_row + 1
            if outcome.error is not None:
                self.errors[channel] = outcome.error
            if in_a_row == FAILURES_A_RUN:
                return

    def send_one(self, row: int, sender: Sender) -> Outcome | None:
        """Claim, send, finish; None when the row was not to be had."""
        with self.history.transaction() as connection:
            parcel = outbox.claim(connection, row, self.owner, self.now, alone=self.alone)
        if parcel is None:
            return None
        failure = attempt(sender, parcel)
        outcome = delivered(self.now) if failure is None else failed(parcel, failure.error, self.now, failure.doubt)
        with self.history.transaction() as connection:
            outbox.finish(connection, row, self.owner, outcome, self.now)
        return outcome


def attempt(sender: Sender, parcel: Parcel) -> Undelivered | None:
    """Send; whatever a service's library raises is that channel's failure and holds up no other."""
    try:
        return sender(parcel)
    except Exception as error:  # a library of a hundred services may raise anything
        log.error("channel %s raised", parcel.channel, exc_info=error)
        return Undelivered(f"{type(error).__name__} in the service's own code", doubt=True)


def print_parcel(stream: TextIO, parcel: Parcel) -> None:
    """Printed is sent."""
    show_alert(parcel, stream)


def unknown_channel(parcel: Parcel) -> Undelivered:
    return Undelivered(f"no [[channel]] is called {parcel.channel!r} any more; its alerts are kept for three days")


def send_test(channel: Channel, now: datetime, timezone: tzinfo = UTC) -> str | None:
    """Send the test alert to a channel at once; what went wrong, or None."""
    alert = compose_test(now, channel.name, timezone)
    failure = send_parcel(channel, Parcel(0, alert.id, channel.name, alert.title, alert.body, alert.html, now, 1, maybe_sent=False))
    return failure.error if failure else None


# --- Apprise


def send_parcel(channel: Channel, parcel: Parcel) -> Undelivered | None:
    """Send one message to one channel. The service is made anew for it: Apprise waits 5.5 s between two messages of the same object."""
    service, trouble = open_service(channel.url)
    if service is None:
        return Undelivered(trouble)
    from apprise import Apprise, NotifyFormat

    name_alert(service, parcel.alert_id)
    as_html = is_mail(service) and service.resolve_format(NotifyFormat.HTML) == NotifyFormat.HTML
    body, body_format = (parcel.html, NotifyFormat.HTML) if as_html else (parcel.body, NotifyFormat.TEXT)
    fit_length(service, as_html)
    post = Apprise(asset=service.asset)
    post.add(service)
    result = post.notify(body=body, title=parcel.shown_title, body_format=body_format, timeout=SECONDS_A_MESSAGE)
    return read_result(result, service, channel.url)


def check_url(url: str) -> str | None:
    """What is wrong with a channel's URL as far as can be told without sending, in one line; None where nothing is."""
    return open_service(url)[1] or None


def open_service(url: str) -> tuple[Any | None, str]:
    """An Apprise service for one URL, or why there is none."""
    from apprise import Apprise, AppriseAsset, LogCapture, NotifyBase
    from apprise.utils.parse import parse_urls

    if "://" not in url:
        return None, "it is no Apprise URL, like mailtos://user:password@example.org or json://localhost:8080/hook"
    split: Callable[[str], list[str]] = parse_urls
    if len(split(url)) > 1:
        return None, "it holds several URLs; write one [[channel]] for each, so that each can be tried again alone"
    asset = AppriseAsset(app_id="Tallywatch", app_desc="Tallywatch", app_url="", secure_logging=True, interpret_emojis=False)
    capture: Callable[..., AbstractContextManager[StringIO]] = LogCapture
    with capture(fmt="%(message)s") as log:
        service = Apprise.instantiate(url, asset=asset)
        told = log.getvalue()
    if isinstance(service, NotifyBase):
        return service, ""
    scheme = url.partition("://")[0]
    return None, f"Apprise does not take this {scheme}:// URL: {one_line(told, url) or 'unknown service or missing part'}"


def name_alert(service: Any, alert_id: str) -> None:
    """Give mail and webhooks the stable id where a machine finds it; it stands in the text too."""
    if isinstance(getattr(service, "headers", None), dict):
        service.headers["X-Tallywatch-Alert"] = alert_id
    if isinstance(getattr(service, "payload_extras", None), dict):
        service.payload_extras.setdefault("alert_id", alert_id)


def is_mail(service: Any) -> bool:
    names = {name for of in (service.protocol, service.secure_protocol) for name in ((of,) if isinstance(of, str) else of or ())}
    return bool(names & MAIL)


def fit_length(service: Any, as_html: bool) -> None:
    """Let a chat split what is too long for one message. Mail and webhooks take any length, and HTML must not be cut."""
    from apprise import NotifyBase, OverflowMode

    if not as_html and service.body_maxlen < NotifyBase.body_maxlen and service.overflow_mode == OverflowMode.UPSTREAM:
        service.overflow_mode = OverflowMode.SPLIT if service.body_maxlen >= SHORT_MESSAGE else OverflowMode.TRUNCATE


def read_result(result: Any, service: Any, url: str) -> Undelivered | None:
    """Success only where a service took the message: no match is a failure, and so is an optional service's."""
    from apprise import AppriseResultStatus as Status

    attempts = [attempt for one in result for attempt in one.attempts]
    if attempts and attempts[-1].status == Status.SUCCESS:
        return None
    told = one_line(" ".join(dict.fromkeys(entry.message for entry in result.logs() if entry.level in ("WARNING", "ERROR"))), url)
    masked = one_line(service.url(privacy=True).partition("?")[0], url)  # of a webhook Apprise shows the path, and that is its secret
    if any(attempt.status == Status.TIMEOUT for attempt in attempts):
        return Undelivered(f"{masked}: no answer within {SECONDS_A_MESSAGE} s", doubt=True)
    return Undelivered(f"{masked}: {told or 'not delivered'}")


def one_line(told: str, url: str) -> str:
    """What Apprise logged, in one line of bounded length, without what may be a password or a token of the URL."""
    rest = url.partition("://")[2]
    host = re.sub(r"^.*@", "", rest).split("/")[0].split(":")[0]
    user = rest.rpartition("@")[0].split("/")[0].partition(":")[2]
    parts = {part for part in re.split(r"[/:@?&=#]+", rest) if len(part) >= SECRET_LENGTH} | ({user} if user else set())
    parts |= {unquote(part) for part in parts}  # a service logs what it sends, not what stood in the URL
    for secret in sorted(parts - ({host} if "." in host or host == "localhost" else set()), key=len, reverse=True):
        told = told.replace(secret, "****")
    return " ".join(told.split())[:300]
