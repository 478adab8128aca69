from hypothesis import given
from hypothesis import strategies as st

from semsearch.compare.facts import differing_words


def texts(phrases: object) -> list[str]:
    return [phrase.text for phrase in phrases]  # type: ignore[attr-defined]


def test_words_of_one_sentence_stand_out_against_the_other() -> None:
    only_a, only_b = differing_words(
        "Military junta frees two journalists before the festival",
        "Myanmar frees two journalists ahead of the festival",
    )
    assert texts(only_a) == ["Military junta"]
    assert texts(only_b) == ["Myanmar", "ahead"]


def test_forms_of_one_word_are_the_same() -> None:
    assert differing_words("The union rejected offers.", "Unions reject an offer.") == ((), ())


def test_a_sentence_has_nothing_of_its_own_against_itself() -> None:
    text = "Dockers walked out of the port at six on Tuesday."
    assert differing_words(text, text) == ((), ())


@given(st.text(max_size=120), st.text(max_size=120))
def test_phrases_are_cited_and_swapping_swaps(a: str, b: str) -> None:
    only_a, only_b = differing_words(a, b)
    assert (only_b, only_a) == differing_words(b, a)
    for phrase in only_a:
        assert a[phrase.start : phrase.end] == phrase.text
    for phrase in only_b:
        assert b[phrase.start : phrase.end] == phrase.text
