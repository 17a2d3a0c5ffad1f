"""The labelled passages that lie beside the project are read as well as they ought to be; skipped where there are none."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.forks import run_apart

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
SCORER, PASSAGES = SHARED / "score" / "score_figures.py", SHARED / "data" / "en_dev.jsonl"

LEAST = {"figure_f1": 0.90, "series_f1": 0.70, "full_f1": 0.40, "grounded": 1.0}


@pytest.mark.skipif(not (SCORER.exists() and PASSAGES.exists()), reason="needs the labelled passages beside the project")
def test_the_labelled_passages_are_read_well_enough(tmp_path):
    read = run_apart("monitors.cli:main", ["extract", "--jsonl"], input=PASSAGES.read_text("utf-8"))
    assert read.returncode == 0, read.stderr
    (tmp_path / "figures.jsonl").write_text(read.stdout, "utf-8")
    shown = shlex.join(["cat", str(tmp_path / "figures.jsonl")])
    done = subprocess.run([sys.executable, str(SCORER), str(PASSAGES), "--run", shown, "--json"],
                          cwd=ROOT, capture_output=True, text=True, timeout=100)  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    scores = json.loads(done.stdout.splitlines()[0])["all"]
    assert not {name: scores[name] for name, bar in LEAST.items() if scores[name] < bar}
    assert scores["unanswered"] == 0
