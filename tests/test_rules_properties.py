"""What holds of any news: the order of arrival decides nothing, saying it again is no news, and every number is proved by its sentence."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.article import Article
from monitors.alerts.wording import compose
from monitors.history.ledger import SqlLedger
from monitors.history.store import open_history
from monitors.model import Claim, Severity
from monitors.reader import Reader
from tests.newsdesk import Newsdesk, figure, hours, toll

OUTLETS = ("reuters.com", "bbc.com", "apnews.com", "theguardian.com", "worldbrief.example", "yahoo.com", "aljazeera.com")
LOUD = {Severity.URGENT, Severity.NOTABLE}
few = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])

totals = st.builds(lambda n, metric: figure(n, metric), st.integers(30, 90).map(lambda n: n * 1000), st.sampled_from(["killed", "wounded"]))
tolls = st.builds(lambda n, party: toll(n, party), st.integers(5, 400), st.sampled_from(["philippines", "peru"]))
stories = st.lists(st.tuples(totals | tolls, st.sampled_from(OUTLETS)), min_size=2, max_size=5)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of a history without a line."""
    url = f"sqlite:///{tmp_path_factory.mktemp('history')}/empty.db"
    open_history(url).close()
    return url


def new_desk(empty: str) -> Newsdesk:
    return Newsdesk(open_history(empty, read_only=True))


def arrive(desk: Newsdesk, news: list[tuple[Claim, str]], order: list[int]) -> set[tuple[Any, ...]]:
    """One run finds these stories in this order, each published an hour after the one before it in the list; what is told."""
    desk.reads(figure(29_000), figure(28_000, "wounded"))
    day = desk.now + timedelta(days=1)
    with desk.history.transaction() as connection:
        for number in order:
            claim, outlet = news[number]
            desk.store(claim, SqlLedger(connection), outlet, day + hours(number))
    told = desk.decides(day + hours(len(news)))
    return {(event.kind, event.severity, event.metric, event.party, event.low, event.previous_low) for event in told}


@few
@given(stories, st.data())
def test_the_order_in_which_one_runs_articles_arrive_changes_no_alert(empty: str, news: list[tuple[Claim, str]], data: Any) -> None:
    order = data.draw(st.permutations(range(len(news))))
    told = []
    for arriving in (list(range(len(news))), order):
        desk = new_desk(empty)
        with desk.history:
            told.append(arrive(desk, news, arriving))
    assert told[0] == told[1]


@few
@given(stories)
def test_the_same_articles_again_send_nothing(empty: str, news: list[tuple[Claim, str]]) -> None:
    desk = new_desk(empty)
    with desk.history:
        pages = [(claim, outlet, f"https://www.{outlet}/{number}") for number, (claim, outlet) in enumerate(news)]
        for claim, outlet, url in pages:
            desk.reads(claim, outlet=outlet, url=url, published=desk.now)
        desk.waits(hours(1))
        for claim, outlet, url in pages:
            assert desk.reads(claim, outlet=outlet, url=url, at=hours(0.1)) == []


SAID_AGAIN = st.sampled_from(
    [
        figure(55_000),
        figure(55_000, qualifier="about"),
        figure(55_000, qualifier="nearly"),
        figure(50_000, qualifier="more_than"),
        figure(55_000, attributed_to="Zelenskyy"),
    ]
)


@few
@given(st.lists(st.tuples(SAID_AGAIN, st.sampled_from(OUTLETS)), min_size=1, max_size=8))
def test_copies_and_restatements_in_any_outlets_and_order_send_nothing(empty: str, copies: list[tuple[Claim, str]]) -> None:
    desk = new_desk(empty)
    with desk.history:
        desk.reads(figure(46_000))
        assert [event.kind for event in desk.reads(figure(55_000), outlet="afp.com")] == ["change"]
        told = [event for claim, outlet in copies for event in desk.reads(claim, outlet=outlet, at=hours(2))]
        assert [event for event in told if event.severity in LOUD and event.kind != "confirmed"] == []
        assert sum(event.kind == "confirmed" for event in told) <= 1, "exactly one follow-up"


SENTENCES = st.sampled_from(
    [
        "Zelensky said {} Ukrainian soldiers have been killed since the war began.",
        "At least {} people were killed when a ferry sank off Cebu in the Philippines, the coast guard said.",
        "A quake in Peru has killed {} people and injured {} others, officials said on Monday.",
        "Up to {} Russian soldiers have been wounded, Britain's defence ministry said.",
        "Gaza's health ministry says between {} and {} people have been killed since October 2023.",
    ]
)


@few
@given(st.lists(st.tuples(SENTENCES, st.integers(60, 90_000), st.sampled_from(OUTLETS)), min_size=1, max_size=4))
def test_every_number_of_an_alert_stands_in_a_sentence_it_quotes(empty: str, news: list[tuple[str, int, str]]) -> None:
    desk = new_desk(empty)
    reader = Reader(desk.policy.monitors)
    with desk.history:
        for sentence, number, outlet in news:
            text = sentence.format(f"{number:,}", f"{number + 1:,}")
            claims = reader.read(Article("", "", "", text, desk.now, language="en")).claims
            for event in desk.reads(*claims, outlet=outlet, text=text):
                assert event.statement is not None
                proof = " ".join(statement.quote for statement in (event.statement, event.previous, *event.others) if statement)
                for printed in filter(None, (event.low, event.high, event.previous_low, event.previous_high)):
                    assert f"{printed:,}" in proof
                assert event.statement.quote in compose(event).body.replace("\n", " ")
