"""News stories in scripts: what a careful editor would be told while they unfold, and when silence is right.

A file of `scenarios/` is one story. Its `[[line]]`s are pages in the order in which they are seen; `carries = 0` is the text of line 0
again, `changes` what is different in it, `lang` its language where that is not English. Below a page stands what it makes the desk tell
(`line.tells`: must), what it may as well (`line.may`), each a list of good values a field; until the next page that must tell something
that is still in time. Any other urgent or notable alert fails the story, and so does whatever `[[never]]` describes, unless it is only
logged. No figure of a page is told twice.
"""

from __future__ import annotations

import shutil
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from monitors import replay
from monitors.history.store import open_history
from tests.elsewhere import Elsewhere
from tests.jobs import empty_history

Json = dict[str, Any]

STORIES = sorted((Path(__file__).parent / "scenarios").glob("*.toml"))
LOUD = ("urgent", "notable")
SENT = (*LOUD, "routine")

KNOWN_FAILURES = {
    "anniversary_of_a_crash": "a crash remembered on its anniversary, and one of last summer under inquiry, are told as new",
    "army_total_and_enemy_claim": '"by a bomb in Gaza …, bringing to 929": an army\'s own dead become those of the place',
    "b_films_drills_plans_and_polls": "four hundred soldiers who die in a film under review are killed",
    "b_losses_in_ledgers_and_leagues": "the enemies killed in a computer game are British soldiers",
    "b_names_pass_the_army_total": '"a list … now has 243 names" gives no figure; "214 soldiers" is told as first twice',
    "b_wars_and_wrecks_long_ago": "the dead of the Falklands, the Titanic and Bhopal are first figures of today",
    "denial_without_a_number": '"whoever speaks of 20 or 30 dead is inventing it" is taken for a claim',
    "i_flood_derna_rival_counts": '"700 people have been buried after a flood" counts no dead',
    "j_drone_market_russia_side": "the dead of occupied land are Ukraine's, then Russia's, by who speaks: two tolls of one strike",
    "mass_grave_of_long_ago": "bodies dug up and the murdered of another century are told as new",
    "measles_state_and_nation": "people who caught measles are detained; deaths a year before the vaccine are told",
    "numbers_that_count_no_dead": "the bodies in a film are dead",
    "pilgrims_of_many_countries": "\"during this year's hajj\" makes a toll a period; a headline's pilgrims become those of the host",
}
"""Stories that are not told as they should, each with the reason; one that is mended must leave the list."""


def stories():
    for path in STORIES:
        reason = KNOWN_FAILURES.get(path.stem)
        yield pytest.param(path, id=path.stem, marks=[pytest.mark.xfail(reason=reason, strict=True)] if reason else [])


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A history of these stories' own: what none of them keeps moves on the numbers that PostgreSQL gives."""
    return Path(shutil.copy(empty_history(), tmp_path_factory.mktemp("stories") / "tally.db"))


@pytest.fixture(autouse=True)
def on_one_database(database: Elsewhere | None, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where histories are in PostgreSQL: one for each story would fill its memory."""
    if database is not None:
        empty = f"sqlite:///{request.getfixturevalue('shared')}"
        monkeypatch.setattr(replay, "open_history", lambda _: open_history(empty, read_only=True))


@pytest.mark.parametrize("path", list(stories()))
def test_the_desk_is_told(path):
    story = tomllib.loads(path.read_text(encoding="utf-8"))
    alerts = list(replay.play(script(story)))
    assert complaints(story, alerts) == []


def test_known_failures_are_stories():
    assert set(KNOWN_FAILURES) <= {path.stem for path in STORIES}


def script(story: Json) -> list[Json]:
    """The lines as `replay` reads them."""
    lines: list[Json] = []
    for line in story["line"]:
        at = moment(line["at"])
        if "url" not in line:
            lines.append({"at": at, "tick": True})
            continue
        earlier = lines[line["carries"]]["article"] if "carries" in line else {}
        title, text = line.get("title", earlier.get("title")), line.get("text", earlier.get("text")).strip()
        for before, after in line.get("changes", ()):
            assert before in title + text, f"nothing to change: {before!r}"
            title, text = title.replace(before, after), text.replace(before, after)
        article = {"outlet": "", "url": line["url"], "published": moment(line.get("published", line["at"])), "modified": None}
        lines.append({"at": at, "article": article | {"lang": line.get("lang", "en"), "title": title, "text": text}})
    return lines


def moment(value: datetime | str) -> str:
    return value if isinstance(value, str) else value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def complaints(story: Json, alerts: list[Json]) -> list[str]:
    """What is missing, what nobody asked for, what must never be said."""
    background = story.get("background", 0)
    alerts = sorted((alert for alert in alerts if alert["line"] >= background), key=lambda alert: alert["severity"] not in LOUD)
    asked = [number for number, line in enumerate(story["line"]) if line.get("tells")]
    wanted: list[tuple[int, int, Json, bool]] = []
    for number, line in enumerate(story["line"]):
        last = min((later for later in asked if later > number), default=len(story["line"])) - 1
        wanted += [(number, last, rule, True) for rule in line.get("tells", ())]
        wanted += [(number, max(last, number), rule, False) for rule in line.get("may", ())]
    used: dict[int, int] = {}
    for rule in sorted(range(len(wanted)), key=lambda number: not wanted[number][3]):
        assign(rule, wanted, alerts, used, set())
    missing = [f"missing at {w[0]}: {w[2]}" for number, w in enumerate(wanted) if w[3] and number not in used.values()]
    unasked = [f"unasked: {brief(a)}" for number, a in enumerate(alerts) if a["severity"] in LOUD and number not in used]
    never = [f"never: {brief(a)}" for a in alerts if a["severity"] in SENT for rule in story.get("never", ()) if fits(rule, a)]
    return missing + unasked + never + told_twice(alerts)


def told_twice(alerts: list[Json]) -> list[str]:
    """One page's figure in two alerts of the same kind."""
    seen: set[tuple[Any, ...]] = set()
    twice = []
    for alert in alerts:
        told = tuple(alert[name] for name in ("line", "kind", "metric", "party", "low", "high"))
        if alert["severity"] in SENT and told in seen:
            twice.append(f"told twice: {brief(alert)}")
        seen.add(told)
    return twice


def assign(rule: int, wanted: list[tuple[int, int, Json, bool]], alerts: list[Json], used: dict[int, int], seen: set[int]) -> bool:
    """Give a rule an alert of its own, moving other rules if need be."""
    first, last, fields, _ = wanted[rule]
    for number, alert in enumerate(alerts):
        if number in seen or not (
            first <= alert["line"] <= last and alert["severity"] in fields.get("severity", LOUD) and fits(fields, alert)
        ):
            continue
        seen.add(number)
        if number not in used or assign(used[number], wanted, alerts, used, seen):
            used[number] = rule
            return True
    return False


def fits(rule: Json, alert: Json) -> bool:
    """Whether an alert has one of the good values in every field that the rule names; `says` are numbers or words of its text."""
    lines = rule.get("lines", [alert["line"]])
    text = f"{alert['title']}\n{alert['body']}"
    return (
        min(lines) <= alert["line"] <= max(lines)
        and all(str(word) in text for word in rule.get("says", ()))
        and all(alert[name] in good for name, good in rule.items() if name not in ("lines", "says"))
    )


def brief(alert: Json) -> str:
    return f"line {alert['line']} {alert['severity']} {alert['kind']} {alert['metric']} {alert['low']}: {alert['title']}"
