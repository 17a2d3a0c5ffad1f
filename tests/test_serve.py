"""The served report: what it answers, to whom, and what it lets a person say."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from datetime import UTC
from urllib.request import urlopen

import lxml.html
import pytest
from click.testing import CliRunner
from sqlalchemy import select

from monitors.alerts.addresses import quantity_page
from monitors.cli import tallywatch
from monitors.config import read_config
from monitors.history.store import open_history
from monitors.history.tables import verdicts
from monitors.lock import lock
from monitors.report.site.write import write_site
from monitors.web import make_app
from tests.reports import tell

TOKEN = "a-token-that-nobody-guesses"
LOSSES = quantity_page("ukraine/killed/military/cumulative/-/russia-ukraine war/-/-")


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """The bytes of a history with the story of the reports in it."""
    file = tmp_path_factory.mktemp("told") / "history.db"
    with open_history(f"sqlite:///{file}") as history:
        tell(history)
    return file.read_bytes()


@pytest.fixture
def desk(tmp_path, told):
    """A configuration, its open history, and a client that has not given the token."""
    (tmp_path / "history.db").write_bytes(told)
    (tmp_path / "tallywatch.toml").write_text('database = "sqlite:///history.db"\noutlets = []\n')
    config = read_config(tmp_path / "tallywatch.toml")
    with open_history(config.database_url) as history:
        yield config, history, make_app(config, history, TOKEN).test_client()


@pytest.fixture
def stranger(desk):
    return desk[2]


@pytest.fixture
def editor(desk):
    """A client that has given the token."""
    assert desk[2].get(f"/?token={TOKEN}").status_code == 302
    return desk[2]


def said(desk):
    with desk[1].reading() as connection:
        return [tuple(row) for row in connection.execute(select(verdicts.c.kind, verdicts.c.target))]


def form_of(client, address):
    """The fields of the first form of each verdict on a page, by verdict."""
    root = lxml.html.fromstring(client.get(address).data)
    forms = [dict(form.form_values()) for form in root.forms if form.get("action", "").endswith("say")]
    return {form["verdict"]: form for form in reversed(forms)}


def test_every_page_of_a_written_report_is_served_too(desk, stranger, tmp_path):
    _, history, _ = desk
    write_site(history, tmp_path / "report", UTC, {}, with_copies=True)
    for page in (tmp_path / "report").rglob("*.html"):
        address = f"/{page.relative_to(tmp_path / 'report').as_posix()}"
        answer = stranger.get(address)
        assert answer.status_code == 200, address
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert stranger.get("/assets/report.css").status_code == stranger.get("/alerts.atom").status_code == 200
    assert stranger.get("/quantities/nothing.html").status_code == stranger.get("/articles/999.html").status_code == 404
    assert stranger.get("/assets/../web.py").status_code == 404


def test_what_is_stated_meanwhile_is_shown(desk, stranger):
    assert b"56,000" not in stranger.get(f"/{LOSSES}").data
    at, text = "2026-02-09T09:00", "Zelensky said on Monday that 56,000 Ukrainian soldiers had been killed since the invasion began."
    tell(desk[1], [(at, "https://www.reuters.com/next", "", text)])
    assert b"56,000" in stranger.get(f"/{LOSSES}").data


def test_the_search_finds_series_by_the_words_of_history(stranger):
    found = stranger.get("/search?q=Зеленський killed").get_json()
    assert [row[:3] for row in found] == [["Ukrainian soldiers killed (russia-ukraine war)", LOSSES, "55,000"]]
    assert stranger.get("/search?q=").get_json() == stranger.get("/search?q=nosuchword").get_json() == []


def test_another_host_name_is_not_answered(stranger):
    assert stranger.get("/index.html", headers={"Host": "evil.example"}).status_code == 421
    assert stranger.get("/index.html", headers={"Host": "127.0.0.1:8765"}).status_code == 200
    assert stranger.get("/index.html", headers={"Host": "[::1]:8765"}).status_code == 200


def test_without_the_token_nothing_can_be_said(desk, stranger):
    assert form_of(stranger, f"/{LOSSES}") == {}
    answer = stranger.post("/say", data={"verdict": "mute", "target": "1"})
    assert answer.status_code == 403
    assert b"token" in answer.data
    assert stranger.get("/?token=wrong").status_code == 403
    assert said(desk) == []


@pytest.mark.parametrize(
    ("changed", "headers"),
    [({"form": ""}, {}), ({"form": "guessed"}, {}), ({}, {"Sec-Fetch-Site": "cross-site"}), ({}, {"Origin": "https://evil.example"}),
     ({}, {"Origin": "null"})],
)
def test_a_form_that_no_page_of_ours_sent_is_refused(desk, editor, changed, headers):
    mute = form_of(editor, f"/{LOSSES}")["mute"]
    assert editor.post("/say", data=mute | changed, headers=headers).status_code == 403
    assert said(desk) == []


def test_a_series_is_muted_from_its_page_and_the_page_says_so(desk, editor):
    mute = form_of(editor, f"/{LOSSES}")["mute"]
    answer = editor.post("/say", data=mute, headers={"Origin": "https://localhost"})  # a proxy speaks https to the browser
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/{LOSSES}")
    assert b"muted" in editor.get(f"/{LOSSES}").data
    assert [kind for kind, _ in said(desk)] == ["mute"]
    assert b'role="status"' not in editor.get(f"/{LOSSES}").data


def test_a_misread_alert_is_taken_back_with_the_reason(desk, editor):
    reject = form_of(editor, "/alerts.html")["reject"]
    assert editor.post("/say", data=reject | {"why": ""}).status_code == 400
    editor.post("/say", data=reject | {"why": "these are the wounded"})
    assert said(desk) == [("reject", reject["target"])]


def test_what_waits_is_shown_with_both_sentences_and_approved(desk, editor):
    at, text = "2026-08-09T09:00", "Zelensky said on Sunday that 61,000 Ukrainian soldiers had been killed since the invasion began."
    tell(desk[1], [(at, "https://www.obscure.example/next", "", text)])
    page = editor.get("/review.html").get_data(as_text=True)
    assert text in page
    assert "55,000 Ukrainian soldiers have been killed" in page

    approve = form_of(editor, "/review.html")["approve"]
    editor.post("/say", data=approve)

    assert said(desk) == [("approve", approve["target"])]
    assert "approved, and told as" in editor.get("/review.html").get_data(as_text=True)


def test_a_verdict_on_nothing_says_what_is_nearest(desk, editor):
    mute = form_of(editor, f"/{LOSSES}")["mute"]
    editor.post("/say", data=mute | {"target": "no such series <b>"})
    page = editor.get(f"/{LOSSES}").data
    assert b"no series and no alert is called" in page
    assert b"<b>" not in page
    assert said(desk) == []


def test_while_a_run_is_at_work_nothing_is_changed(desk, editor, monkeypatch):
    monkeypatch.setattr("monitors.web.PATIENCE", 0)
    mute = form_of(editor, f"/{LOSSES}")["mute"]
    with lock(desk[0].database_url):
        editor.post("/say", data=mute)
    assert b"A run is at work" in editor.get(f"/{LOSSES}").data
    assert said(desk) == []


def test_the_way_back_never_leads_elsewhere(editor):
    mute = form_of(editor, f"/{LOSSES}")["mute"]
    for back in ("//evil.example", "https://evil.example", "/\\evil.example", ""):
        assert editor.post("/say", data=mute | {"back": back}).headers["Location"] == "/review.html"


def test_for_others_even_reading_needs_the_token(desk):
    config, history, _ = desk
    client = make_app(config, history, TOKEN, ("desk.example",), open_to_read=False).test_client()
    there = {"base_url": "http://desk.example"}
    assert client.get("/index.html", **there).status_code == 403
    client.get(f"/?token={TOKEN}", **there)
    assert client.get("/index.html", **there).status_code == 200


def test_the_command_lets_nobody_else_in_without_a_token(tmp_path):
    refused = CliRunner().invoke(tallywatch, ["serve", "--host", "0.0.0.0"])
    assert (refused.exit_code, "--token-file" in refused.output) == (2, True)
    (tmp_path / "token").write_text("short\n")
    short = CliRunner().invoke(tallywatch, ["serve", "--host", "0.0.0.0", "--token-file", str(tmp_path / "token")])
    assert (short.exit_code, "can be guessed" in short.output) == (2, True)


def test_the_command_says_where_to_look_and_answers_there_until_it_is_stopped(desk, tmp_path):
    command = [sys.executable, "-m", "monitors.cli", "serve", "--port", "0", "--config", str(tmp_path / "tallywatch.toml")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as serving:
        assert serving.stdout is not None
        address = serving.stdout.readline().strip()
        with urlopen(address.partition("?")[0] + "index.html", timeout=20) as answer:
            assert b"What changed lately" in answer.read()
        serving.send_signal(signal.SIGINT)
        assert serving.wait(20) == 0
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/\?token=[\w-]{32}", address)
