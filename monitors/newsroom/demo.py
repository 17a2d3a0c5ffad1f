"""Play a few days of news through the real job, and show a person what it collected and what it sent."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TextIO
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from monitors.newsroom.mailbox import Mail, Mailbox
from monitors.newsroom.server import Newsroom, Request
from monitors.newsroom.world import Moment, Script, World, moment_words, read_script, read_template

TERMS = ("/robots.txt", "/.well-known/tdmrep.json")
HOOK = "/hook"
LINES = 10
"""How many lines of a mail are shown."""


@dataclass(frozen=True)
class Run:
    """What one `tallywatch run` came to: its exit status, its summary (None when it gave none) and what left the machine."""

    exit: int
    seconds: float
    summary: dict[str, Any] | None
    errors: str
    mails: tuple[Mail, ...]
    hooks: tuple[str, ...]
    requests: tuple[Request, ...]


def play(out: TextIO, folder: Path | None = None, script: Script | None = None) -> int:
    """Play a script and tell it to `out`; 0 when all that it promises came true, else 1, saying what is missing.

    `folder` keeps the configuration and the history for a look afterwards; without one they are gone at the end.
    """
    script = script or read_script()
    console = Console(file=out, highlight=False, width=None if out.isatty() else 110)
    with ExitStack() as stack:
        place = folder or Path(stack.enter_context(TemporaryDirectory(prefix="tallywatch-demo-")))
        place.mkdir(parents=True, exist_ok=True)
        stage = Stage(script, place, stack.enter_context(Newsroom()), stack.enter_context(Mailbox()))
        return stage.play(console, kept=folder is not None)


@dataclass
class Stage:
    """A newsroom, a mailbox and a configuration that ties them to the job."""

    script: Script
    folder: Path
    newsroom: Newsroom
    mailbox: Mailbox
    missing: list[str] = field(default_factory=list)

    def play(self, console: Console, *, kept: bool) -> int:
        self.newsroom.put(HOOK, "", content_type=None)
        self.config.write_text(write_config(self.script, self.newsroom, self.mailbox), encoding="utf-8")
        world = World.open(self.newsroom, self.script.outlets)
        started = time.monotonic()
        tell_opening(console, self.script)
        for number, moment in enumerate(self.script.moments, start=1):
            tell_moment(console, moment, f"{number}/{len(self.script.moments)}", self.script.timezone)
            world.live(moment)
            run = self.run_job(moment)
            tell_run(console, run, world)
            self.missing += [f"{moment.title}: {what}" for what in find_missing(moment, run)]
            if run.summary is None:
                break  # the job is broken, and would be at every further moment
        tell_end(console, self, time.monotonic() - started, self.config if kept else None)
        return 1 if self.missing else 0

    @property
    def config(self) -> Path:
        return self.folder / "tallywatch.toml"

    def run_job(self, moment: Moment) -> Run:
        """Run the job as cron would, as if it were that moment."""
        self.newsroom.clear()
        self.mailbox.says = moment.mail_says
        had = len(self.mailbox.mails)
        command = [sys.executable, "-m", "monitors.cli", "run", "--config", str(self.config), "--at", moment.at.isoformat(), "--json"]
        local = {"no_proxy": "127.0.0.1", "NO_PROXY": "127.0.0.1", "PYTHONUTF8": "1"}
        started = time.monotonic()
        done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", env=os.environ | local, timeout=120, check=False)
        seconds = time.monotonic() - started
        mails = tuple(self.mailbox.mails[had:])
        hooks = tuple(str(json.loads(request.body)["title"]) for request in self.newsroom.requests if request.path == HOOK)
        others = tuple(request for request in self.newsroom.requests if request.path not in (HOOK, *TERMS))
        return Run(done.returncode, seconds, read_summary(done.stdout), done.stderr, mails, hooks, others)


def write_config(script: Script, newsroom: Newsroom, mailbox: Mailbox) -> str:
    """The tallywatch.toml of the demo: its outlets, a mail channel and a webhook, all on loopback."""
    outlet = read_template("configuration_outlet.txt")
    outlets = "".join(
        outlet.substitute(
            name=o.name, title=o.title, fetch=o.fetch, tier=o.tier, feed=newsroom.url + o.feed,
            kind="sitemaps" if o.format == "sitemap" else "feeds",
        )
        for o in script.outlets
    )
    hook = newsroom.url.replace("http://", "json://") + HOOK
    channels = {"mail": mailbox.url(script.reader), "hook": hook}
    return read_template("configuration.txt").substitute(channels, timezone=script.timezone, outlets=outlets)


def read_summary(stdout: str) -> dict[str, Any] | None:
    try:
        summary = json.loads(stdout)
    except ValueError:
        return None
    return summary if isinstance(summary, dict) else None


def find_missing(moment: Moment, run: Run) -> list[str]:
    """What the script says of this moment and the run did not keep, or did beyond it, one line each."""
    missing = []
    if run.exit != moment.exit:
        missing.append(f"the run ended with {run.exit}, not {moment.exit}: {run.errors.strip()[-300:] or 'it said nothing'}")
    mailed, hooked = [f"{mail.subject}\n{mail.text or mail.html}" for mail in run.mails], list(run.hooks)
    for what, words, arrived in (("mail", moment.mails, mailed), ("webhook message", moment.hooks, hooked)):
        missing += [f"no {what} holds {word!r}" for word in words or () if not any(word in text for text in arrived)]
        strangers = [text for text in arrived if words is not None and not any(word in text for word in words)]
        missing += [f"a {what} that is not in the script: {first_line(text)}" for text in strangers]
    if moment.unchanged and (loud := [request.path for request in run.requests if request.status != 304]):
        missing.append(f"not answered 304: {', '.join(loud)}")
    if moment.unchanged and not run.requests:
        missing.append("nothing was asked for")
    return missing


def first_line(text: str) -> str:
    return text.partition("\n")[0]


# --- telling it


def tell_opening(console: Console, script: Script) -> None:
    console.print(Text("Tallywatch demo: three days of news in half a minute", "bold"))
    console.print(Text("Five invented newsrooms publish on this machine; the real job collects, and tells a mailbox and a webhook."))
    formats = {"rss": "RSS 2.0", "atom": "Atom", "rdf": "RDF (RSS 1.0)", "sitemap": "news sitemap"}
    table = Table.grid(padding=(0, 2))
    for outlet in script.outlets:
        table.add_row(outlet.title, formats[outlet.format], outlet.charset, f"tier {outlet.tier}")
    console.print(Padding(table, (1, 0, 0, 2)))


def tell_moment(console: Console, moment: Moment, number: str, zone: str) -> None:
    local = moment.at.astimezone(ZoneInfo(zone))
    when = f"{moment_words('at', local)['at_words']} in {zone.rpartition('/')[2]}"
    console.print()
    console.rule(Text(f"{number}  {when}  {moment.title}", "bold"), align="left")
    console.print(Padding(Text(moment.happens, "italic"), (0, 0, 0, 2)))


def tell_run(console: Console, run: Run, world: World) -> None:
    console.print(Padding(Text(f"$ tallywatch run    exit status {run.exit}, {run.seconds:.1f} s", "cyan"), (1, 0, 0, 2)))
    if run.summary is None:
        console.print(Padding(Text(run.errors.strip() or "no summary", "red"), (0, 0, 0, 4)))
    else:
        console.print(Padding(outlet_table(run.summary["outlets"], world), (0, 0, 0, 4)))
    for mail in run.mails:
        tell_mail(console, mail)
    for number, title in enumerate(run.hooks):
        console.print(Padding(Text.assemble(("webhook  ", "green"), title), (0 if number else 1, 0, 0, 2)))
    if not run.mails and not run.hooks:
        console.print(Padding(Text("Nothing was sent.", "dim"), (1, 0, 0, 2)))


COUNTS = (  # the keys of a run's summary, for one and for many
    ("fetched", "fetched", "fetched"),
    ("not_modified", "not modified", "not modified"),
    ("articles", "article read", "articles read"),
    ("claims", "figure", "figures"),
)


def outlet_table(outlets: dict[str, dict[str, Any]], world: World) -> Table:
    """One row an outlet: how it went, what was asked for and what was read."""
    table = Table.grid(padding=(0, 2))
    for name, health in outlets.items():
        title = world.outlets[name].title if name in world.outlets else name
        told = ", ".join(f"{health[key]} {word if health[key] == 1 else words}" for key, word, words in COUNTS if health.get(key))
        style = "red" if health["status"] == "failed" else "dim" if health["status"] == "unchanged" else ""
        table.add_row(Text(title), Text(health["status"], style), Text(health.get("error") or told or "-", overflow="fold"))
    return table


def tell_mail(console: Console, mail: Mail) -> None:
    lines = [line for line in (mail.text or mail.html).splitlines() if line.strip() and line.strip() != mail.subject]
    console.print(Padding(Text.assemble(("mail     ", "green"), (mail.subject, "bold")), (1, 0, 0, 2)))
    rest = len(lines) - LINES
    body = "\n".join(lines[:LINES] if rest > 1 else lines) + (f"\n… and {rest} lines more" if rest > 1 else "")
    console.print(Padding(Text(body), (0, 0, 0, 11)))


def tell_end(console: Console, stage: Stage, seconds: float, kept: Path | None) -> None:
    console.print()
    console.rule(Text("The end", "bold"), align="left")
    runs, mails, refused = len(stage.script.moments), len(stage.mailbox.mails), stage.mailbox.refused
    console.print(f"  {runs} runs in {seconds:.0f} s, {mails} mails delivered, {refused} refused and delivered later.", markup=False)
    if stage.missing:
        console.print(Text("\n  Not everything came as the script says:", "bold red"))
        for what in stage.missing:
            console.print(Padding(Text(what, "red"), (0, 0, 0, 4)))
    if kept:
        console.print(f"  Look around: tallywatch history --config {kept}", markup=False, soft_wrap=True)
    steps = (
        ("tallywatch init", "writes a commented tallywatch.toml: name your mailbox there"),
        ("tallywatch test-alert", "a sample alert in your own mailbox"),
        ("tallywatch run", "the real thing, once; the file crontab has it every 15 minutes"),
    )
    table = Table.grid(padding=(0, 2))
    for command, what in steps:
        table.add_row(Text(command, "cyan"), what)
    console.print("\n  What to do next:")
    console.print(Padding(table, (0, 0, 0, 4)))
