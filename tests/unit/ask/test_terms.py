"""What of a question is looked up, and how much each word is worth."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import log1p

import pytest

from semsearch.ask.terms import STOP_WORDS, Term, weigh

HELD = {"otter": 3, "tram": 90, "report": 20, "2021": 10}


@dataclass(frozen=True)
class Held:
    """A vocabulary: how often each term stands, without any given all words equally often."""

    numbers: Mapping[str, int] | None = None
    every: int = 1
    vocabulary: Mapping[str, int] = field(default_factory=dict)

    def document_frequency(self, term: str) -> int:
        if "|" in term:
            return max(map(self.document_frequency, term.split("|")))
        if self.numbers is not None:
            return self.numbers.get(term, 0)
        return 0 if " " in term else self.every


def weighed(text: str, articles: int = 100) -> dict[str, Term]:
    return {term.term: term for term in weigh(text, articles, Held(HELD))}


def idf(held: int, articles: int = 100) -> float:
    return log1p((articles - held + 0.5) / (held + 0.5))


def test_a_word_weighs_its_inverse_document_frequency() -> None:
    terms = weighed("otters and trams")
    assert list(terms) == ["otter", "tram"]
    assert terms["otter"].weight == terms["otter"].idf == pytest.approx(idf(3))
    assert terms["tram"].weight == terms["tram"].idf == pytest.approx(idf(90))
    assert terms["otter"].weight > terms["tram"].weight > 0


def test_a_word_that_the_index_lacks_weighs_nothing_but_is_the_rarest() -> None:
    term = weighed("zeppelin otters")["zeppelin"]
    assert term.weight == 0
    assert term.idf == pytest.approx(idf(0))
    assert term.idf > idf(3)
    assert term.content


def test_words_of_asking_count_half_and_are_no_content() -> None:
    term = weighed("reported otters")["report"]
    assert term.weight == pytest.approx(idf(20) / 2)
    assert term.idf == pytest.approx(idf(20))
    assert not term.content


def test_stop_words_count_only_where_nothing_else_is_left() -> None:
    assert list(weighed("who was it that saw the otters")) == ["saw", "otter"]
    alone = weighed("who is it")
    assert list(alone) == ["who", "is", "it"]
    assert not any(term.content for term in alone.values())
    assert {"the", "what", "t"} <= STOP_WORDS


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Otters in Lisk", {"lisk"}),
        ("the HPA", {"hpa"}),
        ("HPA rules", {"hpa"}),
        ("otters of 2021", {"2021"}),
        ("trams and otters", set()),
        ("when did 5G arrive", {"5g"}),
    ],
)
def test_capitals_and_numbers_are_names(text: str, names: set[str]) -> None:
    assert {term.term for term in weighed(text).values() if term.is_name} == names


def test_single_letters_are_no_content() -> None:
    assert not weighed("vitamin b")["b"].content


def test_a_word_counts_once_whatever_its_form() -> None:
    assert list(weighed("otter Otters OTTER")) == ["otter"]


def test_at_most_sixty_four_terms_are_taken() -> None:
    assert len(weigh(" ".join(f"w{n}" for n in range(200)), 100, Held())) == 64


@pytest.mark.parametrize("text", ["", "?!", "🚋"])
def test_a_question_without_words_has_no_terms(text: str) -> None:
    assert weigh(text, 100, Held()) == ()


def test_an_empty_index_knows_no_word() -> None:
    assert [term.weight for term in weigh("otters", 0, Held(every=0))] == [0]


def test_capitals_are_content_where_not_all_is_capitals() -> None:
    def content(text: str) -> set[str]:
        return {term.term for term in weigh(text, 100, Held(every=3)) if term.content}

    assert "us" in content("Did the US join the WHO?")
    assert "who" in content("Did the US join the WHO?")
    assert "us" not in content("Did they tell us?")
    assert content("DID THEY TELL US OF THE DAM?") == content("Did they tell us of the dam?")
    assert content("ROVER AND OUT: it is over") == {"rover"}


def test_courtesies_say_nothing() -> None:
    polite = {
        term.term
        for term in weigh("Hello, please tell me about the dam, thanks", 100, Held(every=3))
    }
    assert polite == {"dam"}


SHORT = {"us": 40, "u": 9, "s": 60, "u s": 8, "eu": 7, "e": 3, "jk": 2, "j": 5, "k": 5, "tariff": 4}


def terms_of(text: str, numbers: Mapping[str, int], *vocabulary: str) -> dict[str, Term]:
    index = Held(numbers, vocabulary=dict.fromkeys(vocabulary, 1))
    return {term.term: term for term in weigh(text, 100, index)}


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("US tariffs", ["us|u s", "tariff"]),
        ("U.S. tariffs", ["us|u s", "tariff"]),
        ("tariffs of the U.S", ["tariff", "us|u s"]),
        ("u.s. tariffs", ["us|u s", "tariff"]),
        ("us tariffs", ["tariff"]),
        ("tell us of tariffs", ["tariff"]),
        ("US-backed tariffs of US and U.S.", ["us|u s", "back", "tariff"]),
        ("J.K. tariffs", ["jk|j k", "tariff"]),
        ("EU tariffs", ["eu", "tariff"]),  # no article has it with points
        ("UK tariffs", ["uk", "tariff"]),
        ("WHAT IS A US TARIFF", ["tariff"]),
        ("tariffs, e.g. at 5 p.m.", ["tariff", "e", "g", "5", "p"]),
    ],
)
def test_an_acronym_is_one_term_with_and_without_points(text: str, terms: list[str]) -> None:
    assert list(terms_of(text, SHORT)) == terms


def test_an_acronym_weighs_as_its_more_frequent_form_and_is_a_name() -> None:
    term = terms_of("the U.S. tariffs", SHORT)["us|u s"]
    assert term.weight == term.idf == pytest.approx(idf(40))
    assert term.is_name
    assert term.content


MARKED = {"muller": 5, "mueller": 2, "koln": 4, "arhus": 2, "aarhus": 3, "blu": 4, "blue": 9}
MARKED |= {"poem": 3, "pom": 2, "doe": 2, "tromso": 1, "pot": 3, "poet": 4}


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("Müller", "mueller|muller"),
        ("Mueller", "mueller|muller"),
        ("Muller", "mueller|muller"),
        ("mueller", "mueller|muller"),
        ("Köln", "koln"),  # no article writes Koeln
        ("Koeln", "koeln|koln"),
        ("Koln", "koln"),
        ("Århus", "aarhus|arhus"),
        ("Aarhus", "aarhus|arhus"),
        ("Tromsoe", "tromso"),
        ("Straße", "strass"),
        ("blue", "blue"),
        ("poem", "poem"),
        ("poet", "poet"),
        ("pots", "pot"),
    ],
)
def test_a_marked_letter_and_the_two_that_stand_for_it_are_one_word(text: str, terms: str) -> None:
    assert list(terms_of(text, MARKED, "müller", "köln", "århus", "tromsø", "blu", "blue")) == [
        terms
    ]


def test_letters_are_marked_only_in_words_that_the_index_holds_so() -> None:
    assert list(terms_of("blue poem", MARKED, "blü")) == ["blu|blue", "poem"]
