"""The report: what every page of it must hold, must not hold, and where its links lead."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC
from pathlib import Path
from urllib.parse import urlsplit

import html5lib
import lxml.html
import pytest
from click.testing import CliRunner

from monitors.alerts.addresses import quantity_page
from monitors.alerts.wording import compose
from monitors.choice import make_policy
from monitors.cli import tallywatch
from monitors.config import read_config
from monitors.failure import Failure
from monitors.history import overview
from monitors.history.overview import quantities, quantity_keys
from monitors.history.queries import told_event
from monitors.history.store import open_history
from monitors.report.site.charts import MOST_POINTS, chart_of
from monitors.report.site.pages import as_data
from monitors.report.site.views import Looks, quantity_views
from monitors.report.site.write import write_site
from tests.reports import HOSTILE, tell

LOSSES = quantity_page("ukraine/killed/military/cumulative/-/russia-ukraine war/-/-")


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    """A history on disk, and the report of it with and without copies."""
    folder = tmp_path_factory.mktemp("story")
    with open_history(f"sqlite:///{folder}/history.db") as history:
        tell(history)
        write_site(history, folder / "report", UTC, {})
        write_site(history, folder / "copies", UTC, {}, with_copies=True)
    return folder


@pytest.fixture
def report(story):
    return story / "report"


def pages_of(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.html"))


def test_the_same_history_gives_the_same_bytes(story, tmp_path):
    with open_history(f"sqlite:///{story}/history.db") as history:
        write_site(history, tmp_path / "again", UTC, {})

    first, second = ({file.relative_to(folder): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
                     for folder in (story / "report", tmp_path / "again"))  # fmt: skip
    assert first == second


def test_every_page_is_valid_html_whose_links_lead_somewhere(report):
    ids = {}
    for page in pages_of(report):
        html5lib.HTMLParser(strict=True).parse(page.read_text("utf-8"))
        found = lxml.html.parse(str(page)).xpath("//@id")
        assert len(found) == len(set(found)), f"{page.name} uses an id twice"
        ids[page] = set(found)

    for page in pages_of(report):
        for element, attribute, link, _ in lxml.html.parse(str(page)).getroot().iterlinks():
            address = urlsplit(link)
            if address.scheme in ("http", "https"):
                assert element.tag == "a"
                assert "noopener" in element.get("rel")
            elif address.scheme != "data":
                target = (page.parent / address.path).resolve() if address.path else page
                assert target.is_file(), f"{page.name}: {attribute}={link}"
                assert not address.fragment or address.fragment in ids[target], f"{page.name}: {link}"


def test_no_page_asks_the_network_for_anything_or_runs_what_is_not_ours(report):
    for page in pages_of(report):
        root = lxml.html.parse(str(page)).getroot()
        policy = root.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
        assert policy.startswith("default-src 'none'; script-src 'self';")
        assert "unsafe" not in policy
        assert not root.xpath("//@style | //style | //*[@*[starts-with(name(), 'on')]]")
        assert not [script for script in root.xpath("//script[not(@src)]") if script.get("type") != "application/json"]


def test_what_strangers_print_never_becomes_markup(report):
    for page in pages_of(report):
        text = page.read_text("utf-8")
        assert "<img" not in text
        assert "alert(1)<" not in text.replace("&lt;", "")
    quake = next(page for page in pages_of(report) if "earthquake" in page.name)
    assert HOSTILE[:25] in lxml.html.parse(str(quake)).getroot().text_content()


def test_of_a_page_one_sentence_is_shown_and_its_text_only_with_copies(story):
    whole = "Reuters has withdrawn its story"
    assert not any(whole in page.read_text("utf-8") and "Nobody died." in page.read_text("utf-8") for page in pages_of(story / "report"))
    copies = [page for page in pages_of(story / "copies") if "Nobody died." in page.read_text("utf-8")]
    assert [page.parent.name for page in copies] == ["articles"]
    for page in pages_of(story / "report"):
        for quote in lxml.html.parse(str(page)).xpath("//q"):
            assert len(quote.text_content()) <= 300


def test_a_quantity_shows_who_says_what_with_the_number_marked(report):
    root = lxml.html.parse(str(report / LOSSES)).getroot()
    cards = [re.sub(r"\s+", " ", card.text_content()).strip() for card in root.xpath("//ul[@class='cards']/li")]
    assert cards == [
        "80,000 Western officials as of 5 Feb 2026, unconfirmed",
        "55,000 Volodymyr Zelensky as of 4 Feb 2026, reported",
        "100,000–140,000 Center for Strategic and International Studies (CSIS) as of 27 Jan 2026, primary",
    ]
    first = root.xpath("//li[starts-with(@id, 's')]")[1]
    assert first.xpath(".//mark")[0].text == "55,000"
    assert "2 figures in print, 2 outlets" in first.text_content()
    assert root.xpath("//a[contains(@href, 'disagreements/')]")


def test_a_disagreement_names_the_spread_the_sides_and_their_sentences(report):
    (page,) = (report / "disagreements").glob("*.html")
    root = lxml.html.parse(str(page)).getroot()
    sides = [row.xpath("./th")[0].text for row in root.xpath("//tbody/tr")]
    assert {"Western officials", "Center for Strategic and International Studies (CSIS)"} <= set(sides)
    assert root.xpath("//tbody//mark")
    assert page.name in (report / "index.html").read_text("utf-8")


def test_an_edited_page_names_the_figures_that_went_and_came(report):
    page = next(page for page in (report / "articles").glob("*.html") if "Earthquake" in page.read_text("utf-8"))
    root = lxml.html.parse(str(page)).getroot()
    assert [gone.text for gone in root.xpath("//del")] == ["at least 12 (people killed, Peru)"]
    assert [new.text for new in root.xpath("//ins")] == ["at least 31 (people killed, Peru)"]


def test_with_copies_a_page_shows_what_changed_word_by_word(story):
    page = next(page for page in (story / "copies" / "articles").glob("*.html") if "Earthquake" in page.read_text("utf-8"))
    diff = lxml.html.parse(str(page)).xpath("//p[@class='diff']")[0]
    assert (diff.xpath("./del")[-1].text.strip(), diff.xpath("./ins")[-1].text.strip()) == ("12", "31")


def test_a_figure_that_was_withdrawn_is_shown_as_such_in_the_table_and_the_chart(report):
    page = next(page for page in pages_of(report / "quantities") if "shipwreck" in page.name)
    root = lxml.html.parse(str(page)).getroot()
    assert root.xpath("//li[contains(@class, 'statement withdrawn')]")
    traces = json.loads(root.xpath("//script[@id='chart-data']")[0].text)
    assert [trace["name"] for trace in traces if trace["mode"] == "markers"][:1] == ["withdrawn"]


def test_an_alert_keeps_its_address_when_others_follow(report):
    first = lxml.html.parse(str(report / "alerts" / "1.html"))
    assert first.xpath("//ul[@class='alerts whole']/li/@id")[-1] in (report / "alerts.html").read_text("utf-8")


def test_a_folder_with_something_else_in_it_is_left_alone(story, tmp_path):
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "love.txt").write_text("mine")
    with open_history(f"sqlite:///{story}/history.db") as history, pytest.raises(Failure, match="no report of ours"):
        write_site(history, tmp_path / "letters", UTC, {})
    assert (tmp_path / "letters" / "love.txt").read_text() == "mine"


def test_a_report_that_cannot_be_finished_leaves_the_last_one_whole(story, tmp_path):
    def stop(done, among):
        if done:
            raise KeyboardInterrupt

    with open_history(f"sqlite:///{story}/history.db") as history:
        write_site(history, tmp_path / "report", UTC, {})
        before = (tmp_path / "report" / "index.html").read_bytes()
        with pytest.raises(KeyboardInterrupt):
            write_site(history, tmp_path / "report", UTC, {}, progress=stop)
        assert (tmp_path / "report" / "index.html").read_bytes() == before
        write_site(history, tmp_path / "report", UTC, {})  # what was left half done is in nobody's way
    assert {path.name for path in tmp_path.iterdir()} == {"report"}


@pytest.fixture
def losses(story):
    """A quantity as it is read from the history."""
    with open_history(f"sqlite:///{story}/history.db") as history, history.reading() as connection:
        return next(course for course in quantities(connection, quantity_keys(connection)) if quantity_page(course.key) == LOSSES)


LOOKS = Looks(UTC, {}, with_copies=False, edited=())


def test_a_long_quantity_goes_on_over_pages_and_loses_nothing(losses):
    first, second, *rest = losses.stated
    (printed, *_) = first.printed
    copies = tuple(printed._replace(claim=1000 + number) for number in range(450))
    course = replace(losses, stated=(first, replace(second, printed=copies), *rest))

    views = list(quantity_views(course, LOOKS))

    assert len(views) == 2
    shown = [figure.claim for view in views for one in view.stated for figure in one.printed]
    assert sorted(shown) == sorted(printed.claim for one in course.stated for printed in one.printed)
    assert [(one.id, one.continued) for one in views[1].stated] == [(second.id, True), (first.id, False)]


def test_a_chart_of_very_many_values_keeps_its_ends_and_its_extremes(losses):
    values = [5 + (n * 7919) % 1000 for n in range(20_000)] + [1, 9999, 77]
    many = tuple(replace(losses.stated[0], id=n + 1, low=value, high=value) for n, value in enumerate(values))

    (trace,) = chart_of(replace(losses, stated=many, told=()), LOOKS, {one.id: "" for one in many})["traces"]

    assert len(trace["y"]) <= MOST_POINTS
    assert (trace["y"][0], trace["y"][-1], min(trace["y"]), max(trace["y"])) == (values[0], 77, 1, 9999)


def test_a_chart_marks_bounds_ranges_alerts_and_where_each_point_leads(losses):
    places = {one.id: f"{LOSSES}#s{one.id}" for one in losses.stated}
    traces = chart_of(losses, LOOKS, places)["traces"]

    zelensky = next(trace for trace in traces if trace.get("name") == "Volodymyr Zelensky")
    assert zelensky["y"] == [43_000, 46_000, 55_000]
    assert zelensky["marker"]["symbol"] == ["circle", "triangle-up-open", "circle"]
    assert zelensky["customdata"][0][0] == places[losses.stated[0].id]
    assert zelensky["customdata"][0][1:4:2] == ["43,000, Volodymyr Zelensky", f"“{losses.stated[0].quote}”"]
    assert [trace["y"] for trace in traces if trace.get("fill") == "tonexty"] == [[140_000]]
    estimate = next(trace for trace in traces if str(trace.get("name")).startswith("Center"))
    assert (estimate["y"], estimate["error_y"]["array"], estimate["error_y"]["arrayminus"]) == ([120_000], [20_000], [20_000])
    assert {"alerts"} <= {trace.get("name") for trace in traces}


def test_data_in_a_page_cannot_end_its_element():
    assert "<" not in as_data([HOSTILE, "&amp;", " "])
    assert json.loads(as_data([HOSTILE])) == [HOSTILE]


@pytest.mark.sqlite("a report lies beside the file")
def test_the_command_writes_beside_the_database_and_says_where(story, tmp_path):
    (tmp_path / "history.db").write_bytes((story / "history.db").read_bytes())
    config = tmp_path / "tallywatch.toml"
    config.write_text('database = "sqlite:///history.db"\n')

    done = CliRunner().invoke(tallywatch, ["report", "--config", str(config)])

    assert done.exit_code == 0, done.output
    assert f"open {tmp_path / 'report' / 'index.html'}" in done.output
    assert (tmp_path / "report" / "index.html").is_file()


def test_an_empty_history_has_a_report_that_says_so(tmp_path):
    with open_history("sqlite://") as history:
        write_site(history, tmp_path / "report", UTC, {})
    index = (tmp_path / "report" / "index.html").read_text("utf-8")
    assert "Nothing was told yet." in index
    html5lib.HTMLParser(strict=True).parse(index)


def test_an_alert_links_the_place_of_its_figure_in_the_report(story, report):
    """Whatever it is about: the anchor is there."""
    with open_history(f"sqlite:///{story}/history.db") as history, history.reading() as connection:
        events = [told_event(connection, one.id) for one in overview.told_lately(connection, 100)]
    base = "https://desk.example.org/tally/"
    assert {event.kind for event in events} >= {"change", "new_series", "disagreement", "retraction"}
    for event in events:
        alert = compose(event, report=base)
        (link,) = re.findall(rf"{base}\S+", alert.body)
        page, _, anchor = link.removeprefix(base).partition("#")
        root = lxml.html.parse(str(report / page)).getroot()
        assert not anchor or root.xpath(f"//*[@id='{anchor}']"), link
        assert f'href="{link}"' in alert.html
    assert base not in compose(events[0]).body


def test_who_opens_the_report_where_is_said_in_the_configuration(tmp_path):
    (tmp_path / "tallywatch.toml").write_text('report = "https://desk.example.org/tally"\n')
    assert make_policy(read_config(tmp_path / "tallywatch.toml")).report == "https://desk.example.org/tally"
    (tmp_path / "tallywatch.toml").write_text('report = "javascript:alert(1)"\n')
    with pytest.raises(Failure, match="http"):
        read_config(tmp_path / "tallywatch.toml")
