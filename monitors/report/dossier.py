"""A claim, an alert or an article with all that stands behind it -> rows for `--json`, and lines for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, TextIO

from rich.console import Console
from rich.text import Text

from monitors.alerts.phrases import Value, clean, readable_link, subject_words, value_words
from monitors.figures.lexicon import load_language
from monitors.figures.sentences import split_sentences
from monitors.history.dossier import Found, Link, Page, Version
from monitors.model import Event, Qualifier, Statement
from monitors.report.tables import cell, console_for, print_table, printable

NEARBY = 600
"""Characters around a sentence in which its neighbours are looked for."""

Row = dict[str, Any]


@dataclass(frozen=True)
class Passage:
    """A sentence with its neighbours and where in it the number stands; "" where there is no neighbour."""

    before: str
    sentence: str
    after: str
    start: int
    end: int


# ------------------------------------------------------------------ what is known, as rows


def claim_row(claim: Found, page: Page, versions: Sequence[Version], statement: Statement | None, alerts: Sequence[Row]) -> Row:
    """All about a claim. `alerts` are those that told its statement, as `alerts --json` has them."""
    own = next(version for version in versions if version.id == claim.version_id)
    passage = passage_of(claim, own)
    return {
        "claim": claim.id, **found_row(claim), "start": claim.start, "end": claim.end, "before": passage.before, "after": passage.after,
        **page_row(page), "version": own.number,
        "versions": [
            {**version_row(version), "has_sentence": claim.quote in (version.title if claim.in_title else version.text)}
            for version in versions
        ],
        "statement": statement and statement_row(statement), "alerts": list(alerts),
    }  # fmt: skip


def article_row(page: Page, versions: Sequence[tuple[Version, Sequence[Found]]]) -> Row:
    """All about a page: its versions, and what each is read to say."""
    return {
        **page_row(page),
        "versions": [
            {**version_row(version), "claims": [{"claim": claim.id, **found_row(claim)} for claim in claims]}
            for version, claims in versions
        ],
    }


def statements_of(event: Event) -> list[tuple[str, int]]:
    """By number what an alert says, what it compares it with, and what stands beside it."""
    named = [("now", event.statement), ("before", event.previous), *(("beside", other) for other in event.others)]
    known: dict[int, str] = {}
    for role, statement in named:
        if statement and statement.id is not None:
            known.setdefault(statement.id, role)
    return [(role, number) for number, role in known.items()]


def chain_rows(statements: Iterable[tuple[str, Statement]], chain: Mapping[int, Sequence[Link]]) -> list[Row]:
    """The statements that an alert is about, each with the claims that gave it."""
    return [
        {
            "role": role,
            **statement_row(statement),
            "claims": [
                {"claim": link.claim.id, **found_row(link.claim), **page_row(link.page), "version": link.version, "seen_at": link.seen_at}
                for link in chain.get(statement.id or 0, ())
            ],
        }
        for role, statement in statements
    ]


def found_row(claim: Found) -> Row:
    names = ("low", "high", "qualifier", "metric", "party", "group", "scope", "as_of", "attributed_to", "stance", "span", "quote")
    judged = {"judged": claim.judged, "why": claim.why, "read": claim.read}
    return {"value": _value(claim), **{name: getattr(claim, name) for name in names}, "in": "title" if claim.in_title else "text", **judged}


def page_row(page: Page) -> Row:
    return {"article": page.id, "outlet": page.outlet, "url": readable_link(page.url), "first_seen_at": page.first_seen_at}


def version_row(version: Version) -> Row:
    return {
        "version": version.number, "seen_at": version.seen_at, "published": version.published, "modified": version.modified,
        "title": version.title, "characters": len(version.text),
    }  # fmt: skip


def statement_row(statement: Statement) -> Row:
    carried = [{**asdict(origin), "url": readable_link(origin.url)} for origin in statement.origins]
    return {
        "statement": statement.id, "value": _value(statement), "claimant": statement.claimant, "as_of": statement.as_of,
        "said_on": statement.said_on, "series": statement.series.key, "state": statement.state, "judged": statement.kind,
        "carried_by": carried,
    }  # fmt: skip


def _value(of: Found | Statement) -> str:
    return value_words(Value(of.low, of.high, Qualifier(of.qualifier)))


def passage_of(claim: Found, version: Version) -> Passage:
    """The claim's sentence in its version, between the sentence before and the one after."""
    printed = version.title if claim.in_title else version.text
    start = printed.rfind(claim.quote, 0, claim.start + len(claim.quote))
    if not claim.quote or start < 0 or not start <= claim.start < start + len(claim.quote):
        return Passage("", printed[claim.start : claim.end] or claim.span, "", 0, claim.end - claim.start)
    end = start + len(claim.quote)
    language = load_language((version.language or "").partition("-")[0].lower()) or load_language("en")
    assert language is not None
    before, after = (
        [part[one.start : one.end] for one in split_sentences(part, language)]
        for part in (printed[max(0, start - NEARBY) : start], printed[end : end + NEARBY])
    )
    number = claim.start - start
    return Passage(before[-1] if before else "", claim.quote, after[0] if after else "", number, number + claim.end - claim.start)


# ------------------------------------------------------------------ for people


def show_claim(claim: Found, version: Version, row: Row, out: TextIO) -> None:
    """A claim: what it says and where, how it was judged, what came of it. `row` is its `claim_row`."""
    console = console_for(out)
    _head(console, f"claim {claim.id}: {_headline(claim)}")
    _line(console, _attributes(claim))
    _show_passage(console, passage_of(claim, version))
    _line(console, f"{cell(row['outlet'])}, version {row['version']} of {len(row['versions'])}  {row['url']}", "dim")
    if not claim.read:
        _line(console, "a newer program reads this sentence otherwise: this claim counts no more", "bold red")
    _line(console, f"judged {_words(claim.judged)}{f': {claim.why}' if claim.why else ''}")
    if row["statement"]:
        _show_statement(console, "its", row["statement"])
    _head(console, f"\narticle {row['article']}, first seen {cell(row['first_seen_at'])}")
    for one in row["versions"]:
        _line(console, f"  {_version_words(one)}{'' if one['has_sentence'] else ', without this sentence'}")
    _head(console, "\nalerts that told it" if row["alerts"] else "\nno alert told it")
    for alert in row["alerts"]:
        _line(console, f"  {alert['id']}  {cell(alert['at'])}  {alert['title']}  ({cell(alert['delivery']) or 'to nobody'})")


def show_article(row: Row, out: TextIO) -> None:
    """An article: a table of its versions, then what each is read to say. `row` is its `article_row`."""
    console = console_for(out)
    _head(console, f"article {row['article']}: {row['versions'][-1]['title'] if row['versions'] else ''}")
    _line(console, f"{row['outlet']}, first seen {cell(row['first_seen_at'])}  {row['url']}\n", "dim")
    table = [{**one, "seen at": one["seen_at"], "figures": len(one["claims"])} for one in row["versions"]]
    print_table(("version", "seen at", "published", "characters", "figures"), table, out)
    for one in row["versions"]:
        _head(console, f"\nversion {one['version']}: {one['title']}")
        for claim in one["claims"]:
            subject = subject_words(claim["metric"], claim["party"], claim["group"])
            _line(console, f"  claim {claim['claim']}  {subject}: {claim['value']}  (judged {_words(claim['judged'])})")
            _line(console, f"    “{clean(claim['quote'])}”", "dim")
        if not one["claims"]:
            _line(console, "  no figure")


def show_chain(rows: Iterable[Row], out: TextIO) -> None:
    """The claims behind an alert, by statement."""
    console = console_for(out)
    for row in rows:
        _show_statement(console, row["role"], row)
        for claim in row["claims"]:
            head = f"  claim {claim['claim']}  {cell(claim['seen_at'])}  {claim['outlet']}"
            _line(console, f"{head}  “{claim['span']}”  judged {_words(claim['judged'])}: {claim['why']}")
            _line(console, f"    {claim['url']}", "dim")


def _show_statement(console: Console, role: str, row: Row) -> None:
    _head(console, f"\n{role} statement {row['statement']}: {row['value']}, {row['claimant']}, as of {row['as_of']} ({row['state']})")
    _line(console, f"  series {row['series']}", "dim")
    for origin in row["carried_by"]:
        seen = f"{cell(origin['published'] or origin['seen_at'])}"
        how = f", a copy of {origin['copy_of']}" if origin["copy_of"] else ", the claimant's own channel" if origin["primary"] else ""
        _line(console, f"  carried by {origin['outlet']}{how}  {seen}  {origin['url']}")


def _show_passage(console: Console, passage: Passage) -> None:
    number = printable(clean(passage.sentence[passage.start : passage.end]))
    text = Text.assemble(
        (f"{printable(clean(passage.before))} ".lstrip(), "dim"), printable(passage.sentence[: passage.start]),
        (number, "bold black on green") if console.is_terminal else f"«{number}»", printable(passage.sentence[passage.end :]),
        (f" {printable(clean(passage.after))}".rstrip(), "dim"),
    )  # fmt: skip
    console.print(text, soft_wrap=not console.is_terminal)


def _headline(claim: Found) -> str:
    return f"{subject_words(claim.metric, claim.party, claim.group)}: {_value(claim)}"


def _attributes(claim: Found) -> str:
    by = f"said by {claim.attributed_to or 'nobody named'}"
    return ", ".join((by, f"of {claim.party or 'nobody named'}", f"as of {claim.as_of or 'no day named'}", claim.scope, claim.stance))


def _words(judged: str | None) -> str:
    return (judged or "not yet").replace("_", " ")


def _version_words(row: Row) -> str:
    return f"version {row['version']}  {cell(row['seen_at'])}  {row['characters']:,} characters"


def _head(console: Console, text: str) -> None:
    _line(console, text, "bold")


def _line(console: Console, text: str, style: str = "") -> None:
    console.print(Text(printable(text), style), soft_wrap=True)
