"""import: a table of known figures becomes articles and claims, and what is wrong with it is named to the cell."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from importlib.resources import as_file, files
from pathlib import Path

import pytest

from crawler.article import Article
from monitors.history.imports import REQUIRED, ImportFailure, read_rows
from monitors.history.ledger import SqlLedger
from monitors.history.queries import counts
from monitors.history.store import History, open_history
from monitors.model import Claim, Event, Kind, Qualifier, Reading, Scope, Severity
from monitors.watch import Policy, decide, record

ROW = {
    "date": "2025-02-16",
    "claimant": "Volodymyr Zelensky",
    "metric": "killed",
    "party": "Ukraine",
    "group": "military",
    "scope": "cumulative",
    "low": "46000",
    "high": "",
    "qualifier": "more_than",
    "method": "own_side",
    "quote": "Zelensky told NBC that more than 46,000 soldiers had been killed since 2022.",
    "url": "https://example.org/news",
    "outlet": "Example Daily",
}


def write(path: Path, *rows: dict[str, str], delimiter: str = ",") -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, list(dict.fromkeys(name for row in rows for name in row)), delimiter=delimiter)
        table.writeheader()
        table.writerows(rows)
    return path


def read_one(tmp_path: Path, **changes: str) -> tuple[Article, Claim]:
    ((article, reading),) = read_rows(write(tmp_path / "known.csv", ROW | changes))
    return article, reading.claims[0]


def complaint(tmp_path: Path, **changes: str) -> str:
    with pytest.raises(ImportFailure) as caught:
        read_one(tmp_path, **changes)
    return str(caught.value).removeprefix(f"{tmp_path}/")


def test_a_row_is_an_article_whose_text_proves_its_claim(tmp_path: Path) -> None:
    article, claim = read_one(tmp_path)
    assert (article.outlet, article.published, article.text, article.canonical_url) == (
        "Example Daily", date(2025, 2, 16), ROW["quote"], "https://example.org/news",
    )  # fmt: skip
    assert article.text[claim.start : claim.end] == claim.span == "46,000"
    assert (claim.low, claim.high, claim.qualifier, claim.scope) == (46000, None, Qualifier.MORE_THAN, Scope.CUMULATIVE)
    assert (claim.attributed_to, claim.party, claim.as_of, claim.sure) == ("Volodymyr Zelensky", "ukraine", "2025-02-16", True)


def test_the_same_row_is_the_same_article_and_its_link_still_leads_there(tmp_path: Path) -> None:
    first, _ = read_one(tmp_path)
    mended, _ = read_one(tmp_path, low="46100", quote="More than 46,100 were killed.")
    another, _ = read_one(tmp_path, metric="wounded")
    assert first.url.startswith("https://example.org/news#row-")
    assert first.url == mended.url != another.url


def test_a_range_is_found_with_both_its_ends(tmp_path: Path) -> None:
    _, claim = read_one(tmp_path, low="60000", high="100000", qualifier="between", quote="It put them at 60 000 to 100.000 in 2025.")
    assert claim.span == "60 000 to 100.000"


@pytest.mark.parametrize("quote", ["He said 46 000.", "He said 46000, no more", "He said 46'000!", "46.000 Soldaten"])
def test_a_number_is_found_however_its_thousands_are_set_apart(tmp_path: Path, quote: str) -> None:
    _, claim = read_one(tmp_path, quote=quote)
    assert "".join(filter(str.isdigit, claim.span)) == "46000"


@pytest.mark.parametrize("quote", ["Of 146,000", "Of 46,0001", "Of 46,000,000", "Of 2.46,000", "46 thousand"])
def test_a_part_of_another_number_is_not_it(tmp_path: Path, quote: str) -> None:
    assert complaint(tmp_path, quote=quote) == "known.csv, line 2, quote: the sentence must hold the number 46,000 in digits"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"date": "4.2.2026"}, "date: '4.2.2026' is not a day like 2026-02-04"),
        ({"as_of": "02/2026"}, "as_of: '02/2026' is not a day, month or year like 2026-02-04, 2026-02 or 2026"),
        ({"metric": "kiled"}, "metric: 'kiled' is not one of killed, wounded, casualties"),
        ({"scope": "total"}, "scope: 'total' is not one of cumulative, period, event, rate"),
        ({"group": ""}, "group: '' is not one of military"),
        ({"method": "guess"}, "method: 'guess' is not one of official"),
        ({"low": "46k"}, "low: '46k' is not a whole number in digits, like 55000"),
        ({"qualifier": "vague"}, "qualifier: 'vague' is not one of exact, about, nearly"),
        ({"high": "46000"}, "low, high: more_than needs a number as low and nothing as high; this has '46000' and '46000'"),
        ({"url": "www.example.org"}, "url: 'www.example.org' is not a link"),
        ({"outlet": ""}, "outlet: must not be empty"),
    ],
)
def test_what_is_wrong_is_named_with_line_column_and_what_is_allowed(tmp_path: Path, changes: dict[str, str], message: str) -> None:
    assert complaint(tmp_path, **changes).startswith(f"known.csv, line 2, {message}")


def test_every_wrong_row_is_named_at_once(tmp_path: Path) -> None:
    rows = [ROW, ROW | {"low": "x"}, ROW | {"date": "never"}, ROW]
    with pytest.raises(ImportFailure) as caught:
        read_rows(write(tmp_path / "known.csv", *rows))
    assert [line.split(", ")[1:3] for line in str(caught.value).splitlines()] == [
        ["line 3", "low: 'x' is not a whole number in digits"],
        ["line 4", "date: 'never' is not a day like 2026-02-04"],
        ["line 5", "as_of: a line above has the same claimant"],
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "line 1 has no column 'date'; needed are date, claimant"),
        ("date,colour\n", "line 1 has no column 'claimant'"),
        (",".join([*REQUIRED, "colour"]), "line 1 has an unknown column 'colour'"),
        (",".join(REQUIRED) + "\n" + "a," * 20, "line 2 has more fields than columns"),
        (b"\xff\xfe\x00", "cannot be read as CSV in UTF-8"),
    ],
)
def test_a_file_that_is_no_such_table_is_named(tmp_path: Path, content: str | bytes, message: str) -> None:
    path = tmp_path / "known.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ImportFailure, match=message):
        read_rows(path)


def test_a_spreadsheet_with_semicolons_and_empty_lines_is_read(tmp_path: Path) -> None:
    path = write(tmp_path / "known.csv", ROW, dict.fromkeys(ROW, ""), delimiter=";")
    assert len(read_rows(path)) == 1


def test_a_metric_of_ones_own_is_allowed_when_a_monitor_has_it(tmp_path: Path) -> None:
    path = write(tmp_path / "known.csv", ROW | {"metric": "cases"})
    assert read_rows(path, metrics=["cases"])[0][1].claims[0].metric == "cases"
    assert read_one(tmp_path, metric="other:killed_or_missing")[1].metric == "other:killed_or_missing"


def test_what_is_not_yet_known_on_a_day_can_be_left_out(tmp_path: Path) -> None:
    path = write(tmp_path / "known.csv", ROW, ROW | {"date": "2025-02-17"})
    assert len(read_rows(path, until=date(2025, 2, 16))) == 1


def shipped(until: date | None = None) -> list[tuple[Article, Reading]]:
    with as_file(files("monitors.history") / "known.csv") as path:
        return read_rows(path, until)


def test_the_known_values_of_the_wheel_can_all_be_read() -> None:
    rows = shipped()
    assert 55 <= len(rows) <= 75
    assert all(article.text[claim.start : claim.end] == claim.span for article, reading in rows for claim in reading.claims)


def take(history: History, rows: list[tuple[Article, Reading]], now: datetime, backfill: bool) -> list[Event]:
    with history.transaction() as connection:
        ledger = SqlLedger(connection)
        for article, reading in rows:
            record(article, reading, ledger, now, backfill=backfill)
        return [
            event for version in ledger.undecided(Policy.shipped().publishers) for event in decide(version, ledger, Policy.shipped(), now)
        ]


def test_the_founding_figure_meets_its_past_once_the_known_values_are_in(tmp_path: Path) -> None:
    yesterday, today = datetime(2026, 2, 3, 12, tzinfo=UTC), datetime(2026, 2, 4, 21, tzinfo=UTC)
    known = shipped(until=yesterday.date())
    news = {"date": "2026-02-04", "low": "55000", "high": "55000", "qualifier": "exact", "url": "https://www.bbc.com/news/articles/1"}
    quote = "Zelensky said that 55,000 Ukrainian soldiers had been killed."
    with open_history(f"sqlite:///{tmp_path}/h.db") as history:
        assert take(history, known, yesterday, backfill=True) == []
        with history.reading() as connection:
            stored = counts(connection)
        assert take(history, known, today, backfill=True) == []
        with history.reading() as connection:
            assert counts(connection) == stored
        told = take(history, read_rows(write(tmp_path / "news.csv", ROW | news | {"quote": quote})), today, backfill=False)
    assert [(event.kind, event.low, event.previous_low, event.severity) for event in told if event.kind == Kind.CHANGE] == [
        (Kind.CHANGE, 55000, 46000, Severity.URGENT)
    ]
