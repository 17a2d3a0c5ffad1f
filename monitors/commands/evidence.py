"""`tallywatch evidence`, `verify` and `forget`: the pages as they were received, whether they still are, and their removal."""

from __future__ import annotations

import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitors.commands.shared import print_lines, with_config
from monitors.commands.verdicts import alone
from monitors.failure import Failure

if TYPE_CHECKING:
    from monitors.history.verifying import Verified


@click.command(
    epilog="""\b
Examples:
  tallywatch evidence 123
  tallywatch evidence 3f9c0a --out proof

\b
Into the folder evidence-CLAIM, or the one named, go
  page.html       the page, without its packing; payload.bin is what was received, byte for byte
  headers.txt     what the server said of it; request.txt what was asked for
  record.warc.gz  both as a WARC file of their own
  claim.json      what was read, where, when, with all hashes
  sentence.html   the sentence, with the number marked
  sha256.txt      the hashes of these; README.txt says how to check them with tools that are not ours"""
)
@click.argument("claim", metavar="CLAIM|ALERT|sSTATEMENT")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), metavar="DIR", help="The folder to write: a new or an empty one.")
@with_config
def evidence(claim: str, out: Path | None, config_file: Path | None) -> None:
    """Write what proves a figure into a folder: the page as it was received, headers, times, hashes, the sentence.

    CLAIM is a figure's number; of an alert, by its id, or of a statement, by `s` and its number, every page that carries it is written.
    """
    from monitors.config import read_config
    from monitors.history.archive import Archive
    from monitors.history.proofs import find_proofs
    from monitors.history.store import open_history
    from monitors.report.evidence import write_evidence
    from monitors.report.tables import printable

    config = read_config(config_file)
    with open_history(config.database_url) as history, history.reading() as connection:
        proofs = find_proofs(connection, claim)
    if not proofs:
        raise Failure(f"{claim}: no figure or statement has that number, no alert of a figure that id: tallywatch alerts lists the alerts")
    archive = Archive(config.archive_folder) if config.archive_folder else None
    folder = out or Path(f"evidence-{claim}")
    written, causes = 0, []
    for proof in proofs:
        place = folder if len(proofs) == 1 else folder / f"claim-{proof.claim}"
        try:
            write_evidence(proof, archive, place)
        except Failure as failure:
            causes.append(str(failure))
            continue
        written += 1
        click.echo(printable(f"{place}: {proof.span}, {proof.url}, seen {proof.seen_at.astimezone(config.zone):%Y-%m-%d %H:%M}"))
    if not written:
        raise Failure(printable("\n".join(causes)))
    for cause in causes:
        click.echo(printable(cause), err=True)


@click.command(
    epilog="""\b
Example: tallywatch verify --json

\b
Exit status: 0 all is as it was; 1 something is missing or altered; 2 the configuration is wrong."""
)
@click.option("--json", "as_json", is_flag=True, help="Print one object a problem, then one of what was looked at.")
@with_config
def verify(as_json: bool, config_file: Path | None) -> None:
    """Read all archived pages again, and say which figures lost their proof: hashes, offsets, counts, the stored texts, the daily chain.

    Nothing is changed, and a run may be at work meanwhile.
    """
    from monitors.config import read_config
    from monitors.history.store import open_history
    from monitors.history.verifying import Verification
    from monitors.report.tables import printable

    config = read_config(config_file)
    if config.archive_folder is None:
        raise Failure("a history in memory has no archive")
    with open_history(config.database_url) as history:
        verification = Verification(history, config.archive_folder)
        for problem in verification.play(_show_progress if sys.stderr.isatty() else lambda what, done, total: None):
            if as_json:
                print_lines([asdict(problem)])
            else:
                click.echo(printable(str(problem)))
        requests = verification.requests()
    done = verification.outcome
    if as_json:
        print_lines([{"ok": not done.problems, **asdict(done), "requests": [asdict(one) for one in requests]}])
    else:
        for request in requests:
            click.echo(printable(f"removed on request on {request.on}: {request.url} ({request.why})"))
        for line in _sum_up(done):
            click.echo(line)
    sys.exit(1 if done.problems else 0)


def _sum_up(done: Verified) -> list[str]:
    taken = "".join(f"; {count} taken out: {why}" for why, count in sorted(done.removed.items()))
    beside = f"; {done.unknown} records or files that nobody refers to" if done.unknown else ""
    head = f", the last of {done.head.day}: {done.head.sha256}" if done.head else ""
    return [
        f"{done.whole} of {done.pages} archived pages are whole, in {done.files} files{taken}{beside}",
        f"{done.figures} figures looked up in {done.texts} stored texts",
        f"the chain has {done.links} links{head}; {done.unlinked} pages are to be linked",
        f"{done.problems} problems" if done.problems else "all is as it was",
    ]


def _show_progress(what: str, done: int, total: int) -> None:
    click.echo(f"\r{done:,} of {total:,} {what}", err=True, nl=done == total)


@click.command(epilog='Example: tallywatch forget https://example.org/news/1 --why "a private person asked for it"')
@click.argument("url", metavar="URL")
@click.option("--why", required=True, help="In a few words, for the record: it stays.")
@with_config
def forget(url: str, why: str, config_file: Path | None) -> None:
    """Remove a page for good: its text, the sentences of its figures, what alerts quote of it here, its copy; it is never read again.

    The figures' numbers and all hashes stay, with the address and your reason, so that `verify` can tell what was removed on request from
    what is missing.
    """
    from monitors.choice import make_policy
    from monitors.config import read_config
    from monitors.forgetting import forget as remove
    from monitors.history import captures
    from monitors.history.archive import Archive
    from monitors.history.backup import backup_folder
    from monitors.history.store import open_history
    from monitors.history.upkeep import tidy
    from monitors.report.tables import printable

    config = read_config(config_file)
    archive = Archive(config.archive_folder) if config.archive_folder else None
    with alone(config), open_history(config.database_url) as history:
        try:
            with history.transaction() as connection:
                lines = remove(connection, archive, make_policy(config), url, why, datetime.now(UTC))
            with history.reading() as connection:
                if archive:
                    captures.sweep(connection, archive)
        except OSError as error:
            raise Failure(f"{error.filename or archive}: the page's copy cannot be taken out: {error.strerror}") from error
        if history.path:
            tidy(history.path)
    for line in lines:
        click.echo(printable(line))
    if history.path:
        click.echo(printable(f"backups still hold it: in {backup_folder(history.path)} they go within a year; delete them if that is long"))
    click.echo("reports and exports written before still show its sentences: tallywatch report writes one anew")
    if config.log_file:
        click.echo(printable(f"its address and headline may stand in {config.log_file}"))
