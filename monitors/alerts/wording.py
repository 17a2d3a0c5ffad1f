"""Put an event into words for people: title, plain text and HTML. Pure: nothing but the event goes in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, tzinfo
from functools import partial
from hashlib import sha256
from shlex import quote
from types import MappingProxyType

from monitors.alerts.about import (
    SPREADS,
    claimant,
    counted,
    denier,
    differing_words,
    giver,
    has_old,
    members,
    new_value,
    old_value,
    series_words,
    subject,
    value_of,
)
from monitors.alerts.addresses import place_of
from monitors.alerts.course import CHARTED, course_words, waypoint
from monitors.alerts.page import Line, Look, Page, Section, render_html, render_text
from monitors.alerts.phrases import (
    capital,
    clean,
    cut,
    cut_quote,
    day_words,
    days_between,
    difference,
    difference_words,
    event_words,
    fill,
    outlet_name,
    party_name,
    readable_link,
    say,
    say_count,
    time_words,
    value_words,
    words,
)
from monitors.alerts.proof import quote_of
from monitors.alerts.titles import TITLE_LENGTH, frame_name, title_fields, title_of
from monitors.model import MISREAD, UPHELD, Alert, Event, Kind, Origin, Qualifier, Scope, Series, Severity, State, Statement, Waypoint
from monitors.rules.statements import independent

OURS = frozenset({MISREAD, UPHELD})
"""Mistakes of our own that an alert takes back."""
ORIGINS_SHOWN = 8
OTHERS_SHOWN = 6
STANDING_SHOWN = 60


def compose(event: Event, timezone: tzinfo = UTC, titles: Mapping[str, str] = MappingProxyType({}), report: str = "") -> Alert:
    """Say what happened, with everything of DOMAIN.md 3.12 that the event carries.

    Times are shown in `timezone`; `titles` says what people call the outlets that publishers.toml does not know; `report` is the address
    under which people open the report, whose place for it is named last.
    """
    whole, event = event, entitle(event, titles)
    sections = (*(misread_sections if event.subtype in OURS else SECTIONS.get(event.kind, figure_sections))(event, timezone),
                *report_section(event, report))  # fmt: skip
    old, new = large_values(event)
    page = Page(title_of(event), sections, old, new, small_print(event))
    return Alert(event.id, event.severity, page.title, render_text(page), render_html(page), whole)


def entitle(event: Event, titles: Mapping[str, str]) -> Event:
    """The event with its outlets called by their titles."""
    if not titles:
        return event
    name = partial(entitle_statement, titles=titles)
    return replace(
        event, outlet=event.outlet and titles.get(event.outlet, event.outlet), statement=event.statement and name(event.statement),
        previous=event.previous and name(event.previous), others=tuple(map(name, event.others)),
    )  # fmt: skip


def entitle_statement(statement: Statement, titles: Mapping[str, str]) -> Statement:
    origins = tuple(replace(origin, outlet=titles.get(origin.outlet, origin.outlet)) for origin in statement.origins)
    return replace(statement, outlet=titles.get(statement.outlet, statement.outlet), origins=origins)


def compose_baseline(outlets: Sequence[str], standing: Sequence[Statement], now: datetime, timezone: tzinfo = UTC) -> Alert:
    """The one summary of a first sight: which outlets were read, and the figures that stand in what they print."""
    frames = words()["baseline"]
    counted = {
        "outlets": say_count("outlets", len(outlets), "baseline"),
        "figures": say_count("figures", len(standing), "baseline"),
    }
    names = Line(frames["names"].format(names=", ".join(map(outlet_name, outlets))))
    lines = [standing_line(statement) for statement in standing[:STANDING_SHOWN]] + more_line(len(standing) - STANDING_SHOWN)
    page = Page(
        cut(frames["title"].format(**counted), TITLE_LENGTH),
        (Section((Line(frames["lead"]), names)), Section(tuple(lines), words()["headings"]["standing"])),
        small=(Line(say("alert_at", when=time_words(now, timezone))),),
    )
    return summary(page, f"baseline-{now:%Y%m%d}-{short_hash(*sorted(outlets))}", Severity.NOTABLE)


def compose_undone(told: Sequence[Event], run: str, ran_at: datetime, why: str, timezone: tzinfo = UTC) -> Alert:
    """What a run told that a person undid, as one message: each alert's title, as loud as the loudest of them."""
    frames, when = words()["undone"], time_words(ran_at, timezone)
    lines = (Line(frames["lead"]), *([Line(frames["why"].format(why=clean(why)))] if why else []))
    items = tuple(Line(f"{title_of(event)} ({say('ids', alert=event.id)})", Look.ITEM) for event in told)
    page = Page(say_count("title", len(told), "undone", when=when), (Section(lines), Section(items)))
    loudest = next(level for level in (Severity.URGENT, Severity.NOTABLE, Severity.ROUTINE) if level in {event.severity for event in told})
    return summary(page, f"undone-{run[:12]}", loudest)


def compose_test(now: datetime, channel: str = "terminal", timezone: tzinfo = UTC) -> Alert:
    """A whole alert as it would come, marked as a test in its title and its first line."""
    event = sample_event(now)
    sections = (Section((Line(words()["test"]["body"].format(channel=channel)),)), *figure_sections(event, timezone))
    page = Page(words()["test"]["title"].format(title=title_of(event)), sections, *large_values(event))
    return summary(page, f"test-{now:%Y%m%d%H%M%S}", Severity.NOTABLE)


def summary(page: Page, alert_id: str, severity: Severity) -> Alert:
    """A message that is not of one event; its id stands in the small print like any other's."""
    page = replace(page, small=(*page.small, Line(say("ids", alert=alert_id))))
    return Alert(alert_id, severity, page.title, render_text(page), render_html(page))


def short_hash(*parts: str) -> str:
    return sha256("\n".join(parts).encode()).hexdigest()[:8]


def sample_event(now: datetime) -> Event:
    """The event of the test alert, from [test.sample]."""
    data = words()["test"]["sample"]
    series = Series(data["metric"], data["party"], data["group"], Scope.CUMULATIVE, data["party"], method="own_side")

    def statement(prefix: str, low: int, high: int | None, qualifier: Qualifier) -> Statement:
        day = data[f"{prefix}as_of"]
        said = date.fromisoformat(day)
        origin = Origin(data["outlet"], data[f"{prefix}url"], data["outlet"], 1, now, direct_quote=True)
        return Statement(
            series, low, high, qualifier, data["claimant"], day, True, said, data[f"{prefix}quote"], "en", data[f"{prefix}url"],
            data["outlet"], now, Kind.CHANGE, venue=None if prefix else data["venue"], origins=(origin,),
        )  # fmt: skip

    new = statement("", data["low"], data["low"], Qualifier.EXACT)
    old = statement("previous_", data["previous_low"], None, Qualifier.MORE_THAN)
    first = Waypoint(data["first_as_of"], data["first_low"], data["first_low"], Qualifier.EXACT)
    return Event(
        Kind.CHANGE, Severity.NOTABLE, now, series.metric, series.party, series.group, series.scope, new.claimant, new.low, new.high,
        new.qualifier, f"test/{now.isoformat()}", old.low, old.high, State.REPORTED, None, series, new, old, cautions=(data["caution"],),
        urls=(new.url,), outlet=new.outlet, role=data["role"], side=series.party, course=(first, *map(waypoint, (old, new))),
    )  # fmt: skip


def large_values(event: Event) -> tuple[str, str]:
    """The values shown large above a mail's text: before and after where the event is a passage from one to the other."""
    if event.kind in (Kind.HEALTH, Kind.MISQUOTE) or event.subtype in OURS:
        return "", ""
    passage = event.kind in (Kind.CHANGE, Kind.REVERSAL, Kind.STEP, Kind.MILESTONE, Kind.CORRECTION) and has_old(event)
    return value_words(old_value(event), "short") if passage else "", value_words(new_value(event), "short")


# --- the sections, by family of kinds


def figure_sections(event: Event, timezone: tzinfo) -> Iterator[Section]:
    """A claimant's figure: new, changed, reversed, crossed, happened, borne out, breached."""
    proof = (*proof_lines(event.statement, timezone), *before_lines(event), *delta_line(event), *course_line(event), *state_line(event))
    yield Section((*lead_lines(event), *proof, *url_line(event)))
    yield figure_section(event, timezone)
    yield carried_section(event, timezone)
    if beside := others(event):
        yield Section((*standing_lines(beside), *explanation_line(event)), words()["headings"]["compare"])
    yield cautions_section(event)
    yield links_section(event)


def printed_sections(event: Event, timezone: tzinfo) -> Iterator[Section]:
    """One statement or one page in two prints: what stood there and what stands there, with both sentences and both times."""
    delta = delta_line(event) if event.kind is Kind.CORRECTION else ()
    yield Section((*lead_lines(event), *delta, *url_line(event)))
    prints = [statement for statement in (event.statement, event.previous, *event.others) if statement]
    yield Section(tuple(print_lines(prints, timezone)), words()["headings"]["versions"])
    yield figure_section(event, timezone)
    yield carried_section(event, timezone)
    yield cautions_section(event)
    yield links_section(event)


def misread_sections(event: Event, timezone: tzinfo) -> Iterator[Section]:
    """What we misread, a figure or that one was taken back: the sentence, what is wrong, what stands."""
    name = event.subtype or MISREAD
    said = (Line(say(name, subject=subject(event), new=value_words(new_value(event)))), Line(words()["leads"][name]))
    why = (Line(say("misread_why", why=clean(event.explanation))),) if event.explanation else ()
    yield Section((*said, *why, *proof_lines(event.statement, timezone), *url_line(event)))
    yield Section(tuple(standing_lines(others(event))), words()["headings"]["stands"])
    yield links_section(event)


def spread_sections(event: Event, timezone: tzinfo) -> Iterator[Section]:
    """Claimants whose figures do not meet, or meet again: all of them side by side."""
    yield Section((*lead_lines(event), *url_line(event)))
    sides = [line for member in members(event)[:OTHERS_SHOWN] for line in (standing_line(member), *proof_lines(member, timezone))]
    yield Section((*sides, *explanation_line(event)), words()["headings"]["members"])
    yield figure_section(event, timezone)
    yield cautions_section(event)
    yield links_section(event)


def health_sections(event: Event, timezone: tzinfo) -> Iterator[Section]:
    """What an outlet's operator must know."""
    frame = words()["blindness"]["mended"] if event.subtype == "recovered" else "{line}"
    lines = [frame.format(line=trouble.line) for trouble in event.troubles]
    yield Section(tuple(map(Line, (*lines, *event.cautions))))


SECTIONS: dict[Kind, Callable[[Event, tzinfo], Iterator[Section]]] = {
    Kind.CORRECTION: printed_sections,
    Kind.MISQUOTE: printed_sections,
    **dict.fromkeys(SPREADS, spread_sections),
    Kind.HEALTH: health_sections,
}
"""The kinds that are not told as one claimant's figure."""


# --- lines


def lead_lines(event: Event) -> Iterator[Line]:
    """The claim in one line made from the fields, and the sentence its kind needs."""
    frame = LEADS.get(event.kind, "claim")
    if event.kind is Kind.DENIAL and denier(event):
        frame = "denied_by"
    if frame != "spread" and not claimant(event):
        frame = "claim"
    old, new = value_words(old_value(event)), value_words(new_value(event))
    if metrics := differing_words(event):
        new, old = f"{new} “{metrics[0]}”", f"{old} “{metrics[1]}”"
    yield Line(say(frame, subject=subject(event), old=old, new=new, who=named(event), says=says(event)))
    if event.denial or event.kind is Kind.DENIAL:
        yield from denial_lines(event)
    lead = words()["leads"].get(lead_name(event))
    if lead:
        # A spread is told short in a sentence too: "55,000–140,000 before".
        fields = title_fields(event) | ({} if event.kind in SPREADS else {"old": old, "new": new})
        yield Line(fill(lead, **fields))


def denial_lines(event: Event) -> Iterator[Line]:
    """The words that deny, then the figure they deny, whose sentence comes next."""
    if event.denial:
        yield Line(cut_quote(event.denial, ""), Look.QUOTE)
    if event.statement and (event.denial or denier(event)):
        yield standing_line(event.statement)


LEADS = {Kind.RETRACTION: "stated", Kind.DENIAL: "denied", Kind.MISQUOTE: "print", **dict.fromkeys(SPREADS, "spread")}
"""How the first line puts the claim where a claimant does not simply state it."""


def lead_name(event: Event) -> str:
    """The sentence of the title's frame where there is one, else of the kind."""
    name = frame_name(event)
    return name if name in words()["leads"] else event.kind.value


def says(event: Event) -> str:
    """Who states the figure, in what role and about which side; or that nobody is named."""
    who = claimant(event)
    if not who:
        outlet = outlet_name(event.outlet or (event.statement.outlet if event.statement else ""))
        return say("unattributed", outlet=outlet) if outlet else say("nobody")
    return say("says", who=named(event))


def named(event: Event) -> str:
    """The claimant with role and side."""
    role = role_words(event)
    return say("role", name=claimant(event), role=role) if role else claimant(event)


def role_words(event: Event) -> str:
    """Role and side: "Ukraine's president, about Ukraine's own side"."""
    sides = ""
    if event.side and event.party and event.group == "military":  # whoever counts the dead of a quake takes no side
        sides = say("own_side" if event.side == event.party else "other_side", party=party_name(event.party))
    return ", ".join(filter(None, (clean(event.role), sides)))


def proof_lines(statement: Statement | None, timezone: tzinfo) -> Iterator[Line]:
    """The sentence that proves the figure, and where it stands: outlet, language, time."""
    if statement is None:
        return
    if quoted := quote_of(statement):
        yield from quoted
        yield Line(source_words(statement, timezone), Look.SOURCE)


def source_words(statement: Statement, timezone: tzinfo) -> str:
    """Who prints the sentence, in what language, since when: "BBC, in English, published 5 Feb 2026 08:50 UTC"."""
    own = next((origin for origin in statement.origins if origin.url == statement.url), None)
    when = own.published if own else None
    at = say("published", when=time_words(when, timezone)) if when else say("seen", when=time_words(statement.seen_at, timezone))
    return ", ".join(filter(None, (outlet_name(statement.outlet), language_words(statement), at)))


def language_words(statement: Statement) -> str:
    """The language of a sentence: "in English"; empty for one that we have no name for."""
    language = words()["languages"].get(statement.language.partition("-")[0].lower())
    return say("language", language=language) if language else ""


def before_lines(event: Event) -> Iterator[Line]:
    """The value before, who gave it for what day, and its sentence."""
    if not has_old(event):
        return
    old, previous = value_words(old_value(event)), event.previous
    if previous is None:
        yield Line(f"{words()['headings']['before']}: {old}.")
        return
    yield Line(say("before", old=old, who=giver(previous), date=day_words(previous.as_of)))
    yield from quote_of(previous)


def delta_line(event: Event) -> Iterator[Line]:
    """The difference, bounded where the values are; the time it took; a pace only where both values are exact."""
    if not has_old(event) or event.kind is Kind.FLOOR_BREACH:
        return
    apart = difference(old_value(event), new_value(event))
    parts = [difference_words(apart)]
    days = days_between(event.previous.as_of, event.statement.as_of) if event.previous and event.statement else None
    if parts[0] and days and days > 0:
        parts.append(say("in_day") if days == 1 else say("in_days", days=f"{days:,}"))
        if apart.exact and days > 1 and (apart.most or 0) > 0 and event.scope is Scope.CUMULATIVE:
            parts.append(say("per_day", n=per_day(apart.most or 0, days)))
    if parts[0]:
        yield Line(say("delta", delta=", ".join(part for part in parts if part)))


def course_line(event: Event) -> Iterator[Line]:
    """The values on the way to this one, which a mail shows as a chart too."""
    if len(event.course) >= CHARTED:
        yield Line(say("course", values=course_words(event.course)), Look.COURSE)


def per_day(amount: int, days: int) -> str:
    """A pace with no more figures than it deserves."""
    pace = amount / days
    return f"{pace:,.0f}" if abs(pace) >= 10 else f"{pace:.1f}"


def url_line(event: Event) -> tuple[Line, ...]:
    urls = links(event)
    return (Line(urls[0], Look.LINK),) if urls else ()


def figure_section(event: Event, timezone: tzinfo) -> Section:
    """What is counted over what time, as of when and how that is known, when it was said, printed and noticed."""
    statement, texts = event.statement, [kind_words(event)]
    if event.series and event.series.event:
        which = [part for part in event_words(event.series.event) if part != event.series.metric]
        texts.append(say("event_of", what=", ".join(which)))
    if statement:
        texts.append(say("holds", date=day_words(statement.as_of), how=say("day_stated" if statement.as_of_stated else "day_inferred")))
        where = f", {say('venue', venue=clean(statement.venue))}" if statement.venue else ""
        texts.append(say("said", date=day_words(statement.said_on.isoformat())) + where)
    texts.append(say("alert_at", when=time_words(event.at, timezone)))
    return Section(tuple(Line(text) for text in texts), words()["headings"]["figure"])


def kind_words(event: Event) -> str:
    """The count in words: "Counts: Ukrainian soldiers killed, running total; method: estimate; includes the missing"."""
    series = event.series
    parts = [counted(event), *([words()["scopes"][event.scope]] if event.scope in (Scope.CUMULATIVE, Scope.EVENT) else [])]
    if series:
        unit, method = words()["units"].get(series.unit), words()["methods"].get(series.method)
        parts += [unit] if unit else []
        parts += [say("method", what=method)] if method else []
        parts += [say("includes", what=words()["includes"].get(flag, flag)) for flag in series.includes]
    return say("counts", what="; ".join(parts))


def carried_section(event: Event, timezone: tzinfo) -> Section:
    """Who carries it: independent origins, copies, the claimant's own channel."""
    origins = event.statement.origins if event.statement else ()
    lines: list[Line] = []
    if origins:
        heads = head_origins(origins)
        copies = [origin for origin in origins if origin not in heads]
        count = say_count("origins", len(heads))
        if copies:
            names = ", ".join(dict.fromkeys(outlet_name(copy.outlet) for copy in copies[:OTHERS_SHOWN]))
            count += " " + say_count("copies", len(copies), names=names)
        lines.append(Line(f"{count}."))
        lines += [Line(origin_words(origin, timezone), Look.ITEM) for origin in heads[:ORIGINS_SHOWN]]
        lines += more_line(len(heads) - ORIGINS_SHOWN)
        primary = next((origin for origin in origins if origin.primary), None)
        if primary or (claimant(event) and event.state is not State.PRIMARY):
            lines.append(Line(say("primary", url=primary.url) if primary else say("no_primary")))
    return Section(tuple(lines), words()["headings"]["carried"])


def state_line(event: Event) -> Iterator[Line]:
    """The state of confirmation in words: outlets report that somebody said it; they never confirm the number."""
    if event.state is None or event.kind is Kind.DENIAL or (event.kind is Kind.RETRACTION and event.subtype == "silent edit"):
        return
    n, new = max(1, len(independent(event.statement.origins))) if event.statement else 1, value_words(new_value(event))
    reports = say_count("reports", n, who=claimant(event), new=new) if claimant(event) else say_count("prints", n, new=new)
    lower = reports[:1].lower() + reports[1:] if n == 1 else reports
    yield Line(words()["states"][event.state].format(reports=lower, Reports=reports))


def head_origins(origins: Sequence[Origin]) -> list[Origin]:
    """One origin of each independent head, the best of it: where all of them copy an agency, the first that does."""
    heads, best = independent(origins), dict[str, Origin]()
    for origin in sorted(origins, key=lambda origin: (origin.copy_of is not None, not origin.primary, origin.tier, origin.seen_at)):
        if (head := origin.copy_of or origin.family) in heads:
            best.setdefault(head, origin)
    return sorted(best.values(), key=lambda origin: origin.seen_at)


def origin_words(origin: Origin, timezone: tzinfo) -> str:
    times = [say("published", when=time_words(origin.published, timezone))] if origin.published else []
    times.append(say("seen", when=time_words(origin.seen_at, timezone)))
    tier = words()["tiers"].get(str(origin.tier), "")
    own = say("own_channel") if origin.primary else say("credits", name=outlet_name(origin.copy_of)) if origin.copy_of else ""
    return say("origin", outlet=outlet_name(origin.outlet), tier=tier, primary=own, times=", ".join(times))


def others(event: Event) -> list[Statement]:
    """The standing figures beside the event's own two."""
    own = {s.id for s in (event.statement, event.previous) if s and s.id is not None}
    return [s for s in event.others if s.id is None or s.id not in own]


def standing_lines(statements: Sequence[Statement]) -> list[Line]:
    """The standing figures for the same quantity, one line each."""
    lines = [standing_line(statement) for statement in statements[:OTHERS_SHOWN]]
    return lines + more_line(len(statements) - OTHERS_SHOWN)


def standing_line(statement: Statement) -> Line:
    method = words()["methods"].get(statement.series.method)
    text = say(
        "standing",
        who=giver(statement),
        value=value_words(value_of(statement)),
        what=series_words(statement.series),
        date=day_words(statement.as_of),
        method=f" ({method})" if method else "",
    )
    return Line(text, Look.ITEM)


def print_lines(prints: Sequence[Statement], timezone: tzinfo) -> Iterator[Line]:
    """Each print of a statement: outlet, value, when seen, sentence, address."""
    for statement in prints[:OTHERS_SHOWN]:
        yield Line(
            say(
                "print_line",
                outlet=outlet_name(statement.outlet),
                value=value_words(value_of(statement)),
                what=series_words(statement.series),
                when=say("seen", when=time_words(statement.seen_at, timezone)),
            ),
            Look.ITEM,
        )
        if quoted := quote_of(statement):
            language = language_words(statement)
            yield from (*quoted, *([Line(capital(language), Look.SOURCE)] if language else []))
    yield from more_line(len(prints) - OTHERS_SHOWN)


def explanation_line(event: Event) -> tuple[Line, ...]:
    if not event.explanation:
        return ()
    return (Line(say("why" if event.kind in SPREADS else "why_one", why=clean(event.explanation))),)


def cautions_section(event: Event) -> Section:
    """What to keep in mind; the explanation too, where it stands beside no other figures."""
    beside_others = event.kind in SPREADS or (others(event) and SECTIONS.get(event.kind, figure_sections) is figure_sections)
    told = beside_others or event.subtype == "silent edit"
    notes = (*event.cautions, *([capital(event.explanation)] if event.explanation and not told else []))
    return Section(tuple(Line(note, Look.ITEM) for note in notes), words()["headings"]["cautions"])


def links_section(event: Event) -> Section:
    """Every address behind the alert beyond the first, which stands in the lead."""
    return Section(tuple(Line(url, Look.LINK) for url in links(event)[1:]), words()["headings"]["links"])


def report_section(event: Event, report: str) -> Iterator[Section]:
    """The figure's place in the report, where people can open one."""
    if report and (place := place_of(event)):
        yield Section((Line(f"{report.rstrip('/')}/{place}", Look.LINK),), words()["headings"]["report"])


def links(event: Event) -> list[str]:
    statements = (event.statement, event.previous, *event.others[:OTHERS_SHOWN])
    return list(dict.fromkeys(readable_link(url) for url in (*event.urls, *(s.url for s in statements if s)) if url))


def more_line(n: int) -> list[Line]:
    return [Line(say("more_lines", n=n))] if n > 0 else []


def small_print(event: Event) -> tuple[Line, ...]:
    """The ids that stay, and the commands that show more and that take it back or quiet it."""
    ids = [say("ids", alert=event.id)]
    if event.series is None:
        return (Line(ids[0]),)
    if event.statement and event.statement.id is not None:
        ids.append(say("statement_id", statement=event.statement.id))
    ids.append(say("series_id", series=event.series.key))
    commands = {"hint": words()["commands"]["history"].format(series=quote(event.series.key))}
    for verb in ("mute",) if event.subtype in OURS else ("reject", "mute"):
        commands[f"verdict_{verb}"] = words()["commands"][verb].format(alert=event.id)
    return Line(" · ".join(ids)), *(Line(say(name, command=command), codes=(command,)) for name, command in commands.items())
