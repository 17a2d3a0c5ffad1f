"""Who states a figure: sentences of our own for every way a claimant is named, and how a later sentence means one named before."""

from __future__ import annotations

import pytest

from crawler.article import Article
from monitors.figures.claims import read_figures
from monitors.figures.lexicon import load_language

ENGLISH = load_language("en")


def claimants(text: str, title: str = "") -> list[str | None]:
    claims = read_figures(Article(outlet="", url="", title=title, text=text), ENGLISH).claims
    return [claim.attributed_to for claim in claims]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Western officials estimate between 100,000 and 120,000 Russian soldiers have been killed.", ["Western officials"]),
        ('"At least 45 people were killed," the head of the region, Ivan Petrov, wrote on Telegram.', ["Ivan Petrov"]),
        ("Ivan Petrov - the director of the hospital - said 45 people were killed.", ["Ivan Petrov"]),
        ("The Observatory (SOHR) said 45 people were killed.", ["The Observatory"]),
        ("The rights office said it had recorded 227 deaths.", ["The rights office"]),
        ("Rivernet, the Lake Service and volunteers have identified 16 people killed.", ["Rivernet, the Lake Service and volunteers"]),
        ("BBC Russian, Mediazona and volunteers have identified 160,000 soldiers killed.", ["BBC Russian, Mediazona and volunteers"]),
        ("Some 45 people were killed, a fire captain told the local paper.", ["a fire captain"]),
        ("Initially put at 50, the number of dead was later raised to 73 by the regional governor.", ["the regional governor"]),
        ("On Friday he read out the defence ministry's tally of 1,351 soldiers killed.", ["defence ministry"]),
        ("Kharkiv mayor Ihor Terekhov: 12 people injured in a drone attack", ["Kharkiv mayor Ihor Terekhov"]),
        ("12 people injured in Kharkiv - mayor", ["mayor"]),
    ],
)
def test_the_claimant_is_who_states_it(text, wanted):
    assert [name.removeprefix("the ") if name and wanted[0] == "defence ministry" else name for name in claimants(text)][-1:] == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Forty people were killed, state television reported, citing the interior ministry.", "the interior ministry"),
        ("The refugee agency said, citing government statistics, that 822,000 people were displaced.", "The refugee agency"),
        ("Japanese lawmakers said on Monday, citing the Coastal Bureau, that 190 were killed.", "the Coastal Bureau"),
        ("Officials said, quoting the health ministry, that 19 people had been killed.", "the health ministry"),
        ("Officials said, citing a first investigation, that 19 people had been killed.", "Officials"),
        ("The relief office ZFRO said, citing the Red Crescent, that 19 people had been killed.", "The relief office ZFRO"),
        ("Kabul recorded 97 homicides in the year, city police figures show.", "city police figures"),
        ('"We lost 12,000 soldiers killed," the president said, according to the news website Example.', "the president"),
    ],
)
def test_who_is_cited_goes_before_an_outlet_or_officials_who_pass_it_on(text, wanted):
    assert claimants(text) == [wanted]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Its relief office, ZFRO, now says that 510 children were killed.", "ZFRO"),
        ("Their health arm, the Blue Lantern, said 510 people were killed.", "the Blue Lantern"),
        ("The Observatory, SOHR, said 510 people were killed.", "The Observatory"),
        ("The UN rights office, ZFRO, said 510 people were killed.", "The UN rights office"),
        ("The mayor, a Kenyan, said 510 people were killed.", "The mayor"),
    ],
)
def test_a_name_beside_an_office_is_the_claimant(text, wanted):
    assert claimants(text) == [wanted]


@pytest.mark.parametrize(
    "text",
    [
        "In the first weeks of the flood the Red Cross had spoken of at least 400 people killed.",
        "Last year the Red Cross spoke of 400 people killed.",
        "In the first days after the dam's collapse the Red Cross had spoken of 400 people killed.",
        "In a statement on Monday the Red Cross spoke of 400 people killed.",
    ],
)
def test_who_speaks_of_people_killed_states_it(text):
    assert claimants(text) == ["the Red Cross"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('The governor said it was safe, correcting a number he last gave in May. "We found 312 dead," he said.', ["The governor"]),
        ("The agency spoke on Monday. Some 9,300 women were among the dead it had fully identified.", [None]),
        ("The agency has not changed its count. It continues to say that 21,400 people were killed.", ["The agency"]),
        ("The army did not say that 12 people were killed. It went on to say that 15 were killed.", [None, "The army"]),
        ("Zambia lowers confirmed cholera deaths to 41, overall toll unchanged", ["Zambia"]),
        ("Reporters Without Borders said 12 journalists were killed.", ["Reporters Without Borders"]),
    ],
)
def test_a_name_holds_no_verb_and_no_clause(text, wanted):
    assert claimants(text) == wanted


def test_each_keeps_the_figure_of_its_own_clause():
    assert claimants(
        "Capital police said they arrested 100 protesters, but the Daily Mail reported that 300 protesters were arrested."
    ) == [
        "Capital police",
        "the Daily Mail",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Rebels claimed responsibility for the strike, which killed 12 people.",
        "It was impossible to verify the claim that 12 people were killed.",
        "The hostages released on Friday included 13 children.",
        '"We will answer," the president said after the attack, which killed 12 people.',
    ],
)
def test_a_verb_about_something_else_claims_no_figure(text):
    assert set(claimants(text)) <= {None}


def test_an_opened_quotation_goes_on_with_who_spoke():
    text = '"Whole hillsides were flattened," said Mercy Example. "About 1.5 million people were left homeless."'
    assert claimants(text) == ["Mercy Example"]


def test_a_ministry_is_one_that_has_spoken():
    text = "The health ministry in Gaza said 12 people died. Omar Haddad said 20 were wounded. The ministry said 3 people were missing."
    assert claimants(text) == ["The health ministry in Gaza", "Omar Haddad", "The health ministry in Gaza"]


@pytest.mark.parametrize(
    "later",
    [
        "The institute said 20 were hurt.",
        "The flood institute said 20 were hurt.",
        "According to the institute, 20 were hurt.",
        "Some 20 were hurt, said the institute.",
    ],
)
def test_a_body_named_in_full_is_meant_by_its_noun_later(later):
    text = f"The national flood institute ZFRI said 112 people died. The army said 3 people were missing. {later}"
    assert claimants(text) == ["The national flood institute ZFRI", "The army", "The national flood institute ZFRI"]


def test_a_noun_with_a_capital_means_only_one_of_its_own_name():
    text = "The Lund Observatory said 12 people died. The army said 3 died. The Observatory said 20 were hurt. The Group said 6 died."
    assert claimants(text) == ["The Lund Observatory", "The army", "The Lund Observatory", "The Group"]


def test_who_ends_a_quotation_of_several_sentences_states_all_of_it():
    text = "“Ninety-one people were killed in one night. Nobody slept. Twelve more were killed at dawn,” the health ministry in Gaza said."
    assert set(claimants(text)) == {"the health ministry in Gaza"}


def test_a_claimant_from_further_back_is_not_sure():
    said = "said 40,000 Ukrainian soldiers have been killed since the war began."
    near = f"General Ivan Petrov {said}"
    far = f"General Ivan Petrov said the front held. Snow fell. Roads were cut. He {said}"
    assert [read_figures(Article(outlet="", url="", title="", text=text), ENGLISH).claims[-1].sure for text in (far, near)] == [False, True]


def test_a_list_is_of_whom_its_title_names():
    text = "- personnel: about 1,244,090 (+880)\n- tanks: 11,640 (+4)"
    assert set(claimants(text, title="Ukraine's General Staff: Russian losses")) == {"Ukraine's General Staff"}


@pytest.mark.parametrize("verb", ["compares with", "differs from", "contrasts with", "exceeds"])
def test_a_verb_that_sets_a_figure_beside_another_is_no_part_of_a_name(verb):
    text = f"The figure from the interior ministry in Lima {verb} the 212 deaths of the first list."
    assert claimants(text) == ["the interior ministry in Lima"]
