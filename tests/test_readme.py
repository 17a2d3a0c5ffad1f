"""Every command in the README is run: here, or by .ci/run where it installs something."""

from __future__ import annotations

import gzip
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.health import Health, Status
from monitors.config import read_config
from monitors.history import frontier
from monitors.history.store import open_history
from monitors.newsroom.server import Newsroom
from monitors.recording import FOLDER
from monitors.rules.blindness import UNSEEN
from tests.archives import ArchiveDesk, page
from tests.forks import Done, run_apart
from tests.jobs import empty_history
from tests.newsdesk import Newsdesk, figure, hours
from tests.test_show import tell_story

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
FORKED = {".venv/bin/tallywatch": "monitors.cli:main", ".venv/bin/scrapy": "scrapy.cmdline:execute"}
SCRAPY = "from scrapy.cmdline import execute; execute()"


def blocks(language: str) -> list[str]:
    return [block.strip() for block in re.findall(rf"^[ ]*```{language}\n(.*?)^[ ]*```", README, re.MULTILINE | re.DOTALL)]


COMMANDS = [line.strip() for block in blocks("sh") for line in block.splitlines()]
WALK = README.partition("## An outlet's figures stopped")[2].partition("\n## ")[0]
WALKED = [line for block in re.findall(r"```sh\n(.*?)```", WALK, re.DOTALL) for line in block.splitlines()]
VERDICTS = README.partition("## Say what you think of an alert")[2].partition("\n## ")[0]
JUDGED = [line for block in re.findall(r"```sh\n(.*?)```", VERDICTS, re.DOTALL) for line in block.splitlines()]
BEHIND = README.partition("## See what stands behind it")[2].partition("\n## ")[0]
LOOKED_AT = [line for block in re.findall(r"```sh\n(.*?)```", BEHIND, re.DOTALL) for line in block.splitlines()]
EVIDENCE = README.partition("## Evidence")[2].partition("\n## ")[0]
PROVED = [line for block in re.findall(r"```sh\n(.*?)```", EVIDENCE, re.DOTALL) for line in block.splitlines()]
ALONE = README.partition("## When it runs by itself")[2].partition("\n## ")[0]
LEFT_ALONE = [line for block in re.findall(r"```sh\n(.*?)```", ALONE, re.DOTALL) for line in block.splitlines()]
SHARED = [command for command in COMMANDS if "copy-history" in command]
INSTALLS = [command for command in COMMANDS if "pip install" in command]
ELSEWHERE = {
    ".venv/bin/tallywatch demo": "tests/test_demo.py",
    ".venv/bin/tallywatch serve": "tests/test_serve.py",
    "crontab crontab": "tests/test_schedule.py",
}
"""Run by another test."""
CLUSTER = README.partition("## When one machine is not enough")[2].partition("\n## ")[0]
SHARED_OUT = [line for block in re.findall(r"```sh\n(.*?)```", CLUSTER, re.DOTALL) for line in block.splitlines()]
"""On a PostgreSQL, by tests/test_cluster.py."""
TOLD_APART = (*SHARED_OUT, *SHARED, *INSTALLS, *ELSEWHERE, *WALKED, *JUDGED, *LOOKED_AT, *PROVED, *LEFT_ALONE)
UNREACHABLE = re.compile(r"tallywatch run|scrapy (crawl|parse)")
"""Outlets that no test may reach: the command runs, finds nobody, and says so."""
JUDGES_A_DRAFT = "tallywatch check"
"""Ends with 1 where a figure differs, which hangs on whether the figures of the README were imported before."""


def test_the_readme_begins_with_the_two_commands():
    assert COMMANDS[:2] == INSTALLS
    assert INSTALLS == [
        "python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/tallywatch run",
        "python3 -m venv .venv && .venv/bin/pip install -e '.[test]' && .venv/bin/pytest",
    ]


def test_the_landing_script_installs_as_the_readme_says():
    script = (ROOT / ".ci/run").read_text(encoding="utf-8")
    for command in INSTALLS:
        install = command.partition(" && ")[2]
        assert install.split(" && ")[0].removeprefix(".venv/bin/pip install ") in script.replace("-q ", "")


@pytest.fixture(scope="module")
def desk(tmp_path_factory) -> Path:
    """A checkout in which the README is followed from top to bottom."""
    directory = make_checkout(tmp_path_factory.mktemp("readme"))
    text = "At least 12 people were killed in the flood that followed days of rain, officials said on Friday."
    (directory / "page.html").write_text(f"<html><title>Flood</title><body><article><h1>Flood</h1><p>{text}</p></article></body></html>")
    (directory / "figures.csv").write_text(blocks("csv")[0] + "\n")
    return directory


def make_checkout(directory: Path) -> Path:
    """What the commands need of the project, to write into."""
    for name in ("pyproject.toml", "scrapy.cfg"):
        shutil.copy(ROOT / name, directory)
    for name in ("crawler", "tests/pages"):
        shutil.copytree(ROOT / name, directory / name, ignore=shutil.ignore_patterns("__pycache__"))
    return directory


def run(command: str, directory: Path) -> Done:
    environment = {**os.environ, "HOME": str(directory)}
    words = shlex.split(command)
    if words[0] in FORKED and not {"|", ">", "genspider"} & set(words):  # a form is written beside the modules that are loaded
        return run_apart(FORKED[words[0]], words[1:], cwd=directory, env=environment)
    here = command.replace(".venv/bin/tallywatch", f"{sys.executable} -m monitors.cli").replace(
        ".venv/bin/scrapy", f"{sys.executable} -c '{SCRAPY}'"
    )
    done = subprocess.run(["/bin/sh", "-c", here], cwd=directory, capture_output=True, text=True, env=environment, timeout=60)
    return Done(done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize("command", [one for one in COMMANDS if one not in TOLD_APART])
def test_a_command_of_the_readme_runs(command, desk, home):
    if "init" in command:
        (desk / "tallywatch.toml").unlink(missing_ok=True)
    done = run(command, desk)
    allowed = (0, 3) if UNREACHABLE.search(command) else (0, 1) if JUDGES_A_DRAFT in command else (0,)
    assert done.returncode in allowed, done.stderr
    assert "Traceback (most recent call last)" not in done.stderr or "scrapy" in command
    assert done.stdout or "scrapy" in command


@pytest.mark.sqlite("the walk-through names its file")
@pytest.mark.timeout(300)
def test_the_walk_through_shows_what_its_commands_print(tmp_path, home):
    """An outlet called bbc on loopback has one article, and its feed has refused us for two runs."""
    desk, article = make_checkout(tmp_path), "/news/articles/c62n922dnw7o"
    with Newsroom() as newsroom:
        newsroom.put("/rss.xml", "", status=403)
        newsroom.put(article, gzip.decompress(next((ROOT / FOLDER / "harbour").glob("*.html.gz")).read_bytes()))
        outlet = f'name = "bbc"\ntitle = "BBC News"\ntier = 1\nfeeds = ["{newsroom.url}/rss.xml"]\nallow_private = true\ndelay = 0.0\n'
        (desk / "tallywatch.toml").write_text(f'database = "sqlite:///tally.db"\ntimezone = "UTC"\noutlets = []\n[[outlet]]\n{outlet}')
        remember_runs(read_config(desk / "tallywatch.toml").database_url, "ok", "failed", "failed")
        printed = ""
        for language, block in re.findall(r"```(sh|text)\n(.*?)```", WALK, re.DOTALL):
            if language == "sh":
                printed = "".join(follow(command, desk, newsroom) for command in block.splitlines())
            for line in block.splitlines() if language == "text" else ():
                assert any(is_shown(line, real) for real in printed.splitlines()), f"{line}\n\nis not in\n\n{printed}"
    assert "tests/pages/outlets/bbc" in printed
    assert not (ROOT / FOLDER / "bbc").exists()


def test_what_one_thinks_of_an_alert_is_said_as_the_readme_says(tmp_path, home):
    """The history of two alerts: one whose reading is in doubt, of a run, and one that was told."""
    (tmp_path / "tallywatch.toml").write_text('database = "sqlite:///tally.db"\ntimezone = "UTC"\noutlets = []\n')
    with open_history(read_config(tmp_path / "tallywatch.toml").database_url) as history:
        desk = Newsdesk(history)
        desk.now = datetime.now(UTC) - hours(24)
        desk.reads(figure(46_000), at=hours(0))
        (told,) = desk.reads(figure(9_000, "wounded", quote="Officially 9,000 soldiers have been hurt."), at=hours(0))
        with history.transaction() as connection:
            last = frontier.start_run(connection, desk.now + hours(23))
        (doubtful,) = desk.reads(figure(55_000, sure=False, quote="Officially 55,000 soldiers have been killed."), at=hours(23))
    real = {"3f9c0a": doubtful.id[:6], "81d2e7": told.id[:6], "7c1e55d0": last[:8]}
    printed = ""
    for language, block in re.findall(r"```(sh|text)\n(.*?)```", VERDICTS, re.DOTALL):
        for shown, name in real.items():
            block = block.replace(shown, name)
        for line in block.splitlines():
            if language == "text":
                assert any(is_shown(line, shown) for shown in printed.splitlines()), f"{line}\n\nis not in\n\n{printed}"
                continue
            done = run(line, tmp_path)
            assert done.returncode == 0, (line, done.stderr)
            printed = done.stdout
            assert printed
            assert "already" not in printed


def test_what_stands_behind_an_alert_is_looked_at_and_taken_along_as_the_readme_says(tmp_path, home):
    """The history of a page that was edited."""
    alert, printed = tell_story(tmp_path)["correction"], ""
    for language, block in re.findall(r"```(sh|text)\n(.*?)```", BEHIND, re.DOTALL):
        for line in block.replace("3f9c0a", alert[:6]).replace("show 17", "show 2").splitlines():
            if language == "text":
                assert any(is_shown(line, shown) for shown in printed.splitlines()), f"{line}\n\nis not in\n\n{printed}"
                continue
            done = run(line, tmp_path)
            assert done.returncode == 0, (line, done.stderr)
            printed = done.stdout
    assert all((tmp_path / name).stat().st_size > 500 for name in ("figures.csv", "figures.jsonl", "alerts.xml"))


def test_what_proves_an_alert_is_written_verified_and_removed_as_the_readme_says(tmp_path, home):
    desk = ArchiveDesk(tmp_path)
    with desk.history:
        (told,) = desk.tells(page(55_000))
        desk.run(page(slug="fire", text="Officials said that 31 people were killed in a fire in Lisbon."))
    done = [run(command.replace("3f9c0a", told.id[:6]), tmp_path) for command in PROVED]
    assert [(one.returncode, one.stderr) for one in done] == [(0, "")] * 3
    assert (tmp_path / f"evidence-{told.id[:6]}" / "page.html").exists()
    assert "all is as it was" in done[1].stdout


@pytest.mark.sqlite("backups beside the file")
def test_a_history_is_backed_up_and_restored_as_the_readme_says(tmp_path, home):
    (tmp_path / "tallywatch.toml").write_text('database = "sqlite:///tally.db"\n')
    printed = [run(command, tmp_path) for command in LEFT_ALONE]
    assert [(done.returncode, bool(done.stdout), done.stderr) for done in printed] == [(0, True, "")] * 4


FILE = pytest.param("sqlite", marks=pytest.mark.sqlite("the file that is copied"))


@pytest.mark.parametrize("kind", [FILE, pytest.param("postgresql", marks=pytest.mark.postgresql)])
def test_a_history_is_copied_as_the_readme_says(request, tmp_path, home, kind):
    shutil.copy(empty_history(), tmp_path / "tallywatch.db")
    server = request.getfixturevalue("empty_database") if kind == "postgresql" else "sqlite:///copy.db"
    (done,) = [run(command.replace("postgresql+psycopg://desk@db.example/tally", server), tmp_path) for command in SHARED]
    assert (done.returncode, done.stderr) == (0, "")
    assert "are the same in both" in done.stdout


def remember_runs(database: str, *statuses: Status) -> None:
    """A history in which the outlet was collected like this, a quarter of an hour between."""
    with open_history(database) as history, history.transaction() as connection:
        for number, status in enumerate(statuses):
            at = datetime(2026, 2, 7, 15, 15 * number, tzinfo=UTC)
            frontier.store_outlet_runs(connection, frontier.start_run(connection, at), [(Health("bbc", status), 0, UNSEEN)], at)


def follow(command: str, desk: Path, newsroom: Newsroom) -> str:
    """What a command of the walk-through prints, with the outlet's host on loopback."""
    local = command.replace("https://www.bbc.com", newsroom.url).replace("scrapy crawl", "scrapy crawl -a allow_private=yes")
    done = run(local, desk)
    assert done.returncode in ((0, 3) if " run " in command else (0,)), (command, done.stderr)
    assert "Traceback (most recent call last)" not in done.stderr, (command, done.stderr)
    return done.stdout + done.stderr


def is_shown(line: str, real: str) -> bool:
    """Whether a line of the README is this one; … stands for whatever is there."""
    pattern = ".*".join(map(re.escape, " ".join(line.split()).split("…")))
    return re.fullmatch(pattern, " ".join(real.split())) is not None


def test_the_configurations_of_the_readme_are_right(tmp_path):
    (tmp_path / "tallywatch.toml").write_text("\n".join(blocks("toml")))
    config = read_config(tmp_path / "tallywatch.toml")
    assert [table.name for table in (*config.outlet, *config.monitor)] == ["example_daily", "measles"]


def test_the_spider_of_the_readme_is_a_form_that_holds():
    names: dict[str, object] = {}
    exec(compile(blocks("python")[0], "README.md", "exec"), names)  # our own text
    from crawler.outlets import check_outlet

    check_outlet(names["ExampleDaily"])  # type: ignore[arg-type]


def test_the_version_and_the_licence_are_those_of_the_project():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["license"] == "MIT"
    assert "MIT licence" in README
