"""Give a message the shape that a service shows best: HTML with a chart for mail, Markdown for chats, text for everything else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from monitors.alerts.outbox import Parcel
from monitors.alerts.page import escape_markdown, markdown_of, show_chart

MAIL = frozenset(
    {"mailto", "mailtos", "mailgun", "sendgrid", "ses", "smtp2go", "sparkpost", "postmark", "resend", "azure", "o365", "brevo"}
)  # fmt: skip
"""The Apprise services that are mail, which shows HTML well."""
PASSED_ON = frozenset({"json", "jsons", "xml", "xmls", "form", "forms", "apprise", "apprises", "amqp", "amqps", "pover"})
"""Those that take any format and hand it to a program, or to a phone that shows it as it is: text, unless the URL asks for Markdown."""

CHART = "course.png"

Draw = Callable[[str], bytes | None]
"""An alert's id -> its chart as PNG, None where it has none."""


@dataclass(frozen=True)
class Message:
    """What is handed to Apprise."""

    title: str
    body: str
    body_format: Any
    attach: Any = None


def shape(service: Any, parcel: Parcel, draw: Draw) -> Message:
    """A parcel as the service shows it best."""
    from apprise import NotifyFormat

    title = parcel.shown_title
    if is_mail(service) and service.resolve_format(NotifyFormat.HTML) == NotifyFormat.HTML:
        html, attach = with_chart(service, parcel, draw)
        return Message(title, html, NotifyFormat.HTML, attach)
    if takes_markdown(service):
        shown = title if service.title_maxlen > 0 else escape_markdown(title)  # Apprise makes it a heading of the text
        return Message(shown, markdown_of(parcel.title, parcel.body, parcel.html), NotifyFormat.MARKDOWN)
    return Message(title, parcel.body, NotifyFormat.TEXT)


def with_chart(service: Any, parcel: Parcel, draw: Draw) -> tuple[str, Any]:
    """A mail's HTML with its chart in it, or beside it where the service cannot show it in the text."""
    if not service.attachment_support or (picture := draw(parcel.alert_id)) is None:
        return parcel.html, None
    from apprise import AppriseAttachment
    from apprise.attachment.memory import AttachMemory

    attach = AppriseAttachment()
    make: Callable[..., Any] = AttachMemory
    attach.add(make(content=picture, name=CHART, mimetype="image/png"))
    if not hasattr(service, "inline"):
        return parcel.html, attach
    service.inline = True
    return show_chart(parcel.html, f"cid:{CHART}"), attach


def is_mail(service: Any) -> bool:
    return bool(schemas(service) & MAIL)


def takes_markdown(service: Any) -> bool:
    """Whether what it is sent is shown to people as Markdown."""
    from apprise import NotifyFormat

    asked = None if schemas(service) & PASSED_ON else NotifyFormat.MARKDOWN
    return bool(service.resolve_format(asked) == NotifyFormat.MARKDOWN)


def schemas(service: Any) -> set[str]:
    return {name for of in (service.protocol, service.secure_protocol) for name in ((of,) if isinstance(of, str) else of or ())}
