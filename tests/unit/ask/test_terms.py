"""What of a question is looked up, and how much each word is worth."""

from math import log1p

import pytest

from semsearch.ask.terms import STOP_WORDS, Term, weigh

HELD = {"otter": 3, "tram": 90, "report": 20, "2021": 10}


def weighed(text: str, articles: int = 100) -> dict[str, Term]:
    return {term.term: term for term in weigh(text, articles, lambda term: HELD.get(term, 0))}


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
    assert len(weigh(" ".join(f"w{n}" for n in range(200)), 100, lambda _: 1)) == 64


@pytest.mark.parametrize("text", ["", "?!", "🚋"])
def test_a_question_without_words_has_no_terms(text: str) -> None:
    assert weigh(text, 100, lambda _: 1) == ()


def test_an_empty_index_knows_no_word() -> None:
    assert [term.weight for term in weigh("otters", 0, lambda _: 0)] == [0]


def test_capitals_are_content_where_not_all_is_capitals() -> None:
    def content(text: str) -> set[str]:
        return {term.term for term in weigh(text, 100, lambda _: 3) if term.content}

    assert "us" in content("Did the US join the WHO?")
    assert "who" in content("Did the US join the WHO?")
    assert "us" not in content("Did they tell us?")
    assert content("DID THEY TELL US OF THE DAM?") == content("Did they tell us of the dam?")
    assert content("ROVER AND OUT: it is over") == {"rover"}


def test_courtesies_say_nothing() -> None:
    polite = {
        term.term for term in weigh("Hello, please tell me about the dam, thanks", 100, lambda _: 3)
    }
    assert polite == {"dam"}
