"""Take the README's pictures of the report: `python -m tests.pictures` writes them to monitors/report/pictures, and given a folder's name
all there are to look at into that; needs `.[browser]`.

The history is the shipped known values with the story of `tests.reports` after them.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from monitors.alerts.addresses import quantity_page
from monitors.history.store import open_history
from monitors.job import load_known_values
from monitors.report.site.write import write_site
from monitors.watch import Policy
from tests.reports import tell

FOLDER = Path(__file__).parents[1] / "monitors" / "report" / "pictures"
LOSSES = quantity_page("ukraine/killed/military/cumulative/-/russia-ukraine war/-/-")
SHOTS = (
    ("quantity-light", LOSSES, 1400, 1130, "light"),
    ("overview-phone-dark", "index.html", 390, 844, "dark"),
    ("overview-light", "index.html", 1400, 900, "light"),
    ("quantity-dark", LOSSES, 1400, 1250, "dark"),
    ("quantity-phone-light", LOSSES, 390, 844, "light"),
    ("quantity-phone-dark", LOSSES, 390, 844, "dark"),
)


def main(folder: Path, shots: Sequence[tuple[str, str, int, int, str]]) -> None:
    """Write pictures into a folder."""
    from playwright.sync_api import sync_playwright

    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as work, open_history("sqlite://") as history, sync_playwright() as playing:
        load_known_values(history, Policy.shipped(), datetime(2026, 1, 1, tzinfo=UTC))
        tell(history)
        write_site(history, Path(work) / "report", UTC, {})
        browser = playing.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for name, address, width, height, scheme in shots:
            page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
            page.goto(f"{(Path(work) / 'report' / address).as_uri()}")
            page.wait_for_timeout(1500)
            page.screenshot(path=folder / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    main(*((Path(sys.argv[1]), SHOTS) if len(sys.argv) > 1 else (FOLDER, SHOTS[:2])))
