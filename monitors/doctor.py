"""An installation -> what is wrong with it, and what to do, a line each: nothing is changed, nothing sent."""

from __future__ import annotations

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
    yield from _examine_modules(config)
    yield from _examine_channels(config)


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
