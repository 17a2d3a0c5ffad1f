"""`tallywatch show` and `diff`: what stands behind a claim, an alert, an article; how a page was edited."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from time import process_time

import pytest
from click.testing import CliRunner, Result
from rich.console import Console

from monitors.cli import tallywatch
from monitors.history.store import open_history
from monitors.model import Claim
from monitors.report import diff as diffs
from monitors.report.diff import Fate, Piece, diff_words, folded
from tests.newsdesk import Newsdesk, figure, hours

URL = "https://www.reuters.com/a"
RAIN = "Rain fell for days in the hills above the town. " * 12
Call = Callable[..., Result]


def said(number: int) -> tuple[Claim, str]:
    """A claim that stands in a text, with a sentence before and one after."""
    quote = f"President Zelensky said that {number:,} soldiers have been killed."
    text = f"Reporters waited. {quote} He gave no figure for the wounded.\n{RAIN}\nThe war goes on."
    start = text.index(f"{number:,}")
    return replace(figure(number, quote=quote), start=start, end=start + len(f"{number:,}")), text


def tell_story(folder: Path) -> dict[str, str]:
    """A page that is edited, a copy of it, and a doubtful newsroom that is held; the alerts' ids by their kind."""
    (folder / "tallywatch.toml").write_text('database = "sqlite:///tally.db"\noutlets = []\n')
    with open_history(f"sqlite:///{folder}/tally.db") as history:
        desk = Newsdesk(history)
        (first, text), (second, edited) = said(43_000), said(46_000)
        told = desk.reads(first, url=URL, title="Losses", text=text)
        told += desk.reads(second, url=URL, title="Losses, corrected", text=edited, at=hours(1))
        desk.reads(figure(46_000, quote="The number is 46,000, he said."), outlet="bbc.com")
        desk.reads(url="https://www.reuters.com/b", text="Nothing to count here.")
        for title in ("\x1b[31mHostile", "\x1b]0;owned\x07More hostile\u202e"):
            desk.reads(figure(12, "wounded", quote=f"Just {title} 12."), url="https://www.reuters.com/c", title=title, at=hours(1))
        desk.reads(figure(61_000, as_of="2026-02-06"), outlet="worldbrief.example")
        return {event.kind.value: event.id for event in told}


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    folder = tmp_path_factory.mktemp("story")
    return folder, tell_story(folder)


@pytest.fixture
def call(story: tuple[Path, dict[str, str]], monkeypatch: pytest.MonkeyPatch) -> Call:
    monkeypatch.chdir(story[0])
    return lambda *arguments: CliRunner().invoke(tallywatch, list(arguments))


def shown(call: Call, *arguments: str) -> str:
    done = call(*arguments)
    assert done.exit_code == 0, (done.output, done.exception)
    return done.stdout


# --- claims


def test_a_claim_is_shown_with_its_sentence_its_page_its_judgement_and_who_carries_it(call: Call) -> None:
    printed = shown(call, "show", "claim", "2")
    for line in (
        "claim 2: Ukrainian soldiers killed: 46,000",
        "Reporters waited. President Zelensky said that «46,000» soldiers have been killed. He gave no figure for the wounded.",
        f"reuters.com, version 2 of 2  {URL}",
        "judged correction: the page gives another number",
        "its statement 2: 46,000, Volodymyr Zelensky, as of 2026-02-03 (reported)",
        "  carried by bbc.com  2026-02-04 09:46  https://www.bbc.com/3",
        f"  version 1  2026-02-03 09:00  {len(said(43_000)[1])} characters, without this sentence",
    ):
        assert line in printed.splitlines(), line
    assert "43,000 → 46,000" in printed.partition("alerts that told it")[2]


def test_a_claim_as_json_has_the_same(call: Call) -> None:
    row = json.loads(shown(call, "show", "claim", "2", "--json"))
    assert (row["low"], row["judged"], row["before"], row["after"]) == (
        46_000, "correction", "Reporters waited.", "He gave no figure for the wounded.",
    )  # fmt: skip
    assert [(one["version"], one["has_sentence"]) for one in row["versions"]] == [(1, False), (2, True)]
    assert [origin["outlet"] for origin in row["statement"]["carried_by"]] == ["reuters.com", "bbc.com"]
    assert [alert["kind"] for alert in row["alerts"]] == ["correction"]


def test_a_number_that_is_a_claims_and_an_articles_shows_the_claim_and_names_the_other(call: Call) -> None:
    done = call("show", "1")
    assert done.stdout.startswith("claim 1: ")
    assert done.stderr == "1 is also an article: tallywatch show article 1\n"


# --- alerts


def test_an_alert_is_shown_with_the_claims_behind_it(call: Call, story: tuple[Path, dict[str, str]]) -> None:
    alert = story[1]["correction"]
    printed = shown(call, "show", alert[:6])
    assert printed.startswith(shown(call, "alerts", alert).splitlines()[0])
    behind = printed.partition("now statement 2: 46,000")[2]
    assert "claim 2  2026-02-03 10:00  reuters.com  “46,000”  judged correction" in behind
    assert "before statement 1: 43,000" in behind
    row = json.loads(shown(call, "show", alert, "--json"))
    assert [(one["role"], [claim["claim"] for claim in one["claims"]]) for one in row["chain"]] == [("now", [2, 3]), ("before", [1])]


def test_an_alert_that_is_held_is_shown_too(call: Call) -> None:
    held = json.loads(shown(call, "review", "--json"))["id"]
    printed = shown(call, "show", held)
    assert "61,000" in printed.splitlines()[0]
    assert "held until 2026-02-06 12:30" in printed


# --- articles


@pytest.mark.parametrize("name", [(URL,), ("article", "1")])
def test_an_article_is_shown_with_its_versions_and_what_each_says(call: Call, name: tuple[str, ...]) -> None:
    printed = shown(call, "show", *name)
    assert printed.startswith("article 1: Losses, corrected\n")
    heads = [line for line in printed.splitlines() if line.startswith(("version 1", "version 2", "  claim"))]
    assert heads == [
        "version 1: Losses", "  claim 1  Ukrainian soldiers killed: 43,000  (judged new series)",
        "version 2: Losses, corrected", "  claim 2  Ukrainian soldiers killed: 46,000  (judged correction)",
    ]  # fmt: skip
    (row,) = map(json.loads, shown(call, "show", *name, "--json").splitlines())
    assert [(one["version"], [claim["low"] for claim in one["claims"]]) for one in row["versions"]] == [(1, [43_000]), (2, [46_000])]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        (f"{URL}b", f"did you mean {URL}?"),
        ("777", "no claim, alert or article is called 777; the nearest claim is 6"),
        ("alert 12", "no alert is called 12"),
        ("nonsense", "tallywatch alerts lists the alerts"),
    ],
)
def test_what_is_not_there_is_said_with_the_nearest_that_is(call: Call, name: str, says: str) -> None:
    assert says in str(call("show", *name.split()).exception)


def test_a_mistyped_alert_is_answered_with_the_nearest(call: Call, story: tuple[Path, dict[str, str]]) -> None:
    alert = story[1]["correction"]
    assert f"did you mean the alert {alert} (" in str(call("show", f"{alert[:-1]}z").exception)


@pytest.mark.parametrize("command", [("show", "https://www.reuters.com/c"), ("show", "claim", "4"), ("diff", "https://www.reuters.com/c")])
def test_what_a_page_prints_moves_no_cursor_and_turns_no_letters_round(call: Call, command: tuple[str, ...]) -> None:
    printed = shown(call, *command)
    assert "ostile" in printed
    assert not {"\x1b", "\x07", "\u202e"} & {*printed}


# --- edits


def test_an_edit_is_shown_word_by_word_under_the_figures_that_changed(call: Call) -> None:
    assert shown(call, "diff", URL).split("\n\n")[0].splitlines()[1:] == [
        "version 1 (2026-02-03 09:00) → version 2 (2026-02-03 10:00), reuters.com",
        "43,000 → 46,000 (killed, ukraine)",
    ]
    assert shown(call, "diff", URL).split("\n\n")[1].splitlines() == [
        "Losses{+, corrected+}",
        "Reporters waited. President Zelensky said that [-43,000-]{+46,000+} soldiers have been killed. "
        "He gave no figure for the wounded …",
    ]
    row = json.loads(shown(call, "diff", "1", "--json"))
    assert [figure["text"] for figure in row["figures"]] == ["43,000 → 46,000 (killed, ukraine)"]
    assert "".join(text for piece in row["text"] for fate, text in piece.items() if fate != "removed").count("Rain fell") == 12


def test_two_versions_may_be_compared_in_either_order_and_others_are_refused(call: Call) -> None:
    assert "[-46,000-]{+43,000+}" in shown(call, "diff", URL, "--version", "2", "1")
    assert str(call("diff", URL, "--version", "1", "3").exception) == f"{URL} has no version 3: it has 1, 2"
    assert f"did you mean {URL}?" in str(call("diff", f"{URL}x").exception)
    assert "was never edited: one version, seen 2026-02-05 10:00" in shown(call, "diff", "https://www.reuters.com/b")


def test_on_a_terminal_an_edit_is_coloured_and_has_no_brackets(story: tuple[Path, dict[str, str]], call: Call, monkeypatch) -> None:
    terminal = lambda out: Console(file=out, width=80, force_terminal=True, color_system="standard", highlight=False, markup=False)  # noqa: E731
    monkeypatch.setattr(diffs, "console_for", terminal)
    printed = shown(call, "diff", URL)
    assert "\x1b[9;31m43,000\x1b[0m\x1b[1;32m46,000\x1b[0m" in printed
    assert "{+" not in printed


def test_what_stayed_by_chance_between_two_changes_is_part_of_them() -> None:
    pieces = diff_words("The army lost the old town on Monday.", "Rescuers who came found the survivors in a cellar on Monday.")
    assert [piece.fate for piece in pieces] == [Fate.REMOVED, Fate.ADDED, Fate.SAME]
    assert pieces[-1].text == "on Monday."


def test_what_stayed_and_came_is_the_later_text_whatever_was_edited() -> None:
    for before, after in (("", "new"), ("old", ""), ("a\nb\nc", "a\nc\nd"), ("x  y", "x y"), ("5,000 died", "5,000, 6,000 died\n\n")):
        kept = "".join(piece.text for piece in diff_words(before, after) if piece.fate is not Fate.REMOVED)
        assert kept.split() == after.split()


def test_a_long_part_that_stayed_is_folded_around_the_changes() -> None:
    stayed = Piece(Fate.SAME, "so " * 40)
    texts = [piece.text for piece in folded([stayed, Piece(Fate.ADDED, "new "), stayed])]
    assert texts == [f"… {'so ' * 12}", "new ", f"{'so ' * 12}…\n"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (" ".join(f"w{n * 7 % 1009}" for n in range(18_000)), " ".join(f"w{n * 11 % 1013}" for n in range(18_000))),
        ("a " * 50_000, "a b " * 25_000),
        ("a\n" * 50_000, "b\na\n" * 25_000),
        ("".join(".,;"[n * n % 3] for n in range(100_000)), "".join(",;."[n * n % 3] for n in range(100_000))),
        ("x" * 400_000, "y" * 400_000),
    ],
    ids=["all words others", "one word", "short lines", "signs", "no words"],
)
def test_no_page_of_a_hundred_kilobytes_takes_seconds(before: str, after: str) -> None:
    began = process_time()
    diff_words(before, after)
    assert process_time() - began < 2
