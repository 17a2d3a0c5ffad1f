"""The ledger in SQL: nothing it asks grows with the history, and what it stores comes back as it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from crawler.article import Article, LiveEntry
from crawler.outlets import Outlets
from monitors import job
from monitors.config import read_config
from monitors.history.codec import dump, load
from monitors.history.ledger import MOST_SERIES, SqlLedger
from monitors.history.store import open_history
from monitors.history.tables import holds
from monitors.model import Claim, Event, Kind, Publisher, Reading, Scope, Series, State, Statement
from monitors.rules.classify import intervals
from monitors.rules.values import value_of
from tests.newsdesk import Newsdesk, figure, hours, listen, toll


@pytest.mark.sqlite("its query plans")
def test_every_question_is_answered_from_an_index():
    desk = Newsdesk()
    for number in (45_000, 50_000):
        desk.reads(figure(number), toll(number // 1000), outlet="worldbrief.example")
    asked = listen(desk.history)
    desk.reads(figure(55_000), figure(50_000, stance="denied"), toll(70), outlet="reuters.com")
    desk.waits(hours(1))
    with desk.history.reading() as connection:
        SqlLedger(connection).undecided(desk.policy.publishers)
        SqlLedger(connection).standing_of(["reuters.com"], desk.now)
    questions = {sql for sql in asked if sql.startswith("SELECT") and "sqlite_" not in sql}
    assert len(questions) > 10
    with desk.history.reading() as connection:
        for sql in questions:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}").all()
            scans = [row[3] for row in plan if row[3].startswith("SCAN") and "undecided" not in row[3] and "CONSTANT" not in row[3]]
            assert not scans, (sql, scans)


@pytest.mark.sqlite("its query plans")
def test_running_totals_are_found_without_reading_the_events():
    desk = Newsdesk()
    asked = listen(desk.history)
    with desk.history.reading() as connection:
        SqlLedger(connection).series("killed", {Scope.CUMULATIVE}, "ukraine", ["ukraine"], None)
        (plan, *_) = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked[-1]}").all()
    assert "metric=? AND scope=? AND event_day=?" in plan[3]


@pytest.fixture(scope="module")
def series_each():
    """A history, and numbers by which each example has a series of its own in it."""
    with open_history("sqlite://") as history:
        yield history, count()


RECALLED = st.tuples(
    st.integers(1, 60).map(lambda n: n * 1000) | st.integers(1, 60_000),
    st.sampled_from(["exact", "about", "nearly", "at_least", "up_to"]),
    st.sampled_from(["2026", "2026-01", "2026-02", *(f"2026-02-{day:02}" for day in range(1, 12))]),
    st.sampled_from([Kind.CHANGE, Kind.CHANGE, Kind.HISTORICAL]),
    st.booleans(),
)


@given(st.lists(RECALLED, min_size=1, max_size=14), st.data())
def test_of_a_rival_what_stands_and_what_says_a_value_is_all_that_its_whole_series_would_tell(series_each, said, data):
    with series_each[0].transaction() as connection:
        ledger, now = SqlLedger(connection), datetime(2026, 2, 12, tzinfo=UTC)
        number = next(series_each[1])
        version = ledger.add_version(Article("a", f"https://a.example/{number}", "", "x"), Reading(()), now, backfill=False)
        of = Series("killed", "ukraine", "military", Scope.CUMULATIVE, f"body {number}")
        for number, qualifier, as_of, kind, withdrawn in said:
            claim = figure(number, qualifier=qualifier)
            made = Statement(of, claim.low, claim.high, claim.qualifier, "x", as_of, True, date(2026, 2, 1), "x", "en", "u", "a", now, kind)
            stored = ledger.put(made, version)
            if withdrawn:
                ledger.mark(stored.id, "withdrawn", now)
        number, qualifier, *_ = data.draw(st.sampled_from(said) | RECALLED)
        value = value_of(figure(number, qualifier=qualifier))

        (whole,), (brief,) = ledger.shelves([of]), ledger.with_courses(ledger.shelves([of], value))

        assert (brief.current, brief.like(value)) == (whole.current, whole.like(value))
        if len({point for point, _ in brief.course}) == len(brief.course):
            assert intervals(brief) == intervals(whole)[-len(intervals(brief)) or len(intervals(whole)) :]


def test_a_bare_shelf_says_all_that_the_whole_one_does_but_who_carried_it():
    desk = Newsdesk()
    for number in (45_000, 50_000, 60_000):
        desk.reads(figure(number))
    with desk.history.transaction() as connection:
        ledger = SqlLedger(connection)
        found = ledger.series("killed", {Scope.CUMULATIVE}, "ukraine", [], None)
        ledger.mark(ledger.shelves(found)[0].statements[0].id, State.WITHDRAWN, desk.now)
        (whole,), (bare,) = ledger.shelves(found), ledger.bare_shelves(found)
    assert all(one.origins for one in whole.statements)
    assert [one.state for one in bare.statements] == [State.WITHDRAWN, State.UNCONFIRMED, State.UNCONFIRMED]
    assert bare.statements == tuple(replace(one, origins=(), state=bare.statements[n].state) for n, one in enumerate(whole.statements))


def test_what_a_known_claimant_counts_is_never_crowded_out():
    desk = Newsdesk()
    desk.reads(figure(1_200_000, "casualties", "russia", group="all", attributed_to="General Staff of Ukraine"))
    for number in range(MOST_SERIES + 1):
        institute = f"the Institute of {chr(65 + number // 10)}{chr(65 + number % 10)}x Studies"
        desk.reads(figure(5_001 + 1_000 * number, "casualties", "russia", group="all", attributed_to=institute))
    with desk.history.reading() as connection:
        bodies = ["ukraine_general_staff", "russia"]
        found = SqlLedger(connection).series("casualties", {Scope.CUMULATIVE}, "russia", bodies, None)
    assert len(found) == MOST_SERIES + 1
    assert "ukraine_general_staff" in {one.body for one in found}


def test_a_claimants_own_series_is_not_crowded_out_by_what_another_known_body_counts():
    desk = Newsdesk()
    desk.reads(figure(46_000))
    for number in range(MOST_SERIES + 2):
        group = f"other:{chr(97 + number % 26)}{number}"
        desk.reads(figure(1_003 + 10 * number, attributed_to="UN", group=group), outlet="worldbrief.example")
    assert [(event.kind, event.previous_low) for event in desk.reads(figure(55_000))] == [("change", 46_000)]


def test_an_attack_is_found_among_however_many_of_other_days():
    desk = Newsdesk()
    for day in range(MOST_SERIES + 4):
        desk.reads(toll(20 + day, "ukraine", event="attack", place=f"Town{chr(97 + day % 26)}{day}"), at=hours(24))
    desk.reads(toll(70, "ukraine", event="attack", place="Ternopil"))
    told = desk.reads(toll(95, "ukraine", event="attack", place="Ternopil"), at=hours(5))
    assert [(event.kind, event.previous_low) for event in told] == [("change", 70)]


def test_the_same_text_is_stored_once_and_an_edit_and_its_return_are_three_versions():
    desk = Newsdesk()
    page = {"url": "https://www.reuters.com/a"}
    for number in (43_000, 43_000, 46_000, 43_000):
        desk.reads(figure(number), **page)
    with desk.history.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM versions")).scalar() == 3
        assert connection.execute(text("SELECT count(*) FROM undecided")).scalar() == 0


def test_undecided_articles_come_in_the_order_of_publication_whenever_they_arrived():
    desk = Newsdesk()
    with desk.history.transaction() as connection:
        ledger = SqlLedger(connection)
        for hour, outlet in ((9, "yahoo.com"), (8, "reuters.com"), (9, "bbc.com")):
            desk.store(figure(55_000), ledger, outlet, datetime(2026, 2, 4, hour, tzinfo=UTC))
        order = [ledger.version(number).article.outlet for number in ledger.undecided(desk.policy.publishers)]
    assert order == ["reuters.com", "bbc.com", "yahoo.com"]


def test_an_outlet_of_ones_own_comes_in_the_place_of_the_tier_it_was_given():
    desk = Newsdesk()
    publishers = replace(desk.policy.publishers, own={"zulu.example": Publisher("zulu.example", "zulu.example", 1)})
    with desk.history.transaction() as connection:
        ledger = SqlLedger(connection)
        stored = [desk.store(figure(55_000), ledger, outlet, desk.now) for outlet in ("worldbrief.example", "zulu.example")]
        assert ledger.undecided(desk.policy.publishers) == stored
        assert ledger.undecided(publishers) == stored[::-1]


def test_an_event_comes_back_from_the_history_as_it_was():
    desk = Newsdesk()
    desk.reads(figure(46_000))
    (told,) = desk.reads(figure(55_000))
    assert load(Event, dump(told)) == told


@given(st.integers(1, 10**7), st.sampled_from(["exact", "about", "more_than", "up_to"]), st.none() | st.just("2026-02"))
def test_a_claim_comes_back_as_it_was(number, qualifier, as_of):
    claim = figure(number, qualifier=qualifier, as_of=as_of, includes=("missing",), via=("Reuters",))
    assert load(Claim, dump(claim)) == claim


@pytest.mark.parametrize("moment", [date(2026, 2, 5), datetime(2026, 2, 5, 10, 5), datetime(2026, 2, 5, 10, 5, tzinfo=UTC)])
def test_a_moment_comes_back_as_precise_as_it_was(moment):
    entry = LiveEntry(moment, 0, 46)
    assert load(LiveEntry, dump(entry)) == entry


def test_a_version_keeps_the_entries_of_a_live_blog_and_how_far_its_readings_agreed():
    blog = Article(
        outlet="", url="https://a.example/live", title="Live", text="One.\nTwo.", agreement=0.75,
        entries=(LiveEntry(date(2026, 2, 5), 0, 4), LiveEntry(datetime(2026, 2, 6, 9, tzinfo=UTC), 5, 9)))  # fmt: skip
    with open_history("sqlite://") as history, history.transaction() as connection:
        ledger = SqlLedger(connection)
        version = ledger.add_version(blog, Reading(()), datetime(2026, 2, 6, 10, tzinfo=UTC), backfill=False)

        assert ledger.version(version).article == blog


def test_articles_of_one_run_in_any_order_send_the_same():
    sent = []
    for order in permutations(range(3)):
        desk = Newsdesk()
        desk.reads(figure(46_000))
        stories = [("reuters.com", figure(55_000), 1), ("worldbrief.example", figure(55_000), 2), ("euronews.com", figure(56_000), 3)]
        day = desk.now + timedelta(days=1)
        with desk.history.transaction() as connection:
            ledger = SqlLedger(connection)
            for n in order:
                outlet, claim, hour = stories[n]
                desk.store(claim, ledger, outlet, day + hours(hour))
        sent.append(sorted((told.kind, told.low) for told in desk.decides(day + hours(5))))
    assert all(alerts == sent[0] for alerts in sent)


def test_a_held_event_that_cannot_be_read_holds_up_no_other(tmp_path):
    desk = Newsdesk(open_history(f"sqlite:///{tmp_path}/h.db"))
    desk.reads(figure(46_000), figure(380_000, "wounded"))
    desk.reads(figure(55_000), figure(455_000, "wounded"), outlet="worldbrief.example")
    with desk.history.transaction() as connection:
        assert connection.execute(select(func.count()).select_from(holds)).scalar() == 2
        connection.execute(holds.update().where(holds.c.key.contains("killed")).values(details={}))
    (tmp_path / "tallywatch.toml").write_text(f'database = "{desk.history.url}"\n')
    config = read_config(tmp_path / "tallywatch.toml")
    run = job._Run(config, Outlets({}, {}), desk.history, lambda: desk.now + hours(1), False, None, lambda: False, None)
    run._decide()
    assert [(event.metric, event.low) for event in run.events] == [("wounded", 455_000)]
    (problem,) = run.problems
    assert "killed" in problem
    assert "could not be judged" in problem
    assert run.unjudged
