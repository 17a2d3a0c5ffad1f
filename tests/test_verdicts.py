"""What a person says of an alert is written once, respected ever after, and overwrites nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, timedelta
from io import StringIO
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from crawler.article import Article
from monitors import verdicts
from monitors.alerts.budgets import SHIPPED
from monitors.alerts.outbox import delivered
from monitors.alerts.routing import PLAIN
from monitors.check import Verdict, check_article
from monitors.history import frontier, outbox, tables
from monitors.history import verdicts as said
from monitors.history.gathering import gather
from monitors.history.ledger import SqlLedger
from monitors.history.store import open_history
from monitors.model import Channel, Event, Kind, Monitor, Reading, Severity, State
from monitors.report.tables import print_points, print_review
from monitors.verdicts import NotFound
from tests.newsdesk import Newsdesk, figure, hours, kinds, listen, toll

ALL = frozenset({Severity.URGENT, Severity.NOTABLE, Severity.ROUTINE})
MAIL, LATE = Channel("mail", "json://a", ALL), Channel("late", "json://c", ALL)
PUSH = Channel("push", "json://b", frozenset({Severity.URGENT}))
WORDS = "Officially 55,000 soldiers have been hurt."


@pytest.fixture
def desk() -> Newsdesk:
    """A desk with two channels; Zelensky's 46,000 stands."""
    desk = Newsdesk(open_history("sqlite://"))
    desk.policy = replace(desk.policy, channels=(MAIL, PUSH))
    desk.reads(figure(46_000))
    deliver(desk)
    return desk


def say(desk: Newsdesk, verb: Callable[..., list[str]], *arguments: Any, **options: Any) -> list[str]:
    with desk.history.transaction() as connection:
        return verb(connection, desk.policy, *arguments, desk.now, **options)


def deliver(desk: Newsdesk, *channels: str) -> list[tuple[str, str]]:
    """Everything due is sent, or what is due to some channels; (channel, title) of each message."""
    sent = []
    with desk.history.transaction() as connection:
        gather(connection, (), desk.now, PLAIN, SHIPPED)
        for row, channel in outbox.due(connection, desk.now):
            if channel in channels or not channels:
                parcel = outbox.claim(connection, row, "me", desk.now)
                assert parcel
                outbox.finish(connection, row, "me", delivered(desk.now), desk.now)
                sent.append((channel, parcel.title))
    return sent


def states(desk: Newsdesk, told: Event) -> dict[str, str]:
    with desk.history.reading() as connection:
        return {channel: state for channel, state, _ in outbox.deliveries_of(connection, [told.id])[told.id]}


def standing(desk: Newsdesk, told: Event) -> list[int | None]:
    """The numbers that stand in the series of an alert."""
    with desk.history.reading() as connection:
        assert told.series
        (shelf,) = SqlLedger(connection).shelves([told.series])
        return [s.low for s in shelf.standing]


def queue(desk: Newsdesk, limit: int = 50) -> list[said.Item]:
    with desk.history.reading() as connection:
        return said.queue(connection, desk.now, limit)


def rows(desk: Newsdesk, table: Any) -> list[Any]:
    with desk.history.reading() as connection:
        return list(connection.execute(select(table)).all())


# --- reject


def test_a_rejected_figure_stands_no_more_and_those_who_were_told_hear_that_we_misread(desk):
    (told,) = desk.reads(figure(55_000, quote=WORDS))
    assert sorted(channel for channel, _ in deliver(desk)) == ["mail", "push"]
    say(desk, verdicts.reject, told.id[:8], "these are the wounded")
    assert standing(desk, told) == [46_000]
    title = "Ukrainian soldiers killed: we misread 55,000 (reuters.com)"
    assert sorted(deliver(desk)) == [("mail", title), ("push", title)]


def test_a_reject_tells_exactly_those_who_received_it_and_stops_what_was_still_to_be_sent(desk):
    (told,) = desk.reads(figure(55_000, quote=WORDS))
    deliver(desk, "mail")
    desk.policy = replace(desk.policy, channels=(MAIL, PUSH, LATE))
    say(desk, verdicts.reject, told.id, "these are the wounded")
    assert states(desk, told) == {"mail": "sent", "push": "withheld"}
    assert [channel for channel, _ in deliver(desk)] == ["mail"]


def test_what_nobody_received_is_taken_back_in_silence(desk):
    (told,) = desk.reads(figure(55_000, quote=WORDS))
    assert "nobody had been told" in say(desk, verdicts.reject, told.id, "wrong")
    assert deliver(desk) == []


def test_the_message_of_a_misreading_says_what_is_wrong_and_what_stands_and_blames_nobody(desk):
    (told,) = desk.reads(figure(55_000, quote=WORDS))
    deliver(desk)
    say(desk, verdicts.reject, told.id, "these are the wounded")
    body = rows(desk, tables.outbox)[-1].body
    assert "The mistake is ours, not the outlet's." in body
    assert "these are the wounded" in body
    assert WORDS in body
    assert "46,000" in body.partition("WHAT STANDS")[2]


def test_the_same_misreading_on_another_page_is_told_to_nobody(desk):
    (told,) = desk.reads(figure(55_000, quote=WORDS))
    say(desk, verdicts.reject, told.id, "these are the wounded")
    assert desk.reads(figure(55_000, quote=WORDS.replace("Officially", "“Officially”")), outlet="bbc.com") == []
    assert standing(desk, told) == [46_000]


def test_a_new_version_of_the_page_does_not_raise_a_rejected_sentence_again(desk):
    page = {"url": "https://www.reuters.com/story"}
    (told,) = desk.reads(figure(55_000, quote=WORDS), **page)
    say(desk, verdicts.reject, told.id, "these are the wounded")
    assert desk.reads(figure(55_000, quote=WORDS), text=f"{WORDS}\nMore follows.", **page) == []
    assert desk.reads(text="Nothing is said of it any more.\nMore follows.", **page) == []


def test_another_sentence_that_does_say_the_number_is_told(desk):
    (told,) = desk.reads(figure(55_000, quote=WORDS))
    say(desk, verdicts.reject, told.id, "these are the wounded")
    (again,) = desk.reads(figure(55_000, quote="Officially 55,000 soldiers were killed."))
    assert (again.kind, again.previous_low) == (told.kind, 46_000)
    assert again.id != told.id


def test_a_true_sentence_that_the_misread_value_satisfied_is_not_silenced_with_it(desk):
    (told,) = desk.reads(figure(55_000, quote=WORDS))
    weaker = figure(50_000, qualifier="more_than", quote="More than 50,000 soldiers were killed, he said.")
    assert desk.reads(weaker, outlet="bbc.com") == []
    say(desk, verdicts.reject, told.id, "these are the wounded")
    assert kinds(desk.reads(weaker, outlet="nytimes.com")) == ["change urgent"]


def test_a_misread_toll_does_not_make_the_true_ones_after_it_look_small(desk):
    (wrong,) = desk.reads(toll(900))
    say(desk, verdicts.reject, wrong.id, "a year's number")
    assert kinds(desk.reads(toll(60), at=hours(1))) == ["new_series notable"]


def test_a_held_alert_that_is_rejected_is_never_sent(desk):
    assert desk.reads(figure(55_000, quote=WORDS), outlet="worldbrief.example") == []
    (held,) = queue(desk)
    say(desk, verdicts.reject, held.event.id, "these are the wounded")
    assert desk.waits(hours(2)) == []
    assert queue(desk) == []


def test_a_rejected_digest_item_is_taken_out_of_the_digest(desk):
    (told,) = desk.reads(figure(55_000, quote=WORDS, sure=False))
    say(desk, verdicts.reject, told.id, "wrong")
    desk.waits(hours(24))
    assert deliver(desk) == []


def test_who_read_it_in_the_digest_hears_in_the_next_digest_that_we_misread(desk):
    (told,) = desk.reads(figure(55_000, quote=WORDS, sure=False))
    desk.waits(hours(24))
    assert [title for _, title in deliver(desk)] == ["Digest of 5 Feb 2026: one item"]
    assert say(desk, verdicts.reject, told.id, "wrong")[-1] == "will be told with the next digest that we misread: mail"
    assert deliver(desk) == []
    desk.waits(hours(24))
    assert [(channel, title) for channel, title in deliver(desk)] == [("mail", "Digest of 6 Feb 2026: one item")]
    assert "we misread 55,000" in rows(desk, tables.outbox)[-1].body


PAGE = "Schools stay closed.\nThe bridge is open again.\nA minister will visit."


def test_a_withdrawal_that_we_misread_is_taken_back_and_the_figure_stands_again(desk):
    page = {"url": "https://www.reuters.com/story"}
    (told,) = desk.reads(figure(55_000, quote=WORDS), text=f"{PAGE}\n{WORDS}", **page)
    (gone,) = desk.reads(text=f"{PAGE}\nNothing more.", **page)
    assert (gone.kind, standing(desk, told)) == (Kind.RETRACTION, [46_000])
    deliver(desk)
    say(desk, verdicts.reject, gone.id, "it stands on the second page")
    assert standing(desk, told) == [46_000, 55_000]
    assert {title for _, title in deliver(desk)} == {"Ukrainian soldiers killed: 55,000 stands, we misread (reuters.com)"}


def test_a_denial_that_we_misread_is_taken_back_and_never_read_so_again(desk):
    desk.reads(figure(55_000))
    denied = figure(55_000, stance="denied", attributed_to="Zelensky", quote="He did not deny that 55,000 were killed.")
    (told,) = desk.reads(denied, outlet="bbc.com")
    assert told.kind is Kind.DENIAL
    say(desk, verdicts.reject, told.id, "it says the contrary")
    assert desk.reads(denied, outlet="nytimes.com") == []
    with desk.history.reading() as connection:
        assert SqlLedger(connection).statement(told.statement.id).state is State.UNCONFIRMED


def test_of_a_misread_correction_the_first_value_stands(desk):
    page = {"url": "https://www.reuters.com/story", "title": "Losses"}
    (told,) = desk.reads(figure(55_000, quote="He said 55,000 soldiers had died."), **page)
    again = figure(56_000, quote="He said 56,000 soldiers had died.")
    (corrected,) = desk.reads(again, text=f"{again.quote}\nThis story was corrected.", **page)
    say(desk, verdicts.reject, corrected.id, "that is another count")
    assert standing(desk, told) == [46_000, 55_000]


def misprinted(desk: Newsdesk) -> dict[str, str]:
    """A page that gives one end of Zelensky's range for all of it."""
    desk.reads(figure((50_000, 55_000)))
    page = {"url": "https://www.bbc.com/story", "outlet": "bbc.com"}
    wrong = figure(55_000, quote="He said 55,000 soldiers had died.")
    assert desk.reads(wrong, text=f"{PAGE}\n{wrong.quote}", at=hours(1), **page) == []
    return page


def test_a_withdrawn_misprint_that_is_rejected_marks_no_statement(desk):
    page = misprinted(desk)
    (gone,) = desk.reads(text=f"{PAGE}\nNothing more.", at=hours(1), **page)
    before = rows(desk, tables.marks)
    assert "rejected" in say(desk, verdicts.reject, gone.id, "it stands on the second page")[0]
    assert rows(desk, tables.marks) == before


def test_of_a_corrected_misprint_that_is_rejected_no_misprint_stands_again(desk):
    page = misprinted(desk)
    right = figure((51_000, 56_000), quote="He said 51,000 to 56,000 soldiers had died.")
    (corrected,) = desk.reads(right, text=f"{PAGE}\n{right.quote}\nThis story was corrected.", at=hours(1), **page)
    assert (corrected.kind, corrected.previous and corrected.previous.id) == (Kind.CORRECTION, None)
    assert "rejected" in say(desk, verdicts.reject, corrected.id, "that is another count")[0]
    assert standing(desk, corrected) == [46_000, 50_000]


def test_a_withdrawal_after_one_that_we_misread_counts_and_is_told(desk):
    page = {"url": "https://www.reuters.com/story"}
    (told,) = desk.reads(figure(55_000, quote=WORDS), text=f"{PAGE}\n{WORDS}", **page)
    for _ in range(3):
        (gone,) = desk.reads(text=f"{PAGE}\nNothing more.", at=hours(1), **page)
        assert (gone.kind, standing(desk, told)) == (Kind.RETRACTION, [46_000])
        say(desk, verdicts.reject, gone.id, "it stands on the second page")
        assert standing(desk, told) == [46_000, 55_000]
        desk.reads(figure(55_000, quote=WORDS), text=f"{PAGE}\n{WORDS}", at=hours(1), **page)


def test_a_denial_after_one_that_we_misread_counts_and_is_told(desk):
    desk.reads(figure(55_000))
    for number in range(3):
        quote = f"He did deny, for the {number}. time, that 55,000 were killed."
        denied = figure(55_000, stance="denied", attributed_to="Zelensky", quote=quote)
        (told,) = desk.reads(denied, outlet="bbc.com")
        with desk.history.reading() as connection:
            assert (told.kind, SqlLedger(connection).statement(told.statement.id).state) == (Kind.DENIAL, State.CONTESTED)
        with desk.history.reading() as connection:
            told_of = select(tables.events.c.id).where(tables.events.c.kind == "denial").order_by(tables.events.c.at.desc())
            last = connection.execute(told_of).scalars().first()
        say(desk, verdicts.reject, last, "it says the contrary")
        with desk.history.reading() as connection:
            assert SqlLedger(connection).statement(told.statement.id).state is State.UNCONFIRMED


# --- which figure of several


def quake(desk: Newsdesk, **where: Any) -> list[Event]:
    """One message of 60 dead and 900 wounded."""
    return desk.reads(toll(60), toll(900, metric="wounded", quote="The earthquake hurt 900 people."), **where)


def standing_in_quake(desk: Newsdesk, told: Event) -> dict[str, list[int | None]]:
    with desk.history.reading() as connection:
        shelves = SqlLedger(connection).shelves([one.series for one in (told.statement, *told.others)])
        return {shelf.series.metric: [s.low for s in shelf.standing] for shelf in shelves}


def test_of_a_message_of_several_figures_that_which_was_misread_must_be_said(desk):
    (told,) = quake(desk)
    deliver(desk)
    with pytest.raises(NotFound, match=r"--figure(.|\n)*60 killed philippines(.|\n)*“The earthquake hurt 900 people.”"):
        say(desk, verdicts.reject, told.id, "wrong")
    with pytest.raises(NotFound, match="shows no figure 55"):
        say(desk, verdicts.reject, told.id, "wrong", figure="55")
    assert standing_in_quake(desk, told) == {"killed": [60], "wounded": [900]}
    lines = say(desk, verdicts.reject, told.id, "an earlier quake", figure="900")
    assert any(line.startswith("struck: 900 wounded") and "The earthquake hurt 900 people." in line for line in lines)
    assert standing_in_quake(desk, told) == {"killed": [60], "wounded": []}
    assert {title for _, title in deliver(desk)} == {"People wounded, Philippines (earthquake, Cebu): we misread 900 (reuters.com)"}
    assert "already" in say(desk, verdicts.reject, told.id, "an earlier quake", figure="900")[0]
    say(desk, verdicts.reject, told.id, "an earlier quake", figure="60 killed")
    assert standing_in_quake(desk, told) == {"killed": [], "wounded": []}


@pytest.mark.parametrize(("struck", "left"), [("900", "60"), ("60", "900")])
def test_what_stands_beside_a_struck_figure_and_was_not_told_yet_is_told_without_it(desk, struck, left):
    (told,) = quake(desk)
    say(desk, verdicts.reject, told.id, "wrong", figure=struck)
    sent = deliver(desk)
    assert [channel for channel, _ in sent] == ["mail"]
    assert left in sent[0][1]
    assert struck not in rows(desk, tables.outbox)[-1].body.partition("tallywatch")[0]


def test_a_held_message_goes_out_without_the_figure_that_was_struck(desk):
    mine = Monitor("my-quakes", "Quakes", ("killed", "wounded"), scopes=("event",), urgent=True)
    desk.policy = replace(desk.policy, monitors=(mine, *desk.policy.monitors))
    assert quake(desk, outlet="worldbrief.example") == []
    (held,) = queue(desk)
    say(desk, verdicts.reject, held.event.id, "wrong", figure="900")
    (told,) = desk.waits(hours(2))
    assert (told.low, [one.low for one in told.others]) == (60, [])


def test_of_a_disagreement_the_figure_that_was_named_is_struck(desk):
    desk.reads(russian(400_000, "CSIS"))
    *_, told = desk.reads(russian(900_000, "UK Ministry of Defence", quote="London puts it at 900,000."))
    assert told.kind is Kind.DISAGREEMENT
    with pytest.raises(NotFound, match=r"900,000(.|\n)*400,000"):
        say(desk, verdicts.reject, told.id, "wrong")
    lines = say(desk, verdicts.reject, told.id, "wrong", figure="400,000")
    assert any(line.startswith("struck: 400,000 casualties russia (Center for Strategic") for line in lines)
    assert standing(desk, told) == [900_000]


def test_of_a_disagreement_that_lost_a_member_to_a_person_no_end_is_told(desk):
    desk.reads(russian(400_000, "CSIS"))
    *_, told = desk.reads(russian(900_000, "UK Ministry of Defence", quote="London puts it at 900,000."))
    say(desk, verdicts.reject, told.id, "wrong", figure="400,000")
    assert Kind.CONVERGED not in {event.kind for event in desk.reads(russian(890_000, "CSIS"))}


# --- whose sentence


PRIMARY = {"outlet": "president.gov.ua", "title": "Zelensky"}


def test_what_another_origin_really_said_stays_though_a_sentence_was_misread_so(desk):
    (told,) = desk.reads(figure(55_000, quote=WORDS), outlet="bbc.com")
    deliver(desk)
    right = figure(55_000, quote="The President named 55,000 fallen soldiers.")
    desk.reads(right, at=hours(1), **PRIMARY)
    deliver(desk)
    lines = say(desk, verdicts.reject, told.id, "these are the wounded")
    assert any("stays" in line and "president.gov.ua" in line and right.quote in line for line in lines)
    assert standing(desk, told) == [46_000, 55_000]
    assert deliver(desk) == []
    assert len(rows(desk, tables.misreadings)) == 1
    assert kinds(desk.reads(replace(right, low=58_000, high=58_000), **PRIMARY)) == ["change urgent"]
    assert "already" in say(desk, verdicts.reject, told.id, "these are the wounded")[0]


def test_a_figure_that_was_misread_everywhere_is_struck_with_all_its_sentences(desk):
    (told,) = desk.reads(figure(55_000, quote=WORDS), outlet="bbc.com")
    desk.reads(figure(55_000, quote="Of the wounded there are 55,000."), outlet="nytimes.com", at=hours(1))
    say(desk, verdicts.reject, told.id, "these are the wounded")
    assert standing(desk, told) == [46_000, 55_000]
    say(desk, verdicts.reject, told.id, "these are the wounded", everywhere=True)
    assert standing(desk, told) == [46_000]
    assert desk.reads(figure(55_000, quote="Of the wounded there are 55,000."), outlet="apnews.com") == []


# --- approve


def test_an_approved_alert_that_is_held_goes_out_at_once_as_it_stands(desk):
    desk.reads(figure(55_000), outlet="worldbrief.example")
    (held,) = queue(desk)
    assert held.due == desk.now + timedelta(minutes=30)
    say(desk, verdicts.approve, held.event.id)
    assert sorted(channel for channel, _ in deliver(desk)) == ["mail", "push"]
    assert desk.waits(hours(2)) == []


def test_a_doubtful_figure_that_is_approved_is_as_loud_as_it_would_have_been(desk):
    (doubtful,) = desk.reads(figure(55_000, sure=False))
    assert (doubtful.severity, doubtful.doubted) == (Severity.ROUTINE, Severity.URGENT)
    assert [item.event.id for item in queue(desk)] == [doubtful.id]
    say(desk, verdicts.approve, doubtful.id)
    title = "Ukrainian soldiers killed: 46,000 → 55,000 (Zelensky, via reuters.com)"
    assert sorted(deliver(desk)) == [("mail", title), ("push", title)]
    assert states(desk, doubtful) == {"mail": "withheld"}
    assert queue(desk) == []


def test_a_doubtful_figure_that_another_has_replaced_is_approved_and_not_told(desk):
    (doubtful,) = desk.reads(figure(55_000, sure=False))
    desk.reads(figure(56_000))
    deliver(desk)
    assert "another value stands" in say(desk, verdicts.approve, doubtful.id)[0]
    assert deliver(desk) == []


def test_what_was_rejected_cannot_be_approved(desk):
    (told,) = desk.reads(figure(55_000, sure=False))
    say(desk, verdicts.reject, told.id, "wrong")
    with pytest.raises(NotFound, match="taken back already"):
        say(desk, verdicts.approve, told.id)


# --- the queue


def test_the_queue_is_bounded_and_forgets_after_a_week_what_the_digest_told(desk):
    for number in range(47_000, 52_000, 1_000):
        desk.reads(figure(number, sure=False), at=hours(1))
    assert len(queue(desk, limit=3)) == 3
    desk.waits(timedelta(days=7))
    assert queue(desk) == []


def test_no_line_of_a_pipe_is_filled_up_with_blanks():
    row = dict.fromkeys(("title", "severity", "sentence", "link", "before", "before sentence", "approve", "reject"), "text")
    points = dict.fromkeys(("as of", "value", "judged", "claimant", "outlets", "sentence", "link"), "text")
    out = StringIO()
    print_review([{**row, "held until": None}], UTC, out)
    print_points([points], out)
    assert "“text”" in out.getvalue()
    assert [line for line in out.getvalue().splitlines() if line != line.rstrip()] == []


# --- mute


def test_a_muted_series_is_silent_until_its_value_changes(desk):
    (told,) = desk.reads(figure(55_000))
    say(desk, verdicts.mute, [told.id], None)
    assert desk.reads(figure(55_000, stance="denied", attributed_to="Zelensky"), outlet="bbc.com") == []
    assert kinds(desk.reads(figure(58_000))) == ["change urgent"]
    assert kinds(desk.reads(figure(60_000))) == ["change urgent"]


def test_a_series_muted_until_a_day_tells_nothing_before_it_and_everything_after(desk):
    (told,) = desk.reads(figure(55_000))
    say(desk, verdicts.mute, [told.series.key], desk.now + hours(36))
    assert desk.reads(figure(57_000)) == []
    assert kinds(desk.reads(figure(59_000))) == ["change urgent"]


def test_what_is_muted_is_stored_and_shown_as_muted(desk):
    (told,) = desk.reads(figure(55_000))
    say(desk, verdicts.mute, [told.id], desk.now + hours(48))
    deliver(desk)
    desk.reads(figure(57_000))
    assert deliver(desk) == []
    last = rows(desk, tables.outbox)[-1]
    assert (last.state, last.error) == ("withheld", f"muted until {desk.now + hours(24):%Y-%m-%d %H:%M}")


def test_a_correction_of_what_was_told_is_told_though_the_series_is_muted(desk):
    page = {"url": "https://www.reuters.com/story", "title": "Losses"}
    (told,) = desk.reads(figure(55_000, quote="He said 55,000 soldiers had died."), **page)
    say(desk, verdicts.mute, [told.id], desk.now + hours(48))
    again = figure(56_000, quote="He said 56,000 soldiers had died.")
    (corrected,) = desk.reads(again, text=f"{again.quote}\nThis story was corrected.", **page)
    assert corrected.kind is Kind.CORRECTION


def test_an_unmuted_series_is_told_again(desk):
    (told,) = desk.reads(figure(55_000))
    say(desk, verdicts.mute, [told.id], desk.now + hours(480))
    say(desk, verdicts.unmute, [told.id])
    assert kinds(desk.reads(figure(57_000))) == ["change urgent"]


# --- merge


def russian(number: int, by: str, **fields: Any) -> Any:
    return figure(number, "casualties", "russia", attributed_to=by, **fields)


def test_merged_claimants_share_a_series_and_never_disagree(desk):
    first, second = "the Institute of Alpha Studies", "the Centre of Beta Research"
    desk.reads(russian(300_000, first))
    desk.reads(russian(900_000, second), outlet="worldbrief.example", backfill=True)
    say(desk, verdicts.merge, first, second, "one house")
    events = desk.reads(russian(910_000, second))
    assert [told.series.body for told in events] == ["the institute of alpha studies"]
    assert [(told.kind, told.previous_low) for told in events] == [(Kind.CHANGE, 900_000)]


@pytest.mark.parametrize("merged", [False, True])
def test_two_claimants_that_would_disagree_do_not_once_they_are_one(desk, merged):
    desk.reads(russian(400_000, "CSIS"))
    if merged:
        say(desk, verdicts.merge, "CSIS", "uk", "they quote one another")
    told = kinds(desk.reads(russian(900_000, "UK Ministry of Defence")))
    assert told == (["change notable"] if merged else ["new_series notable", "disagreement notable"])


def test_a_disagreement_of_two_claimants_ends_without_a_word_when_they_are_merged(desk):
    desk.reads(russian(400_000, "CSIS"))
    desk.reads(russian(900_000, "UK Ministry of Defence"))
    say(desk, verdicts.merge, "CSIS", "UK Ministry of Defence", "")
    (told,) = desk.reads(russian(1_900_000, "UK Ministry of Defence"))
    assert (told.kind, told.series.body, told.previous_low) == (Kind.CHANGE, "csis", 900_000)


def test_a_claimant_nobody_knows_is_an_error_that_names_the_nearest(desk):
    with pytest.raises(NotFound, match="ukraine_general_staff"):
        say(desk, verdicts.merge, "ukraine", "ukraine_general_stuff", "")
    with pytest.raises(NotFound, match="no claimant is called"):
        say(desk, verdicts.merge, "ukraine", "xyzzy", "")


def test_the_mute_of_a_series_holds_when_its_body_is_merged_into_another(desk):
    desk.reads(russian(400_000, "CSIS"))
    told, *_ = desk.reads(russian(900_000, "UK Ministry of Defence"))
    say(desk, verdicts.mute, [told.id], desk.now + hours(480))
    say(desk, verdicts.merge, "CSIS", "uk", "")
    assert desk.reads(russian(1_900_000, "UK Ministry of Defence")) == []
    say(desk, verdicts.unmute, [told.id])
    assert kinds(desk.reads(russian(2_900_000, "UK Ministry of Defence"))) == ["change notable"]


def test_what_was_told_of_a_statement_after_a_merge_is_taken_back_too(desk):
    desk.reads(russian(400_000, "CSIS"))
    (told, *_) = desk.reads(russian(900_000, "UK Ministry of Defence"))
    say(desk, verdicts.merge, "CSIS", "uk", "")
    denied = russian(900_000, "UK Ministry of Defence", stance="denied", quote="London denied that 900,000 were lost.")
    (later,) = desk.reads(denied, outlet="bbc.com")
    assert (later.statement.id, later.series.body) == (told.statement.id, "csis")
    with desk.history.reading() as connection:
        assert {one.id for one in said.events_of(connection, told.statement.id)} >= {told.id, later.id}


def test_two_merged_claimants_can_be_two_again(desk):
    desk.reads(russian(400_000, "CSIS"))
    say(desk, verdicts.merge, "CSIS", "uk", "they quote one another")
    assert "already" in say(desk, verdicts.merge, "uk", "CSIS", "")[0]
    with pytest.raises(NotFound, match="say unmerge csis uk"):
        say(desk, verdicts.unmerge, "uk", "CSIS", "")
    say(desk, verdicts.unmerge, "CSIS", "uk", "they do not")
    assert "are two claimants" in say(desk, verdicts.unmerge, "CSIS", "uk", "they do not")[0]
    told = kinds(desk.reads(russian(900_000, "UK Ministry of Defence")))
    assert told == ["new_series notable", "disagreement notable"]
    say(desk, verdicts.merge, "uk", "CSIS", "they do after all")
    with desk.history.reading() as connection:
        assert SqlLedger(connection).merged() == {"csis": "uk"}


def test_a_draft_is_checked_with_the_claimants_as_they_were_merged(desk):
    desk.reads(russian(400_000, "CSIS"))
    say(desk, verdicts.merge, "CSIS", "uk", "they quote one another")
    claim = russian(400_000, "UK Ministry of Defence")
    draft = Article("", "", "", claim.quote, desk.now, language="en", core=claim.quote)
    with desk.history.reading() as connection:
        (checked,) = check_article(draft, Reading((claim,)), SqlLedger(connection), desk.policy, desk.now)
    assert (checked.verdict, checked.said and checked.said.series.body) == (Verdict.CURRENT, "csis")
    assert checked.remark.claimant.body == "csis"


# --- undo-run


@pytest.fixture
def bad_run(desk) -> tuple[Newsdesk, str, list[Event]]:
    """A run that told of two figures and held a third."""
    with desk.history.transaction() as connection:
        run = frontier.start_run(connection, desk.now + hours(24))
    told = desk.reads(figure(55_000))
    told += desk.reads(figure(400_000, "wounded"), at=hours(0))
    desk.reads(figure(12_000, "wounded", "russia", attributed_to="Putin"), outlet="worldbrief.example", at=hours(0))
    with desk.history.transaction() as connection:
        frontier.finish_run(connection, run, 0, {}, desk.now)
    return desk, run, told


def test_an_undone_run_leaves_nothing_standing_and_tells_each_channel_once(bad_run):
    desk, run, told = bad_run
    deliver(desk, "mail")
    lines = say(desk, verdicts.undo_run, run[:10], "last year's pages")
    assert standing(desk, told[0]) == [46_000]
    assert queue(desk) == []
    assert any("had been told (mail)" in line for line in lines)
    sent = deliver(desk)
    assert [channel for channel, _ in sent] == ["mail"]
    assert sent[0][1].startswith("We take back ")
    assert "last year's pages" in rows(desk, tables.outbox)[-1].body


def test_what_an_undone_run_told_is_told_anew_when_it_is_read_again(bad_run):
    desk, run, _ = bad_run
    say(desk, verdicts.undo_run, run, "")
    again = desk.reads(figure(55_000), outlet="bbc.com")
    assert kinds(again) == ["change urgent"]
    assert again[0].previous_low == 46_000


def test_what_an_undone_run_took_for_withdrawn_stands_again(desk):
    page = {"url": "https://www.reuters.com/story"}
    (told,) = desk.reads(figure(55_000, quote=WORDS), text=f"{PAGE}\n{WORDS}", **page)
    with desk.history.transaction() as connection:
        run = frontier.start_run(connection, desk.now + hours(24))
    desk.reads(text=f"{PAGE}\nNothing more.", **page)
    say(desk, verdicts.undo_run, run, "")
    assert standing(desk, told) == [46_000, 55_000]


def test_what_others_carry_since_an_undone_run_stays_and_nobody_hears_that_we_take_it_back(bad_run):
    desk, run, told = bad_run
    desk.reads(figure(55_000, quote="The President named 55,000 fallen soldiers."), at=hours(1), **PRIMARY)
    desk.reads(figure(55_000, quote="Ukraine has lost 55,000 soldiers, says its president."), at=hours(1), outlet="apnews.com")
    deliver(desk)
    lines = say(desk, verdicts.undo_run, run, "last year's pages")
    assert standing(desk, told[0]) == [46_000, 55_000]
    assert standing(desk, told[1]) == []
    assert any("stays: 55,000 killed" in line and "president.gov.ua, apnews.com" in line for line in lines)
    assert not any("had been told" in line and "55,000" in line for line in lines)
    assert all("55,000" not in row.body for row in rows(desk, tables.outbox) if row.title.startswith("We take back"))


def test_a_copy_of_what_an_undone_run_read_keeps_nothing_standing(bad_run):
    desk, run, told = bad_run
    desk.reads(figure(55_000), text="(Reuters) The number is 55,000.", outlet="unknown.example", at=hours(1))
    say(desk, verdicts.undo_run, run, "last year's pages")
    assert standing(desk, told[0]) == [46_000]


def test_a_run_that_was_killed_ended_with_its_last_judgement(desk):
    with desk.history.transaction() as connection:
        run = frontier.start_run(connection, desk.now + hours(24))
    (told,) = desk.reads(figure(55_000, quote=WORDS))
    other, *_ = desk.reads(figure(9_000, "wounded", sure=False), at=hours(0))
    deliver(desk)
    desk.now += hours(1)
    say(desk, verdicts.reject, told.id, "these are the wounded")
    say(desk, verdicts.approve, other.id)
    deliver(desk)
    with desk.history.reading() as connection:
        done = said.decided_in(connection, said.find_runs(connection, run)[0])
    assert (done.ends, [event.id for event in done.alerts]) == (desk.now - hours(1), [other.id])


def test_what_we_told_of_a_persons_word_is_not_taken_back_with_a_run(bad_run):
    desk, _, told = bad_run
    with desk.history.transaction() as connection:
        run = frontier.start_run(connection, desk.now)
    (doubtful,) = desk.reads(figure(58_000, sure=False), at=hours(0))
    say(desk, verdicts.approve, doubtful.id)
    say(desk, verdicts.reject, told[0].id, "wrong")
    with desk.history.transaction() as connection:
        frontier.finish_run(connection, run, 0, {}, desk.now)
    with desk.history.reading() as connection:
        done = said.decided_in(connection, said.find_runs(connection, run)[0])
    assert [event.id for event in done.alerts if event.metric == "killed"] == [doubtful.id]


def test_a_run_nobody_knows_is_an_error_that_names_the_last_ones(bad_run):
    desk, run, _ = bad_run
    with pytest.raises(NotFound, match=run[:8]):
        say(desk, verdicts.undo_run, "zzz", "")


# --- ever after


def test_the_same_verdict_twice_does_nothing_more(bad_run):
    desk, run, (told, other, *_) = bad_run
    deliver(desk)
    everything: list[tuple[Callable[..., list[str]], tuple[Any, ...]]] = [
        (verdicts.mute, ([other.id], None)),
        (verdicts.reject, (told.id, "wrong")),
        (verdicts.merge, ("ukraine", "ukraine_interior", "")),
        (verdicts.undo_run, (run, "")),
    ]
    for verb, arguments in everything:
        say(desk, verb, *arguments)
        before = [rows(desk, table) for table in (tables.verdicts, tables.marks, tables.outbox)]
        assert "already" in say(desk, verb, *arguments)[0]
        assert [rows(desk, table) for table in (tables.verdicts, tables.marks, tables.outbox)] == before


def test_nothing_is_overwritten(desk):
    (told,) = desk.reads(figure(55_000, quote=WORDS))
    before = {table: rows(desk, tables.metadata.tables[table]) for table in tables.APPEND_ONLY}
    say(desk, verdicts.reject, told.id, "wrong")
    for table, kept in before.items():
        assert rows(desk, tables.metadata.tables[table])[: len(kept)] == kept
    with pytest.raises(DBAPIError, match="append-only"), desk.history.transaction() as connection:
        connection.exec_driver_sql("UPDATE verdicts SET why = ''")


def test_an_alert_nobody_knows_is_an_error_that_names_the_nearest(desk):
    (told,) = desk.reads(figure(55_000))
    with pytest.raises(NotFound, match=f"did you mean {told.id}"):
        say(desk, verdicts.reject, told.id[:-1] + "z", "wrong")


@pytest.mark.sqlite("its query plans")
def test_verdicts_cost_an_article_two_questions_and_an_index_answers_each(desk):
    (told,) = desk.reads(figure(55_000, quote=WORDS))
    say(desk, verdicts.reject, told.id, "wrong")
    say(desk, verdicts.mute, [told.series.key], None)
    say(desk, verdicts.merge, "ukraine", "ukraine_interior", "")
    asked = listen(desk.history)
    desk.reads(figure(56_000), outlet="bbc.com")
    about = [sql for sql in asked if "FROM verdicts" in sql or "FROM misreadings" in sql]
    assert len([sql for sql in about if "verdicts.until" not in sql]) == 2  # the mute is asked for once for an alert
    with desk.history.reading() as connection:
        for sql in [*asked]:
            if sql.startswith("SELECT"):
                plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}").all()
                assert not [row[3] for row in plan if row[3].startswith("SCAN") and "CONSTANT" not in row[3]], sql


def test_an_article_without_figures_costs_nothing(desk):
    asked = listen(desk.history)
    desk.reads(text="Nothing is counted here.", at=timedelta(0))
    assert not [sql for sql in asked if "verdicts" in sql or "misreadings" in sql]


@pytest.mark.parametrize("name", ["", " "])
def test_no_name_means_nothing(desk, name):
    (told,) = desk.reads(figure(55_000))
    for verb, arguments in ((verdicts.reject, (name, "wrong")), (verdicts.approve, (name,)), (verdicts.mute, ([name], None))):
        with pytest.raises(NotFound, match=r"tallywatch (review|history)"):
            say(desk, verb, *arguments)
    with pytest.raises(NotFound, match="the last:"):
        say(desk, verdicts.undo_run, name, "")
    assert standing(desk, told) == [46_000, 55_000]


def test_a_beginning_that_several_alerts_share_mutes_none_of_them(desk):
    events: list[Event] = []
    while len({told.id[0] for told in events}) == len(events):
        events += desk.reads(figure(55_000 + 4_000 * len(events)))
    shared = events[-1].id[0]
    both = sorted(told.id for told in events if told.id.startswith(shared))
    for verb, arguments in ((verdicts.mute, ([shared], None)), (verdicts.unmute, ([shared],))):
        with pytest.raises(NotFound, match=f"several alerts: {', '.join(both)}"):
            say(desk, verb, *arguments)
    assert rows(desk, tables.verdicts) == []
