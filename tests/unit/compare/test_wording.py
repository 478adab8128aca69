from hypothesis import given
from hypothesis import strategies as st

from semsearch.compare.wording import differing_words


def texts(phrases: object) -> list[str]:
    return [phrase.text for phrase in phrases]  # type: ignore[attr-defined]


def test_a_label_stands_out_against_a_name() -> None:
    found = differing_words(
        "Military junta frees two journalists before the festival",
        "Myanmar frees two journalists ahead of the festival",
    )
    assert texts(found.only_a) == ["Military junta"]
    assert texts(found.only_b) == ["Myanmar", "ahead"]


def test_words_in_the_same_place_are_contrasting_labels() -> None:
    found = differing_words(
        "Troops moved in after rebels seized the northern airfield.",
        "Troops moved in after terrorists seized the northern airfield.",
    )
    assert [(label.a.text, label.b.text) for label in found.labels] == [("rebels", "terrorists")]


def test_forms_of_one_word_are_the_same() -> None:
    found = differing_words("The union rejected offers.", "Unions reject an offer.")
    assert found.only_a == found.only_b == ()


def test_labels_stand_between_the_same_two_words() -> None:
    for a, b in (
        ("Troops met the rebels at the airfield.", "Troops met terrorists at the airfield."),
        ("Rebels seized the northern airfield.", "Terrorists seized the northern airfield."),
        ("Troops moved in on rebels.", "Troops moved in on terrorists."),
    ):
        assert differing_words(a, b).labels == ()


def test_numbers_titles_days_names_and_manners_are_no_labels() -> None:
    for a, b in (
        ("The dockers of Eskmouth walked out.", "The dockers of Pellworth walked out."),
        ("The dockers quietly walked out.", "The dockers angrily walked out."),
        ("The dockers aren't walking out.", "The dockers won't walking out."),
        ("He said 23 people died.", "He said 40 people died."),
        ("On Monday dockers walked out.", "On Friday dockers walked out."),
        ("Critics of Mr. Harrow walked out.", "Critics of President Harrow walked out."),
    ):
        assert differing_words(a, b).labels == ()


def test_a_sentence_has_nothing_of_its_own_against_itself() -> None:
    text = "Dockers walked out of the port at six on Tuesday."
    found = differing_words(text, text)
    assert found.only_a == found.only_b == ()
    assert found.labels == ()


@given(st.text(max_size=120), st.text(max_size=120))
def test_phrases_are_cited_and_swapping_swaps(a: str, b: str) -> None:
    found, swapped = differing_words(a, b), differing_words(b, a)
    assert found.only_a == swapped.only_b
    assert found.only_b == swapped.only_a
    for phrase in found.only_a:
        assert a[phrase.start : phrase.end] == phrase.text
    for phrase in found.only_b:
        assert b[phrase.start : phrase.end] == phrase.text
    for label in found.labels:
        assert a[label.a.start : label.a.end] == label.a.text
        assert b[label.b.start : label.b.end] == label.b.text
