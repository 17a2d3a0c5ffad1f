"""Deliver what waits in the outbox: through Apprise to the channels, to the terminal where there is none."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from functools import partial
from io import StringIO
from queue import Empty, Queue
from threading import Thread
from time import monotonic
from typing import TYPE_CHECKING, Any, TextIO
from urllib.parse import unquote
from uuid import uuid4

from monitors.alerts.budgets import SHIPPED, Budgets
from monitors.alerts.chart import chart_of
from monitors.alerts.outbox import Outcome, Parcel, delivered, failed
from monitors.alerts.routing import PLAIN, TERMINAL, TERMINAL_CHANNEL, Hours, next_waking
from monitors.alerts.shape import Draw, shape
from monitors.alerts.summaries import PARKED, compose_parked
from monitors.alerts.terminal import show_alert
from monitors.alerts.wording import compose_test
from monitors.history import outbox
from monitors.history.gathering import gather
from monitors.model import Channel, Delivery, Severity

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from monitors.history.store import History

log = logging.getLogger(__name__)

SECONDS_A_MESSAGE = 30
SECONDS_A_CHANNEL = 60
"""A channel that took so long rests until the next run; so does one that did not answer at all, or asked us to wait."""
WAIT_WHEN_BUSY = timedelta(minutes=10)
FAILURES_A_RUN = 2
"""A channel that failed so often in a row rests until the next run: it is down, and the others wait."""

SHORT_MESSAGE = 1_000
"""A service that takes less (text messages) gets the beginning; one that takes more gets all of it, in parts."""


SECRET_LENGTH = 6
"""Parts of a URL from this length on are kept out of error texts."""

CAUSE = "Socket Exception"
"""How Apprise begins the record, one for debugging, that says why a connection failed."""
SILENCE = re.compile(r"(?:^|read |operation )timed out|connection aborted|reset by peer|closed|broken pipe|not connected", re.I)
"""Causes that leave open whether the message was taken: it was on its way, and no answer came."""
NO_CONNECTION = re.compile(r"max retries exceeded|connection error while submitting email", re.I)
"""Said where nothing was on its way yet."""


@dataclass(frozen=True)
class Undelivered:
    """Why a message did not arrive, in one line without passwords; `doubt` where it may have arrived all the same."""

    error: str
    doubt: bool = False
    wait: timedelta | None = None
    """How long the service wants to be left alone (HTTP 429)."""

    @property
    def line(self) -> str:
        """What to make of it, for who sends a test."""
        return f"{self.error}; it may have arrived all the same" if self.doubt else self.error


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
    hours: Hours = PLAIN,
    budgets: Budgets = SHIPPED,
    alone: bool = True,
    seconds: float = SECONDS_A_CHANNEL,
    stopped: Callable[[], bool] = lambda: False,
) -> Sent:
    """Send every message that is due, each claimed in a transaction before it is sent and finished in one after; none spans a send.

    `alone` says that the caller holds the run's lock: what another process was sending was left by a dead one. A channel has so many
    `seconds`; its rest waits for the next run. Once `stopped` says so, the message in hand is the last.
    """
    senders: dict[str, Sender] = {channel.name: partial(send_parcel, channel, draw=partial(chart_of, history)) for channel in channels}
    if terminal is not None:
        senders[TERMINAL] = partial(print_parcel, terminal)
    post = Post(history, now, alone, seconds, stopped)
    with history.transaction() as connection:
        gather(connection, channels or (() if terminal is None else (TERMINAL_CHANNEL,)), now, hours, budgets)
        waiting = outbox.due(connection, now)
    post.send_waiting(waiting, senders)
    if post.parked:
        with history.transaction() as connection:
            announced = announce_parked(connection, post.parked, channels, now, hours)
        post.send_waiting(announced, senders)
    with history.reading() as connection:
        overdue = outbox.undelivered(connection, now)
    left = sum(count for name, count in overdue.items() if name in senders or name != TERMINAL)
    return Sent(post.sent, left + len(post.parked), post.errors)


@dataclass
class Post:
    """One round of deliveries, and what came of it."""

    history: History
    now: datetime
    alone: bool
    seconds: float = SECONDS_A_CHANNEL
    stopped: Callable[[], bool] = lambda: False
    owner: str = field(default_factory=lambda: uuid4().hex)
    sent: int = 0
    parked: list[tuple[Parcel, str]] = field(default_factory=list)
    """What was given up, with the last error."""
    errors: dict[str, str] = field(default_factory=dict)
    began: float = field(default_factory=monotonic)

    def send_waiting(self, waiting: Sequence[tuple[int, str]], senders: Mapping[str, Sender]) -> None:
        """Send rows, a channel after the other: none waits for another longer than that one's time."""
        for name in dict.fromkeys(name for _, name in waiting):
            if name == TERMINAL and name not in senders:
                continue
            self.send_all(name, senders.get(name, unknown_channel), [row for row, channel in waiting if channel == name])

    def send_all(self, channel: str, sender: Sender, rows: Sequence[int]) -> None:
        """Send a channel's rows until it has failed too often in a row, does not answer, wants to wait, or has had its time."""
        in_a_row, began = 0, monotonic()
        for row in rows:
            if self.stopped():
                return
            failure = self.send_one(row, sender)
            in_a_row = 0 if failure is None else in_a_row + 1
            if failure is not None:
                self.errors[channel] = failure.error
                if failure.doubt or failure.wait:
                    return
            if in_a_row == FAILURES_A_RUN or monotonic() - began > self.seconds:
                return

    def send_one(self, row: int, sender: Sender) -> Undelivered | None:
        """Claim, send, finish; None where it was sent, or was not to be had. The lease runs from the claim, not from the round's start."""
        claimed_at = self.now + timedelta(seconds=monotonic() - self.began)
        with self.history.transaction() as connection:
            parcel = outbox.claim(connection, row, self.owner, claimed_at, alone=self.alone)
        if parcel is None:
            return None
        failure = attempt(sender, parcel)
        with self.history.transaction() as connection:
            outcome = self.outcome(connection, parcel, failure)
            outbox.finish(connection, row, self.owner, outcome, self.now)
        self.sent += outcome.state == "sent"
        if outcome.state == "dead":
            self.parked.append((parcel, outcome.error or ""))
        return failure

    def outcome(self, connection: Connection, parcel: Parcel, failure: Undelivered | None) -> Outcome:
        """What an attempt came to; a channel that asks us to wait does not refuse the message."""
        if failure is None:
            return delivered(self.now)
        alone = failure.wait is None and outbox.takes_others(connection, parcel)
        return failed(parcel, failure.error, self.now, failure.doubt, alone=alone, wait=failure.wait or timedelta())


def announce_parked(
    connection: Connection, parked: Sequence[tuple[Parcel, str]], channels: Sequence[Channel], now: datetime, hours: Hours
) -> list[tuple[int, str]]:
    """Tell of what was given up on another channel: on those for the operator, else on the one that last took something. The new rows.

    Once: what a dead channel gives up later is told only after it has taken a message again.
    """
    taken, rows = outbox.last_taken(connection), list[tuple[int, str]]()
    for name in dict.fromkeys(parcel.channel for parcel, _ in parked):
        theirs = [(parcel, error) for parcel, error in parked if parcel.channel == name and not parcel.alert_id.startswith(PARKED)]
        others = [channel for channel in channels if channel.name != name]
        reached = sorted((channel for channel in others if channel.name in taken), key=lambda channel: taken[channel.name])[-1:]
        operators = [Delivery(channel.name, digest=False, not_before=now) for channel in others if Severity.OPS in channel.severities]
        readers = [Delivery(one.name, digest=False, not_before=next_waking(Severity.NOTABLE, one, now, hours)) for one in reached]
        if theirs and (operators or readers):
            once = taken[name].isoformat() if name in taken else "never"
            titles = [item for parcel, _ in theirs for item in outbox.contents(connection, parcel)]
            alert = compose_parked(name, titles, theirs[-1][1], once)
            if outbox.enqueue(connection, alert, operators or readers, now):
                rows += outbox.rows_of(connection, alert.id)
    return rows


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


def send_test(history: History, channel: Channel, now: datetime, timezone: tzinfo = UTC) -> Undelivered | None:
    """Send the test alert to a channel the way every alert goes, through the outbox; what went wrong, or None. Nothing of it stays."""
    alert, post = compose_test(now, channel.name, timezone), Post(history, now, alone=False)
    with history.transaction() as connection:
        outbox.forget_tests(connection)
        outbox.enqueue(connection, alert, [Delivery(channel.name, digest=False, not_before=now)], now)
        ((row, _),) = outbox.rows_of(connection, alert.id)
    failure = post.send_one(row, partial(send_parcel, channel))
    with history.transaction() as connection:
        outbox.forget_tests(connection)
    return failure


# --- Apprise


def send_parcel(channel: Channel, parcel: Parcel, draw: Draw = lambda alert: None) -> Undelivered | None:
    """Send one message to one channel. The service is made anew for it: Apprise waits 5.5 s between two messages of the same object."""
    service, trouble = open_service(channel.url)
    if service is None:
        return Undelivered(trouble)
    from apprise import Apprise, NotifyFormat

    name_alert(service, parcel.alert_id)
    message = shape(service, parcel, draw)
    fit_length(service, message.body_format == NotifyFormat.HTML)
    post = Apprise(asset=service.asset)
    if not post.add(service):
        return Undelivered(f"Apprise does not take the service {mask(service, channel.url)}")
    notify = partial(post.notify, body=message.body, title=message.title, body_format=message.body_format, attach=message.attach)
    with hearing_causes():
        result = call_within(SECONDS_A_MESSAGE, partial(notify, log_level=logging.DEBUG))
    if result is None:
        return Undelivered(f"{mask(service, channel.url)}: no answer within {SECONDS_A_MESSAGE} s", doubt=True)
    return read_result(result, service, channel.url)


def call_within(seconds: float, call: Callable[[], Any]) -> Any | None:
    """What a call returns, or None where it takes too long: it is left to itself then, and ends with the process at the latest.

    Apprise's own time limit keeps the process alive for as long as a server drips its answer.
    """
    done: Queue[tuple[Any, Exception | None]] = Queue()

    def work() -> None:
        try:
            done.put((call(), None))
        except Exception as error:  # whatever it is: it is raised where the call was made
            done.put((None, error))

    Thread(target=work, daemon=True).start()
    try:
        result, error = done.get(timeout=seconds)
    except Empty:
        return None
    if error is not None:
        raise error
    return result


@contextmanager
def hearing_causes() -> Iterator[None]:
    """Let Apprise say why a connection failed, and nothing else that it keeps for debugging: that is what it sends, and to whom."""
    logger = logging.getLogger("apprise")
    before = logger.level, logger.propagate
    logger.addFilter(is_worth_hearing)
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    try:
        yield
    finally:
        logger.removeFilter(is_worth_hearing)
        logger.setLevel(before[0])
        logger.propagate = before[1]


def is_worth_hearing(record: logging.LogRecord) -> bool:
    return record.levelno > logging.DEBUG or str(record.msg).startswith(CAUSE)


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
    asset = AppriseAsset(
        app_id="Tallywatch", app_desc="Tallywatch", app_url="", secure_logging=True, interpret_emojis=False, service_timeout=0
    )
    capture: Callable[..., AbstractContextManager[StringIO]] = LogCapture
    with capture(fmt="%(message)s") as log:
        service = Apprise.instantiate(url, asset=asset)
        told = log.getvalue()
    if isinstance(service, NotifyBase):
        several = count_recipients(service)
        return (None, SEVERAL.format(n=several)) if several > 1 else (service, "")
    scheme = url.partition("://")[0]
    return None, f"Apprise does not take this {scheme}:// URL: {one_line(told, url) or 'unknown service or missing part'}"


SEVERAL = "it names {n} recipients; write one [[channel]] for each, so that each can be tried again alone"


def count_recipients(service: Any) -> int:
    """How many a URL would send to: of these Apprise says only whether all were reached."""
    copies = sum(len(getattr(service, name, None) or ()) for name in ("cc", "bcc"))
    targets = getattr(service, "targets", None)
    return max(len(service), len(targets) if isinstance(targets, list | tuple | set) else 0) + copies


def mask(service: Any, url: str) -> str:
    """A service's URL without its passwords and options; of a webhook Apprise shows the path, and that is its secret."""
    return one_line(str(service.url(privacy=True)).partition("?")[0], url)


def name_alert(service: Any, alert_id: str) -> None:
    """Give mail and webhooks the stable id where a machine finds it; it stands in the text too."""
    if isinstance(getattr(service, "headers", None), dict):
        service.headers["X-Tallywatch-Alert"] = alert_id
    if isinstance(getattr(service, "payload_extras", None), dict):
        service.payload_extras.setdefault("alert_id", alert_id)


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
    said = list(dict.fromkeys(entry.message for entry in result.logs() if entry.level in ("WARNING", "ERROR")))
    causes = [entry.message.partition(":")[2].strip() for entry in result.logs() if entry.message.startswith(CAUSE)]
    doubt = any(SILENCE.search(cause) for cause in causes) and not NO_CONNECTION.search(" ".join([*said, *causes]))
    line = one_line(" ".join([*said, *dict.fromkeys(map(short, causes))]), url)
    return Undelivered(f"{mask(service, url)}: {line or 'not delivered'}", doubt, wait=read_wait(line))


def short(cause: str) -> str:
    """What the system said, where a library wraps its own words around it.

    >>> short("HTTPConnectionPool(…): Max retries exceeded (Caused by X('…: [Errno 111] Connection refused'))")
    '[Errno 111] Connection refused'
    """
    system = re.search(r"\[Errno [^\]]+\] [^'\")]+", cause)
    return system[0] if system else cause


def read_wait(told: str) -> timedelta | None:
    """How long a service that answers 429 wants to wait; where Apprise does not show its Retry-After, a while.

    >>> str(read_wait("error=429.")), str(read_wait("error=429, retry after 1800 second(s)")), read_wait("error=500.")
    ('0:10:00', '0:30:00', None)
    """
    if not re.search(r"\b429\b", told):
        return None
    asked = re.search(r"retry.after\D{0,5}(\d{1,5})", told, re.IGNORECASE)
    return max(WAIT_WHEN_BUSY, timedelta(seconds=int(asked[1]))) if asked else WAIT_WHEN_BUSY


def one_line(told: str, url: str) -> str:
    """What Apprise logged, in one line of bounded length, without what may be a password or a token of the URL."""
    rest = url.partition("://")[2]
    login, _, host = re.split(r"[/?#]", rest)[0].rpartition("@")
    user, host = login.partition(":")[2], host.split(":")[0]
    parts = {part for part in re.split(r"[/:@?&=#]+", rest) if len(part) >= SECRET_LENGTH} | ({user} if user else set())
    parts |= {unquote(part) for part in parts}  # a service logs what it sends, not what stood in the URL
    for secret in sorted(parts - ({host} if "." in host or host == "localhost" else set()), key=len, reverse=True):
        told = told.replace(secret, "****")
    return " ".join(told.split())[:300]
