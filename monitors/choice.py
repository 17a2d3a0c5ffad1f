"""Which outlets a run collects, and by which rules it judges: configuration -> outlets, policy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches

from crawler.outlets import Outlets, load_outlets, make_outlet
from monitors.config import Configuration
from monitors.model import Publisher
from monitors.places import ConfigError
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


def make_policy(config: Configuration) -> Policy:
    """What is judged and told by: the shipped rules and monitors, with a person's own monitors, channels and clock."""
    policy = Policy.shipped(config.monitors, config.channels, config.zone, config.quiet)
    own = {table.name: Publisher(table.name, table.family or table.name, table.tier, table.title or table.name) for table in config.outlet}
    return replace(policy, publishers=replace(policy.publishers, own=own))
