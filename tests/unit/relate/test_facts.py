"""Facts are found by light rules; an agency only where it is credited."""

import time

import pytest

from semsearch.model.article import Article, Provider
from semsearch.relate.facts import credits_of, facts_of, figures, name_words, own_agency, regions


def test_facts_of_a_sentence() -> None:
    found = facts_of(
        "On Tuesday Ines Okafor of the Harbour Board said 1,200 lorries may use it from May 3,"
        " 2024, for $3.5 million, two billion less than Radu Tamm wants."
    )
    assert found.names >= {"Ines Okafor", "Harbour Board", "Radu Tamm"}
    assert "Tuesday" not in found.names
    assert found.numbers == {"1200", "3", "3.5", "2"}
    assert found.months == {"may", "2024"}


def test_a_word_without_end_is_read_in_time() -> None:
    start = time.thread_time()
    assert facts_of("An iPhone from Lisk. " + "x" * 100_000).names == {"iPhone", "Lisk"}
    assert time.thread_time() - start < 5


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("He may march on.", set()),
        ("in march it rained", {"march"}),
        ("Dec. 4", {"december"}),
        ("MARCH 4 AND Q3 AND THE FIRST QUARTER OF 2023", {"march", "q3", "q1", "2023"}),
    ],
)
def test_months_are_told_from_verbs(text: str, months: set[str]) -> None:
    assert facts_of(text).months == months


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("6-3/16 pct", {"6-3/16"}),
        ("version 14.2", {"14.2"}),
        ("the 40th of 5bn", {"40", "5"}),
        ("an A320 jet", set()),
        ("one of us", set()),
    ],
)
def test_figures(text: str, numbers: set[str]) -> None:
    assert figures(text) == numbers


def test_names_are_not_looked_for_where_case_is_lost() -> None:
    assert name_words("THE HARBOUR BOARD OF PELLWORTH VOTED TO CLOSE THE BRIDGE") == frozenset()
    assert name_words("the harbour board of pellworth voted to close the bridge") == frozenset()


def test_the_first_word_of_a_sentence_is_a_name_where_it_is_one_elsewhere() -> None:
    assert name_words("Bridges fail. Okafor left. We saw Okafor go.") == {"okafor"}


def test_of_a_title_only_regions_are_names() -> None:
    found = name_words("The service is available today.", "Object Store Now In Germany North")
    assert found == {"germany", "north"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("now available in Germany West Central", {"germany west central"}),
        ("in US East 2 and UK South", {"us east 2", "uk south"}),
        ("they told us to go", set()),
        ("the US and Saudi Arabia", {"us", "saudi arabia"}),
        ("exports to new zealand", {"new zealand"}),
    ],
)
def test_regions(text: str, found: set[str]) -> None:
    assert regions(text) == found


@pytest.mark.parametrize(
    ("body", "agencies"),
    [
        pytest.param("PELLWORTH (Reuters) - The bridge is shut.", ["Reuters"], id="dateline"),
        pytest.param("PELLWORTH, May 2 - Xinhua - The bridge is shut.", ["Xinhua"], id="dashes"),
        pytest.param("The bridge is shut, he said. (ANI)", ["ANI"], id="at-the-end"),
        pytest.param("By The Associated Press\n\nThe bridge is shut.", ["AP"], id="byline"),
        pytest.param("By Ines Okafor, AFP\n\nThe bridge is shut.", ["AFP"], id="byline-after-name"),
        pytest.param("The bridge is shut.\nSource: PTI", ["PTI"], id="source"),
        pytest.param("The bridge is shut.\n© 2024 AFP", ["AFP"], id="copyright"),
        pytest.param("The bridge is shut.\n-- dpa", ["dpa"], id="line-of-its-own"),
        pytest.param(
            "A (Reuters) line.\n(With inputs from ANI)", ["Reuters", "ANI"], id="two-of-them"
        ),
        pytest.param("The mayor told Reuters that the bridge is shut.", [], id="a-mention"),
        pytest.param("An AP examination was held at the school.", [], id="another-word"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_credits_are_forms_not_mentions(body: str, agencies: list[str]) -> None:
    found = credits_of("b", Article("x", "Bridge shut", body=body))
    assert [credit.agency for credit in found] == agencies
    for credit in found:
        assert credit.span.side == "b"
        assert body[credit.span.start : credit.span.end] == credit.span.text


@pytest.mark.parametrize(
    ("name", "agency"), [("Reuters", "Reuters"), ("Associated Press", "AP"), ("The Tide", "")]
)
def test_a_provider_may_be_an_agency(name: str, agency: str) -> None:
    assert own_agency(Article("x", "T", provider=Provider(name, "x.example"))) == agency
