"""What is told of articles, one after the other: stories in hand-made claims."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from monitors.alerts.wording import compose
from monitors.model import Monitor, State
from monitors.replay import play
from tests.newsdesk import Newsdesk, figure, hours, kinds, toll


@pytest.fixture
def desk() -> Iterator[Newsdesk]:
    desk = Newsdesk()
    yield desk
    desk.history.close()


# --- a president and his own losses


def test_a_later_total_of_ones_own_dead_is_urgent_and_shows_the_old_one(desk):
    desk.reads(figure(46_000, qualifier="more_than"), outlet="nbcnews.com")
    (event,) = desk.reads(figure(55_000))
    assert (event.kind, event.severity, event.low, event.previous_low) == ("change", "urgent", 55_000, 46_000)
    assert event.claimant == "Volodymyr Zelensky"
    assert event.role == "Ukraine's president"


def test_the_first_figure_of_a_series_is_notable_from_a_newsroom_of_record(desk):
    assert kinds(desk.reads(figure(31_000))) == ["new_series notable"]


def test_rounded_and_weaker_wordings_of_the_current_value_are_silent(desk):
    desk.reads(figure(55_130))
    for number, qualifier in ((55_000, "exact"), (55_000, "about"), (55_000, "more_than"), (50_000, "more_than"), (56_000, "nearly")):
        assert desk.reads(figure(number, qualifier=qualifier), outlet="bbc.com") == [], (number, qualifier)


def test_a_total_of_one_unknown_outlet_waits_half_an_hour_and_goes_out_unconfirmed(desk):
    desk.reads(figure(46_000))
    assert desk.reads(figure(55_000), outlet="worldbrief.example") == []
    assert desk.waits(hours(0.4)) == []
    (event,) = desk.waits(hours(0.2))
    assert (event.kind, event.severity, event.state) == ("change", "urgent", State.UNCONFIRMED)


def test_a_second_origin_frees_what_waits_and_copies_do_not(desk):
    desk.reads(figure(46_000))
    desk.reads(
        figure(55_000),
        outlet="worldbrief.example",
        text="The number is 55,000.\nThe president told it to a reporter on a long train ride from the south.",
    )
    assert desk.reads(figure(55_000), outlet="other.example", at=hours(0.1)) == []
    (event,) = desk.reads(figure(55_000), outlet="reuters.com", at=hours(0.1))
    assert (event.kind, event.severity) == ("change", "urgent")
    assert desk.waits(hours(3)) == []


def test_the_claimants_own_page_confirms_an_unconfirmed_report_exactly_once(desk):
    desk.reads(figure(46_000))
    desk.reads(figure(55_000), outlet="odessa-journal.com")
    assert kinds(desk.waits(hours(1))) == ["change urgent"]
    (event,) = desk.reads(figure(55_000), outlet="president.gov.ua")
    assert (event.kind, event.state) == ("confirmed", State.PRIMARY)
    for outlet in ("reuters.com", "bbc.com", "euronews.com", "dw.com"):
        assert desk.reads(figure(55_000), outlet=outlet, at=hours(1)) == []


def test_a_dozen_copies_of_one_agency_text_are_one_origin(desk):
    desk.reads(figure(46_000))
    quote = "PARIS (Reuters) - The president said on Wednesday that 55,000 soldiers had been killed."
    assert kinds(desk.reads(figure(55_000, quote=quote))) == ["change urgent"]
    for outlet in ("usnews.com", "yahoo.com", "straitstimes.com", "jpost.com"):
        assert desk.reads(figure(55_000, quote=quote), outlet=outlet, at=hours(1)) == []


def test_what_a_backgrounder_recalls_is_silent(desk):
    desk.reads(figure(43_000, as_of="2026-02-03"))
    desk.reads(figure(46_000, as_of="2026-02-04"))
    desk.reads(figure(55_000, as_of="2026-02-05"))
    recalled = (
        figure(43_000, as_of="2026-02-03"),
        figure(46_000, qualifier="more_than"),
        figure(55_000),
        figure(40_000, past=True),
        figure(44_000, as_of="2026-01"),
    )
    assert desk.reads(*recalled, outlet="theguardian.com", at=hours(900)) == []


def test_what_a_text_recalls_is_no_first_figure_beside_what_it_reports(desk):
    events = desk.reads(figure(43_000, as_of="2024-12", past=True), figure(55_000))
    assert [(event.kind, event.low) for event in events] == [("new_series", 55_000)]


def test_a_total_that_falls_on_a_later_day_is_a_reversal(desk):
    desk.reads(figure(390_000, "wounded"))
    (event,) = desk.reads(figure(380_000, "wounded", qualifier="nearly"), outlet="nbcnews.com")
    assert (event.kind, event.severity, event.previous_low) == ("reversal", "urgent", 390_000)


def test_cases_are_not_persons(desk):
    desk.reads(figure(370_000, "wounded", unit="cases"))
    assert kinds(desk.reads(figure(350_000, "wounded"))) == ["new_series notable"]


def test_a_headline_that_calls_the_dead_casualties_is_one_remark_with_a_caution(desk):
    (event,) = desk.reads(figure(55_000), figure(55_000, "casualties", in_title=True, sure=False))
    assert event.metric == "killed"
    assert event.cautions == ("The headline says casualties, the text says killed",)


def test_the_dead_called_casualties_by_another_outlet_are_no_new_series(desk):
    desk.reads(figure(55_000))
    assert kinds(desk.reads(figure(55_000, "casualties"), outlet="bbc.com", at=hours(2))) == ["misquote routine"]


def test_an_outlet_that_prints_another_number_for_the_same_statement_overwrites_nothing(desk):
    desk.reads(figure(45_680, as_of="2026-02-03"))
    (event,) = desk.reads(figure(45_690, as_of="2026-02-03"), outlet="euronews.com", at=hours(2))
    assert (event.kind, event.severity, event.low, event.previous_low) == ("misquote", "routine", 45_690, 45_680)
    (event,) = desk.reads(figure(50_000))
    assert event.previous_low == 45_680


def test_plans_forecasts_other_wars_and_vague_numbers_are_never_told(desk):
    for claim in (figure(60_000, stance="hypothetical"), figure(15_000, comparison=True), figure(None, qualifier="vague")):
        assert desk.reads(claim) == []


def test_a_doubtful_reading_waits_for_the_digest(desk):
    desk.reads(figure(46_000))
    assert kinds(desk.reads(figure(55_000, sure=False))) == ["change routine"]


def test_what_was_read_in_doubt_is_loud_when_a_better_origin_carries_it(desk):
    desk.reads(figure(46_000))
    desk.reads(figure(55_000, sure=False), outlet="worldbrief.example")
    assert kinds(desk.reads(figure(55_000), outlet="bbc.com", at=hours(2))) == ["change urgent"]
    assert desk.reads(figure(55_000), outlet="dw.com", at=hours(2)) == []


def test_first_sight_and_old_articles_are_stored_and_never_told(desk):
    assert desk.reads(figure(46_000), backfill=True) == []
    assert desk.reads(figure(50_000), published=desk.now - hours(60)) == []
    (event,) = desk.reads(figure(55_000))
    assert (event.kind, event.previous_low) == ("change", 46_000)  # 50,000 was printed before it


def test_the_same_articles_again_say_nothing_more(desk):
    story = (figure(46_000), figure(55_000))
    first = [desk.reads(claim, url=f"https://www.reuters.com/{claim.low}") for claim in story]
    again = [desk.reads(claim, url=f"https://www.reuters.com/{claim.low}") for claim in story]
    assert (any(first), any(again)) == (True, False)


# --- who disagrees


def test_an_estimate_beside_a_sides_own_total_is_explained_and_shown_beside_the_change(desk):
    desk.reads(figure(46_000))
    assert kinds(desk.reads(figure((100_000, 140_000), attributed_to="CSIS"), outlet="csis.org")) == ["new_series notable"]
    (event,) = desk.reads(figure(55_000))
    assert (event.kind, [other.high for other in event.others]) == ("change", [140_000])


def test_two_estimates_that_do_not_meet_are_one_disagreement_told_once(desk):
    desk.reads(figure(60_000, party="russia", attributed_to="CSIS"))
    assert kinds(desk.reads(figure(120_000, party="russia", attributed_to="US officials"))) == [
        "new_series notable",
        "disagreement notable",
    ]
    assert desk.reads(figure(60_000, party="russia", attributed_to="CSIS"), outlet="bbc.com") == []
    assert "disagreement notable" not in kinds(desk.reads(figure(65_000, party="russia", attributed_to="CSIS")))


def test_a_disagreement_that_ends_is_told_once(desk):
    desk.reads(figure(60_000, party="russia", attributed_to="CSIS"))
    desk.reads(figure(120_000, party="russia", attributed_to="US officials"))
    assert "converged notable" in kinds(desk.reads(figure(118_000, party="russia", attributed_to="CSIS")))


def test_more_names_than_the_official_total_is_urgent(desk):
    desk.reads(figure(31_000))
    events = desk.reads(figure(42_000, qualifier="more_than", attributed_to="UALosses"), outlet="novayagazeta.eu")
    breach = next(event for event in events if event.kind == "floor_breach")
    assert (breach.severity, breach.low, breach.previous_low) == ("urgent", 42_000, 31_000)
    assert "floor_breach urgent" not in kinds(desk.reads(figure(43_000, attributed_to="UALosses"), outlet="novayagazeta.eu"))


def test_a_jump_of_the_names_list_is_a_step_and_its_roundings_are_silent(desk):
    names = {"party": "russia", "attributed_to": "Mediazona"}
    for number, days in ((160_113, 1), (162_338, 10), (164_041, 10)):
        desk.reads(figure(number, **names), outlet="meduza.io", at=hours(24 * days))
    (event,) = desk.reads(figure(200_186, **names), outlet="zona.media", at=hours(96))
    assert (event.kind, event.severity, event.previous_low) == ("step", "notable", 164_041)
    assert desk.reads(figure(200_000, party="russia", attributed_to="the BBC"), outlet="bbc.com", at=hours(3)) == []


# --- daily series


def test_a_daily_total_goes_to_the_digest_and_its_round_mark_is_told_once(desk):
    staff = {"party": "russia", "metric": "casualties", "attributed_to": "General Staff of Ukraine", "qualifier": "about"}
    for n in range(5):
        assert "notable" not in " ".join(
            kinds(desk.reads(figure(1_296_000 + n * 900, **staff), outlet="ukrinform.net"))[(n > 0 and 0) or 7 :]
        )
    (event,) = desk.reads(figure(1_300_030, **staff), outlet="ukrinform.net")
    assert (event.kind, event.severity) == ("milestone", "notable")
    assert desk.reads(figure(1_300_030, **staff), outlet="kyivindependent.com", at=hours(1)) == []
    assert kinds(desk.reads(figure(1_301_260, **staff), outlet="ukrinform.net")) == ["change routine"]


# --- denial, edits


def test_a_denial_is_tied_to_the_figure_that_was_stored(desk):
    desk.reads(figure(80_000, attributed_to="people familiar with the matter"), outlet="wsj.com")
    (event,) = desk.reads(figure(80_000, stance="denied", attributed_to="The Wall Street Journal", denied_by="Zelensky"), outlet="unn.ua")
    assert (event.kind, event.severity, event.low, event.state) == ("denial", "notable", 80_000, State.CONTESTED)
    assert desk.reads(figure(300_000, stance="denied"), outlet="unn.ua") == []


def test_a_denial_says_who_denies_and_with_what_words(desk):
    desk.reads(figure(80_000, attributed_to="people familiar with the matter"), outlet="wsj.com")
    words = "That 80,000 have died is a lie, Zelensky said."
    (event,) = desk.reads(figure(80_000, stance="denied", attributed_to=None, denied_by="Zelensky", quote=words), outlet="unn.ua")
    assert (event.claimant, event.role, event.denial) == ("Volodymyr Zelensky", "Ukraine's president", words)
    alert = compose(event)
    assert "80,000, denied by Volodymyr Zelensky" in alert.body
    assert words in alert.body


def test_a_number_that_changes_on_a_page_without_a_word_is_a_silent_edit(desk):
    desk.reads(figure(43_000), url="https://www.euronews.com/story", outlet="euronews.com")
    desk.waits(hours(1))
    (event,) = desk.reads(figure(46_000), url="https://www.euronews.com/story", outlet="euronews.com", at=hours(2))
    assert (event.kind, event.subtype, event.low, event.previous_low) == ("correction", "silent edit", 46_000, 43_000)


def test_a_misprint_that_its_outlet_puts_right_is_told_as_its_correction(desk):
    page = {"url": "https://www.euronews.com/story", "outlet": "euronews.com", "at": hours(1)}
    desk.reads(figure(55_000, as_of="2026-02-03"))
    assert kinds(desk.reads(figure(50_500, as_of="2026-02-03"), **page)) == ["misquote routine"]
    (event,) = desk.reads(figure(55_000, as_of="2026-02-03"), **page)
    assert (event.kind, event.severity, event.low, event.previous_low) == ("correction", "routine", 55_000, 50_500)


def test_what_was_stored_for_the_record_is_not_told_when_it_is_met_again(desk):
    desk.reads(figure(122_883, party="russia", attributed_to="Mediazona"), backfill=True)
    desk.reads(figure(160_000, party="russia", attributed_to="Mediazona", qualifier="nearly"), backfill=True)
    assert desk.reads(figure(160_000, party="russia", attributed_to="the BBC", qualifier="nearly"), outlet="bbc.com") == []


def test_a_figure_that_is_gone_from_its_page_is_retracted_for_those_who_were_told(desk):
    rest = "The commission met on Monday.\nIt will meet again in spring."
    claim = figure(100_000, qualifier="more_than", attributed_to="von der Leyen")
    assert kinds(desk.reads(claim, outlet="europa.eu", url="https://ec.europa.eu/a", text=f"{claim.quote}\n{rest}")) == [
        "new_series notable"
    ]
    (event,) = desk.reads(outlet="europa.eu", url="https://ec.europa.eu/a", text=rest, at=hours(5))
    assert (event.kind, event.severity, event.low, event.state) == ("retraction", "notable", 100_000, State.WITHDRAWN)


def test_a_sentence_that_still_stands_is_no_edit_however_it_is_read_now(desk):
    page = {"url": "https://www.reuters.com/story", "at": hours(2)}
    quote = "Zelensky said that 55,000 of the 60,000 soldiers who were lost had been killed."
    desk.reads(figure(60_000, quote=quote), text=f"{quote}\nThe fightin goes on.\nSnow is expected.", **page)
    assert desk.reads(figure(55_000, quote=quote), text=f"{quote}\nThe fighting goes on.\nSnow is expected.", **page) == []


def test_a_number_within_another_is_not_the_figure_that_is_gone(desk):
    page = {"url": "https://www.bbc.com/story", "outlet": "bbc.com", "at": hours(2)}
    rest = "It was the worst day since 2012.\nRescuers went home.\nThe road is open."
    desk.reads(toll(12, quote="The crash killed 12 people."), text=f"The crash killed 12 people.\n{rest}", **page)
    (event,) = desk.reads(text=rest, **page)
    assert event.kind == "retraction"


def test_a_leak_elsewhere_on_the_page_is_no_new_way_of_counting(desk):
    desk.reads(figure(46_000))
    (event,) = desk.reads(figure(55_000), text="The number is 55,000.\nHe left.\nElsewhere a gas leak was reported.")
    assert (event.kind, event.severity) == ("change", "urgent")


def test_another_text_at_the_same_address_is_no_edit(desk):
    page = {"url": "https://www.reuters.com/live", "at": hours(2)}
    desk.reads(figure(55_000, quote="The president said that 55,000 soldiers had been killed in the war."), **page)
    later = figure(12_000, "wounded", quote="Hospitals in the east have treated 12,000 wounded men since spring.")
    assert "retraction" not in " ".join(kinds(desk.reads(later, **page)))


def test_a_figure_behind_a_wall_or_on_a_live_page_has_not_vanished(desk):
    claim = figure(100_000)
    desk.reads(claim, url="https://www.bbc.com/live", text=f"{claim.quote}\nA.\nB.", live=True)
    assert desk.reads(url="https://www.bbc.com/live", text="A.\nB.", live=True) == []
    desk.reads(figure(100_000), url="https://www.ft.com/x", text=f"{claim.quote}\nA.\nB.")
    assert desk.reads(url="https://www.ft.com/x", text="A.", free=False) == []


# --- one event and its toll


def test_the_toll_of_a_quake_is_loud_at_fifty_and_by_rungs_and_thirds(desk):
    story = [
        (26, "new_series routine"),
        (53, "change notable"),
        (58, "change routine"),
        (74, "change notable"),
        (76, "change routine"),
        (104, "change notable"),
    ]
    for number, expected in story:
        assert kinds(desk.reads(toll(number), outlet="apnews.com", at=hours(2))) == [expected], number


def test_no_event_has_more_than_ten_loud_alerts_in_ten_days_not_even_for_a_toll_that_falls(desk):
    for n in range(11):
        desk.reads(toll(100 * 2**n), outlet="apnews.com", at=hours(5))
    lower = toll(90_000, quote="The toll was revised down to 90,000.")
    assert kinds(desk.reads(lower, outlet="apnews.com", at=hours(5))) == ["reversal routine"]


def test_a_monitor_of_ones_own_may_push_about_a_toll(desk):
    mine = Monitor("my-quakes", "Quakes", ("killed",), scopes=("event",), urgent=True)
    desk.policy = replace(desk.policy, monitors=(mine, *desk.policy.monitors))
    assert kinds(desk.reads(toll(60), outlet="apnews.com")) == ["new_series urgent"]


def test_copies_of_a_toll_that_lag_are_silent(desk):
    for number in (35, 60, 72):
        desk.reads(toll(number), at=hours(3))
    for number in (35, 60, 41, 70):
        assert desk.reads(toll(number, attributed_to=None), outlet="hindustantimes.com", at=hours(1)) == [], number


def test_a_toll_on_the_page_one_has_read_is_a_change_and_no_correction(desk):
    page = {"outlet": "bbc.com", "url": "https://www.bbc.com/quake"}
    desk.reads(toll(35), **page)
    (event,) = desk.reads(toll(69), **page, at=hours(2))
    assert (event.kind, event.low, event.previous_low) == ("change", 69, 35)


def test_a_toll_that_is_revised_down_by_officials_is_a_reversal(desk):
    desk.reads(toll(78))
    (event,) = desk.reads(toll(63, quote="Officials revised the toll of the earthquake down to 63."), toll(78, superseded=True))
    assert (event.kind, event.severity, event.low, event.previous_low) == ("reversal", "notable", 63, 78)


def test_the_missing_and_the_dead_of_one_ferry_are_one_message(desk):
    ferry = {"event": "ferry sinking", "place": "Basilan", "quote": "The ferry sank off Basilan."}
    (event,) = desk.reads(toll(18, **ferry), toll(120, metric="missing", **ferry))
    assert (event.kind, event.severity) == ("new_series", "notable")
    assert {event.low, *(other.low for other in event.others)} == {18, 120}


def test_two_attacks_of_one_day_in_two_places_are_two_events(desk):
    attack = {"party": "ukraine", "event": "missile strike", "quote": "The strike killed people."}
    assert kinds(desk.reads(toll(12, place="Kharkiv", **attack))) == ["new_series routine"]
    assert kinds(desk.reads(toll(14, place="Odesa", **attack), at=hours(1))) == ["new_series routine"]


def test_two_ministries_that_do_not_agree_on_a_toll_are_told_once(desk):
    desk.reads(toll(52, attributed_to="the health ministry"))
    assert kinds(desk.reads(toll(41, attributed_to="the interior ministry"), at=hours(1))) == ["disagreement notable"]
    assert desk.reads(toll(41, attributed_to="the interior ministry"), outlet="bbc.com", at=hours(1)) == []


def test_a_small_toll_is_for_the_digest_and_a_single_death_stays_in_the_book(desk):
    assert kinds(desk.reads(toll(4))) == ["new_series routine"]
    assert desk.reads(toll(1, place="Bergen", party="norway")) == []


def test_an_old_disaster_that_is_recalled_is_no_event(desk):
    assert desk.reads(toll(8_900, as_of="2015-04-25", party="nepal", place="Kathmandu")) == []


def test_no_event_gives_more_than_ten_loud_alerts_in_ten_days(desk):
    loud = sum("notable" in kind for n in range(30) for kind in kinds(desk.reads(toll(int(60 * 1.4**n)), at=hours(3))))
    assert loud == 10


# --- exchanges


def swap(number: int, **fields: object) -> object:
    plain = {"metric": "exchanged", "party": None, "scope": "event", "attributed_to": "Witkoff", "as_of": "2026-02-05", "group": "all"}
    return figure(number, **(plain | fields))


def test_an_exchange_is_one_event_whether_counted_by_side_or_in_total(desk):
    desk.now += hours(72)
    assert kinds(desk.reads(swap(314), at=hours(1))) == ["event notable"]
    for number, party, who in ((157, "russia", "the Russian defence ministry"), (157, "ukraine", "Zelensky"), (300, None, None)):
        claim = swap(number, party=party, attributed_to=who, qualifier="more_than" if number == 300 else "exact")
        assert desk.reads(claim, outlet="bbc.com", at=hours(1)) == [], number


def test_an_exchange_that_is_only_agreed_is_a_plan_and_the_event_once_carried_out(desk):
    quote = "Both sides agreed to exchange 1,000 prisoners each in the coming days."
    assert desk.reads(swap(1_000, quote=quote, as_of=None)) == []
    assert kinds(
        desk.reads(swap(314, quote="They agreed to exchange 314 prisoners. The exchange was carried out at noon.", as_of=None))
    ) == ["event notable"]


def test_both_sides_counts_of_an_exchange_stand_in_one_alert(desk):
    moscow, kyiv = (
        swap(195, attributed_to="the Russian defence ministry"),
        swap(207, party="ukraine", attributed_to="Coordination Headquarters"),
    )
    desk.now += hours(72)
    (event,) = desk.reads(moscow, kyiv, at=hours(1))
    assert {event.low, *(other.low for other in event.others)} == {195, 207}
    assert desk.reads(kyiv, outlet="kyivpost.com", at=hours(2)) == []


def test_the_same_number_of_bodies_on_three_days_is_three_events(desk):
    for day in (3, 4, 5):
        claim = swap(1_200, metric="bodies_returned", party="ukraine", attributed_to="Coordination Headquarters", as_of=f"2026-02-0{day}")
        assert kinds(desk.reads(claim, outlet="censor.net")) == ["event notable"]


def test_two_accidents_in_places_that_no_list_knows_stay_two():
    said = "At least {n} people were killed when a bus fell into a gorge in {place} on Friday, police said."
    lines = [
        {"at": f"2026-03-06T{hour}:00:00Z", "article": {
            "outlet": "reuters", "url": f"https://www.reuters.com/{place}", "published": f"2026-03-06T{hour}:00:00Z", "lang": "en",
            "title": f"Bus crash in {place}", "text": said.format(n=n, place=place)}}
        for hour, n, place in (("09", 88, "Quillbrook"), ("19", 155, "Zorgtown"))
    ]  # fmt: skip
    assert [(alert["kind"], alert["low"]) for alert in play(lines)] == [("new_series", 88), ("new_series", 155)]


def test_a_figure_that_only_the_digest_would_have_told_wakes_nobody_when_it_goes():
    said = "At least 14 people were killed in a flood in Quillbrook on Friday, police said."
    rest = "\nRain is forecast for the weekend.\nThe road to the north is closed.\nSchools open again on Monday."
    page = {"outlet": "daily", "url": "https://daily.example/flood", "published": "2026-03-06T08:00:00Z", "lang": "en", "title": "Flood"}
    lines = [
        {"at": "2026-03-06T09:00:00Z", "article": {**page, "text": said + rest}},
        {"at": "2026-03-06T12:00:00Z", "article": {**page, "text": "The flood in Quillbrook was deadly, police said." + rest}},
    ]
    assert [(alert["kind"], alert["severity"]) for alert in play(lines)] == [("new_series", "routine"), ("retraction", "routine")]


def test_two_kinds_of_event_in_one_place_on_one_day_are_two_where_neither_page_names_the_other(desk):
    fire = toll(55, "ukraine", event="fire", place="Kyiv", quote="A fire in a hotel in Kyiv killed 55 people.")
    strike = toll(62, "ukraine", event="strike", place="Kyiv", quote="A missile strike on Kyiv killed 62 people.")
    assert kinds(desk.reads(fire)) == ["new_series notable"]
    assert kinds(desk.reads(strike, at=hours(3))) == ["new_series notable"]


def test_an_earthquake_that_brings_a_building_down_is_one_event_where_the_page_says_so(desk):
    quake = toll(55, "peru", event="earthquake", place="Ica", quote="An earthquake killed 55 people in Ica.")
    fallen = toll(80, "peru", event="collapse", place="Ica", quote="The collapse of a school in the earthquake killed 80 people in Ica.")
    desk.reads(quake)
    assert [(event.kind, event.previous_low) for event in desk.reads(fallen, at=hours(3))] == [("change", 55)]


def test_a_note_that_keeps_the_number_takes_nothing_back(desk):
    page = {"url": "https://www.bbc.com/news/1", "outlet": "bbc.com"}
    desk.reads(figure(46_000))
    desk.reads(figure(55_000, quote="Zelensky said 55,000 soldiers had been killed."), **page)
    note = "This article has been corrected to say that the 55,000 soldiers killed are an official figure, as Zelensky said."
    assert kinds(desk.reads(figure(55_000, quote=note), **page, at=hours(2))) == []
