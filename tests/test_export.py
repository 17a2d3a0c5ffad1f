"""`tallywatch export`: every figure as CSV or JSON lines, the newest alerts as a feed; of a page a sentence and the link."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import feedparser
import pytest
from click.testing import CliRunner, Result
from lxml import etree

from monitors.cli import tallywatch
from monitors.history import exports
from monitors.history.exports import FED, Fed, exported_figures, fed_alerts
from monitors.history.ledger import SqlLedger
from monitors.history.store import History, open_history
from monitors.model import Kind, Severity
from monitors.report.export import ATOM, COLUMNS, COPIED, ExportError, figure_row, write_csv, write_feed, written
from tests.bench.bench_store import fill
from tests.newsdesk import MONDAY, Newsdesk, figure, hours
from tests.test_wording import event, statement

URL = "https://www.reuters.com/a"
LONG = f"{'The minister spoke for long. ' * 20}In the end he said 55,000 soldiers died. {'And he went on. ' * 20}"
NOW = datetime(2026, 2, 8, tzinfo=UTC)
Call = Callable[..., Result]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("export")


@pytest.fixture(scope="module")
def history(folder: Path) -> Iterator[History]:
    """A figure is edited, told again in a long sentence, and another is withdrawn by a person."""
    (folder / "tallywatch.toml").write_text('database = "sqlite:///tally.db"\noutlets = []\n')
    with open_history(f"sqlite:///{folder}/tally.db") as opened:
        desk = Newsdesk(opened)
        desk.reads(figure(43_000), url=URL, title="=cmd|' /C calc'!A0")
        desk.reads(figure(46_000), url=URL, title="=cmd|' /C calc'!A0", at=hours(1))
        desk.reads(figure(55_000, quote=LONG))
        desk.reads(figure(9_000, "wounded"))
        with opened.transaction() as connection:
            SqlLedger(connection).mark(4, "withdrawn", desk.now)
        yield opened


@pytest.fixture
def call(history: History, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    monkeypatch.chdir(folder)

    def run(*arguments: str) -> Result:
        done = CliRunner().invoke(tallywatch, ["export", *arguments])
        assert done.exit_code == 0, (done.output, done.exception)
        return done

    return run


# --- figures


def test_every_figure_is_a_row_in_the_order_it_was_stored(call: Call, tmp_path: Path) -> None:
    call("jsonl", str(tmp_path / "figures.jsonl"))
    rows = [json.loads(line) for line in (tmp_path / "figures.jsonl").read_text("utf-8").splitlines()]
    assert [tuple(row) for row in rows] == [COLUMNS] * 4
    wanted = [tuple(row[name] for name in ("claim", "low", "url", "version", "judged", "stands", "claimant")) for row in rows]
    assert wanted == [
        (1, 43_000, URL, 1, "new_series", "no", "Volodymyr Zelensky"),
        (2, 46_000, URL, 2, "correction", "yes", "Volodymyr Zelensky"),
        (3, 55_000, "https://www.reuters.com/3", 1, "change", "yes", "Volodymyr Zelensky"),
        (4, 9_000, "https://www.reuters.com/4", 1, "new_series", "no", "Volodymyr Zelensky"),
    ]
    assert {row["series"] for row in rows[:3]} == {rows[0]["series"]}
    assert rows[0]["seen_at"] == "2026-02-03T09:00:00Z"


def test_a_sentence_has_at_most_300_characters_and_its_number(call: Call, tmp_path: Path) -> None:
    call("jsonl", str(tmp_path / "figures.jsonl"))
    quotes = [json.loads(line)["quote"] for line in (tmp_path / "figures.jsonl").read_text("utf-8").splitlines()]
    assert max(map(len, quotes)) <= 300
    assert "he said 55,000 soldiers died." in quotes[2]
    assert LONG[:400] not in (tmp_path / "figures.jsonl").read_text("utf-8")


def test_csv_has_the_same_and_no_text_is_a_formula(call: Call, tmp_path: Path) -> None:
    call("csv", str(tmp_path / "figures.csv"))
    with (tmp_path / "figures.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["low"] for row in rows] == ["43000", "46000", "55000", "9000"]
    assert rows[0]["title"] == "'=cmd|' /C calc'!A0"
    assert json.loads(next(iter(exported_lines(tmp_path, call))))["title"] == "=cmd|' /C calc'!A0"


def exported_lines(tmp_path: Path, call: Call) -> list[str]:
    call("jsonl", str(tmp_path / "again.jsonl"))
    return (tmp_path / "again.jsonl").read_text("utf-8").splitlines()


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "＝", " \t=", "\r+"])
def test_a_text_of_strangers_that_begins_like_a_formula_is_disarmed(history: History, start: str) -> None:
    with history.reading() as connection:
        first = next(exported_figures(connection))
    hostile = {**first, "title": f"{start}1+1", "party": f"{start}1", "quote": f"{start}1", "copy": f"{start}1"}
    out = io.StringIO(newline="")
    write_csv([hostile], out, with_copies=True)
    names, cells = csv.reader(io.StringIO(out.getvalue(), newline=""))
    row = dict(zip(names, cells, strict=True))
    assert all(row[name].startswith("'") for name in ("title", "party", "quote", "text"))


def test_copies_leave_the_machine_only_when_asked_for(call: Call, history: History) -> None:
    with history.reading() as connection:
        whole = [figure_row(figure, True) for figure in exported_figures(connection, with_copies=True)]
    assert tuple(whole[2]) == (*COLUMNS, *COPIED)
    assert whole[2]["text"] == LONG
    assert set(COPIED).isdisjoint(COLUMNS)


def test_since_leaves_out_what_was_seen_before(history: History) -> None:
    with history.reading() as connection:
        assert [figure["id"] for figure in exported_figures(connection, MONDAY + timedelta(hours=25))] == [2, 3, 4]
        assert [figure["id"] for figure in exported_figures(connection, NOW)] == []


def test_the_help_names_every_column(call: Call) -> None:
    text = CliRunner().invoke(tallywatch, ["export", "--help"]).output.split()
    assert [name for name in (*COLUMNS, *COPIED) if name not in " ".join(text).replace(",", "").split()] == []


@pytest.mark.sqlite("filled by its own functions")
def test_a_long_history_is_written_in_little_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "AT_ONCE", 20)
    url = f"sqlite:///{tmp_path}/h.db"
    open_history(url).close()
    fill(tmp_path / "h.db", 4_000, NOW)
    with open_history(url) as opened, opened.reading() as connection, (tmp_path / "f.csv").open("w") as out:
        write_csv(exported_figures(connection, NOW), out)
        tracemalloc.start()
        write_csv(exported_figures(connection), out)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert len((tmp_path / "f.csv").read_text("utf-8").splitlines()) > 1_000
    assert most < 1_000_000


def test_without_a_file_everything_goes_to_standard_output(call: Call) -> None:
    assert [json.loads(line)["claim"] for line in call("jsonl", "-").stdout.splitlines()] == [1, 2, 3, 4]
    assert call("csv").stdout.startswith("claim,outlet,url,")
    assert feedparser.parse(call("atom").stdout_bytes).version == "atom10"


# --- files


def test_a_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "feed.xml"
    target.write_text("the one before")
    with pytest.raises(ZeroDivisionError), written(target) as out:
        out.write(f"half {1 / 0}")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("feed.xml", "the one before")]
    with written(target) as out:
        out.write("whole")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("feed.xml", "whole")]
    with pytest.raises(ExportError, match="cannot be written: No such file or directory"), written(tmp_path / "no" / "feed.xml"):
        pass


# --- the feed


def fed(number: int, title: str = "Soldiers killed: 43,000 → 55,000", **fields: Any) -> Fed:
    told = replace(event(Kind.CHANGE, statement(55_000, quote="He said 55,000 died.")), urls=(URL,))
    plain = {"event": told, "body": "The whole alert.", "copy": "The whole page."}
    return Fed(f"{number:012x}", NOW - timedelta(hours=number), title, **(plain | fields))


def children(element: Any, name: str) -> list[Any]:
    return list(element.findall(f"{{{ATOM}}}{name}"))


def test_the_alerts_of_a_history_are_a_feed_that_readers_understand(call: Call, tmp_path: Path, history: History) -> None:
    call("atom", str(tmp_path / "feed.xml"))
    parsed = feedparser.parse((tmp_path / "feed.xml").read_bytes())
    assert (parsed.version, parsed.bozo, parsed.feed.author) == ("atom10", False, "Tallywatch")
    with history.reading() as connection:
        assert [entry.title for entry in parsed.entries] == [alert.title for alert in fed_alerts(connection)]
    (corrected,) = (entry for entry in parsed.entries if "page changed" in entry.title)
    assert corrected.link == URL
    assert corrected.content[0].value == "“The number is 46,000.” reuters.com, 3 Feb 2026"
    assert corrected.content[0].type == "text/plain"
    assert (corrected.tags[0].term, corrected.updated) == ("correction", "2026-02-03T10:00:00Z")


def test_a_feed_has_what_rfc_4287_asks_for() -> None:
    """4.1.1 and 4.1.2: ids, titles and times of feed and entries, an author, no entry without content or a link."""
    feed = etree.fromstring(write_feed([fed(1), fed(2, event=None)], (NOW, "aaa"), NOW))
    assert feed.tag == f"{{{ATOM}}}feed"
    for element in (feed, *children(feed, "entry")):
        for name in ("id", "title", "updated"):
            (one,) = children(element, name)
            assert one.text
        assert children(element, "id")[0].text.startswith("urn:uuid:")
        assert datetime.fromisoformat(children(element, "updated")[0].text).tzinfo
    assert children(children(feed, "author")[0], "name")[0].text
    assert children(feed, "updated")[0].text == "2026-02-07T23:00:00Z"
    assert [len(children(entry, "content")) for entry in children(feed, "entry")] == [1, 1]
    assert [len(children(entry, "link")) for entry in children(feed, "entry")] == [1, 0]
    ids = [children(element, "id")[0].text for element in (feed, *children(feed, "entry"))]
    assert len(set(ids)) == 3


def test_ids_stay_what_they_are_and_an_empty_feed_is_one() -> None:
    one, other = (etree.fromstring(write_feed([fed(1)], (NOW, "aaa"), now)) for now in (NOW, NOW + timedelta(days=9)))
    assert etree.tostring(one) == etree.tostring(other)
    assert children(children(one, "entry")[0], "id")[0].text == "urn:uuid:10d40591-1761-5e82-8ec6-29453edc8d3d"
    empty = etree.fromstring(write_feed([], None, NOW))
    assert children(empty, "updated")[0].text == "2026-02-08T00:00:00Z"


def test_what_strangers_write_is_text_in_a_feed() -> None:
    hostile = "</title><script>alert(1)</script>]]>&amp;\x00\x1b[31m\ufffe\u202e"
    told = replace(
        event(Kind.CHANGE, statement(55_000, quote=f"55,000 {hostile}")),
        urls=("javascript:alert(1)", 'https://example.org/"><b>'),
    )
    document = write_feed([fed(1, title=hostile, event=told)], None, NOW)
    (entry,) = children(etree.fromstring(document), "entry")
    assert b"<script" not in document
    assert [child.tag.partition("}")[2] for child in entry] == ["id", "title", "updated", "published", "link", "category", "content"]
    assert children(entry, "title")[0].text == "</title><script>alert(1)</script>]]>&amp; [31m"
    assert children(entry, "link")[0].get("href") == 'https://example.org/"><b>'
    assert feedparser.parse(document).entries[0].link.startswith("https://example.org/")


def test_a_feed_holds_one_sentence_and_with_copies_the_alert_and_the_page() -> None:
    plain, whole = (write_feed([fed(1)], None, NOW, copies).decode() for copies in (False, True))
    assert "He said 55,000 died." in plain
    assert "whole" not in plain
    assert "The whole alert.\n\nThe whole page." in whole


@pytest.mark.sqlite("filled with its own placeholders")
def test_a_feed_has_the_newest_alerts_that_readers_are_told(history: History) -> None:
    with open_history("sqlite://") as opened, opened.transaction() as connection:
        for number in range(FED + 3):
            severity = Severity.OPS if number < 2 else Severity.LOG if number < 3 else Severity.NOTABLE
            at = (NOW - timedelta(hours=number)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
            connection.exec_driver_sql(
                'INSERT INTO events (id, "key", kind, severity, at, title, body, html, details) '
                "VALUES (?, ?, 'change', ?, ?, ?, '', '', '{}')",
                (f"{number}", f"{number}", severity.value, at, f"{number}"),
            )
        assert [alert.title for alert in fed_alerts(connection)] == [str(number) for number in range(3, FED + 3)]
        assert [alert.title for alert in fed_alerts(connection, NOW - timedelta(hours=5))] == ["3", "4", "5"]
