"""What travels in the wheel: everything the program reads."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DATA = (".toml", ".csv", ".xml", ".html", ".md", ".txt", ".mako", ".tmpl")


@pytest.mark.campaign
def test_the_wheel_holds_every_module_and_data_file_and_works_from_an_empty_directory(tmp_path):
    """.ci/run installs the wheel into an environment of its own and plays the demo from it; here its contents are looked at."""
    subprocess.run([sys.executable, "-m", "build", "-q", "--wheel", "--outdir", str(tmp_path), str(ROOT)], check=True, capture_output=True)
    (wheel,) = tmp_path.glob("tallywatch-*.whl")
    packed = set(zipfile.ZipFile(wheel).namelist())
    ours = {
        str(file.relative_to(ROOT)) for package in ("crawler", "monitors") for file in (ROOT / package).rglob("*")
        if file.suffix in (".py", *DATA) and "__pycache__" not in file.parts
    }  # fmt: skip
    assert ours <= packed
    assert not {name for name in packed if name.startswith("tests")}
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    script = (
        "import sys; sys.path.insert(0, 'site'); from monitors.cli import main; sys.argv = ['tallywatch', 'history', 'zelensky']; main()"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", script.replace("'site'", repr(str(tmp_path / "site")))], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
