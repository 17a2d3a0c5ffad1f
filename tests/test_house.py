"""The house keeps its shape: who may import whom, and what the pure core may load."""

from __future__ import annotations

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for package in ("crawler", "monitors") for path in sorted((ROOT / package).rglob("*.py"))
}

# Alerts in words, and who gets them: pure.
PURE = ("about", "addresses", "budgets", "course", "page", "phrases", "proof", "routing", "summaries", "titles", "wording")
WORDING = tuple(f"monitors.alerts.{name}" for name in PURE)

# Which floor a module stands on: it may import its own floor and those below, never one above.
FLOORS = (
    ("crawler.article",),
    ("monitors.model", "monitors.failure", "monitors.places", "monitors.stop"),
    ("monitors.figures", "monitors.rules", "monitors.exchange", *WORDING),
    ("monitors.watch", "monitors.check"),
    ("monitors.config",),
    ("monitors.history", "monitors.alerts.outbox"),
    ("monitors.alerts", "monitors.report"),
    ("monitors.newsroom.server", "monitors.newsroom.world"),
    ("monitors.verdicts", "monitors.forgetting"),
    ("monitors.desk", "monitors.choice", "monitors.complaints", "monitors.heartbeat", "monitors.lock", "monitors.logbook",
     "monitors.lookout", "monitors.reader", "monitors.recording", "monitors.tongues"),
    ("monitors.job",),
    ("monitors.replay", "monitors.reprocess", "monitors.doctor", "monitors.pronounce"),
    ("monitors.web", "monitors.cluster"),
    ("monitors.newsroom",),
    ("monitors.commands",),
    ("monitors.cli",),
)
CORE = ("monitors.model", "monitors.figures", "monitors.rules", "monitors.watch", "monitors.check", *WORDING)
CORE_LIBRARIES = {"jinja2", "markupsafe", "tldextract"}
"""What the core may use beside the standard library, imported where it is used."""


def floor_of(module: str) -> int:
    fits = [(name, floor) for floor, names in enumerate(FLOORS) for name in names if f"{module}.".startswith(f"{name}.")]
    matches = [(len(name), floor) for name, floor in fits]
    if not matches:
        pytest.fail(f"{module} stands on no floor of the house: say in FLOORS where it belongs")
    return max(matches)[1]


@cache
def imports_of(module: str) -> set[str]:
    tree = ast.parse(MODULES[module].read_text(encoding="utf-8"))
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{module} imports relatively: use the full path"
            found |= {f"{node.module}.{alias.name}" if f"{node.module}.{alias.name}" in MODULES else node.module for alias in node.names}
    return found


@pytest.mark.parametrize("module", sorted(m for m in MODULES if m.startswith("crawler")))
def test_the_crawler_never_imports_monitors(module):
    assert not {name for name in imports_of(module) if name.split(".")[0] == "monitors"}


@pytest.mark.parametrize("module", sorted(m for m in MODULES if m.startswith("monitors.") and m != "monitors"))
def test_a_module_imports_only_its_own_floor_and_those_below(module):
    ours = {name for name in imports_of(module) if name.startswith("monitors.") and name in MODULES}
    assert not {name for name in ours if floor_of(name) > floor_of(module)}


@pytest.mark.parametrize("module", sorted(m for m in MODULES if m.startswith(CORE)))
def test_the_core_uses_the_standard_library_and_little_else(module):
    outside = {name.split(".")[0] for name in imports_of(module)} - {"monitors", "crawler"} - set(sys.stdlib_module_names)
    assert outside <= CORE_LIBRARIES
    assert {name for name in imports_of(module) if name.startswith("crawler")} <= {"crawler.article"}


def test_no_spider_imports_another():
    for module in MODULES:
        if module.startswith("crawler.spiders."):
            assert not {name for name in imports_of(module) if name.startswith("crawler.spiders.")}


def test_no_two_modules_import_each_other_in_a_circle():
    graph = {module: {name for name in imports_of(module) if name in MODULES} for module in MODULES}
    done: set[str] = set()

    def walk(module: str, trail: tuple[str, ...]) -> None:
        assert module not in trail, " -> ".join((*trail[trail.index(module):], module))
        if module not in done:
            for name in graph[module]:
                walk(name, (*trail, module))
            done.add(module)

    for module in graph:
        walk(module, ())


def test_importing_the_core_loads_no_heavy_library():
    core = [module for module in MODULES if module.startswith(CORE)]
    heavy = {"scrapy", "sqlalchemy", "apprise", "lxml", "click", "jinja2", "matplotlib"}
    script = f"import sys\nfor name in {core!r}: __import__(name)\nprint(sorted(set(sys.modules) & {heavy!r}))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_nothing_below_the_job_asks_for_the_time():
    for module, path in MODULES.items():
        if module.startswith(("monitors.figures", "monitors.rules", "monitors.alerts", "monitors.watch", "monitors.history")):
            text = path.read_text(encoding="utf-8")
            assert "datetime.now(" not in text, module
            assert "date.today(" not in text, module


def test_the_top_level_holds_what_it_should_and_no_more():
    known = {"README.md", "crawler", "crontab", "monitors", "pyproject.toml", "scrapy.cfg", "tests", "LICENSE"}
    done = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        pytest.skip("not a git checkout")
    assert {line.split("/")[0] for line in done.stdout.splitlines() if not line.startswith(".")} <= known
