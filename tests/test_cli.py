"""The commands a person and the measuring tools call."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from crawler.outlets import make_outlet
from monitors.cli import FIRST, tallywatch
from monitors.config import read_config
from monitors.history.queries import OutletState
from monitors.model import Blindness, Trouble
from monitors.places import ConfigError
from monitors.report.rows import outlet_rows
from monitors.report.tables import print_outlets
from monitors.rules.blindness import Feed
from tests.forks import run_apart

NOON = datetime(2026, 2, 5, 12, tzinfo=UTC)
TEXT = "At least 12 people were killed in the flood, officials said on Friday."


@pytest.fixture
def call(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str, stdin: str = "", status: int = 0) -> str:
        done = CliRunner().invoke(tallywatch, list(arguments), input=stdin)
        assert done.exit_code == status, (done.output, done.exception)
        return done.output

    return run


def lines(output: str) -> list[dict]:
    return [json.loads(line) for line in output.splitlines()]


def test_help_shows_what_a_person_needs_first_then_the_rest(call):
    output = call("--help")
    places = [output.index(f"\n  {name}") for name in (*FIRST, "extract", "parse", "replay", "upkeep")]
    assert places == sorted(places)
    assert output.index("More:") < output.index("\n  extract")


@pytest.mark.parametrize("name", sorted(tallywatch.commands))
def test_every_command_explains_itself_with_an_example(call, name):
    output = call(name, "--help")
    assert "Example" in output
    assert f"tallywatch {name}" in output


def test_extract_answers_every_line_with_its_figures(call):
    passages = [{"id": "a", "lang": "en", "published": "2026-02-06", "title": None, "text": TEXT}, {"id": "b", "text": "Nothing happened."}]
    answers = lines(call("extract", "--jsonl", stdin="\n".join(map(json.dumps, passages))))
    assert [answer["id"] for answer in answers] == ["a", "b"]
    claim = answers[0]["claims"][0]
    assert (claim["low"], claim["high"], claim["qualifier"], claim["metric"]) == (12, None, "at_least", "killed")
    assert "12" in TEXT[claim["start"] : claim["end"]]
    assert claim["in"] == "text"
    assert isinstance(claim["sure"], bool)
    assert answers[1]["claims"] == []


@pytest.mark.parametrize("bad", ["no json", '{"id": "x"}', '{"id": "x", "text": 5}', '{"id": "x", "text": "a", "published": "soon"}', "[]"])
def test_a_line_that_cannot_be_processed_is_answered_and_costs_no_other(call, bad):
    answers = lines(call("extract", "--jsonl", stdin=f'{bad}\n{{"id": "good", "text": "{TEXT}"}}\n', status=1))
    assert "error" in answers[0]
    assert answers[1]["id"] == "good"
    assert answers[1]["claims"]


def test_bytes_that_are_no_text_and_halves_of_letters_cost_no_other_line(tmp_path):
    lines_in = b'\xff\n{"id": "\\ud800", "text": "a"}\n{"id": "good", "text": "12 people were killed."}\n'
    done = subprocess.run([sys.executable, "-m", "monitors.cli", "extract", "--jsonl"], input=lines_in, capture_output=True, cwd=tmp_path)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 1
    assert "error" in answers[0]
    assert [answer["id"] for answer in answers[1:]] == ["\ud800", "good"]
    assert answers[2]["claims"]


@pytest.mark.parametrize("line", ["[1]", '{"at": "soon"}', '{"at": "2026-02-05T09:00:00Z", "article": {"text": 5}}', "no json"])
def test_a_script_that_cannot_be_played_is_named_in_one_line(call, tmp_path, line):
    (tmp_path / "script.jsonl").write_text(line + "\n")
    output = call("replay", "script.jsonl", "--jsonl", status=1)
    assert output.startswith("Error: script.jsonl")
    assert len(output.splitlines()) == 1


def test_a_text_in_a_language_nobody_reads_has_no_figures(call):
    assert lines(call("extract", "--jsonl", stdin='{"id": 1, "lang": "xx", "text": "12 killed"}')) == [{"id": 1, "claims": []}]


def test_extract_takes_a_first_line_without_a_full_stop_for_the_headline(call):
    claims = lines(call("extract", stdin=f"Flood kills 12\n\n{TEXT}"))
    assert [claim["in"] for claim in claims] == ["title", "text"]


def test_parse_reads_a_saved_page(call, tmp_path):
    page = tmp_path / "page.html"
    page.write_text(f"<html lang=en><title>Flood</title><article><h1>Flood</h1><p>{TEXT}</p><p>{'Rain fell for days. ' * 20}</p></article>")
    answer = json.loads(call("parse", str(page), "--url", "https://example.org/a"))
    assert answer["title"] == "Flood"
    assert TEXT in answer["text"]
    assert {
        "canonical_url",
        "alt_titles",
        "published",
        "modified",
        "language",
        "authors",
        "section",
        "core",
        "live",
        "free",
        "agreement",
        "entries",
    } <= answer.keys()
    answers = lines(
        call("parse", "--jsonl", stdin=f'{{"id": 1, "url": "", "path": "{page}"}}\n{{"id": 2, "path": "/no/such"}}\n', status=1)
    )
    assert answers[0]["title"] == "Flood"
    assert answers[1]["id"] == 2
    assert "error" in answers[1]


def test_init_writes_a_file_that_is_right_and_never_overwrites_one(call, tmp_path):
    output = call("init")
    assert "tallywatch check-config" in output
    assert read_config(tmp_path / "tallywatch.toml").path
    (tmp_path / "tallywatch.toml").write_text("# mine\n")
    call("init", status=1)
    assert (tmp_path / "tallywatch.toml").read_text() == "# mine\n"


def test_check_config_says_what_follows_from_the_file(call, tmp_path):
    (tmp_path / "tallywatch.toml").write_text('outlets = ["bbc"]\n[[channel]]\nname = "desk"\nurl = "json://127.0.0.1:9/hook"\n')
    output = call("check-config")
    assert "bbc" in output
    assert "desk" in output


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ('[[channel]]\nname = "a"\nurl = "nosuch://x"\n', 3, "Apprise does not take this nosuch:// URL"),
        ('[[outlet]]\nname = "a"\nfeeds = ["http://127.0.0.1/rss"]\n', 3, "a private address is asked only with allow_private = true"),
        ('[[outlet]]\nname = "a"\nfeeds = ["https://x:70000/rss"]\n', 3, "it is not a URL"),
        ('[[monitor]]\nname = "m"\nmetric = "casez"\n', 3, "no text has words for 'casez': give it words.en = […], or take one of bodies"),
        ('[[monitor]]\nname = "m"\nmetric = "cases"\nwords.xx = ["caze"]\n', 4, "no figures are read in 'xx'"),
    ],
)  # fmt: skip
def test_check_config_names_what_cannot_work_though_every_key_fits(tmp_path, text, line, says):
    (tmp_path / "tallywatch.toml").write_text(text)
    done = CliRunner().invoke(tallywatch, ["check-config", "--config", str(tmp_path / "tallywatch.toml")])
    assert isinstance(done.exception, ConfigError), done.output
    assert str(done.exception).startswith(f"{tmp_path}/tallywatch.toml:{line}: ")
    assert says in str(done.exception)


def test_a_wrong_configuration_is_one_line_and_status_2(tmp_path):
    (tmp_path / "tallywatch.toml").write_text('outlets = ["bbbc"]\n')
    done = run_apart("monitors.cli:main", ["run"], cwd=tmp_path)
    assert done.returncode == 2
    place = f"{tmp_path}/tallywatch.toml:1: outlets: "
    assert done.stderr == f"tallywatch: {place}no outlet is called 'bbbc'; did you mean bbc? (tallywatch outlets lists them)\n"


def test_no_outlet_at_all_is_an_error_of_the_configuration(tmp_path):
    (tmp_path / "tallywatch.toml").write_text("outlets = []\n")
    done = run_apart("monitors.cli:main", ["run"], cwd=tmp_path)
    assert done.returncode == 2
    assert "no outlet is left to watch" in done.stderr


def test_a_bad_channel_url_is_named_with_its_line(tmp_path):
    (tmp_path / "tallywatch.toml").write_text('[[channel]]\nname = "desk"\nurl = "nonsense://x"\n')
    done = run_apart("monitors.cli:main", ["check-config"], cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith(f"tallywatch: {tmp_path}/tallywatch.toml:3: ")


def test_check_config_keeps_the_databases_password_to_itself(call, tmp_path):
    (tmp_path / "tallywatch.toml").write_text('database = "postgresql+psycopg://desk:s3cretpw@db.example/tally"\n')
    assert "s3cretpw" not in call("check-config")


def test_reading_commands_work_on_an_empty_history(call):
    assert "history is empty" in call("history")
    assert "No alert yet" in call("alerts")
    assert "none yet" in call("status")
    assert "never collected" in call("outlets")


def test_extract_starts_within_half_a_second_of_cpu(tmp_path):
    script = (
        "import resource, subprocess, sys\n"
        "command = [sys.executable, '-m', 'monitors.cli', 'extract', '--jsonl']\n"
        "subprocess.run(command, input=b'{\"text\": \"12 people were killed.\"}', check=True)\n"
        "used = resource.getrusage(resource.RUSAGE_CHILDREN)\nprint(used.ru_utime + used.ru_stime)"
    )
    compiled = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}  # as cron runs it the second time
    compiled["PYTHONPYCACHEPREFIX"] = str(tmp_path)
    used = []
    for _ in range(4):
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=tmp_path, env=compiled, check=True)
        used.append(float(done.stdout.splitlines()[-1]))
    assert min(used[1:]) < 0.5


def test_the_outlets_fit_a_hundred_columns_whatever_they_are_called_and_however_they_do(tmp_path, capsys):
    spider = make_outlet(
        name="a_newspaper_of_a_very_long_name", family="a_publisher_of_a_long_name", language="pt-BR",
        feeds=["https://feeds.a-newspaper-of-a-very-long-name.example.org/rss", "https://example.org/2"])  # fmt: skip
    frozen = Trouble(Blindness.FROZEN, spider.feeds[0], "its newest entry is of 2023", NOON - timedelta(days=1028), among=2)
    state = OutletState(spider.name, NOON, "ok", None, NOON, 0, (frozen,))
    feed = Feed(spider.feeds[0], spider.name, NOON, NOON, 30, newest=NOON, known_from=NOON - timedelta(days=2), seen=51)
    rows = outlet_rows([spider], [spider.name], [state], {spider.name: [feed]}, NOON)
    print_outlets(rows)
    printed = capsys.readouterr().out
    assert max(map(len, printed.splitlines())) <= 100
    assert "blind: frozen" in printed
    assert "a_newspaper_of_a_very_long_name is blind: one of its 2 feeds is frozen since 14 Apr 2023" in printed
    assert (rows[0]["per day"], rows[0]["state"]) == (25, "blind: one of its 2 feeds is frozen since 14 Apr 2023")
    assert [(one["url"], one["entries"]) for one in rows[0]["feeds"]] == [(spider.feeds[0], 30), (spider.feeds[1], None)]
