"""Receive mail on loopback, and refuse it where the script says so: the other end of a mailto:// channel."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from types import TracebackType
from typing import Any, Self

from aiosmtpd.smtp import SMTP


@dataclass(frozen=True)
class Mail:
    """One message as it arrived."""

    recipients: tuple[str, ...]
    subject: str
    text: str
    html: str
    message: EmailMessage


@dataclass
class Mailbox:
    """A mail server that keeps what it receives. `says` "451 …" or "550 …" refuses every recipient until it is None again, `says_to` one of
    them. With `hangs_up` it takes a message and closes the connection without a word; its answer comes after `delay` seconds.

    >>> with Mailbox() as mailbox:
    ...     mailbox.url("desk@example.org").startswith("mailto://127.0.0.1:")
    True
    """

    says: str | None = None
    says_to: dict[str, str] = field(default_factory=dict)
    hangs_up: bool = False
    delay: float = 0.0
    mails: list[Mail] = field(default_factory=list)
    refused: int = 0
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)

    def __enter__(self) -> Self:
        # aiosmtpd's Controller cannot be given port 0, hence a loop of our own.
        make = self._loop.create_server(lambda: SMTP(_Handler(self), hostname="mail.example.org", loop=self._loop), "127.0.0.1", 0)
        self._server = self._loop.run_until_complete(make)
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._loop.call_soon_threadsafe(self._server.close)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    @property
    def port(self) -> int:
        return int(self._server.sockets[0].getsockname()[1])

    def url(self, recipient: str) -> str:
        """The Apprise URL that sends to a recipient through this server, without encryption."""
        return f"mailto://127.0.0.1:{self.port}?from=tallywatch@example.org&to={recipient}&mode=insecure"


class _Handler:
    """The hooks that aiosmtpd calls, on the mailbox's loop."""

    def __init__(self, mailbox: Mailbox) -> None:
        self.mailbox = mailbox

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        refusal = self.mailbox.says or self.mailbox.says_to.get(address)
        if refusal is not None:
            self.mailbox.refused += 1
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.mailbox.mails.append(read_mail(envelope.content, tuple(envelope.rcpt_tos)))
        if self.mailbox.hangs_up:
            server.transport.abort()
        await asyncio.sleep(self.mailbox.delay)
        return "250 Message accepted for delivery"


def read_mail(content: bytes, recipients: tuple[str, ...]) -> Mail:
    message = message_from_bytes(content, policy=policy.default)
    text, html = (_part(message, kind) for kind in ("plain", "html"))
    return Mail(recipients, str(message["Subject"] or ""), text, html, message)


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if part is not None else ""
