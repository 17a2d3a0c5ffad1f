"""`tallywatch`: the command line, thin. Every command imports what it needs when it is called, so that each starts fast."""

from __future__ import annotations

import atexit
import gc
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO
from urllib.parse import quote, urljoin

import click

from monitors.commands import verdicts
from monitors.commands.backup import backup, restore
from monitors.commands.check import check
from monitors.commands.cluster import cluster, worker
from monitors.commands.copy_history import copy_history
from monitors.commands.diff import diff
from monitors.commands.doctor import doctor
from monitors.commands.evidence import evidence, forget, verify
from monitors.commands.export import export
from monitors.commands.find import find
from monitors.commands.report import report
from monitors.commands.reprocess import reprocess
from monitors.commands.routes import route_test
from monitors.commands.serve import serve
from monitors.commands.shared import Time, headed, print_lines, read_file, readable_article, with_config
from monitors.commands.show import show
from monitors.commands.status import status
from monitors.failure import Failure

if TYPE_CHECKING:
    from crawler.outlet import OutletSpider
    from crawler.single import RawPage

FIRST = (
    "demo", "init", "check-config", "test-alert", "run", "outlets", "history", "alerts", "show", "diff", "report", "serve", "export",
    "status", "import",
)  # fmt: skip
"""What a person needs first, in the order in which it is needed; after it what a person can say; the rest is listed under "More"."""



class Commands(click.Group):
    """A group that lists the commands a person needs first, and errors of ours as one line."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for _, names in self.sections() for name in names]

    def sections(self) -> tuple[tuple[str, Sequence[str]], ...]:
        said = [command.name or "" for command in verdicts.COMMANDS]
        return (
            ("Commands, in the order you need them", FIRST),
            ("What you think of an alert", said),
            ("More", sorted({*self.commands} - {*FIRST, *said})),
        )

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for heading, names in self.sections():
            with formatter.section(heading):
                formatter.write_dl([(name, self.commands[name].get_short_help_str(160)) for name in names])


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="tallywatch")
def tallywatch() -> None:
    """Tell when a published figure (killed, wounded, missing, exchanged …) changes, is edited, or when outlets disagree.

    \b
    Look at it first:       tallywatch demo
    Set it up:              tallywatch init
    Run it once:            tallywatch run
    One command's help:     tallywatch run --help
    """


def main() -> None:
    """Run a command; what a person can mend is one line, and status 2 (75 where another run is at work)."""
    gc.set_threshold(50_000, 20, 100)  # modules and tables make no garbage: looking for it took a third of each start …
    atexit.register(gc.freeze)  # … and of each end
    try:
        tallywatch(prog_name="tallywatch")
    except Failure as error:
        click.echo(f"tallywatch: {error}", err=True)
        sys.exit(error.exit_status)
    except BrokenPipeError:  # `tallywatch history | head`
        sys.stderr.close()
        sys.exit(1)


# --- what a person needs first


@tallywatch.command(epilog="Example: tallywatch demo")
def demo() -> None:
    """Play a few days of news on this machine: figures change, are copied, edited; alerts arrive. No network needed."""
    from monitors.newsroom.demo import play

    sys.exit(play(sys.stdout))


@tallywatch.command(epilog="Example: tallywatch init && tallywatch check-config")
@click.argument("file", type=click.Path(path_type=Path), default=Path("tallywatch.toml"))
def init(file: Path) -> None:
    """Write a commented tallywatch.toml to start from; an existing one is never touched."""
    from monitors.config import EXAMPLE

    if file.is_dir():
        file = file / "tallywatch.toml"
    try:
        with file.open("x", encoding="utf-8") as out:
            out.write(EXAMPLE.read_text(encoding="utf-8"))
    except FileExistsError:
        raise click.ClickException(f"{file} is there already; delete it first, or name another file") from None
    except OSError as error:
        raise click.ClickException(f"{file} cannot be written: {error.strerror}") from error
    option = "" if file == Path("tallywatch.toml") else f" --config {file}"
    click.echo(f"""Wrote {file}. Open it, set contact and a [[channel]] (your mail, ntfy, Slack …), then:

  tallywatch check-config{option}    is the file right?
  tallywatch test-alert{option}      a sample alert in your own mailbox
  tallywatch run{option}             the job itself, once; cron runs it from then on (see the file crontab)""")


@tallywatch.command("check-config", epilog="Example: tallywatch check-config --config tallywatch.toml")
@with_config
def check_config(config_file: Path | None) -> None:
    """Say whether the configuration is right, and what follows from it; 2 when it is not. Nothing is sent and no outlet asked."""
    from monitors.choice import check_wants, choose_outlets
    from monitors.complaints import find_complaints
    from monitors.config import read_config
    from monitors.history.store import read_url
    from monitors.places import ConfigError
    from monitors.report.summary import NO_CONTACT

    config = read_config(config_file)
    if complaints := list(find_complaints(config)):
        raise ConfigError("\n".join(complaints))
    check_wants(config)
    chosen = choose_outlets(config, ())
    click.echo(f"configuration  {config.path or 'none: the defaults hold (tallywatch init writes one)'}")
    click.echo(f"database       {read_url(config.database_url).render_as_string()}")
    click.echo(f"outlets        {len(chosen.spiders)}: {', '.join(chosen.spiders)}")
    click.echo(f"channels       {', '.join(c.name for c in config.channels) or 'none: alerts are printed'}")
    click.echo(f"monitors       the shipped ones{''.join(f', {m.name}' for m in config.monitors)}")
    click.echo(f"time zone      {config.zone}, where it is {datetime.now(config.zone):%Y-%m-%d %H:%M}")
    click.echo(f"evidence       {config.evidence_folder or 'pages with figures are not archived'}")
    click.echo(f"log            {config.log_file or 'none: name a file under [log]'}")
    if config.contact is None:
        click.echo(f"note           {NO_CONTACT}")


@tallywatch.command("test-alert", epilog="Example: tallywatch test-alert desk")
@click.argument("channels", nargs=-1)
@with_config
def test_alert(channels: tuple[str, ...], config_file: Path | None) -> None:
    """Send a sample alert to the channels named, or to all, the way every alert goes; 4 when one did not arrive."""
    from monitors.alerts.deliver import send_test
    from monitors.config import read_config
    from monitors.history.store import open_history

    config = read_config(config_file)
    names = [channel.name for channel in config.channels]
    if unknown := set(channels).difference(names):
        raise click.UsageError(f"no [[channel]] is called {unknown.pop()!r}; there is {', '.join(names) or 'none'}")
    chosen = [channel for channel in config.channels if channel.name in channels or not channels]
    if not chosen:
        from monitors.alerts.terminal import show_alert
        from monitors.alerts.wording import compose_test

        click.echo("No [[channel]] is configured, so alerts are printed, like this one:\n")
        show_alert(compose_test(datetime.now(UTC), timezone=config.zone), sys.stdout)
        return
    failed = False
    with open_history(config.database_url) as history:
        for channel in chosen:
            wrong = send_test(history, channel, datetime.now(UTC), config.zone)
            failed = failed or wrong is not None
            click.echo(f"{channel.name}: {'sent' if wrong is None else wrong.line}", err=wrong is not None)
    sys.exit(4 if failed else 0)


@tallywatch.command(epilog="""\b
Examples:
  tallywatch run                        the whole job, once
  tallywatch run bbc --dry-run          one outlet's whole path; nothing is stored, nothing sent
  tallywatch run bbc --from-file page.html --at 2026-02-05T10:00Z
                                        the same over one saved page, as if bbc had just published it
  tallywatch run --quiet                for cron: prints only what needs a person

\b
Exit status: 0 all well; 1 an outlet newly fails; 2 the configuration is wrong; 3 nothing could be collected;
4 alerts are still undelivered (the next run tries again); 75 another run is at work. SIGTERM or Ctrl-C lets a run finish
what it has in hand and end so; the next run goes on.""")
@click.argument("outlets", nargs=-1)
@with_config
@click.option("--dry-run", is_flag=True, help="Show what would be stored and sent; the database stays as it is.")
@click.option("--json", "as_json", is_flag=True, help="Print one summary object.")
@click.option("--quiet", is_flag=True, help="Print only what needs a person: new failures, and alerts that have no channel.")
@click.option("--verbose", is_flag=True, help="Print everything: each event as it is logged, and the summary uncut.")
@click.option("--limit", type=click.IntRange(min=1), help="Fetch at most so many pages of each outlet.")
@click.option("--at", type=Time(), help="Run as if it were this time (for rehearsals and the demo).")
@click.option("--from-file", "page", type=click.Path(dir_okay=False, exists=True, path_type=Path), metavar="PAGE",
              help="Fetch nothing: play this saved page (.html, .html.gz) as if the one outlet named had just published it. A dry run.")
@click.option("--url", help="With --from-file, the page's address; else the one it declares.")
@click.option("--slot", type=Time(), hidden=True, help="As a worker does: beside others, what was not collected since; nothing is sent.")
def run(outlets: tuple[str, ...], config_file: Path | None, dry_run: bool, as_json: bool, quiet: bool, verbose: bool, limit: int | None,
        at: datetime | None, page: Path | None, url: str | None, slot: datetime | None) -> None:
    """Collect, compare with the history, send what is due. The job that cron runs."""
    from monitors.places import find_database
    from monitors.stop import stop_on_signal

    if page and len(outlets) != 1:
        raise click.UsageError(f"--from-file plays a page of one outlet: name it, and no other (named: {', '.join(outlets) or 'none'})")
    if url and not page:
        raise click.UsageError("--url says where a saved page is from: it needs --from-file")
    dry_run = dry_run or page is not None
    database = None if dry_run or slot else find_database(config_file)
    with _alone(database, quiet), stop_on_signal() as stopped:  # before what follows: to import it takes a second
        from monitors import job
        from monitors.choice import choose_outlets
        from monitors.config import read_config
        from monitors.logbook import logging_to
        from monitors.report.progress import show_progress
        from monitors.report.summary import show_summary

        config = read_config(config_file)
        saved = _read_saved(page, url, choose_outlets(config, outlets).spiders[outlets[0]]) if page else None
        clock: job.Clock = (lambda: at) if at else lambda: datetime.now(UTC)
        with logging_to(config, to_file=not dry_run, aloud=verbose) as troubles, show_progress(sys.stderr, quiet or verbose) as progress:
            summary = job.run(config, outlets, clock=clock, dry_run=dry_run, limit=limit, terminal=sys.stderr if as_json else sys.stdout,
                              progress=progress, page=saved, stopped=stopped, slot=slot)
        summary = replace(summary, problems=(*summary.problems, *troubles))
        if as_json:
            print_lines([summary.as_json()])
        else:
            show_summary(summary, sys.stdout, quiet=quiet, verbose=verbose)
    sys.exit(summary.exit_status)


@tallywatch.command(epilog="Example: tallywatch outlets")
@with_config
@click.option("--json", "as_json", is_flag=True, help="Print one object an outlet.")
def outlets(config_file: Path | None, as_json: bool) -> None:
    """List the outlets, those watched first: their feeds, how much comes of them, and how they last did."""
    from monitors.choice import choose_outlets, known_outlets
    from monitors.config import read_config
    from monitors.history.feeds import read_feeds
    from monitors.history.queries import outlet_states
    from monitors.history.store import open_history
    from monitors.report.rows import outlet_rows
    from monitors.report.tables import print_outlets

    config = read_config(config_file)
    known, chosen = known_outlets(config).spiders, choose_outlets(config, ()).spiders
    with open_history(config.database_url) as opened, opened.reading() as connection:
        rows = outlet_rows(known.values(), chosen, outlet_states(connection), read_feeds(connection, known), datetime.now(UTC))
    if as_json:
        print_lines(rows)
    else:
        print_outlets(rows)


@tallywatch.command(epilog="Example: tallywatch history zelensky killed")
@click.argument("words", nargs=-1, metavar="[NO. | WORDS…]")
@with_config
@click.option("--json", "as_json", is_flag=True, help="Print one object a line.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(min=1), help="At most so many rows.")
def history(words: tuple[str, ...], config_file: Path | None, as_json: bool, limit: int) -> None:
    """List the series that match some words; of a single one, every value it had, with the sentence that proves it.

    On a terminal the list has the course of each series where there is room for it, and a single one is plotted.
    """
    from monitors.config import read_config
    from monitors.history.queries import courses, find_series, points
    from monitors.history.store import open_history
    from monitors.history.verdicts import about_series
    from monitors.report.plot import SPARKS, list_series, show_course
    from monitors.report.rows import point_rows, series_rows, verdict_rows
    from monitors.report.tables import print_points, print_verdicts

    with open_history(read_config(config_file).database_url) as opened, opened.reading() as connection:
        found = find_series(connection, words, limit)
        series = series_rows(found)
        values = points(connection, found[0].id, limit) if len(found) == 1 else []
        rows = point_rows(values) if values else series
        said = verdict_rows(about_series(connection, found[0].key, found[0].body)) if len(found) == 1 else []
        if as_json:
            print_lines([*rows, *said])
        elif not rows:
            click.echo("No series matches." if words else "The history is empty: tallywatch run fills it.")
        elif values:
            show_course(series[0]["what"], values, sys.stdout)
            print_points(rows)
            print_verdicts(said)
        else:
            list_series(rows, lambda numbers: courses(connection, numbers, SPARKS), sys.stdout)
            click.echo("\nEvery value of one, with its sentence: tallywatch history NO.")


@tallywatch.command(epilog="Example: tallywatch alerts --limit 5")
@with_config
@click.option("--json", "as_json", is_flag=True, help="Print one object a line.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(min=1), help="At most so many, the newest first.")
@click.argument("alert", required=False)
def alerts(config_file: Path | None, as_json: bool, limit: int, alert: str | None) -> None:
    """List the latest alerts and whether they arrived; one whole by its id."""
    from monitors.config import read_config
    from monitors.history import queries
    from monitors.history.store import open_history
    from monitors.history.verdicts import about_alert
    from monitors.report.rows import alert_rows, verdict_rows
    from monitors.report.tables import print_table, print_verdicts

    with open_history(read_config(config_file).database_url) as opened, opened.reading() as connection:
        one = queries.alert(connection, alert) if alert else None
        rows = alert_rows([one] if one else [] if alert else queries.alerts(connection, limit))
        said = verdict_rows(about_alert(connection, one.id)) if one else []
    if as_json:
        print_lines([{**row, "verdicts": said} for row in rows] if alert else rows)
    elif alert and not rows:
        raise click.ClickException(f"no alert has the id {alert}")
    elif alert:
        click.echo(f"{rows[0]['title']}\n\n{rows[0]['body']}")
        click.echo(f"\n{', '.join(rows[0]['delivery']) or 'nobody is told of it'}")
        print_verdicts(said)
    elif not rows:
        click.echo("No alert yet.")
    else:
        print_table(("at", "severity", "title", "delivery", "id"), rows)


@tallywatch.command("import", epilog="""\b
Example: tallywatch import figures.csv
The columns: date, claimant, metric, party, group, scope, low, high, qualifier, method, quote, url, outlet.""")
@click.argument("file", type=click.Path(dir_okay=False, exists=True, path_type=Path))
@with_config
def import_(file: Path, config_file: Path | None) -> None:
    """Add known figures from a CSV file, each with its sentence and link; importing twice adds nothing."""
    from monitors import job
    from monitors.config import read_config

    done = job.import_file(read_config(config_file), file, now=datetime.now(UTC))
    click.echo(f"{file}: {done.added} of {done.rows} rows added" + (", the rest was there already" if done.added < done.rows else ""))


# --- what a person says of an alert


for command in verdicts.COMMANDS:
    tallywatch.add_command(command)


# --- more


@tallywatch.command(epilog="""\b
Examples:
  echo "At least 12 people were killed, officials said." | tallywatch extract
  tallywatch extract --jsonl < passages.jsonl""")
@click.option("--jsonl", is_flag=True, help="One JSON object a line in and out, as tools need it.")
@click.argument("file", type=click.File("r", encoding="utf-8", errors="replace"), default="-")
def extract(jsonl: bool, file: TextIO) -> None:
    """Read the figures of a text: plain text on standard input, or JSON lines.

    Of a plain text, a first line without a full stop at its end is taken for the headline.
    """
    from monitors.exchange import read_article, write_claim
    from monitors.reader import Reader

    reader = Reader(())

    def claims_of(line: dict[str, Any]) -> dict[str, Any]:
        article = read_article({**line, "lang": line.get("lang") or "en"})
        return {"claims": [write_claim(claim) for claim in reader.read(article).claims]}

    if jsonl:
        sys.exit(_answer(file, claims_of))
    print_lines(claims_of(headed(file.read()))["claims"])


@tallywatch.command(epilog="""\b
Examples:
  tallywatch explain https://example.org/news/1
  tallywatch explain page.html.gz --json
  echo "Officials said on Sunday that 12 people were killed." | tallywatch explain - --published 2026-02-05""")
@click.argument("source", metavar="FILE|URL|-")
@click.option("--lang", help="The language it is in; else what the page says, else en.")
@click.option("--published", metavar="DATE", help="When it was published: what “on Sunday” is counted from; else what the page says.")
@click.option("--json", "as_json", is_flag=True, help="Print one object: the claims with their reasons, and the numbers skipped.")
@with_config
def explain(source: str, lang: str | None, published: str | None, as_json: bool, config_file: Path | None) -> None:
    """Show in a text, a saved page or a page on the web which figures are read, which words said so, and what is no figure.

    Of a plain text, a first line without a full stop at its end is taken for the headline.
    """
    from monitors.config import read_config
    from monitors.reader import Reader
    from monitors.report.explain import show_explained, write_reading
    from monitors.report.tables import console_for
    from monitors.watch import Policy

    config = read_config(config_file)
    article = readable_article(source, config.contact, lang, published)
    reading = Reader(Policy.shipped(config.monitors).monitors).read(article)
    if as_json:
        print_lines([write_reading(article, reading)])
    else:
        show_explained(article, reading, console_for(sys.stdout))


@tallywatch.command(epilog="Example: tallywatch parse page.html --url https://example.org/news/1")
@click.option("--jsonl", is_flag=True, help='Read {"id","url","path"} lines from standard input.')
@click.argument("page", required=False, type=click.Path(dir_okay=False, exists=True, path_type=Path))
@click.option("--url", default="", help="The address the page was had from.")
def parse(jsonl: bool, page: Path | None, url: str) -> None:
    """Read a saved page (.html or .html.gz) as an article."""
    from crawler.errors import Unreadable
    from crawler.pages import read_article
    from monitors.exchange import write_page

    def page_of(line: dict[str, Any]) -> dict[str, Any]:
        return write_page(read_article(read_file(line["path"]), line.get("url") or ""))

    if jsonl:
        sys.exit(_answer(sys.stdin, page_of))
    if page is None:
        raise click.UsageError("name a page, or use --jsonl")
    try:
        click.echo(json.dumps(page_of({"path": str(page), "url": url}), ensure_ascii=False, indent=2))
    except (Unreadable, OSError, EOFError) as error:
        raise click.ClickException(f"{page}: {error}") from error


@tallywatch.command(epilog="""\b
Examples:
  tallywatch record bbc https://www.bbc.com/news/articles/c62n922dnw7o
  tallywatch record bbc https://www.bbc.com/news/articles/c62n922dnw7o --from-file page.html""")
@click.argument("outlet", metavar="NAME")
@click.argument("url")
@with_config
@click.option("--from-file", "file", type=click.Path(dir_okay=False, exists=True, path_type=Path), metavar="PAGE",
              help="Fetch nothing: record this page (.html, .html.gz), saved by a browser.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), metavar="DIR",
              help="Record below this folder; else in tests/pages/outlets of the checkout around the current directory.")
@click.option("--force", is_flag=True, help="Replace what was recorded of this address before.")
def record(outlet: str, url: str, config_file: Path | None, file: Path | None, out: Path | None, force: bool) -> None:
    """Save an outlet's page, and what is read in it, as a test of the checkout; fetched as the crawl would."""
    from crawler.errors import Unreadable
    from crawler.single import RawPage, fetch_page
    from monitors.choice import choose_outlets
    from monitors.config import read_config
    from monitors.recording import find_folder, record_page

    config = read_config(config_file)
    spider = choose_outlets(config, (outlet,)).spiders[outlet]
    folder = out or find_folder(Path.cwd())
    _check_url(url)
    try:
        page = RawPage(url, read_file(str(file))) if file else fetch_page(url, spider, contact=config.contact)
        kept = record_page(page, outlet, spider.language, folder, force=force)
    except (Unreadable, OSError, EOFError) as error:
        raise click.ClickException(f"{file or url}: {getattr(error, 'strerror', None) or error}") from error
    figures = len(kept.reading["claims"])
    click.echo(f"""{_from_here(kept.page)}    the page, {len(page.body):,} bytes unpacked
{_from_here(kept.expected)}       what is read in it: {figures} figure{"" if figures == 1 else "s"}

Correct in the .json what is read wrong; this test then shows the difference, until the code reads the page as it says:

  .venv/bin/pytest tests/test_recorded_pages.py -k {kept.expected.stem}""")


@tallywatch.command(epilog="Example: tallywatch replay script.jsonl")
@click.argument("file", type=click.File("r", encoding="utf-8", errors="replace"))
@click.option("--jsonl", is_flag=True, help="Print one JSON object an alert.")
def replay(file: TextIO, jsonl: bool) -> None:
    """Play a dated script of articles through the real pipeline, with a clock of its own; nothing leaves the machine."""
    from monitors.exchange import BadLine
    from monitors.replay import play

    def lines() -> Iterator[dict[str, Any]]:
        for number, text in enumerate(file, start=1):
            if text.strip():
                try:
                    yield json.loads(text)
                except ValueError as error:
                    raise click.ClickException(f"{file.name}:{number}: is not JSON: {error}") from error

    played = 0
    try:
        for alert in play(lines()):
            played = alert["line"]
            if jsonl:
                print_lines([alert])
            else:
                click.echo(f"{alert['at']}  {alert['title']}\n\n{alert['body']}\n")
    except (KeyError, TypeError, ValueError, BadLine) as error:
        raise click.ClickException(f"{file.name}: a line after line {played + 1} cannot be played: {error}") from error


@tallywatch.command(epilog="Example: tallywatch upkeep")
@with_config
@click.option("--quiet", is_flag=True, help="Print only what needs a person: what went wrong, and messages given up in the last week.")
def upkeep(config_file: Path | None, quiet: bool) -> None:
    """Back the history up and drop what is no longer needed. Nightly; waits for a run to end."""
    from monitors import job
    from monitors.config import read_config
    from monitors.logbook import logging_to
    from monitors.report.tables import printable

    config = read_config(config_file)
    with logging_to(config) as troubles:
        care = job.upkeep(config, now=datetime.now(UTC))
    for line in (*(() if quiet else care.done), *care.reminders, *troubles):
        click.echo(printable(line))


for command in (
    backup, check, cluster, copy_history, diff, doctor, evidence, export, find, forget, report, reprocess, restore, route_test, serve,
    show, status, verify, worker,
):  # fmt: skip
    tallywatch.add_command(command)


@contextmanager
def _alone(database: str | None, quiet: bool) -> Iterator[None]:
    """Hold the run's lock. That another run has it is no matter of a person's, unless it has had it for longer than runs take."""
    from monitors.lock import LONG, Locked, find_holder, lock

    with ExitStack() as stack:
        try:
            if database:
                stack.enter_context(lock(database))
        except Locked as locked:
            holder = find_holder(database) if quiet and database else None
            if holder and datetime.now(UTC) - holder.since < LONG:
                sys.exit(locked.exit_status)
            raise
        yield


def _read_saved(file: Path, url: str | None, spider: type[OutletSpider]) -> RawPage:
    """A saved page with its address: the one given, else the one it declares, else one of the outlet's host and the file's name."""
    from crawler.errors import Unreadable
    from crawler.guard import refuse_url
    from crawler.pages import read_article
    from crawler.single import RawPage

    if url:
        _check_url(url)
    try:
        body = read_file(str(file))
        declared = read_article(body, url or "").canonical_url
    except Unreadable as error:
        raise click.ClickException(f"{file} is not an article: {error}") from error
    except (OSError, EOFError) as error:
        raise click.ClickException(f"{file} cannot be read: {getattr(error, 'strerror', None) or error}") from error
    if not url:
        url = declared if declared and not refuse_url(declared) else urljoin(spider.addresses()[0], quote(f"/{file.name}"))
    return RawPage(url, body)


def _from_here(path: Path) -> Path:
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def _check_url(url: str) -> None:
    from crawler.guard import refuse_url

    if refusal := refuse_url(url):
        raise click.UsageError(f"{url}: {refusal}")


def _answer(source: Iterable[str], answer: Callable[[dict[str, Any]], dict[str, Any]]) -> int:
    """Answer every JSON line with one; a line that cannot be processed is answered with its error. The exit status."""
    failures = 0
    for text in filter(str.strip, source):
        name = None
        try:
            line = json.loads(text)
            name = line.get("id")
            reply = answer(line)
        except Exception as error:  # a line of a stranger's must not cost the lines after it
            failures += 1
            reply = {"error": f"{type(error).__name__}: {error}"}
        print_lines([{"id": name, **reply}])
    return 1 if failures else 0


if __name__ == "__main__":
    main()
