"""A figure's evidence survives, or `verify` says exactly which figures lost it, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, update

from monitors.history import append_only, captures, tables
from monitors.history.captures import Captured, captures_of
from tests.archives import ArchiveDesk, copy_of, page


def fill(desk: ArchiveDesk) -> None:
    """Two runs: two pages with a figure each in one file, a third in another."""
    desk.run(page(55_000, "a"), page(9_000, "b", text="Kyiv said 9,000 people were wounded."))
    desk.run(page(57_000, "c"))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[ArchiveDesk]:
    desk = copy_of(fill, tmp_path)
    with desk.history:
        yield desk


def captured(desk: ArchiveDesk, version: int) -> Captured:
    with desk.history.reading() as connection:
        return captures_of(connection, [version])[version]


def claims_named(lines: list[str]) -> list[int]:
    return [int(line.split()[1]) for line in lines if line.startswith("claim ")]


def test_all_is_as_it_was(desk: ArchiveDesk) -> None:
    assert desk.verify() == []
    assert (desk.seen.files, desk.seen.pages, desk.seen.whole, desk.seen.figures, desk.seen.unknown) == (2, 3, 3, 3, 0)
    done = desk.call("verify")
    assert (done.exit_code, "all is as it was" in done.output) == (0, True)


def test_whichever_byte_of_a_record_is_altered_its_figure_alone_has_lost_its_proof(desk: ArchiveDesk) -> None:
    one = captured(desk, 2)
    path = desk.archive.folder / one.file
    whole = path.read_bytes()
    for place in range(one.offset, one.offset + one.length, 41):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert desk.verify() == [f"claim 2 (9,000, https://www.reuters.com/news/b): page altered ({one.file} at {one.offset})"], place
    path.write_bytes(whole)
    assert desk.verify() == []


def test_a_byte_beside_the_records_costs_no_figure_its_proof_and_is_told(desk: ArchiveDesk) -> None:
    path = desk.archive.folder / captured(desk, 1).file
    whole = path.read_bytes()
    for place in (0, 30, captured(desk, 1).offset - 1):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        found = desk.verify()
        assert found
        assert claims_named(found) == []


def test_a_file_cut_short_costs_those_whose_records_are_gone(desk: ArchiveDesk) -> None:
    one, two = captured(desk, 1), captured(desk, 2)
    path = desk.archive.folder / one.file
    whole = path.read_bytes()
    for length, lost in ((len(whole) - 1, [2]), (two.offset, [2]), (two.offset - 1, [1, 2]), (0, [1, 2])):
        path.write_bytes(whole[:length])
        found = desk.verify()
        assert claims_named(found) == lost, length
        assert all("page cut off" in line for line in found if line.startswith("claim"))


def test_a_missing_file_costs_all_of_its_figures(desk: ArchiveDesk) -> None:
    (desk.archive.folder / captured(desk, 1).file).unlink()
    assert [line.partition("): ")[2].partition(" (")[0] for line in desk.verify()] == ["page file missing", "page file missing"]
    assert claims_named(desk.verify()) == [1, 2]
    done = desk.call("verify")
    assert (done.exit_code, "1 of 3 archived pages are whole" in done.output) == (1, True)
    rows = desk.lines("verify")
    assert [(row["claim"], row["why"]) for row in rows[:2]] == [(1, "file missing"), (2, "file missing")]
    assert (rows[2]["ok"], rows[2]["problems"], rows[2]["pages"]) == (False, 2, 3)


def test_two_records_that_changed_places_prove_nothing(desk: ArchiveDesk) -> None:
    one, two = captured(desk, 1), captured(desk, 2)
    path = desk.archive.folder / one.file
    whole = path.read_bytes()
    first, second = whole[one.offset : two.offset], whole[two.offset :]
    path.write_bytes(whole[: one.offset] + second + first)
    assert claims_named(desk.verify()) == [1, 2]


def test_a_record_that_nobody_refers_to_is_counted_and_no_problem(desk: ArchiveDesk) -> None:
    (desk.archive.folder / "2026/02/2026-02-01T000000-ffffffff.warc.gz").write_bytes(b"")
    one = captured(desk, 3)
    with (desk.archive.folder / one.file).open("ab") as file:
        file.write(desk.archive.read(one.file, one.offset, one.length))
    assert desk.verify() == []
    assert desk.seen.unknown == 2


def tampering(desk: ArchiveDesk, change: Callable[[Connection], object]) -> None:
    """What somebody does who knows how to get past the triggers."""
    with desk.history.transaction() as connection:
        append_only.release(connection)
        change(connection)
        append_only.protect(connection)


def test_an_altered_text_in_the_database_is_found_by_its_hash_and_a_moved_figure_by_its_place(desk: ArchiveDesk) -> None:
    tampering(desk, lambda c: c.execute(update(tables.versions).where(tables.versions.c.id == 1).values(text="Nothing of the kind.")))
    tampering(desk, lambda c: c.execute(update(tables.claims).where(tables.claims.c.id == 3).values(start=0, end=5)))
    found = desk.verify()
    assert claims_named(found) == [1, 3]
    assert all(line.endswith("its text in the database is altered") for line in found)


def test_rows_that_are_altered_or_gone_break_the_chain_at_their_day(desk: ArchiveDesk) -> None:
    desk.run(page(58_000, "d"))
    assert (desk.verify(), desk.seen.links, desk.seen.unlinked) == ([], 2, 1)
    tampering(desk, lambda c: c.execute(tables.captures.delete().where(tables.captures.c.id == 3)))
    assert [line for line in desk.verify() if "chain" in line] == [
        "the chain breaks at the link of 2026-02-05: of the pages it covers rows are altered, and 1 are missing"
    ]


def test_a_link_that_was_forged_anew_breaks_the_one_after_it(desk: ArchiveDesk) -> None:
    desk.run(page(58_000, "d"))

    def forge(connection: Connection) -> None:
        first = captures.read_links(connection)[0]
        connection.execute(update(tables.captures).where(tables.captures.c.id == 1).values(url="https://www.reuters.com/another"))
        count, digest = captures.hash_captures(connection, None, first.last_capture)
        connection.execute(update(tables.links).where(tables.links.c.day == first.day).values(sha256=digest, captures=count))

    tampering(desk, forge)
    assert [line for line in desk.verify() if "chain" in line] == [
        "the chain breaks at the link of 2026-02-05: of the pages it covers rows are altered"
    ]


def test_the_chain_has_one_link_a_day_at_most_and_none_for_days_without_pages(desk: ArchiveDesk) -> None:
    for days in (1, 1, 2, 5, -3):
        with desk.history.transaction() as connection:
            captures.forge_link(connection, desk.now + timedelta(days=days))
            chain = captures.read_links(connection)
    assert [(link.day, link.captures) for link in chain] == [("2026-02-04", 2), ("2026-02-05", 1)]


def test_a_clock_that_was_set_back_breaks_no_chain(desk: ArchiveDesk) -> None:
    desk.now -= timedelta(days=30)
    desk.run(page(58_000, "d"))
    desk.now += timedelta(days=40)
    desk.run(page(59_000, "e"))
    assert (desk.verify(), desk.seen.links, desk.seen.unlinked) == ([], 2, 1)


def test_pages_that_are_moved_while_one_looks_are_found_where_they_lie_now(desk: ArchiveDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    """upkeep comes between: the rows that were read first say where the pages lay before."""
    from monitors.history import verifying

    real = verifying.captures_in

    def moved(connection: Connection, file: str) -> list[Captured]:
        found = real(connection, file)
        if len(found) == 2:
            with desk.history.transaction() as other:
                captures.cut_out(other, desk.archive, [found[0].record_id], captures.PRUNED, desk.now)
            with desk.history.reading() as fresh:
                captures.sweep(fresh, desk.archive)
        return found

    monkeypatch.setattr(verifying, "captures_in", moved)
    assert claims_named(desk.verify()) == []
