"""`tallywatch review`, `approve`, `reject`, `mute`, `unmute`, `merge`, `unmerge`, `undo-run`: what a person thinks of an alert."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitors.commands.shared import print_lines, with_config

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from monitors.config import Configuration
    from monitors.watch import Policy

WAIT_SECONDS = 300
"""How long a verdict waits for the run that is at work: none takes longer."""
WHY = "In a few words what is wrong, for those who were told and for the record."


@click.command(epilog="Example: tallywatch review --limit 5")
@with_config
@click.option("--json", "as_json", is_flag=True, help="Print one object a line.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(min=1, max=50), help="At most so many.")
def review(config_file: Path | None, as_json: bool, limit: int) -> None:
    """List what waits for your word: alerts that are held, and figures told only in the digest because their reading is in doubt.

    What nobody has judged for a week is dropped from the list: it was in the digest.
    """
    from monitors.choice import make_policy
    from monitors.config import read_config
    from monitors.history.store import open_history
    from monitors.history.verdicts import queue
    from monitors.report.rows import review_rows
    from monitors.report.tables import print_review

    config = read_config(config_file)
    with open_history(config.database_url) as opened, opened.reading() as connection:
        rows = review_rows(queue(connection, datetime.now(UTC), limit), make_policy(config).publishers.titles)
    if as_json:
        print_lines(rows)
    elif not rows:
        click.echo("Nothing waits for your word.")
    else:
        print_review(rows, config.zone)


@click.command(epilog="Example: tallywatch approve 3f9c0a")
@click.argument("alert", metavar="ID")
@with_config
def approve(alert: str, config_file: Path | None) -> None:
    """Send an alert that is held, as it stands; or take a doubtful reading for sure and tell it as loud as it deserves.

    ID is an alert's, or its beginning, as `review` and `alerts` show it.
    """
    from monitors import verdicts

    _judge(config_file, lambda connection, policy, now: verdicts.approve(connection, policy, alert, now))


@click.command(epilog='Example: tallywatch reject 3f9c0a --why "these are the wounded, not the dead"')
@click.argument("alert", metavar="ID")
@click.option("--why", required=True, help=WHY)
@click.option("--figure", default="", metavar="NUMBER", help="Of an alert that shows several figures the one that was misread.")
@click.option("--everywhere", is_flag=True, help="The sentences of all who carry the figure were misread: it stands no more.")
@with_config
def reject(alert: str, why: str, figure: str, everywhere: bool, config_file: Path | None) -> None:
    """Take a misread figure back: it stands no more, the sentence is never read so again, and whoever was told hears that we misread.

    ID is an alert's, or its beginning, as `review` and `alerts` show it. A figure that another origin gives in words of its own stays.
    """
    from monitors import verdicts

    def judge(connection: Connection, policy: Policy, now: datetime) -> list[str]:
        return verdicts.reject(connection, policy, alert, why, now, figure=figure, everywhere=everywhere)

    _judge(config_file, judge)


@click.command(
    epilog="""\b
Examples:
  tallywatch mute 17                        the series with this number in `tallywatch history`, until its value changes
  tallywatch mute 3f9c0a --until 2026-03-01 the series of this alert, until that day begins"""
)
@click.argument("words", nargs=-1, required=True, metavar="ID|SERIES")
@click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="The day on which it is told again, like 2026-03-01; else once its value changes.",
)
@with_config
def mute(words: tuple[str, ...], until: datetime | None, config_file: Path | None) -> None:
    """Hear no more of a series: until its value changes, which is told, or until a day.

    Its alerts are stored all the same and shown by `alerts`. That a figure you were told of is corrected or withdrawn is told in any case.
    """
    from monitors import verdicts

    def judge(connection: Connection, policy: Policy, now: datetime) -> list[str]:
        begins = datetime.combine(until.date(), time(), policy.timezone) if until else None
        return verdicts.mute(connection, policy, words, begins, now)

    _judge(config_file, judge)


@click.command(epilog="Example: tallywatch unmute 17")
@click.argument("words", nargs=-1, required=True, metavar="ID|SERIES")
@with_config
def unmute(words: tuple[str, ...], config_file: Path | None) -> None:
    """Hear of a series again."""
    from monitors import verdicts

    _judge(config_file, lambda connection, policy, now: verdicts.unmute(connection, policy, words, now))


def _of_two_claimants(command: Callable[..., None]) -> Callable[..., None]:
    """The arguments of what is said of two claimants, the one whose figures they are first."""
    named = click.argument("keep", metavar="CLAIMANT")(click.argument("other", metavar="CLAIMANT")(with_config(command)))
    return click.option("--why", default="", help="For the record.")(named)


@click.command(epilog='Example: tallywatch merge ukraine_general_staff "Ukrainian armed forces command"')
@_of_two_claimants
def merge(keep: str, other: str, why: str, config_file: Path | None) -> None:
    """Take two claimants for one: all figures of the second, stored ones too, count as the first's, and never disagree with them.

    A claimant is given by name, or by its key as `history --json` shows it in a series' key.
    """
    from monitors import verdicts

    _judge(config_file, lambda connection, policy, now: verdicts.merge(connection, policy, keep, other, why, now))


@click.command(epilog='Example: tallywatch unmerge ukraine_general_staff "Ukrainian armed forces command"')
@_of_two_claimants
def unmerge(keep: str, other: str, why: str, config_file: Path | None) -> None:
    """Take two claimants that were merged for two again: all figures of the second, stored ones too, are its own."""
    from monitors import verdicts

    _judge(config_file, lambda connection, policy, now: verdicts.unmerge(connection, policy, keep, other, why, now))


@click.command("undo-run", epilog='Example: tallywatch undo-run 7c1e55d0 --why "the outlet served last year\'s pages"')
@click.argument("run", metavar="RUN")
@click.option("--why", default="", help=WHY)
@with_config
def undo_run(run: str, why: str, config_file: Path | None) -> None:
    """Let nothing stand that a run decided: its figures, what it holds, what is not sent yet; whoever was told hears of it.

    RUN is a run's id, or its beginning, as `status` shows it.
    """
    from monitors import verdicts

    _judge(config_file, lambda connection, policy, now: verdicts.undo_run(connection, policy, run, why, now))


COMMANDS = (review, approve, reject, mute, unmute, merge, unmerge, undo_run)


def _judge(config_file: Path | None, judge: Callable[[Connection, Policy, datetime], list[str]]) -> None:
    """Write a verdict under the run's lock, say what came of it, and send what follows from it."""
    from monitors.config import read_config
    from monitors.history.store import open_history
    from monitors.pronounce import pronounce
    from monitors.report.tables import printable

    config = read_config(config_file)
    with alone(config), open_history(config.database_url) as history:
        errors = pronounce(config, history, judge, lambda line: click.echo(printable(line)), sys.stdout)
    for channel, error in errors.items():
        click.echo(f"channel {channel}: {error}; the next run tries again", err=True)


@contextmanager
def alone(config: Configuration) -> Iterator[None]:
    """Hold the run's lock; where a run has it, say so and wait for it, for as long as a run may take."""
    from monitors.lock import Locked, lock

    with ExitStack() as stack:
        try:
            stack.enter_context(lock(config.database_url))
        except Locked:
            click.echo(f"{_at_work(config)}; waiting for it, {WAIT_SECONDS // 60} minutes at most", err=True)
            try:
                stack.enter_context(lock(config.database_url, wait=WAIT_SECONDS))
            except Locked as error:
                raise Locked(f"{_at_work(config)} and does not end: nothing was changed; try again later") from error
        yield


def _at_work(config: Configuration) -> str:
    from monitors.history.queries import last_run
    from monitors.history.store import open_history

    with open_history(config.database_url) as history, history.reading() as connection:
        last = last_run(connection)
    if last is None or last.finished_at:
        return "upkeep, an import or another verdict is at work on this history"
    return f"run {last.id[:8]} has been at work on this history since {last.started_at.astimezone(config.zone):%Y-%m-%d %H:%M}"
