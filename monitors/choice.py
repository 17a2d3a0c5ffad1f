"""Which outlets a run collects, and by which rules it judges: configuration -> outlets, policy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches

from crawler.outlets import Outlets, load_outlets, make_outlet
from monitors.config import Configuration
from monitors.figures.lexicon import known_parties
from monitors.model import Publisher
from monitors.places import ConfigError
from monitors.rules.monitors import shipped_monitors
from monitors.watch import Policy


def choose_outlets(config: Configuration, names: Sequence[str]) -> Outlets:
    """The outlets to collect: those named, else those of the configuration, else the default ones. ConfigError where there are none."""
    outlets = known_outlets(config)
    known, own = outlets.spiders, [table.name for table in config.outlet]
    match config.outlets:
        case None:
            configured = [name for name, spider in known.items() if spider.default]
        case "all":
            configured = list(known)
        case list(listed):
            configured = listed
    wanted = list(dict.fromkeys(names or [*configured, *own]))
    for name in wanted:
        if name not in known:
            near = get_close_matches(name, known, n=3)
            hint = f"; did you mean {', '.join(near)}?" if near else ""
            where = "" if names else f"{config.where('outlets')}: outlets: "
            raise ConfigError(f"{where}no outlet is called {name!r}{hint} (tallywatch outlets lists them)")
    if not wanted:
        place = config.path or "the configuration"
        raise ConfigError(f"{place}: no outlet is left to watch: name some under `outlets`, or add an [[outlet]]")
    return Outlets({name: known[name] for name in wanted}, outlets.broken)


def known_outlets(config: Configuration) -> Outlets:
    """The shipped outlets and a person's own, which may replace a shipped one of the same name."""
    shipped = load_outlets()
    own = {table.name: make_outlet(**table.model_dump(exclude_defaults=True)) for table in config.outlet}
    return Outlets({**shipped.spiders, **own}, shipped.broken)


def check_wants(config: Configuration) -> None:
    """Refuse a channel that wants what nothing is ever called: it would be told nothing, and nobody would know why. Raises ConfigError."""
    if not any(channel.monitors or channel.parties or channel.languages for channel in config.channel):
        return
    outlets = known_outlets(config).spiders.values()
    known = {
        "monitors": {monitor.name for monitor in (*config.monitors, *shipped_monitors())},
        "parties": known_parties() | {party for monitor in config.monitors for party in monitor.parties},
        "languages": {spider.language.partition("-")[0] for spider in outlets},
    }
    for number, channel in enumerate(config.channel):
        for key, names in known.items():
            for name in getattr(channel, key):
                if name not in names:
                    near = get_close_matches(name, names, n=3)
                    hint = f"did you mean {' or '.join(near)}?" if near else f"there is {', '.join(sorted(names)[:NAMES_SHOWN])}, …"
                    where = config.where("channel", number, key)
                    raise ConfigError(f"{where}: channel.{key}: nothing is called {name!r}; {hint}")


NAMES_SHOWN = 12


def make_policy(config: Configuration) -> Policy:
    """What is judged and told by: the shipped rules and monitors, with a person's own monitors, channels and clock."""
    check_wants(config)
    policy = Policy.shipped(config.monitors, config.channels, config.hours)
    own = {table.name: Publisher(table.name, table.family or table.name, table.tier, table.title or table.name) for table in config.outlet}
    return replace(policy, publishers=replace(policy.publishers, own=own), report=config.report or "")
