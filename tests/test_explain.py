"""`tallywatch explain`: figures shown in their place, with the words that said so, and every other number with its reason."""

from __future__ import annotations

import gzip
import io
import json
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.console import Console

from crawler.article import Article
from monitors.cli import tallywatch
from monitors.failure import Failure
from monitors.figures.claims import read_figures
from monitors.figures.lexicon import load_language
from monitors.model import Reading, Skipped
from monitors.newsroom.server import Newsroom
from monitors.report.explain import passed_over, show_explained, write_reading
from monitors.report.tables import console_for

ROOT = Path(__file__).parent.parent
FLOOD = "Officials said on Sunday that at least 12 people were killed in the flood of 2026."
BRIDGE = "The bridge is 155mm thick and was rebuilt for the price of 7 boats."
TEXT = f"Flood kills 12\n\n{FLOOD}\n{'Rain fell for days and the river rose. ' * 12}\n{BRIDGE}\n"
PAGE = (
    '<html lang="en"><head><title>Flood</title><meta property="article:published_time" content="2026-02-05T08:00:00Z"></head>'
    f"<body><article><h1>Flood</h1><p>{FLOOD}</p><p>{'Rain fell for days and the river rose. ' * 12}</p></article></body></html>"
)


def explain(*arguments: str, stdin: str = "", status: int = 0) -> str:
    done = CliRunner().invoke(tallywatch, ["explain", *arguments], input=stdin)
    assert done.exit_code == status, (done.output, done.exception)
    return done.output


def read(text: str, title: str = "") -> tuple[Article, Reading]:
    article = Article(outlet="", url="", title=title, text=text, core=text, published=date(2026, 2, 5), language="en")
    return article, read_figures(article, load_language("en"))


def shown(article: Article, reading: Reading, *, terminal: bool = False) -> str:
    out = io.StringIO()
    show_explained(article, reading, Console(file=out, force_terminal=True, width=100) if terminal else console_for(out))
    return out.getvalue()


def test_a_page_can_neither_steer_the_terminal_nor_turn_its_letters_round():
    article, reading = read(f"{FLOOD} \u202eToll\u2066 of \x1b[31m9\u2028 \ud800.", title="\u202e21 dead")
    lines = shown(article, reading)
    assert "«21» dead" in lines
    assert not set(lines) & set("\u202e\u2066\x1b\u2028\ud800")


def test_a_figure_stands_in_its_place_with_what_was_understood_and_which_words_said_so():
    lines = explain("-", "--published", "2026-02-05", stdin=TEXT).splitlines()
    at = next(n for n, line in enumerate(lines) if line.startswith("Officials"))
    assert lines[at] == FLOOD.replace("at least 12", "«at least 12»")
    assert lines[at + 1].startswith("    at least 12  at_least 12.., killed, ")
    assert "as of 2026-02-01" in lines[at + 1]
    assert "metric: killed <- “killed”" in lines[at + 1]


def test_every_number_that_is_no_figure_is_named_with_a_reason():
    output = explain("-", stdin=TEXT)
    assert "2026 (a year)" in output
    assert "155 (part of a word)" in output
    assert "7 (not looked at: part of a name, or far from any word for what is counted)" in output


def test_what_is_piped_holds_no_escape_codes_and_a_terminal_gets_colours_instead_of_marks():
    assert "\x1b" not in shown(*read(FLOOD))
    coloured = shown(*read(FLOOD), terminal=True)
    assert "\x1b[" in coloured
    assert "«" not in coloured


@pytest.mark.parametrize("terminal", [False, True])
def test_control_characters_of_a_text_reach_no_terminal(terminal):
    article, reading = read("Officials said 12 people\x1b]0;owned\x07 were killed\x9b31m by \x1b[2Jrain.", title="Flood\x1b[2J")
    output = shown(replace(article, url="https://example.org/\x1b[2J"), reading, terminal=terminal)
    assert not {"\x07", "\x9b"} & set(output)
    assert "\x1b[2J" not in output
    assert "\x1b]" not in output


def test_numbers_that_share_a_place_are_marked_once_and_both_explained():
    article, reading = read("Officials said 12 people were killed.")
    twice = Reading((*reading.claims, replace(reading.claims[0], metric="missing")), (Skipped("12", 15, 17, False, "an example"),))
    output = shown(article, twice)
    assert output.count("«12»") == 1
    assert "exact 12, killed" in output
    assert "exact 12, missing" in output
    assert "12 (an example)" in output


def test_a_figure_that_only_one_reading_of_the_page_holds_says_so():
    article, reading = read(f"{FLOOD}\nThe river rose.")
    assert "outside the core" not in shown(article, reading)
    assert "outside the core" in shown(replace(article, core="The river rose."), reading)


def test_the_text_is_shown_whole_and_offsets_of_json_lie_on_it():
    article, reading = read(f"{FLOOD}\n\n{BRIDGE}", title="Flood kills 12")
    answer = write_reading(article, reading)
    for one in (*answer["claims"], *answer["skipped"]):
        assert answer[one["in"]][one["start"] : one["end"]] == one.get("text", one.get("span"))
    assert shown(article, reading).replace("«", "").replace("»", "").count(FLOOD) == 1
    assert {one.why for one in passed_over(article, reading)} >= {one.why for one in reading.skipped}


def test_json_is_one_object_with_reasons():
    answer = json.loads(explain("-", "--json", "--published", "2026-02-05", stdin=TEXT))
    claim = next(claim for claim in answer["claims"] if claim["in"] == "text")
    assert (claim["low"], claim["metric"], claim["as_of"]) == (12, "killed", "2026-02-01")
    assert any(reason.startswith("metric: killed") for reason in claim["reasons"])
    assert answer["title"] == "Flood kills 12"
    assert {"text", "start", "end", "in", "why"} == answer["skipped"][0].keys()


@pytest.mark.parametrize("name", ["page.html", "page.html.gz", "page"])
def test_a_saved_page_is_read_as_a_page(tmp_path, name):
    file = tmp_path / name
    file.write_bytes(gzip.compress(PAGE.encode()) if name.endswith(".gz") else PAGE.encode())
    answer = json.loads(explain(str(file), "--json"))
    assert (answer["title"], answer["published"]) == ("Flood", "2026-02-05T08:00:00+00:00")
    assert answer["claims"][0]["as_of"] == "2026-02-01"


def test_the_metrics_of_a_persons_own_monitors_are_read_too(tmp_path):
    config = tmp_path / "tallywatch.toml"
    config.write_text('[[monitor]]\nname = "measles"\ntitle = "Measles"\nmetric = "cases"\nwords.en = ["measles cases"]\n')
    output = explain("-", "--config", str(config), stdin="Officials reported 120 measles cases in the county on Sunday.")
    assert "exact 120, cases" in output


@pytest.mark.parametrize("text", ["", "\n", "no figure", "\ufeffTitle\r\n\r\n12 dead\r\n"])
def test_any_text_is_explained(text):
    assert "passed over" in explain("-", stdin=text)


def test_what_a_person_can_mend_is_one_line(tmp_path):
    assert "No such file" in explain(str(tmp_path / "none.txt"), status=1)
    (tmp_path / "page.html").write_bytes(b"%PDF-1.7")
    assert "it is a PDF" in explain(str(tmp_path / "page.html"), status=1)
    with pytest.raises(Failure, match="no language file"):
        CliRunner().invoke(tallywatch, ["explain", "-", "--lang", "xx"], input="12 killed", catch_exceptions=False)


def fetch(script: list[str]) -> subprocess.CompletedProcess[str]:
    """In a process of its own: a reactor runs once."""
    return subprocess.run([sys.executable, *script], cwd=ROOT, capture_output=True, text=True, timeout=60)


def test_a_private_address_is_refused_before_anything_is_asked():
    with Newsroom() as newsroom:
        newsroom.put("/a.html", PAGE)
        done = fetch(["-m", "monitors.cli", "explain", f"{newsroom.url}/a.html"])
        assert newsroom.requests == []
    assert done.returncode == 1
    assert "private address" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_page_on_the_web_is_fetched_once_as_a_crawl_would():
    with Newsroom() as newsroom:
        newsroom.put("/a.html", PAGE)
        asked_for = f"'{newsroom.url}/a.html', contact='a@b.org', allow_private=True"
        script = f"from crawler.single import fetch_article; print(fetch_article({asked_for}).text)"
        done = fetch(["-c", script])
        asked = [request for request in newsroom.requests if request.path == "/a.html"]
    assert done.stdout.startswith(FLOOD), done.stderr
    assert len(asked) == 1
    assert "Tallywatch" in dict(asked[0].headers)["User-Agent"]
    assert "a@b.org" in dict(asked[0].headers)["User-Agent"]
