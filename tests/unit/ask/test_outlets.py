"""A name of an outlet is a source where the words around it say so, and else a topic."""

import pytest

from semsearch.ask.outlets import NamedOutlets, Outlets
from semsearch.model.article import Provider

GAZETTE, HERALD, WORKS = "gazette.example", "herald.example", "norrbyworks.example"
OUTLETS = Outlets(
    [
        (Provider("The Lisk Gazette", GAZETTE), 40),
        (Provider("Senn Herald", HERALD), 30),
        (Provider("Norrby Works", WORKS), 20),
        (Provider("Market", "market.example"), 5),
        (Provider("", "tidningen.example"), 3),
        (Provider("Nameless Bulletin", ""), 2),
        (Provider("", ""), 9),
    ],
    109,
)
NEWSMAKERS = {WORKS}
COMMON = {"market": 50}


def read(text: str) -> NamedOutlets:
    return OUTLETS.read(
        text,
        frequency=lambda word: COMMON.get(word.lower(), 0),
        headlines_about=lambda _, key, enough: enough if key in NEWSMAKERS else 0,
    )


@pytest.mark.parametrize(
    ("text", "wanted", "left"),
    [
        ("What did the Lisk Gazette report about otters?", GAZETTE, "otters?"),
        ("What does the Senn Herald say about otters?", HERALD, "otters?"),
        ("How has the Senn Herald covered otters?", HERALD, "otters?"),
        ("According to the Lisk Gazette, is the ferry late?", GAZETTE, "is the ferry late?"),
        ("otters as reported by the Lisk Gazette", GAZETTE, "otters"),
        ("articles from the Senn Herald about otters", HERALD, "otters"),
        ("stories by Senn Herald on otters", HERALD, "otters"),
        ("Senn Herald coverage of otters", HERALD, "otters"),
        ("Senn Herald's view of otters", HERALD, "otters"),
        ("Lisk Gazette on otters", GAZETTE, "otters"),
        ("Lisk Gazette: otters", GAZETTE, "otters"),
        ("lisk gazette stories about otters", GAZETTE, "otters"),
        ("coverage of otters in the Lisk Gazette", GAZETTE, "coverage of otters"),
        ("articles from gazette.example about otters", GAZETTE, "otters"),
        ("articles from tidningen.example about otters", "tidningen.example", "otters"),
        ("otters from tidningen.example", "tidningen.example", "otters"),
        ("articles from www.tidningen.example on otters", "tidningen.example", "otters"),
        ("articles by the Nameless Bulletin about otters", "nameless bulletin", "otters"),
        ("What does Norrby Works' own blog say about otters?", WORKS, "otters?"),
        ("The Norrby Works blog on otters", WORKS, "The otters"),
    ],
)
def test_a_phrase_of_attribution_asks_for_a_source(text: str, wanted: str, left: str) -> None:
    assert read(text) == NamedOutlets(left, wanted=frozenset({wanted}))


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("What do the Lisk Gazette and Senn Herald report about otters?", "otters?"),
        ("what did the Senn Herald or the Lisk Gazette say about otters?", "otters?"),
        ("Senn Herald and Lisk Gazette on otters", "otters"),
        ("articles by the Senn Herald, Lisk Gazette about otters", "otters"),
    ],
)
def test_several_sources_are_asked_for_together(text: str, left: str) -> None:
    assert read(text) == NamedOutlets(left, wanted=frozenset({GAZETTE, HERALD}))


@pytest.mark.parametrize(
    ("text", "excluded", "left"),
    [
        ("otters in outlets other than the Lisk Gazette", {GAZETTE}, "otters in outlets"),
        (
            "what do outlets other than Norrby Works write on otters",
            {WORKS},
            "what do outlets write on otters",
        ),
        (
            "otters in any press except the Lisk Gazette and the Senn Herald",
            {GAZETTE, HERALD},
            "otters in any press",
        ),
        ("What does everyone but the Senn Herald say?", {HERALD}, "What does say?"),
        ("otters, not from the Senn Herald", {HERALD}, "otters"),
        ("non-Norrby Works sources on otters", {WORKS}, "sources on otters"),
        (
            "otters without the Lisk Gazette, Senn Herald or market.example",
            {GAZETTE, HERALD, "market.example"},
            "otters",
        ),
        ("otters not reported by the Lisk Gazette", {GAZETTE}, "otters"),
        ("otters, articles that are not written by the Senn Herald", {HERALD}, "otters, articles"),
        ("otters never reported by the Lisk Gazette or Senn Herald", {GAZETTE, HERALD}, "otters"),
        ("otters not from tidningen.example", {"tidningen.example"}, "otters"),
    ],
)
def test_an_exclusion_leaves_sources_out(text: str, excluded: set[str], left: str) -> None:
    found = read(text)
    assert found == NamedOutlets(left, excluded=frozenset(excluded))


@pytest.mark.parametrize(
    "text",
    [
        "What did Norrby Works report about its dam?",
        "Norrby Works on strike",
        "articles about Norrby Works",
        "life without Norrby Works",
        "Who bought Norrby Works?",
    ],
)
def test_the_name_of_a_newsmaker_is_the_topic(text: str) -> None:
    assert read(text) == NamedOutlets(text)


@pytest.mark.parametrize(
    "text", ["Who bought the Lisk Gazette?", "the strike at the Lisk Gazette", "Lisk Gazette"]
)
def test_an_outlet_that_is_only_named_is_mentioned(text: str) -> None:
    assert read(text) == NamedOutlets(text, mentioned=frozenset({GAZETTE}))


@pytest.mark.parametrize(
    "text",
    ["what does the market say about cod", "market on the quay", "otters", "the of and", "?"],
)
def test_an_ordinary_word_is_no_outlet(text: str) -> None:
    assert read(text) == NamedOutlets(text)


def test_a_capital_or_a_domain_makes_an_ordinary_word_an_outlet() -> None:
    assert read("What does Market say about cod?").wanted == {"market.example"}
    assert read("articles from market.example about cod").wanted == {"market.example"}


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("What did the Harbour Ledger report about otters?", "Harbour Ledger"),
        ("When has Östra Dagbladet ever written about otters?", "Östra Dagbladet"),
        ("Harbour Ledger coverage of otters", "Harbour Ledger"),
        ("Harbour Ledger's coverage of otters", "Harbour Ledger"),
        ("Norrby Works’s coverage of otters", ""),
        ("What did the Lisk Gazette report about the Harbour Ledger?", ""),
        ("What did Norrby Works publish?", ""),
        ("What did the mayor report about otters?", ""),
        ("Local coverage of otters", ""),
    ],
)
def test_an_outlet_that_is_asked_for_and_not_held_is_named(text: str, unknown: str) -> None:
    assert read(text).unknown == unknown


def test_an_outlet_is_called_by_its_name_or_else_its_domain() -> None:
    assert OUTLETS.name(GAZETTE) == "The Lisk Gazette"
    assert OUTLETS.name("tidningen.example") == "tidningen.example"


def test_one_name_may_stand_for_two_outlets() -> None:
    twins = Outlets(
        [
            (Provider("Ferry Post", "north.example"), 2),
            (Provider("Ferry Post", "south.example"), 2),
        ],
        4,
    )
    found = twins.read(
        "articles from the Ferry Post about otters",
        frequency=lambda _: 0,
        headlines_about=lambda *_: 0,
    )
    assert found.wanted == {"north.example", "south.example"}
