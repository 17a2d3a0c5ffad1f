"""Print an alert for a person at a terminal; what a pipe or a mail by cron gets is the same text, plain."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from monitors.alerts.outbox import Parcel
from monitors.model import Alert

if TYPE_CHECKING:
    from rich.text import Text

WIDTH = 100


def show_alert(alert: Alert | Parcel, stream: TextIO) -> None:
    """Print title and text: large on a terminal that has colours, with the title underlined elsewhere."""
    title = alert.shown_title if isinstance(alert, Parcel) else alert.title
    if stream.isatty():
        _show_rich(title, alert.body, stream)
    else:
        rule = "-" * min(len(title), WIDTH)
        stream.write(f"{_printable(title, stream)}\n{rule}\n{_printable(alert.body, stream)}\n\n")
    stream.flush()


def _printable(text: str, stream: TextIO) -> str:
    """The text in the characters the stream can take: cron may run without a language."""
    encoding = stream.encoding or "utf-8"
    return text.encode(encoding, "replace").decode(encoding)


def _show_rich(title: str, body: str, stream: TextIO) -> None:
    from rich.console import Console
    from rich.rule import Rule
    from rich.text import Text

    # Text, never markup: what stands in square brackets comes from a feed.
    console = Console(file=stream, width=min(WIDTH, Console(file=stream).width))
    console.print(Rule(style="cyan"))
    console.print(Text(f"{title}\n", "bold"))
    for line in body.split("\n"):
        # An address or a command breaks nowhere, so that it can be followed and copied.
        console.print(_styled(line), soft_wrap=" " not in line or "tallywatch " in line)
    console.print()


def _styled(line: str) -> Text:
    from rich.text import Text

    style = "italic" if line.startswith("“") else "bold dim" if line.isupper() and not line.startswith("-") else ""
    return Text(line, style)
