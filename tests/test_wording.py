"""What alerts say: a sentence for each kind, nothing hostile, and a title that a phone can show."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitors.alerts.phrases import QUOTE_LENGTH, Value, cut_quote, difference, difference_words, value_words
from monitors.alerts.titles import TITLE_LENGTH
from monitors.alerts.wording import compose, compose_baseline, compose_test
from monitors.model import QUIET_KINDS, Blindness, Event, Kind, Origin, Qualifier, Scope, Series, Severity, State, Statement, Trouble

NOW = datetime(2026, 2, 5, 9, 0, tzinfo=UTC)
FROZEN = (Trouble(Blindness.FROZEN, "u", "u: 1,028 days old", datetime(2023, 4, 14, tzinfo=UTC), among=3),)
DOWN = (Trouble(Blindness.NOTHING, "", "HTTP 404"),)
ZELENSKY = "Volodymyr Zelensky"


def origin(outlet: str, tier: int = 1, minutes: int = 0, **more: object) -> Origin:
    seen = NOW + timedelta(minutes=minutes)
    return replace(Origin(outlet, f"https://{outlet}.example/a", outlet, tier, seen, seen - timedelta(minutes=10)), **more)  # type: ignore[arg-type]


def statement(
    low: int | None,
    high: int | None = None,
    qualifier: Qualifier = Qualifier.EXACT,
    *,
    claimant: str = ZELENSKY,
    outlet: str = "bbc",
    day: str = "2026-02-04",
    quote: str | None = None,
    metric: str = "killed",
    party: str | None = "ukraine",
    group: str = "military",
    scope: Scope = Scope.CUMULATIVE,
    origins: tuple[Origin, ...] = (),
    **series: object,
) -> Statement:
    if qualifier in (Qualifier.EXACT, Qualifier.ABOUT, Qualifier.NEARLY) and high is None:
        high = low
    counted = Series(metric, party, group, scope, claimant.casefold() or "unattributed", **series)  # type: ignore[arg-type]
    said = quote if quote is not None else f"The number of dead is {low or high:,}, the broadcaster was told."
    return Statement(
        counted, low, high, qualifier, claimant, day, True, date(2026, 2, 4), said, "en", f"https://{outlet}.example/{low}", outlet, NOW,
        Kind.CHANGE, origins=origins or (origin(outlet),), id=7,
    )  # fmt: skip


def event(kind: Kind, new: Statement | None, old: Statement | None = None, **more: object) -> Event:
    fields: dict[str, object] = {
        "kind": kind, "severity": Severity.NOTABLE, "at": NOW, "key": f"{kind}/1", "state": State.REPORTED, "monitor": "war",
        "metric": None, "party": None, "group": None, "scope": None, "claimant": None, "low": None, "high": None, "qualifier": None,
    }  # fmt: skip
    if new is not None:
        s = new.series
        fields |= {
            "metric": s.metric, "party": s.party, "group": s.group, "scope": s.scope, "claimant": new.claimant, "low": new.low,
            "high": new.high, "qualifier": new.qualifier, "series": s, "statement": new, "urls": (new.url,), "outlet": new.outlet,
        }  # fmt: skip
    if old is not None:
        fields |= {"previous": old, "previous_low": old.low, "previous_high": old.high}
    return Event(**{**fields, **more})  # type: ignore[arg-type]


PRESIDENT = {"role": "Ukraine's president", "side": "ukraine"}
FOUNDING = event(
    Kind.CHANGE,
    statement(55_000, origins=(origin("reuters"), origin("bbc", minutes=30), origin("worldvoice", 3, 40, copy_of="bbc"))),
    statement(46_000, None, Qualifier.MORE_THAN, day="2025-02-16", outlet="nbc"),
    others=(replace(statement(100_000, 140_000, Qualifier.BETWEEN, claimant="CSIS", day="2025-12", method="estimate"), id=8),),
    cautions=("The headline says casualties, the text says killed.",),
    explanation="The estimate includes the likely dead among the missing.",
    **PRESIDENT,
)
RUSSIA = {"party": "russia", "claimant": "Mediazona", "outlet": "mediazona", "method": "confirmed_names"}
STAFF = {"party": "russia", "metric": "casualties", "claimant": "General Staff of the Armed Forces of Ukraine", "outlet": "ukrinform"}
GAZA = {"party": "gaza", "group": "all", "claimant": "Gaza Health Ministry", "outlet": "reuters"}
DAY = {"scope": Scope.PERIOD, "window": "day"}
QUAKE = {
    "party": "turkey", "group": "all", "claimant": "AFAD", "outlet": "reuters", "scope": Scope.EVENT,
    "event": "earthquake|hatay|2026-02-04",
}  # fmt: skip
SWAP = {"metric": "exchanged", "party": None, "group": "all", "scope": Scope.EVENT, "claimant": "Steve Witkoff", "outlet": "reuters"}

NOBODYS = statement(12, party="turkey", group="all", claimant="unattributed", outlet="ap")

TOLD = {
    "a first figure": (
        event(Kind.NEW_SERIES, statement(43_000), **PRESIDENT),
        "Ukrainian soldiers killed: 43,000, first figure (Zelensky, via BBC)",
        "Ukrainian soldiers killed: 43,000, says Volodymyr Zelensky (Ukraine's president, about Ukraine's own side).",
    ),
    "a claimant with a long name": (
        event(Kind.NEW_SERIES, statement(100_000, 140_000, Qualifier.BETWEEN, claimant="Center for Strategic and International Studies")),
        "Ukrainian soldiers killed: 100,000–140,000, first figure (Center for Strategic…)",
        "says Center for Strategic and International Studies.",
    ),
    "a change": (
        FOUNDING,
        "Ukrainian soldiers killed: 46,000+ → 55,000 (Zelensky, via BBC)",
        "Difference: up to 9,000 more, up to 19.6 %, in 353 days.",
    ),
    "a change between exact values": (
        event(Kind.CHANGE, statement(45_100, day="2025-02-04"), statement(43_000, day="2024-12-08"), **PRESIDENT),
        "Ukrainian soldiers killed: 43,000 → 45,100 (Zelensky, via BBC)",
        "Difference: 2,100 more, 4.9 %, in 58 days, about 36 a day.",
    ),
    "a fall": (
        event(Kind.REVERSAL, statement(380_000, metric="wounded"), statement(390_000, metric="wounded", day="2025-02-04"), **PRESIDENT),
        "Ukrainian soldiers wounded: 390,000 → 380,000, a lower total (Zelensky, via BBC)",
        "Difference: 10,000 fewer, 2.6 %, in 365 days.",
    ),
    "an unusual step": (
        event(Kind.STEP, statement(200_186, **RUSSIA), statement(186_102, day="2026-01-20", **RUSSIA)),
        "Russian soldiers killed: 186,102 → 200,186, an unusual step (Mediazona)",
        "Counts: Russian soldiers killed; running total; method: names confirmed one by one",
    ),
    "another way of counting": (
        event(Kind.STEP, statement(24_686, **GAZA), statement(34_686, **GAZA), subtype="counted differently"),
        "People killed, Gaza: 34,686 → 24,686, counted differently (Gaza Health Ministry)",
        "The basis of the count seems to have changed, not the events themselves.",
    ),
    "a round mark": (
        event(Kind.MILESTONE, statement(1_300_030, **STAFF), statement(1_299_020, day="2026-02-03", **STAFF), side="ukraine"),
        "Russian military casualties: past 1,300,000, now 1,300,030 (General Staff)",
        "1,300,030, says General Staff of the Armed Forces of Ukraine (about Russia).",
    ),
    "an exchange": (
        event(Kind.EVENT, statement(314, event="exchanged|russo-ukrainian_war|2026-02-05", **SWAP), role="US envoy"),
        "Prisoners exchanged: 314 (Witkoff, via Reuters)",
        "Counts: prisoners exchanged; one event",
    ),
    "bodies": (
        event(Kind.EVENT, statement(1_200, metric="bodies_returned", scope=Scope.EVENT, claimant="", outlet="ap")),
        "Bodies of Ukrainian soldiers returned: 1,200 (Associated Press)",
        "1,200, in Associated Press's own words; nobody is named as giving the figure.",
    ),
    "a figure of nobody": (
        event(Kind.NEW_SERIES, replace(NOBODYS, claimant="ap")),
        "People killed, Turkey: 12, first figure (Associated Press)",
        "12, in Associated Press's own words; nobody is named as giving the figure.",
    ),
    "a correction": (
        event(Kind.CORRECTION, statement(46_000), statement(43_000)),
        "Ukrainian soldiers killed: 43,000 → 46,000, corrected (BBC)",
        "BBC printed 43,000 before and prints 46,000 now.",
    ),
    "an edit without a note": (
        event(Kind.CORRECTION, statement(46_000), statement(43_000), subtype="silent edit"),
        "Ukrainian soldiers killed: 43,000 → 46,000, page changed (BBC)",
        "BBC printed 43,000 before and prints 46,000 now; the page gives no note of it.",
    ),
    "a withdrawal": (
        event(Kind.RETRACTION, statement(9_861, party="russia", claimant="Defence Ministry", outlet="dw"), state=State.WITHDRAWN),
        "Russian soldiers killed: 9,861 withdrawn (Defence Ministry, via DW)",
        "Withdrawn: one outlet reports that Defence Ministry said 9,861; it has been taken back since.",
    ),
    "a figure that is gone": (
        event(Kind.RETRACTION, statement(9_861, outlet="dw"), state=State.WITHDRAWN, subtype="silent edit", explanation="it is gone"),
        "Ukrainian soldiers killed: 9,861 no longer on the page (DW)",
        "the page no longer holds it and gives no note.",
    ),
    "a denial by nobody in particular": (
        event(Kind.DENIAL, statement(80_000, claimant="The Wall Street Journal"), state=State.CONTESTED),
        "Ukrainian soldiers killed: 80,000 denied (via BBC)",
        "Ukrainian soldiers killed: 80,000, stated by The Wall Street Journal, is denied.",
    ),
    "a denial": (
        event(Kind.DENIAL, statement(80_000, claimant="The Wall Street Journal"), claimant=ZELENSKY, state=State.CONTESTED, **PRESIDENT),
        "Ukrainian soldiers killed: 80,000 denied (Zelensky, via BBC)",
        "Ukrainian soldiers killed: 80,000, denied by Volodymyr Zelensky (Ukraine's president, about Ukraine's own side).",
    ),
    "two prints of one number": (
        event(Kind.MISQUOTE, statement(45_690, outlet="dw"), statement(45_680, outlet="reuters")),
        "DW prints 45,690 where others print 45,680: Ukrainian soldiers killed",
        "Reuters: 45,680 Ukrainian soldiers killed, first seen 5 Feb 2026 09:00 UTC",
    ),
    "two prints of one metric": (
        event(Kind.MISQUOTE, statement(100_000, outlet="dw"), statement(100_000, outlet="reuters", metric="casualties")),
        "DW prints 100,000 “killed” where others print “casualties”",
        "Ukrainian soldiers killed: 100,000 “killed” or 100,000 “casualties”, a figure of Volodymyr Zelensky.",
    ),
    "figures that do not meet": (
        event(Kind.DISAGREEMENT, statement(195, **SWAP), others=(statement(207, **SWAP | {"claimant": "Sergei Shoigu"}),), high=207),
        "Prisoners exchanged: 195–207, figures disagree (Steve Witkoff, Sergei Shoigu)",
        "Sergei Shoigu: 207 prisoners exchanged, as of 4 Feb 2026",
    ),
    "a wider gap": (
        event(Kind.GAP_MOVED, statement(55_000), low=55_000, high=180_000, previous_low=55_000, previous_high=140_000),
        "Ukrainian soldiers killed: 55,000–180,000, gap is wider (Volodymyr Zelensky)",
        "A known disagreement has moved: 55,000–140,000 before, 55,000–180,000 now.",
    ),
    "a gap that closed": (
        event(Kind.CONVERGED, statement(150, party="turkey", group="all", claimant="AFAD"), low=150, high=152),
        "People killed, Turkey: 150–152, figures now agree (AFAD)",
        "The claimants' figures meet again; this disagreement is closed.",
    ),
    "more names than the total": (
        event(Kind.FLOOR_BREACH, statement(42_000, claimant="UALosses"), statement(31_000, day="2024-02-25")),
        "Ukrainian soldiers killed: 42,000 names, official total 31,000 (UALosses)",
        "Before: 31,000, Volodymyr Zelensky, 25 Feb 2024.",
    ),
    "borne out": (
        event(Kind.CONFIRMED, statement(55_000, origins=(origin("president", primary=True),)), state=State.PRIMARY, **PRESIDENT),
        "Zelensky did say 55,000: Ukrainian soldiers killed (via BBC)",
        "It is now established that it was said, not that it is true.",
    ),
    "an outlet in trouble": (
        event(Kind.HEALTH, None, outlet="bbc", troubles=FROZEN, state=None),
        "BBC: one of its 3 feeds is frozen since 14 Apr 2023",
        "u: 1,028 days old",
    ),
    "an outlet that is back": (
        event(Kind.HEALTH, None, outlet="bbc", subtype="recovered", troubles=DOWN, state=None),
        "BBC delivers again",
        "It was blind: HTTP 404",
    ),
    "a daily figure": (
        event(Kind.CHANGE, statement(770, **STAFF | DAY), statement(690, **STAFF | DAY)),
        "Russian military casualties over one day: 690 → 770 (General Staff)",
        "Difference: 80 more, 11.6 %.",
    ),
    "a toll": (
        event(Kind.CHANGE, statement(207, **QUAKE), statement(195, **QUAKE)),
        "People killed, Turkey (earthquake, Hatay): 195 → 207 (AFAD, via Reuters)",
        "Event: earthquake, Hatay, 4 Feb 2026",
    ),
    "a metric of one's own": (
        event(Kind.CHANGE, statement(230, metric="cases", party="texas", group="all", claimant="CDC"), monitor="measles"),
        "Measles cases, Texas: no exact number → 230 (CDC, via BBC)",
        "Measles cases, Texas: 230, says CDC.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("told", TOLD)
def test_each_kind_has_its_wording(told):
    what, title, sentence = TOLD[told]
    alert = compose(what)
    assert alert.title == title
    assert sentence in alert.body


def test_every_kind_that_is_sent_is_told_above():
    assert {what.kind for what, _, _ in TOLD.values()} == set(Kind) - QUIET_KINDS


def test_the_body_holds_all_a_reader_needs():
    body = compose(FOUNDING, ZoneInfo("Europe/Kyiv")).body
    for part in (
        "“The number of dead is 55,000, the broadcaster was told.”",
        "Before: more than 46,000, Volodymyr Zelensky, 16 Feb 2025.",
        "“The number of dead is 46,000, the broadcaster was told.”",
        "Holds for: 4 Feb 2026, as the text states",
        "2 outlets report that Volodymyr Zelensky said 55,000.",
        "2 independent origins and one copy: Worldvoice.",
        "- Reuters (wire or newspaper of record), published 5 Feb 2026 10:50 EET, first seen 5 Feb 2026 11:00 EET",
        "The claimant's own channel was not found.",
        "- CSIS: 100,000 to 140,000 Ukrainian soldiers killed, as of Dec 2025 (estimate)",
        "BBC, in English, first seen 5 Feb 2026 11:00 EET",
        "What explains it: The estimate includes the likely dead among the missing.",
        "- The headline says casualties, the text says killed.",
        "https://nbc.example/46000",
        f"alert {FOUNDING.id} · statement 7 · series ukraine/killed/military/",
        "More: tallywatch history 'ukraine/killed/military/",
        f"Misread? tallywatch reject {FOUNDING.id} --why …",
        f"Enough of it? tallywatch mute {FOUNDING.id}",
    ):
        assert part in body


def test_the_first_block_does_alone():
    lead = compose(FOUNDING).body.split("\n\n")[0]
    assert all(part in lead for part in ("55,000", "46,000", "Zelensky", "“", "up to 9,000 more", "https://"))


def test_nobody_is_blamed_and_no_class_is_named():
    for what, _, _ in TOLD.values():
        alert = compose(what)
        assert not re.search(r"misquot|wrong|error|urgent|notable|routine|[a-z]_[a-z]|\bP[1-4]\b", alert.title, re.IGNORECASE)
        assert "misquot" not in alert.body.lower()


@pytest.mark.parametrize(("tier", "marked"), [(1, False), (2, True), (3, True)])
def test_a_title_says_when_no_newsroom_of_the_first_tier_carries_it(tier, marked):
    said = statement(55_000, origins=(origin("worldvoice", tier),), outlet="worldvoice")
    alert = compose(event(Kind.CHANGE, said, statement(46_000), state=State.UNCONFIRMED, **PRESIDENT))
    assert alert.title.endswith(", unconfirmed)") is marked
    assert "Unconfirmed: one outlet reports that Volodymyr Zelensky said 55,000." in alert.body.split("\n\n")[0]


def test_a_quote_is_cut_at_a_word_around_its_number():
    long = "word " * 100 + "and 55,000 soldiers were killed " + "word " * 100
    cut = cut_quote(long, "55,000")
    assert len(cut) <= QUOTE_LENGTH
    assert "55,000 soldiers" in cut
    assert cut.startswith("…word")
    assert cut.endswith("word…")


def test_numbers_are_printed_as_their_quote_prints_them():
    displaced = statement(1_200_000, metric="displaced", group="all", quote="Some 1.2 million people have fled.", claimant="IOM")
    assert "1.2 million" in compose(event(Kind.NEW_SERIES, displaced)).title


def test_a_command_to_copy_is_safe_in_a_shell():
    hostile = statement(12, event="quake'; rm -rf ~; echo '")
    assert "tallywatch history 'ukraine/killed/military/cumulative/-/quake'\"'\"'; rm" in compose(event(Kind.NEW_SERIES, hostile)).body


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (Value(46_000, None), Value(55_000, 55_000), "up to 9,000 more, up to 19.6 %"),
        (Value(40_000, 40_000), Value(50_000, None), "at least 10,000 more, at least 25.0 %"),
        (Value(100, 140), Value(150, 160), "10 to 60 more, 10.0 % to 60.0 %"),
        (Value(100, 100), Value(90, 90), "10 fewer, 10.0 %"),
        (Value(100, 140), Value(120, 130), "between 20 fewer and 30 more"),
        (Value(100, 100, Qualifier.ABOUT), Value(120, 120), "about 20 more, about 20.0 %"),
        (Value(None, 100), Value(120, None), "at least 20 more, at least 20.0 %"),
        (Value(100, None), Value(120, None), None),
        (Value(100, None), Value(90, 90), "at least 10 fewer, at least 10.0 %"),
        (Value(7, 7), Value(7, 7), "none"),
    ],
)
def test_a_difference_of_bounded_values_is_bounded(old, new, said):
    assert difference_words(difference(old, new)) == said


names = st.text(max_size=200)
numbers = st.none() | st.integers(0, 10**15)


@settings(max_examples=150, deadline=None)
@given(
    kind=st.sampled_from(sorted(set(Kind) - QUIET_KINDS)),
    bounds=st.tuples(numbers, numbers, numbers, numbers),
    qualifier=st.sampled_from(Qualifier) | st.none(),
    subtype=st.sampled_from(["silent edit", "counted differently", "recovered", None]),
    metric=st.sampled_from(["killed", "casualties", "exchanged", "other:swept_away"]) | names,
    party=st.sampled_from(["ukraine", "burkina faso", None]) | names,
    claimant=names,
    outlet=names,
    group=names,
)
def test_any_event_has_a_title_of_one_line_that_fits(kind, bounds, qualifier, subtype, metric, party, claimant, outlet, group):
    low, high, previous_low, previous_high = bounds
    said = statement(1, claimant=claimant, outlet=outlet, metric=metric, party=party, group=group, quote=claimant)
    what = event(
        kind, said, said, low=low, high=high, previous_low=previous_low, previous_high=previous_high, qualifier=qualifier,
        subtype=subtype, explanation=group,
    )  # fmt: skip
    alert = compose(what)
    assert 0 < len(alert.title) <= TITLE_LENGTH
    assert alert.title.isprintable() or "\xad" in alert.title or not re.search(r"[\x00-\x1f\x7f-\x9f]", alert.title)
    alert.body.encode(), alert.html.encode()


@settings(max_examples=100, deadline=None)
@given(low=st.integers(1, 10**12), claimant=names, metric=st.sampled_from(["killed", "wounded", "displaced"]))
def test_a_changes_title_always_holds_its_new_number(low, claimant, metric):
    said = statement(low, claimant=claimant, metric=metric, party="democratic republic of the congo")
    alert = compose(event(Kind.CHANGE, said, statement(3, None, Qualifier.MORE_THAN, metric=metric)))
    assert value_words(Value(low, low)) in alert.title
    assert f"“{said.quote}”" in alert.body


# --- summaries


def test_a_first_sight_is_summed_up_in_one_message():
    alert = compose_baseline(["bbc", "reuters"], [statement(55_000), statement(160_000, qualifier=Qualifier.NEARLY, **RUSSIA)], NOW)
    assert alert.title == "First sight of 2 outlets: 2 standing figures on record"
    assert "Read for the first time: BBC, Reuters." in alert.body
    assert "Mediazona: nearly 160,000 Russian soldiers killed, as of 4 Feb 2026" in alert.body


def test_a_test_alert_says_that_it_is_one():
    alert = compose_test(NOW, "desk")
    assert alert.title.startswith("[Test] Ukrainian soldiers killed: 46,000+ → 55,000")
    assert len(alert.title) <= TITLE_LENGTH
    assert alert.body.startswith("This is a test of the channel “desk”.")


def test_two_outlets_that_credit_one_agency_are_one_origin_and_rewriters_are_no_more():
    told = event(Kind.NEW_SERIES, statement(55_000), state=State.UNCONFIRMED)
    for origins in (
        (origin("bbc", copy_of="reuters"), origin("dw", copy_of="reuters")),
        (origin("worldvoice", tier=3), origin("worldbrief", tier=3)),
    ):
        body = compose(replace(told, statement=replace(told.statement, origins=origins))).body
        assert "One independent origin and one copy:" in body, body
        assert "one outlet reports that" in body.lower(), body
        assert "0 independent" not in body
        assert ("which credits Reuters" in body) == (origins[0].copy_of is not None)


def test_a_denial_shows_the_words_that_deny_beside_the_figure_they_deny():
    told = event(Kind.DENIAL, statement(80_000, claimant="The Wall Street Journal"), claimant=ZELENSKY, denial="That is a lie, he said.")
    lines = compose(told).body.split("\n\n")[0].splitlines()
    assert "“That is a lie, he said.”" in lines
    (denied,) = [n for n, line in enumerate(lines) if line.startswith("- The Wall Street Journal: 80,000")]
    assert lines.index("“That is a lie, he said.”") < denied
