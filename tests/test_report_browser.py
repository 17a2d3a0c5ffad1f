"""The report in a real browser: charts are drawn, points show their sentence, filters and links work, everybody can use it.

Needs Playwright and Chromium: `pip install -e '.[browser]'`, and the system's own Chromium. Skipped, saying so, where either is missing.
"""

from __future__ import annotations

import os
import re
import shutil
from datetime import UTC
from pathlib import Path
from threading import Thread

import pytest
from waitress import create_server

from monitors.alerts.addresses import quantity_page
from monitors.config import read_config
from monitors.history.store import open_history
from monitors.report.site.write import write_site
from monitors.web import make_app
from tests.reports import tell

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed: pip install -e '.[browser]'")
CHROMIUM = os.environ.get("TALLYWATCH_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: install Debian's, or name one in TALLYWATCH_CHROMIUM"),
]

LOSSES = quantity_page("ukraine/killed/military/cumulative/-/russia-ukraine war/-/-")
LATER = "Zelensky said on Sunday that 61,000 Ukrainian soldiers had been killed since the invasion began."
TOKEN = "a-token-that-nobody-guesses"
WIDE, PHONE = {"width": 1400, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as running:
        chromium = running.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def report(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    with open_history("sqlite://") as history:
        tell(history)
        write_site(history, folder / "report", UTC, {})
    return folder / "report"


@pytest.fixture
def look(browser, report):
    """Open a page of the report; at the end nothing may have been complained of, and nothing asked of the network."""
    troubles, opened = [], []

    def open_page(address: str, viewport=WIDE, scheme="light"):
        page = browser.new_page(viewport=viewport, color_scheme=scheme)
        page.on("console", lambda message: troubles.append(message.text))
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("request", lambda asked: None if asked.url.startswith(("file://", "data:", "blob:")) else troubles.append(asked.url))
        opened.append(page)
        page.goto(f"{report.as_uri()}/{address}")
        return page

    yield open_page
    for page in opened:
        page.close()
    assert not troubles


def test_a_point_of_the_chart_shows_its_sentence_and_leads_to_its_statement(look):
    page = look(LOSSES)
    page.wait_for_selector("#chart .main-svg")
    point = page.locator("#chart .scatterlayer .point").nth(0)
    point.hover(force=True)
    tooltip = page.locator("#chart .hoverlayer")
    playwright.expect(tooltip).to_contain_text("Ukrainian soldiers")
    playwright.expect(tooltip).to_contain_text("“")
    box = point.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_url("**#s*")
    assert page.evaluate("document.querySelector(location.hash + ' details').open")


def test_what_a_page_of_strangers_says_is_no_markup_in_a_tooltip_either(look, report):
    (quake,) = (report / "quantities").glob("*earthquake*")
    page = look(f"quantities/{quake.name}")
    page.wait_for_selector("#chart .main-svg")
    shown = page.evaluate("document.getElementById('chart').data.flatMap(trace => trace.text || []).join()")
    assert "killed in an earthquake" in shown.replace("<br>", " ")
    assert "&lt;script&gt;alert(1)" in shown
    assert set(re.findall(r"<[\w/]+", shown)) == {"<br"}


def test_the_scale_of_a_chart_can_be_switched(look):
    page = look(LOSSES)
    page.wait_for_selector("#chart .main-svg")
    button = page.get_by_role("button", name="Log scale")
    button.focus()
    page.keyboard.press("Enter")
    playwright.expect(button).to_have_attribute("aria-pressed", "true")
    assert page.evaluate("document.getElementById('chart').layout.yaxis.type") == "log"


def test_filters_show_what_matches_and_stand_in_the_address(look):
    page = look(LOSSES)
    page.get_by_role("combobox", name="Claimant").select_option("Volodymyr Zelensky")
    page.get_by_label("Words").fill("france")
    playwright.expect(page.locator("form.filters output")).to_have_text("1 of 5 shown")
    assert page.locator(".statement:visible").count() == 1
    page.reload()
    assert page.locator(".statement:visible").count() == 1


def test_a_deep_link_opens_what_it_leads_to(look):
    page = look(LOSSES)
    claim = page.evaluate("document.querySelector('.printed li').id")
    page = look(f"{LOSSES}#{claim}")
    assert page.locator(f"#{claim}").is_visible()


def test_the_search_finds_a_quantity_and_goes_there(look):
    page = look("index.html")
    page.get_by_role("searchbox").fill("ukrainian soldiers")
    page.locator(".hits a").first.wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url("**/quantities/**")
    playwright.expect(page.get_by_role("heading", level=1)).to_have_text("Ukrainian soldiers killed")


@pytest.mark.parametrize(("viewport", "scheme"), [(WIDE, "light"), (PHONE, "dark")], ids=["wide and light", "phone and dark"])
def test_everybody_can_use_every_kind_of_page(look, report, viewport, scheme):
    from axe_playwright_python.sync_playwright import Axe

    (disagreement,), article = (report / "disagreements").glob("*.html"), next((report / "articles").glob("*.html"))
    kinds = ("index.html", "quantities.html", "alerts.html", "disagreements.html", "edits.html", LOSSES)
    for address in (*kinds, f"disagreements/{disagreement.name}", f"articles/{article.name}"):
        page = look(address, viewport, scheme)
        page.wait_for_load_state("networkidle")
        found = Axe().run(page, options={"preload": False})
        assert found.violations_count == 0, f"{address}: {found.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], f"{address} is wider than the window"


def test_the_keyboard_goes_straight_to_the_content(look):
    page = look("index.html")
    page.keyboard.press("Tab")
    playwright.expect(page.locator(":focus")).to_have_text("Skip to the content")
    page.keyboard.press("Enter")
    assert page.url.endswith("#main")


def test_the_pages_can_be_read_without_scripts(browser, report):
    page = browser.new_context(java_script_enabled=False, viewport=PHONE).new_page()
    page.goto(f"{report.as_uri()}/{LOSSES}")
    assert page.locator(".statement").count() == 5
    assert page.locator("summary").first.is_visible()
    page.close()


def test_it_prints_what_is_read_without_the_frame_around_it(look):
    page = look(LOSSES)
    page.emulate_media(media="print")
    assert not page.get_by_role("navigation", name="Report").is_visible()
    assert page.locator(".statement").first.is_visible()


def test_an_editor_approves_what_waits_by_clicking(browser, tmp_path):
    (tmp_path / "tallywatch.toml").write_text('database = "sqlite:///history.db"\noutlets = []\n')
    config = read_config(tmp_path / "tallywatch.toml")
    with open_history(config.database_url) as history:
        tell(history)
        tell(history, [("2026-08-09T09:00", "https://www.obscure.example/next", "", LATER)])
        server = create_server(make_app(config, history, TOKEN), host="127.0.0.1", port=0)
        Thread(target=server.run, daemon=True).start()
        troubles = []
        page = browser.new_page(viewport=WIDE)
        page.on("console", lambda message: troubles.append(message.text))
        page.goto(f"http://127.0.0.1:{server.effective_port}/?token={TOKEN}")
        assert "token" not in page.url
        page.get_by_role("searchbox").fill("Зеленський")
        playwright.expect(page.locator(".hits a").first).to_contain_text("Ukrainian soldiers killed")
        page.get_by_role("link", name="Review").click()
        playwright.expect(page.locator("main")).to_contain_text(LATER)
        page.get_by_role("button", name="Approve").click()
        playwright.expect(page.get_by_role("status")).to_contain_text("approved, and told as urgent", timeout=30_000)
        page.close()
        server.close()
    assert not troubles
