"""Every command in the README is run: here, or by .ci/run where it installs something."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from monitors.config import read_config

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
SCRAPY = "from scrapy.cmdline import execute; execute()"


def blocks(language: str) -> list[str]:
    return [block.strip() for block in re.findall(rf"^[ ]*```{language}\n(.*?)^[ ]*```", README, re.MULTILINE | re.DOTALL)]


COMMANDS = [line.strip() for block in blocks("sh") for line in block.splitlines()]
INSTALLS = [command for command in COMMANDS if "pip install" in command]
ELSEWHERE = {".venv/bin/tallywatch demo": "tests/test_demo.py", "crontab crontab": "tests/test_schedule.py"}
"""Run by another test."""
UNREACHABLE = re.compile(r"tallywatch run|scrapy (crawl|parse)")
"""Outlets that no test may reach: the command runs, finds nobody, and says so."""


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
    """A directory in which the README is followed from top to bottom."""
    directory = tmp_path_factory.mktemp("readme")
    text = "At least 12 people were killed in the flood that followed days of rain, officials said on Friday."
    (directory / "page.html").write_text(f"<html><title>Flood</title><body><article><h1>Flood</h1><p>{text}</p></article></body></html>")
    (directory / "figures.csv").write_text(blocks("csv")[0] + "\n")
    return directory


@pytest.mark.parametrize("command", [command for command in COMMANDS if command not in INSTALLS and command not in ELSEWHERE])
def test_a_command_of_the_readme_runs(command, desk, home):
    if "init" in command:
        (desk / "tallywatch.toml").unlink(missing_ok=True)
    at = ROOT if "scrapy" in command else desk
    here = command.replace(".venv/bin/tallywatch", f"{sys.executable} -m monitors.cli").replace(
        ".venv/bin/scrapy", f"{sys.executable} -c '{SCRAPY}'"
    )
    done = subprocess.run(
        ["/bin/sh", "-c", here], cwd=at, capture_output=True, text=True, env={**os.environ, "HOME": str(desk)}, timeout=60
    )
    allowed = (0, 3) if UNREACHABLE.search(command) else (0,)
    assert done.returncode in allowed, done.stderr
    assert "Traceback (most recent call last)" not in done.stderr or "scrapy" in command
    assert done.stdout or "scrapy" in command


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
