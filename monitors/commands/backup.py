"""`tallywatch backup` and `restore`: a copy of the history, and the history again from one."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from monitors.commands.shared import with_config


@click.command(
    epilog="""\b
Examples:
  tallywatch backup
  tallywatch backup before-the-move.db"""
)
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@with_config
def backup(file: Path | None, config_file: Path | None) -> None:
    """Copy the history to a file and check the copy; a run may be at work meanwhile. Nightly, upkeep does it by itself.

    Without FILE it goes where upkeep's copies lie, as the one of today.
    """
    from monitors.config import read_config
    from monitors.history.backup import BackupError, backup_folder, write_backup
    from monitors.history.restore import check_backup, need_file
    from monitors.places import database_file

    database = need_file(database_file(read_config(config_file).database_url))
    if not database.exists():
        raise BackupError(f"{database} is not there yet: tallywatch run makes it")
    if file and file.exists():
        raise BackupError(f"{file} is there already; name another, or delete it first")
    target = file or backup_folder(database) / f"{database.stem}-{datetime.now(UTC).date()}.db"
    write_backup(database, target)
    click.echo(f"{target}: {check_backup(target)}")


@click.command(
    epilog="""\b
Examples:
  tallywatch restore --check backups/tallywatch-2026-02-04.db
  tallywatch restore backups/tallywatch-2026-02-04.db"""
)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--check", is_flag=True, help="Only say whether the backup is whole, and what is in it.")
@with_config
def restore(file: Path, check: bool, config_file: Path | None) -> None:
    """Put a backup in the history's place; what was there is kept among the backups. Refused while a run is at work."""
    from monitors.config import read_config
    from monitors.history.restore import check_backup, need_file
    from monitors.history.restore import restore as put_back
    from monitors.lock import lock
    from monitors.places import database_file

    if check:
        click.echo(f"{file} is whole: {check_backup(file)}")
        return
    config = read_config(config_file)
    database = need_file(database_file(config.database_url))
    contents = check_backup(file)
    with lock(config.database_url):
        kept = put_back(file, database, datetime.now(UTC))
    click.echo(f"{database} is now {file}: {contents}")
    if kept:
        click.echo(f"what was there is kept as {kept}")
