"""Every page that `tallywatch record` kept reads today as it is written down beside it."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from monitors.recording import FOLDER, find_differences, read_again

RECORDED = sorted((Path(__file__).parent.parent / FOLDER).glob("*/*.json"))


@pytest.mark.parametrize("expected", RECORDED, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_recorded_page_reads_as_it_is_written_down(expected: Path) -> None:
    known = json.loads(expected.read_text(encoding="utf-8"))
    page = gzip.decompress(expected.with_suffix(".html.gz").read_bytes())
    if differences := list(find_differences(known, read_again(known, page))):
        pytest.fail("\n".join([f"{expected.name}: what is written down (-) and what is read (+) differ", *differences]), pytrace=False)


def test_no_page_lies_there_without_what_is_to_be_read_in_it() -> None:
    pages = sorted((Path(__file__).parent.parent / FOLDER).glob("*/*.html.gz"))
    assert [page.name.removesuffix(".html.gz") for page in pages] == [expected.stem for expected in RECORDED]
    assert len(pages) >= 2
