"""`tallywatch copy-history`: the history in another database."""

from __future__ import annotations

import sys

import click


@click.command(
    "copy-history",
    epilog="""\b
Examples:
  tallywatch copy-history sqlite:////srv/tally.db postgresql+psycopg://desk@db.example/tally
  tallywatch copy-history postgresql+psycopg://desk@db.example/tally sqlite:///tally.db""",
)
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
def copy_history(source: str, target: str) -> None:
    """Copy a history from one database into an empty one, SQLite or PostgreSQL: all of it, verified, or nothing.

    Both are URLs as in tallywatch.toml. No run may be at work. Every table is counted and hashed on both sides before anything is kept;
    FROM stays as it is. The pages under [evidence] stay where they are.
    """
    from contextlib import ExitStack

    from monitors.history.moving import move, need_movable
    from monitors.history.store import open_history
    from monitors.lock import lock

    need_movable(source, target)
    with ExitStack() as stack:
        for url in (source, target):
            stack.enter_context(lock(url))
        old, new = (stack.enter_context(open_history(url)) for url in (source, target))
        with old.reading() as read, new.transaction() as written:
            sums = move(read, written, _show_progress if sys.stderr.isatty() else lambda table, rows: None)
    for table, found in sums.items():
        click.echo(f"{table:12} {found.rows:>12,} rows   sha256 {found.sha256[:16]}…")
    total = sum(found.rows for found in sums.values())
    click.echo(f"{total:,} rows in {len(sums)} tables are the same in both. Now name {new.url} under `database` in tallywatch.toml.")


def _show_progress(table: str, rows: int) -> None:
    click.echo(f"\r\033[K{table} {rows:,} ", err=True, nl=False)
