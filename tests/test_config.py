"""tallywatch.toml -> configuration, or an error naming file, line and key."""

from __future__ import annotations

import re
from datetime import time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from monitors.alerts.budgets import Budgets
from monitors.alerts.routing import Hours
from monitors.choice import check_wants, make_policy
from monitors.config import EXAMPLE, ConfigError, local_zone, read_config
from monitors.model import QuietHours, Severity


@pytest.fixture
def write(tmp_path):
    def write_file(text: str) -> Path:
        file = tmp_path / "tallywatch.toml"
        file.write_text(text, encoding="utf-8")
        return file

    return write_file


WRONG = {
    "unknown key": ('contact = "me@example.org"\nzeal = "much"\n', 2, "zeal: is not a key that Tallywatch knows; it knows database"),
    "a slip of the pen": ('contakt = "me@example.org"\n', 1, "contakt: is not a key that Tallywatch knows; did you mean contact?"),
    "a slip in a table's name": (
        'contact = "x"\n[[chanel]]\nname = "a"\n',
        2,
        "chanel: is not a key that Tallywatch knows; did you mean channel?",
    ),
    "a slip in a table's key": ("\n[limits]\nruns = '4m'\n", 3, "limits.runs: is not a key that Tallywatch knows; did you mean run?"),
    "a slip in a line's table": ("limits = { runn = '4m' }\n", 1, "limits.runn: is not a key that Tallywatch knows; did you mean run?"),
    "a span that is none": ("[limits]\nrun = 240\n", 2, 'limits.run: use a time span like "90s", "10m" or "2h"'),
    "a secret's file that is not there": ('heartbeat = "${file:no/such}"\n', 1, "heartbeat: no/such: the secret cannot be read: No such"),
    "unknown key of a channel": (
        '[[channel]]\nname = "a"\nurl = "json://x"\n\n[[channel]]\nname = "b"\nurl = "json://y"\ncolour = 1\n',
        8,
        "channel.colour: is not a key",
    ),
    "missing key": ('[[channel]]\nname = "a"\n', 1, "channel.url: is missing"),
    "wrong type": ("\n\ncontact = 5\n", 3, "contact: should be a valid string, not 5"),
    "a list that is none": ('outlets = "some"\n', 1, "outlets: use a list of names, like [\"some\"], or \"all\""),
    "a name with spaces": ('[[outlet]]\nname = "My Feed"\nfeeds = ["https://example.org/rss"]\n', 2, "outlet.name: use lower-case letters"),
    "a feed that is no address": (
        '[[outlet]]\nname = "a"\nfeeds = ["example.org/rss"]\n',
        3,
        "outlet.feeds: use an address that starts with http",
    ),
    "an outlet without feeds": ('[[outlet]]\nname = "a"\n', 1, "outlet: name at least one address in feeds or sitemaps"),
    "the same name twice": (
        '[[channel]]\nname = "a"\nurl = "json://x"\n[[channel]]\nname = "a"\nurl = "json://y"\n',
        5,
        "is called 'a' already",
    ),
    "a severity of one's own": ('[[channel]]\nname = "a"\nurl = "json://x"\nseverities = ["loud"]\n', 4, "channel.severities: "),
    "an unset variable": ('[[channel]]\nname = "a"\nurl = "mailto://u:${NO_SUCH}@x.org"\n', 3, "the environment has no NO_SUCH"),
    "a zone of Mars": ('timezone = "Mars/Olympus"\n', 1, "timezone: 'Mars/Olympus' is no time zone"),
    "a share that is none": ('[[monitor]]\nname = "m"\nmetric = "cases"\nchange = "some"\n', 4, 'monitor.change: use a share like "5%"'),
    "quiet hours without an end": ('quiet_hours = { start = "07:00", end = "07:00" }\n', 1, "quiet_hours: start and end are both 07:00"),
    "quiet hours without a pause": ('quiet_hours = { start = "07:00", end = "06:30" }\n', 1, "leave at least an hour of the day"),
    "quiet hours of a channel": (
        '[[channel]]\nname = "a"\nurl = "json://x"\nquiet_hours = { start = "1:00", end = "2:00" }\n', 4, "channel.quiet_hours: use an hour"
    ),
    "a day of another language": ('[quiet_hours]\nstart = "23:00"\nend = "07:00"\ndays = ["lun"]\n', 4, "quiet_hours.days: "),
    "a digest at noon": ('digest = "noon"\n', 1, 'digest: use an hour like "23:00"'),
    "a budget of less than none": ("[budgets]\nday = -1\n", 2, "budgets.day: "),
    "evidence kept for no time": ("[evidence]\nkeep_days = 0\n", 2, "evidence.keep_days: "),
    "a key of the evidence that is nearly one": ('evidence = { folders = "x" }\n', 1, "did you mean folder?"),
    "a zone that is nearly one": ('timezone = "Europe/Kyjiw"\n', 1, "did you mean 'Europe/Kyiv'?"),
    "a channel nobody has": (
        '[[monitor]]\nname = "m"\nmetric = "cases"\nchannels = ["desk"]\n',
        4,
        "monitor.channels: no [[channel]] is called 'desk'",
    ),
    "a name that is taken": ('[[channel]]\nname = "terminal"\nurl = "json://x"\n', 2, "channel.name: 'terminal' is where alerts go"),
}


@pytest.mark.parametrize(("text", "line", "says"), WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_is_named_with_file_line_and_key(write, text, line, says):
    file = write(text)
    with pytest.raises(ConfigError) as raised:
        read_config(file, {})
    assert str(raised.value).startswith(f"{file}:{line}:")
    assert says in str(raised.value)


def test_all_that_is_wrong_is_named_at_once(write):
    file = write("contact = 1\nheartbeat = 2\n")
    with pytest.raises(ConfigError) as raised:
        read_config(file)
    assert len(str(raised.value).splitlines()) == 2


def test_a_file_that_is_not_toml_is_named_with_its_line(write):
    with pytest.raises(ConfigError, match=r"is not TOML: .*line 2"):
        read_config(write('contact = "a"\noutlets: all\n'))


def test_without_a_file_the_defaults_hold_and_the_history_lies_in_the_home_directory(home, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    config = read_config(None, {})
    assert config.outlets is None
    assert config.channels == ()
    assert config.database_url == f"sqlite:///{home}/.local/share/tallywatch/tallywatch.db"


def test_the_history_lies_at_the_same_place_for_cron_and_shell(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    before = read_config(None, {}).database_url
    monkeypatch.setenv("XDG_DATA_HOME", "/elsewhere")
    assert read_config(None, {}).database_url == before


def test_the_file_is_found_by_the_variable_then_here_then_at_home(home, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    at_home = home / ".config/tallywatch/tallywatch.toml"
    at_home.parent.mkdir(parents=True)
    at_home.write_text('contact = "home"\n')
    assert read_config(None, {}).contact == "home"
    (tmp_path / "tallywatch.toml").write_text('contact = "here"\n')
    assert read_config(None, {}).contact == "here"
    (tmp_path / "named.toml").write_text('contact = "named"\n')
    assert read_config(None, {"TALLYWATCH_CONFIG": str(tmp_path / "named.toml")}).contact == "named"


def test_a_secret_that_is_of_the_wrong_type_is_not_repeated(write):
    with pytest.raises(ConfigError) as raised:
        read_config(write('[[channel]]\nname = "a"\nurl = ["mailtos://me:hunter2@example.org"]\n'))
    assert "hunter2" not in str(raised.value)


def test_two_monitors_cannot_have_words_for_one_metric(write):
    text = '[[monitor]]\nname = "{0}"\nmetric = "cases"\nwords.en = ["{0} case"]\n'
    with pytest.raises(ConfigError, match=r":7:1: monitor\.metric: the monitor 'measles' has words for this metric already"):
        read_config(write(text.format("measles") + text.format("cholera")))


def test_the_machines_own_zone_knows_of_summer_time(tmp_path):
    zoneinfo = tmp_path / "zoneinfo/Europe"
    zoneinfo.mkdir(parents=True)
    (zoneinfo / "Kyiv").touch()
    (tmp_path / "localtime").symlink_to(zoneinfo / "Kyiv")
    assert local_zone({}, tmp_path / "localtime") == ZoneInfo("Europe/Kyiv")
    assert local_zone({"TZ": "America/New_York"}) == ZoneInfo("America/New_York")
    assert local_zone({"TZ": "nowhere"}, tmp_path).utcoffset(None) is not None


def test_a_database_path_is_taken_from_where_the_file_lies(write, tmp_path):
    assert read_config(write('database = "sqlite:///figures/tally.db"\n')).database_url == f"sqlite:///{tmp_path}/figures/tally.db"
    assert read_config(write('database = "sqlite:////srv/tally.db"\n')).database_url == "sqlite:////srv/tally.db"
    assert read_config(write('database = "postgresql+psycopg://desk@host/tally"\n')).database_url == "postgresql+psycopg://desk@host/tally"


def test_pages_are_archived_beside_the_database_unless_the_file_says_where_or_that_they_are_not(write, tmp_path, home):
    beside, server = 'database = "sqlite:///figures/tally.db"\n', 'database = "postgresql+psycopg://desk@host/tally"\n'
    assert read_config(write(beside)).evidence_folder == tmp_path / "figures/evidence"
    assert read_config(write(server)).evidence_folder == home / ".local/share/tallywatch/evidence"
    assert read_config(write(f'{server}[evidence]\nfolder = "proofs"\n')).evidence_folder == tmp_path / "proofs"
    assert read_config(write('database = "sqlite://"\n')).evidence_folder is None
    off = read_config(write(f"{beside}[evidence]\nenabled = false\n"))
    assert (off.evidence_folder, off.archive_folder) == (None, tmp_path / "figures/evidence")


def test_a_monitor_of_ones_own_becomes_one_like_those_shipped(write):
    file = write('[[monitor]]\nname = "measles"\nmetric = "cases"\nwords.en = ["measles case"]\ngroups = ["all"]\nchange = "5%"\n')
    monitor = read_config(file).monitors[0]
    assert (monitor.metrics, monitor.words, monitor.groups, monitor.change) == (("cases",), {"en": ("measles case",)}, (), 0.05)


def test_a_channels_secret_is_read_from_the_environment(write, monkeypatch):
    monkeypatch.setenv("HOOK", "s3cret")
    channel = read_config(write('[[channel]]\nname = "a"\nurl = "json://x/${HOOK}"\n')).channels[0]
    assert channel.url == "json://x/s3cret"
    assert channel.severities == {Severity.URGENT, Severity.NOTABLE}


def test_a_wrong_key_is_named_with_its_column(write):
    file = write('contact = "me@example.org"\n  limits = { run = "4m", outlets = "3m" }\n')
    with pytest.raises(ConfigError, match=r"tallywatch\.toml:2:26: limits\.outlets: .* did you mean outlet\?"):
        read_config(file)


def test_a_secret_is_read_from_a_file_beside_the_configuration(write, tmp_path):
    (tmp_path / "mail").write_text("s3cret\n")
    config = read_config(write('heartbeat = "https://x.org/${file:mail}"\n[[channel]]\nname = "a"\nurl = "json://x/${file:./mail}"\n'))
    assert config.channels[0].url == "json://x/s3cret"
    assert config.heartbeat_url == "https://x.org/s3cret"
    assert config.secrets == ("s3cret",)


def test_what_is_secret_is_known_wherever_it_stands(write):
    config = read_config(write(
        'database = "postgresql+psycopg://me:dbpassword@host/tally"\nheartbeat = "https://hc.example.org/0123456789ab-cdef"\n'
        '[[channel]]\nname = "a"\nurl = "mailtos://me:hunter2@example.org?to=you@example.org"\n'
        '[[channel]]\nname = "b"\nurl = "tgram://123456789:abcdefghij/42"\n'))  # fmt: skip
    assert {"dbpassword", "hunter2", "0123456789ab-cdef", "123456789:abcdefghij"} <= {*config.secrets}
    assert not {"example.org", "hc.example.org", "host", "tally"} & {*config.secrets}


def test_a_secret_in_the_wrong_place_is_not_repeated(write):
    with pytest.raises(ConfigError) as raised:
        read_config(write('channel = "mailtos://me:hunter2@example.org"\n'))
    assert "hunter2" not in str(raised.value)


def test_the_log_lies_beside_the_history_or_where_the_file_says(write, tmp_path):
    assert read_config(write('database = "sqlite:///figures/tally.db"\n')).log_file == tmp_path / "figures/tally.log"
    assert read_config(write('[log]\nfile = "logs/runs.log"\njson = true\n')).log_file == tmp_path / "logs/runs.log"
    assert read_config(write('database = "postgresql+psycopg://desk@host/tally"\n')).log_file is None


def test_the_shipped_example_is_right_as_it_is_and_with_every_example_switched_on(write):
    text = EXAMPLE.read_text(encoding="utf-8")
    assert read_config(write(text)).contact is None
    switched_on = re.sub(r"^# (?=[\w.]+ = |\[\[)", "", text, flags=re.MULTILINE)
    config = read_config(write(switched_on), {"MAIL_PASSWORD": "x"})
    assert config.contact == "desk@example.org"
    assert config.zone == ZoneInfo("Europe/Kyiv")
    assert [table.name for table in (*config.outlet, *config.channel, *config.monitor)] == ["example_daily", "mail", "measles"]


def test_what_a_channel_asks_for_and_when_becomes_part_of_it(write):
    file = write('''timezone = "Europe/Kyiv"
digest = "18:30"
quiet_hours = { start = "23:00", end = "07:00", days = ["fri", "sat"] }
[budgets]
day = 3
[[channel]]
name = "a"
url = "json://x"
monitors = ["tolls"]
parties = ["ukraine"]
languages = ["uk"]
quiet_hours = { start = "20:00", end = "08:00", timezone = "America/New_York" }
''')
    config = read_config(file)
    (channel,) = config.channels
    assert (channel.monitors, channel.parties, channel.languages) == ({"tolls"}, {"ukraine"}, {"uk"})
    assert channel.quiet == QuietHours(time(20), time(8), timezone=ZoneInfo("America/New_York"))
    assert config.hours == Hours(ZoneInfo("Europe/Kyiv"), time(18, 30), QuietHours(time(23), time(7), frozenset({4, 5})))
    assert config.alert_budgets == Budgets(day=3, series_hours=6, event=10)
    check_wants(config)


@pytest.mark.parametrize(
    ("wants", "says"),
    [
        ('parties = ["ukrain"]', "channel.parties: nothing is called 'ukrain'; did you mean ukraine"),
        ('monitors = ["warlosses"]', "channel.monitors: nothing is called 'warlosses'; did you mean war_losses"),
        ('languages = ["english"]', "channel.languages: nothing is called 'english'; there is "),
    ],
)
def test_a_channel_that_asks_for_what_nothing_is_called_is_refused_with_the_nearest_name(write, wants, says):
    file = write(f'[[channel]]\nname = "a"\nurl = "json://x"\n{wants}\n')
    with pytest.raises(ConfigError) as raised:
        make_policy(read_config(file))
    assert str(raised.value).startswith(f"{file}:4: {says}")


def test_a_channel_may_ask_for_a_monitor_and_a_party_of_ones_own(write):
    monitor = '[[monitor]]\nname = "measles"\nmetric = "cases"\nparties = ["texas"]\n'
    make_policy(read_config(write(f'{monitor}[[channel]]\nname = "a"\nurl = "json://x"\nmonitors = ["measles"]\nparties = ["texas"]\n')))
