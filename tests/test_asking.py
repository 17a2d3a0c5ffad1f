"""What SQLite is asked past SQLAlchemy: the same answers, in the same transactions, in the same types."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from monitors.history.asking import ask, insert, insert_new
from monitors.history.questions import questions, series_of
from monitors.history.tables import articles, marks, origins, series, statements, versions
from monitors.model import Kind
from tests.newsdesk import MONDAY, Newsdesk, figure, toll


@pytest.fixture(scope="module")
def desk() -> Newsdesk:
    told = Newsdesk()
    for number in (45_000, 46_000, 50_000, 55_000, 61_000):
        told.reads(figure(number), toll(number // 1000), outlet="reuters.com", at=timedelta(days=1))
    return told


@pytest.mark.parametrize("several", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("name", ["newest", "alike", "stated", "course", "origins", "marks", "told", "last_event", "texts", "version"])
def test_a_question_has_the_answer_that_sqlalchemy_gives(desk: Newsdesk, name: str, several: int) -> None:
    with desk.history.reading() as connection:
        given: dict[str, Any] = {
            "keys": list(connection.execute(select(series.c.key).order_by(series.c.id).limit(several)).scalars()),
            "ids": list(connection.execute(select(statements.c.id).limit(several)).scalars()),
            "urls": list(connection.execute(select(articles.c.url).limit(several)).scalars()),
            "quantities": list(connection.execute(select(series.c.quantity).limit(several)).scalars()),
            "quantity": connection.execute(select(series.c.quantity).limit(1)).scalar(),
            "kinds": [kind.value for kind in Kind],
            "since": MONDAY,
            "version_id": several,
            "least": 40_000,
            "most": 56_000,
        }
        question = getattr(questions(), name)
        expected = connection.execute(question, given).all()
        found = ask(connection, question, given)
        assert list(map(tuple, found)) == list(map(tuple, expected)) != []
        assert [row._fields for row in found] == [row._fields for row in expected]


def test_nobody_is_found_by_nothing(desk: Newsdesk) -> None:
    with desk.history.reading() as connection:
        wanted = {"metric": "killed", "scopes": [], "party": None}
        assert ask(connection, series_of(of_party=False, of_days=False, of_bodies=False), wanted) == []


def test_what_is_told_first_begins_the_transaction(desk: Newsdesk) -> None:
    row = {"outlet": "bbc.com", "url": "https://www.bbc.com/lost", "first_seen_at": MONDAY}
    with desk.history.reading() as connection:  # of which nothing is kept
        number = insert(connection, articles, row)
        assert connection.execute(select(articles.c.first_seen_at).where(articles.c.id == number)).scalar() == MONDAY
    with desk.history.reading() as connection:
        assert connection.execute(select(articles.c.id).where(articles.c.url == row["url"])).first() is None


def test_only_new_rows_are_counted(desk: Newsdesk) -> None:
    with desk.history.reading() as connection:
        ids = list(connection.execute(select(statements.c.id).limit(3)).scalars())
        rows = [{"statement_id": number, "mark": "seen", "at": MONDAY} for number in ids]
        assert [insert_new(connection, marks, some) for some in (rows[:2], rows, rows, [])] == [2, 1, 0, 0]


def test_values_come_back_as_they_were_meant(desk: Newsdesk) -> None:
    with desk.history.reading() as connection:
        kept = {"details", "live", "seen_at"}
        columns = [column for column in versions.c if column.name in kept]
        (seen_at, live, details), *_ = ask(connection, select(*columns))
        assert (seen_at.tzinfo, live, details["authors"]) == (MONDAY.tzinfo, False, [])
        assert {type(row.primary) for row in ask(connection, select(origins.c.primary))} == {bool}
