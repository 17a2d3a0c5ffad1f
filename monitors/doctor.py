"""An installation -> what is wrong with it, and what to do, a line each: nothing is changed, nothing sent."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime

from monitors.alerts.deliver import check_url
from monitors.choice import choose_outlets
from monitors.config import Configuration
from monitors.failure import Failure
from monitors.history.checkup import Sign, examine_database
from monitors.lock import LONG, find_holder


def examine(config: Configuration, now: datetime) -> Iterator[Sign]:
    """Look at everything that has stopped a scheduled job before."""
    yield Sign("configuration", True, f"{config.path or 'none: the defaults hold'}; it is {now.astimezone(config.zone):%H:%M %Z} there")
    yield _examine_lock(config.database_url, now)
    yield from examine_database(config.database_url, now)
    yield _examine_evidence(config)
    yield from _examine_modules(config)
    yield from _examine_channels(config)


def _examine_evidence(config: Configuration) -> Sign:
    """Whether pages can be archived: a run that cannot write there stores articles without their copy."""
    folder = config.evidence_folder
    if folder is None:
        return Sign("evidence", True, "pages are not archived")
    there = next(place for place in (folder, *folder.parents) if place.exists())
    if not (there.is_dir() and os.access(there, os.W_OK | os.X_OK)):
        return Sign("evidence", False, f"{there} cannot be written: pages are stored without their copy; name a folder under [evidence]")
    files = [file for file in folder.glob("*/*/*.warc.gz*") if file.is_file()]
    size = sum(file.stat().st_size for file in files) / 1e6
    return Sign("evidence", True, f"{folder}: {len(files)} files, {size:,.0f} MB; tallywatch verify reads them again")


def _examine_lock(database_url: str, now: datetime) -> Sign:
    try:
        holder = find_holder(database_url)
    except Failure as error:
        return Sign("lock", False, str(error))
    if holder is None:
        return Sign("lock", True, "free")
    held = f"held by process {holder.pid}, at work since {holder.since:%Y-%m-%d %H:%M %Z}"
    well = now - holder.since < LONG
    return Sign("lock", well, held if well else f"{held}: no run takes so long; see what it does, or end it: kill {holder.pid}")


def _examine_modules(config: Configuration) -> Iterator[Sign]:
    try:
        broken = choose_outlets(config, ()).broken
    except Failure as error:
        yield Sign("modules", False, str(error))
        return
    for module, cause in broken.items():
        yield Sign("modules", False, f"crawler/spiders/{module}.py is left out: {cause}")
    if not broken:
        yield Sign("modules", True, "every outlet's module loads")


def _examine_channels(config: Configuration) -> Iterator[Sign]:
    for number, channel in enumerate(config.channels):
        wrong = check_url(channel.url)
        line = f"{config.where('channel', number, 'url')}: {wrong}" if wrong else f"{channel.name} is a URL that Apprise takes"
        yield Sign("channel", wrong is None, line)
    if not config.channels:
        yield Sign("channel", True, "none: alerts are printed")
