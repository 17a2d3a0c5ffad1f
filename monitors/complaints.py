"""A configuration -> what in it cannot work, a line each, though every key fits: nothing is sent, nobody is asked."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import urlsplit

from crawler.guard import is_public, refuse_url
from monitors.alerts.deliver import check_url
from monitors.config import Configuration
from monitors.figures.lexicon import load_language
from monitors.rules.monitors import shipped_monitors


def find_complaints(config: Configuration) -> Iterator[str]:
    """Channels that Apprise does not take, feeds that are never asked, monitors that hear of nothing."""
    for number, channel in enumerate(config.channels):
        if wrong := check_url(channel.url):
            yield f"{config.where('channel', number, 'url')}: {wrong}"
    yield from _complain_of_outlets(config)
    yield from _complain_of_monitors(config)


def _complain_of_outlets(config: Configuration) -> Iterator[str]:
    for number, outlet in enumerate(config.outlet):
        for key, addresses in (("feeds", outlet.feeds), ("sitemaps", outlet.sitemaps)):
            for address in addresses:
                if refusal := refuse_url(address):
                    yield f"{config.where('outlet', number, key)}: {address}: {refusal}"
                elif _is_private(urlsplit(address).hostname or "") and not outlet.allow_private:
                    yield f"{config.where('outlet', number, key)}: {address}: a private address is asked only with allow_private = true"


def _is_private(host: str) -> bool:
    """As far as it can be told without asking for the name."""
    try:
        return not is_public(str(ip_address(host)))
    except ValueError:
        return host == "localhost"


def _complain_of_monitors(config: Configuration) -> Iterator[str]:
    """A metric must have words: the monitor's own, or those of a language."""
    english = load_language("en")
    known = {metric for monitor in shipped_monitors() for metric in monitor.metrics} | {*(english.table["metrics"] if english else ())}
    for number, monitor in enumerate(config.monitor):
        if not monitor.words and monitor.metric not in known:
            yield (f"{config.where('monitor', number, 'metric')}: no text has words for {monitor.metric!r}: give it words.en = […], "
                   f"or take one of {', '.join(sorted(known))}")
        for language in monitor.words:
            if load_language(language) is None:
                missing = f"there is no monitors/languages/{language}.toml"
                yield f"{config.where('monitor', number, 'words')}: no figures are read in {language!r}: {missing}"
