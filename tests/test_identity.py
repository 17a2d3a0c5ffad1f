"""Who is meant by a name, whose page a URL is, which event words tell of."""

from __future__ import annotations

from datetime import date

import pytest

from crawler.outlets import load_outlets
from monitors.alerts.phrases import outlet_name
from monitors.rules.identity import shipped_claimants, shipped_happenings, shipped_publishers

TODAY = date(2026, 2, 5)


@pytest.mark.parametrize(
    "name",
    [
        "Zelensky",
        "Ukrainian President Volodymyr Zelenskiy",
        "Volodymyr Zelenskyy",
        "Selenskyj",
        "Зеленський",
        "Зеленского",
        "Володимира Зеленського",
    ],
)
def test_one_president_in_many_spellings(name):
    claimant = shipped_claimants().find(name, TODAY)
    assert (claimant.id, claimant.body, claimant.side, claimant.known) == ("zelensky", "ukraine", "ukraine", True)


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("the General Staff of Ukraine's Armed Forces", "ukraine_general_staff"),
        ("Генштаб", "ukraine_general_staff"),
        ("the Russian Defense Ministry", "russia"),
        ("Минобороны РФ", "russia"),
        ("the BBC", "names_list"),
        ("Mediazona and the BBC's Russian service", "names_list"),
        ("The UN human rights office, OHCHR", "ohchr"),
        ("the U.N.'s migration agency", "iom"),
        ("the United Nations refugee agency", "unhcr"),
        ("the Arakan Army rebel group", "arakan_army"),
        ("Ukraine's State Emergency Service", "disaster_agency@ukraine"),
        ("Gaza's Health Ministry", "gaza_health"),
        ("the Israeli military", "israel"),
        ("U.S. President Donald Trump", "us"),
        ("Coordination Headquarters for the Treatment of Prisoners of War", "ukraine"),
    ],
)
def test_a_name_means_a_body(name, body):
    assert shipped_claimants().find(name, TODAY).body == body


def test_a_person_speaks_for_a_body_only_while_in_office():
    claimants = shipped_claimants()
    assert claimants.find("Zaluzhnyi", date(2023, 5, 1)).body == "ukraine"
    assert claimants.find("Zaluzhnyi", TODAY).body == "zaluzhnyi"


def test_a_ministry_is_of_the_country_beside_it_or_of_those_it_counts():
    claimants = shipped_claimants()
    assert claimants.find("Lebanese Health Ministry", TODAY, "syria").body == "health_ministry@lebanon"
    assert claimants.find("the health ministry", TODAY, "afghanistan").body == "health_ministry@afghanistan"
    assert claimants.find("the health ministry", TODAY, "gaza").body == "gaza_health"


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("a police spokesman", "police@kenya"),
        ("an army spokesman", "defence_ministry@kenya"),
        ("military authorities", "defence_ministry@kenya"),
        ("ein Sprecher der Polizei", "police@kenya"),
        ("a spokesman", "officials@kenya"),
        ("local officials", "officials@kenya"),
    ],
)
def test_a_spokesman_is_of_whoever_is_named_beside(name, body):
    assert shipped_claimants().find(name, TODAY, "kenya").body == body


def test_a_name_that_is_not_known_is_its_own_claimant():
    claimant = shipped_claimants().find("Suharyanto", TODAY)
    assert (claimant.body, claimant.known) == ("suharyanto", False)
    assert shipped_claimants().find(None, TODAY).body == "unattributed"


@pytest.mark.parametrize(
    ("url", "family", "tier"),
    [
        ("https://www.bbc.co.uk/news/1", "bbc", 1),
        ("https://en.zona.media/a", "mediazona", 1),
        ("https://news.un.org/en/1", "un", 1),
        ("https://mil.in.ua/en/1", "militarnyi", 2),
        ("https://www.yahoo.com/1", "yahoo", 3),
        ("https://worldbrief.example/1", "worldbrief.example", 3),
    ],
)
def test_a_page_is_of_the_publisher_of_its_registrable_domain(url, family, tier):
    publisher = shipped_publishers().of(url, "reuters" if family == "bbc" else "")
    assert (publisher.family, publisher.tier) == (family, tier)


def test_an_address_that_tells_nothing_leaves_it_to_the_outlets_name():
    assert shipped_publishers().of("http://127.0.0.1:8000/a", "reuters").family == "reuters"


@pytest.mark.parametrize("spider", load_outlets().spiders.values(), ids=lambda spider: spider.name)
def test_a_shipped_outlet_is_of_the_family_and_tier_its_form_says_by_address_and_by_name(spider):
    for url in ("http://127.0.0.1:8000/a", *spider.addresses()):
        publisher = shipped_publishers().of(url, spider.name)
        assert (publisher.family, publisher.tier) == (spider.family, spider.tier), url


@pytest.mark.parametrize(
    ("url", "outlet", "home"),
    [
        ("https://www.usatoday.com/story/1", "", "united states"),
        ("https://www.example-herald.com.au/news/1", "", "australia"),
        ("https://dailypost.example.ng/1", "", "nigeria"),
        ("https://www.bbc.co.uk/news/1", "", None),
        ("https://www.reuters.com/world/1", "", None),
        ("", "Fox News", "united states"),
        ("", "Some Weekly", None),
    ],
)
def test_a_paper_of_one_country_means_its_own_people_and_the_worlds_press_nobodys(url, outlet, home):
    assert shipped_publishers().home_of(url, outlet) == home


def test_two_outlets_of_one_house_are_one_origin():
    pages = {"france24": "https://www.france24.com/en/1", "rfi": "https://www.rfi.fr/en/1"}
    assert len({shipped_publishers().of(url, outlet).family for outlet, url in pages.items()}) == 1
    assert [outlet_name(outlet) for outlet in pages] == ["France 24", "RFI"]


def test_a_claimants_own_page_is_primary_for_that_claimant_only():
    publishers, claimants = shipped_publishers(), shipped_claimants()
    president = publishers.of("https://www.president.gov.ua/en/news/1")
    assert publishers.is_primary(president, claimants.find("Zelensky", TODAY))
    assert not publishers.is_primary(president, claimants.find("Putin", TODAY))
    assert publishers.is_primary(publishers.of("https://news.un.org/1"), claimants.find("OHCHR", TODAY))


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("A ferry capsized off Basilan", "shipwreck"),
        ("землетрясение в Турции", "earthquake"),
        ("Luftangriff auf Charkiw", "strike"),
        ("inundaciones en Valencia", "flood"),
        ("Regime opens fire on the crowd", "attack"),
        ("Bus falls into a ravine", "road crash"),
        ("Bomb on a bus kills 24", "attack"),
        ("Blast on a passenger train", "explosion"),
        ("Suspected heatstroke kills nine in Niger", "heat"),
        ("A night of violence in Haiti", "fighting"),
        ("After the bloodshed, a flood", "flood"),
        ("Israeli aircraft carry out an airstrike", "strike"),
    ],
)
def test_words_tell_the_kind_of_event(words, kind):
    assert shipped_happenings().find(words).name == kind
