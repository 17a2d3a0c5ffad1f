"""Read tallywatch.toml: the file a person writes -> a typed configuration, or an error naming file, line and key."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time, tzinfo
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from monitors.alerts.budgets import Budgets
from monitors.alerts.routing import DIGEST_AT, Hours
from monitors.model import Channel, Monitor, Severity
from monitors.model import QuietHours as Quiet
from monitors.places import (
    DATA_DIRECTORY,
    ConfigError,
    NoSecret,
    database_file,
    database_url,
    fill,
    find_config,
    read_span,
    read_toml,
    secrets_in,
)
from monitors.rules.constants import override, shipped

EXAMPLE = Path(__file__).with_name("tallywatch.example.toml")
TERMINAL = "terminal"
EVIDENCE = "evidence"
SECRET_LENGTH = 4
"""A shorter one keeps nothing, and stands in many a word."""
TOKEN_LENGTH = 12
"""From this length on a part of a channel's path is taken for a token, as webhooks have them."""


def read_config(path: Path | None = None, environ: Mapping[str, str] = os.environ) -> Configuration:
    """Read the configuration at `path`, else where INTERFACES.md says to look; without any file, the defaults.

    Raises ConfigError.
    """
    found = path or find_config(environ)
    if found is None:
        return Configuration()
    text, table = read_toml(found)
    try:
        return Configuration.model_validate({**table, "path": found}, context={"environ": environ})
    except ValidationError as error:
        raise ConfigError("\n".join(_say(found, text, error.errors()))) from error


def _word(value: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,62}", value):
        raise ValueError("use lower-case letters, digits, - and _ (at most 63)")
    return value


def _web_address(value: str) -> str:
    if not re.fullmatch(r"https?://[^\s/]+(/\S*)?", value):
        raise ValueError("use an address that starts with http:// or https://")
    return value


def _share_or_count(value: str | int) -> str | int:
    if isinstance(value, int) and value < 1:
        raise ValueError('use a count of at least 1, or a share like "5%"')
    if isinstance(value, str) and not re.fullmatch(r"\d{1,3}(\.\d+)?\s?%", value):
        raise ValueError('use a share like "5%", or a whole number')
    return value


def _constants(value: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    override(shipped(), value)
    return value


def _outlet_word(value: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,62}", value):
        raise ValueError("use lower-case letters, digits and _, starting with a letter")
    return value


def _hour(value: str) -> str:
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
        raise ValueError('use an hour like "23:00"')
    return value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        near = get_close_matches(value, available_timezones(), n=1)
        hint = f"did you mean {near[0]!r}?" if near else 'use a name like "Europe/Kyiv"'
        raise ValueError(f"{value!r} is no time zone; {hint}") from error
    return value


def _outlets(value: list[str] | str | None) -> list[str] | str | None:
    if isinstance(value, str) and value != "all":
        raise ValueError(f'use a list of names, like ["{value}"], or "all"')
    return value


Name = Annotated[str, AfterValidator(_word)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
Hour = Annotated[str, AfterValidator(_hour)]
Zone = Annotated[str, AfterValidator(_zone)]
SecretAddress = Annotated[str, AfterValidator(lambda value: value if "${" in value else _web_address(value))]
Span = Annotated[float, BeforeValidator(read_span)]


class Table(BaseModel):
    """A table of the file: unknown keys are refused, values are what they say they are."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class OutletTable(Table):
    """An [[outlet]]: a person's own feed, watched like the shipped ones, without code."""

    name: Annotated[str, AfterValidator(_outlet_word)]
    title: str = ""
    language: str = "en"
    country: str = ""
    family: str = ""
    feeds: list[WebAddress] = []
    sitemaps: list[WebAddress] = []
    fetch: Literal["all", "relevant"] = "relevant"
    use: Literal["text", "headline"] = "text"
    tier: int = Field(default=3, ge=1, le=3)
    allow_private: bool = False
    delay: float = Field(default=1.0, ge=0, le=3600)

    @model_validator(mode="after")
    def _has_something_to_read(self) -> OutletTable:
        if not self.feeds and not self.sitemaps:
            raise ValueError("name at least one address in feeds or sitemaps")
        return self


DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LEAST_AWAKE = 60
"""Minutes of a day: the job must find one of its runs in them."""


class QuietHours(Table):
    """When a notable alert waits until the morning; an urgent one never does. "23:00" to "07:00", local time."""

    start: Hour
    end: Hour
    days: list[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]] | None = Field(default=None, min_length=1)
    timezone: Zone | None = None

    @model_validator(mode="after")
    def _leave_time_to_tell(self) -> QuietHours:
        start, end = (int(hour[:2]) * 60 + int(hour[3:]) for hour in (self.start, self.end))
        if start == end:
            raise ValueError(f"start and end are both {self.start}: from when to when is it quiet?")
        if (start - end) % (24 * 60) < LEAST_AWAKE:
            raise ValueError("leave at least an hour of the day in which an alert may come")
        return self

    def quiet(self) -> Quiet:
        zone = ZoneInfo(self.timezone) if self.timezone else None
        return Quiet(time.fromisoformat(self.start), time.fromisoformat(self.end), frozenset(map(DAYS.index, self.days or DAYS)), zone)


class BudgetsTable(Table):
    """How many notable alerts a channel is told at once; the rest comes with the digest. 0 = any number."""

    day: int = Field(default=Budgets.day, ge=0)
    series_hours: int = Field(default=Budgets.series_hours, ge=0)
    event: int = Field(default=Budgets.event, ge=0)


class ChannelTable(Table):
    """A [[channel]]: one Apprise URL, and what it wants to be told. Its secrets may stand elsewhere (see `places.SECRET`)."""

    name: Name
    url: str = Field(min_length=3)
    severities: list[Literal["urgent", "notable", "routine", "ops"]] = ["urgent", "notable"]
    monitors: list[str] = []
    parties: list[str] = []
    languages: list[str] = []
    quiet_hours: QuietHours | None = None

    def channel(self, config: Path | None) -> Channel:
        """The channel, with the secrets of its URL in place."""
        return Channel(
            self.name, fill(self.url, config), frozenset(map(Severity, self.severities)), frozenset(self.monitors),
            frozenset(self.parties), frozenset(self.languages), self.quiet_hours.quiet() if self.quiet_hours else None)


class MonitorTable(Table):
    """A [[monitor]]: something of a person's own to be watched."""

    name: Name
    title: str = ""
    metric: str = Field(min_length=1)
    words: dict[str, list[str]] = {}
    parties: list[str] = []
    groups: list[str] = []
    scopes: list[Literal["cumulative", "period", "event", "rate"]] = []
    floor: int = Field(default=0, ge=0)
    change: Annotated[str | int, AfterValidator(_share_or_count)] = 1
    urgent: bool = False
    channels: list[str] = []
    constants: Annotated[dict[str, dict[str, int | float | list[int]]], AfterValidator(_constants)] = {}

    def monitor(self) -> Monitor:
        words = {language: tuple(phrases) for language, phrases in self.words.items()}
        share = float(self.change.rstrip(" %")) / 100 if isinstance(self.change, str) else float(self.change)
        groups = () if "all" in self.groups else tuple(self.groups)
        return Monitor(
            name=self.name, title=self.title or self.name, metrics=(self.metric,), words=words,
            parties=tuple(self.parties), groups=groups,
            scopes=tuple(self.scopes), floor=self.floor, change=share, urgent=self.urgent, channels=tuple(self.channels),
            constants=self.constants, headline_words=words)


class LimitsTable(Table):
    """How long things may take, in seconds: "90s", "10m" or "2h"."""

    run: Span = 240.0
    """A run collects for so long; then it decides and delivers what it has."""
    outlet: Span = 180.0
    """One outlet's share of it: a slow one does not hold up what the others have to tell."""
    channel: Span = 60.0
    """A channel is sent to for so long; what it has not taken by then waits for the next run."""


class LogTable(Table):
    """The log of runs: a line for each event."""

    file: str = ""
    """From where the configuration lies; absent = beside a SQLite database."""
    json_lines: bool = Field(default=False, alias="json")


class EvidenceTable(Table):
    """Pages with figures, kept as they were received."""

    enabled: bool = True
    folder: str = ""
    """From where the configuration lies; absent = beside a SQLite database, else in the user's data directory."""
    keep_days: int = Field(default=90, ge=1)
    """Copies of pages that are behind no alert; the others are kept for ever."""


class ClusterTable(Table):
    """How often each outlet is asked where several machines share the work; under cron the crontab says it."""

    cadence: Span = 900.0
    cadences: dict[str, Span] = {}
    """Of single outlets, where it is another."""


class Configuration(Table):
    """What a person set, with defaults for the rest. Paths are relative to the file."""

    path: Path | None = None
    database: str = ""
    contact: str | None = None
    outlets: Annotated[list[str] | str | None, AfterValidator(_outlets)] = None
    heartbeat: SecretAddress | None = None
    report: WebAddress | None = None
    timezone: Zone | None = None
    digest: Hour = f"{DIGEST_AT:%H:%M}"
    quiet_hours: QuietHours | None = None
    budgets: BudgetsTable = BudgetsTable()
    limits: LimitsTable = LimitsTable()
    log: LogTable = LogTable()
    evidence: EvidenceTable = EvidenceTable()
    cluster: ClusterTable = ClusterTable()
    outlet: list[OutletTable] = []
    channel: list[ChannelTable] = []
    monitor: list[MonitorTable] = []

    @model_validator(mode="after")
    def _agrees_with_itself(self, info: Any) -> Configuration:
        environ = (info.context or {}).get("environ", os.environ)
        for kind, tables in (("outlet", self.outlet), ("channel", self.channel), ("monitor", self.monitor)):
            _once_each(kind, tables)
        metrics: dict[str, str] = {}
        for number, monitor in enumerate(self.monitor):
            if monitor.words and metrics.setdefault(monitor.metric, monitor.name) != monitor.name:
                taken = f"the monitor {metrics[monitor.metric]!r} has words for this metric already; give this one a metric of its own"
                raise _Misplaced(("monitor", number, "metric"), taken)
        channels = {channel.name for channel in self.channel}
        for number, monitor in enumerate(self.monitor):
            if unknown := [name for name in monitor.channels if name not in channels]:
                raise _Misplaced(("monitor", number, "channels"), f"no [[channel]] is called {unknown[0]!r}")
        for place, text in self._with_secrets():
            try:
                secrets_in(text, self.path, environ)
            except NoSecret as error:
                raise _Misplaced(place, str(error)) from error
        for number, channel in enumerate(self.channel):
            if channel.name == TERMINAL:
                raise _Misplaced(("channel", number, "name"), f"{TERMINAL!r} is where alerts go without a channel; use another name")
        return self

    @property
    def database_url(self) -> str:
        """The SQLAlchemy URL of the history; a SQLite path is taken from where the file lies."""
        return database_url(fill(self.database, self.path), self.path)

    @property
    def heartbeat_url(self) -> str | None:
        return fill(self.heartbeat, self.path) if self.heartbeat else None

    @property
    def log_file(self) -> Path | None:
        """Where runs are logged; None where nobody said so and no file of a history lies anywhere."""
        if self.log.file:
            return (self.path.resolve().parent if self.path else Path()) / Path(self.log.file).expanduser()
        database = database_file(self.database_url)
        return database and database.with_suffix(".log")

    @property
    def evidence_folder(self) -> Path | None:
        """Where pages are archived; None where they are not, and for a history in memory."""
        if not self.evidence.enabled:
            return None
        return self.archive_folder

    @property
    def archive_folder(self) -> Path | None:
        """Where pages were archived, whether they still are or not; None for a history in memory."""
        if self.evidence.folder:
            return (self.path.resolve().parent if self.path else Path()) / Path(self.evidence.folder).expanduser()
        if self.database_url.startswith("postgresql"):
            return DATA_DIRECTORY.expanduser() / EVIDENCE
        database = database_file(self.database_url)
        return database and database.parent / EVIDENCE

    @property
    def secrets(self) -> tuple[str, ...]:
        """Everything in this configuration that nobody else may read: the longest first."""
        texts = [text for _, text in self._with_secrets()]
        found = {secret for text in texts for secret in secrets_in(text, self.path)}
        for number, url in enumerate(fill(text, self.path) for text in texts):
            login, at, place = url.partition("://")[2].partition("@")
            found |= {login.partition(":")[2]} if at else set()
            host, _, path = (place if at else login).partition("/")
            name = re.sub(r":\d{1,5}$", "", host)
            tokens = [*re.split(r"[/?&=#]+", path), "" if "." in name else name]  # tgram:// has its token where others have a host
            found |= {token for token in tokens if number and len(token) >= TOKEN_LENGTH}  # a database's path is none
        return tuple(sorted((secret for secret in found if len(secret) >= SECRET_LENGTH), key=len, reverse=True))

    def _with_secrets(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """The values that may hold or name a secret, with their keys."""
        yield ("database",), self.database
        yield ("heartbeat",), self.heartbeat or ""
        yield from ((("channel", number, "url"), channel.url) for number, channel in enumerate(self.channel))

    def where(self, *place: str | int) -> str:
        """File and line of a key, for an error found later: where("channel", 0, "url")."""
        if self.path is None:
            return "the configuration"
        return f"{self.path}:{find_line(self.path.read_text(encoding='utf-8'), place)}"

    @property
    def zone(self) -> tzinfo:
        """The time zone of digests and quiet hours: the configured one, else the machine's."""
        return ZoneInfo(self.timezone) if self.timezone is not None else local_zone()

    @property
    def hours(self) -> Hours:
        """When the digest comes, and when it is quiet."""
        return Hours(self.zone, time.fromisoformat(self.digest), self.quiet_hours.quiet() if self.quiet_hours else None)

    @property
    def alert_budgets(self) -> Budgets:
        return Budgets(self.budgets.day, self.budgets.series_hours, self.budgets.event)

    @property
    def channels(self) -> tuple[Channel, ...]:
        return tuple(table.channel(self.path) for table in self.channel)

    @property
    def monitors(self) -> tuple[Monitor, ...]:
        return tuple(table.monitor() for table in self.monitor)


def local_zone(environ: Mapping[str, str] = os.environ, link: Path = Path("/etc/localtime")) -> tzinfo:
    """The machine's time zone by its name, so that it knows of summer time; its offset of today where no name is to be found."""
    named = environ.get("TZ", "").removeprefix(":") or str(link.resolve()).partition("zoneinfo/")[2]
    try:
        return ZoneInfo(named)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return datetime.now().astimezone().tzinfo or ZoneInfo("UTC")


class _Misplaced(ValueError):
    """A value that fits its key but not the rest of the file; `place` says which key."""

    def __init__(self, place: Sequence[str | int], message: str) -> None:
        super().__init__(message)
        self.place = tuple(place)


def _once_each(kind: str, tables: Sequence[Any]) -> None:
    seen: set[str] = set()
    for number, table in enumerate(tables):
        if table.name in seen:
            raise _Misplaced((kind, number, "name"), f"another [[{kind}]] is called {table.name!r} already")
        seen.add(table.name)


def _say(path: Path, text: str, problems: Sequence[Any]) -> Iterator[str]:
    """One line for each key that is wrong: the file, the line, the key, what is wrong and what is allowed."""
    by_place: dict[tuple[str | int, ...], list[str]] = {}
    for problem in problems:
        place, message = _explain(problem)
        by_place.setdefault(place, []).append(message)
    for place, messages in by_place.items():
        key = ".".join(part for part in place if isinstance(part, str)) or "the file"
        line = find_line(text, place)
        yield f"{path}:{line}:{_find_column(text, line, place)}: {key}: {' or '.join(messages)}"


def _find_column(text: str, line: int, place: Sequence[str | int]) -> int:
    """Where in its line a key begins, counted from 1."""
    content = (text.splitlines() or [""])[line - 1]
    key = next((part for part in reversed(place) if isinstance(part, str)), "")
    found = re.search(rf"""(?<![\w-])["']?{re.escape(key)}(?![\w-])""", content)
    return 1 + (found.start() if found else len(content) - len(content.lstrip()))


def _explain(problem: Any) -> tuple[tuple[str | int, ...], str]:
    """Where a problem lies, as far as a person names it (table, number, key), and what it is."""
    place = tuple(problem["loc"])
    in_table = place[:1] and place[0] in TABLES
    place = place[: (3 if isinstance(place[1], int) else 2) if in_table and len(place) > 1 else 1]
    cause = problem.get("ctx", {}).get("error")
    if isinstance(cause, _Misplaced):
        return cause.place, str(cause)
    match problem["type"]:
        case "extra_forbidden":
            fields = TABLES.get(str(place[0]) if len(place) > 1 else "", Configuration).model_fields
            known = [field.alias or name for name, field in fields.items() if name != "path"]
            near = get_close_matches(str(place[-1]), known, n=1, cutoff=0.5)
            hint = f"did you mean {near[0]}?" if near else f"it knows {', '.join(known)}"
            return place, f"is not a key that Tallywatch knows; {hint}"
        case "missing":
            return place, "is missing"
        case "value_error":
            return place, str(cause)
        case _:
            message = str(problem["msg"]).removeprefix("Input ")
            # What was written there may hold a password, and this line is mailed.
            secret = place and (place[-1] in SECRET_KEYS or "://" in repr(problem["input"]))
            return place, message if secret else f"{message}, not {problem['input']!r}"


SECRET_KEYS = ("url", "database", "heartbeat")
TABLES: dict[str, type[Table]] = {"outlet": OutletTable, "channel": ChannelTable, "monitor": MonitorTable, "quiet_hours": QuietHours,
                                 "budgets": BudgetsTable, "limits": LimitsTable, "log": LogTable,
                                 "evidence": EvidenceTable}


def find_line(text: str, place: Sequence[str | int]) -> int:
    """The line of a TOML text on which a key stands: ("channel", 1, "url") is `url` in the second [[channel]]; 1 when it is not found."""
    names = [part for part in place if isinstance(part, str)]
    number = next((part for part in place if isinstance(part, int)), 0)
    table, key = (names[0], names[1] if len(names) > 1 else None) if len(place) > 1 else (None, names[0] if names else None)
    start = 1
    for line, header, count, content in _walk(text):
        opens = header is not None and content.startswith("[")
        inside = header == table and (count == number or table is None)
        if inside and opens:
            start = line
        if (inside and key is not None and _sets(content, key)) or (table is None and opens and header == key):
            return line
        if table is not None and header is None and _sets(content, table):  # limits = { run = "5m" }
            start = line
    return start


def _sets(content: str, key: str) -> bool:
    return re.match(rf"""["']?{re.escape(key)}["']?\s*[.=]""", content) is not None


def _walk(text: str) -> Iterator[tuple[int, str | None, int, str]]:
    """(line number, table it is in, which table of that name, its content) of each line."""
    header: str | None = None
    counts: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        content = line.strip()
        if found := re.match(r"\[\[?\s*([\w-]+)[\w.\s-]*\]\]?", content):
            header = found[1]
            counts[header] = counts.get(header, -1) + 1
        yield number, header, counts.get(header, 0) if header else 0, content
