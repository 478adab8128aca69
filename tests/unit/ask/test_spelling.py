"""Only words that nobody knows are mended, into words that the index knows well."""

import pytest

from semsearch.ask.terms import ACRONYM, Speller, long_form

VOCABULARY = {
    "harbour": 60,
    "ferries": 40,
    "ferry": 50,
    "otter": 30,
    "hydroelectric": 2,
    "tunnel": 45,
    "tunnle": 1,
    "copper": 199,
    "cooper": 2,
    "tram": 90,
    "storm": 80,
    "glacier": 4,
    "mayors": 20,
    "layers": 20,
}
KNOWN = {"market", "walk", "boat"}


def mended(text: str) -> str:
    return Speller(VOCABULARY, lambda word: word in KNOWN).mend(text)[0]


@pytest.mark.parametrize(
    ("written", "better"),
    [
        ("hrabour", "harbour"),  # letters swapped
        ("harbor", "harbour"),
        ("harbouur", "harbour"),
        ("feryr", "ferry"),
        ("oter", "otter"),
        ("tunnle", "tunnel"),  # held once, the other 45 times
        ("hydroelektric", "hydroelectric"),  # long, so a rare word is enough
        ("nayors", "mayors"),
    ],
)
def test_a_misspelt_word_is_mended(written: str, better: str) -> None:
    text, changed = Speller(VOCABULARY, lambda word: word in KNOWN).mend(f"the {written}, please")
    assert text == f"the {better}, please"
    assert changed == {written: better}


@pytest.mark.parametrize(
    "word",
    [
        "ferry",
        "cooper",  # held twice; what is near is not a hundred times as frequent
        "tra",  # too short
        "marketing",  # an ending of a word that the encoder knows
        "boats",
        "about",
        "reportd"[:6],
        "Hrabour",  # a name, unless the question begins with it
        "HRABOUR",
        "hRabour",
        "glacir",  # too few articles hold what it might be
        "zeppelin",
        "hrabuor2021",
        "地震が襲った",
    ],
)
def test_another_word_is_left_alone(word: str) -> None:
    assert mended(f"the {word}?") == f"the {word}?"


def test_the_first_word_may_be_written_large() -> None:
    assert mended("Hrabour news") == "harbour news"


def test_the_same_first_letter_is_preferred() -> None:
    assert mended("see layors") == "see layers"
    assert mended("see mayers") == "see mayors"


def test_every_misspelt_word_is_mended_and_named() -> None:
    text, changed = Speller(VOCABULARY, lambda word: word in KNOWN).mend(
        "oter in the hrabour, oter"
    )
    assert text == "otter in the harbour, otter"
    assert changed == {"oter": "otter", "hrabour": "harbour"}


@pytest.mark.parametrize(
    ("written", "held"),
    [
        ("istanbul", "i̇stanbul"),
        ("Istanbul", "i̇stanbul"),
        ("ΑΠΕΡΓΙΑ", "απεργία"),
        ("елка", "ёлка"),
    ],
)
def test_a_word_that_is_held_with_other_marks_is_read_as_that(written: str, held: str) -> None:
    speller = Speller({held: 1, "moi": 3}, lambda _: True)
    assert speller.mend(f"on {written}") == (f"on {held}", {written: held})


@pytest.mark.parametrize(
    ("written", "held"),
    [
        ("мой", "мои"),
        ("cafe", "café"),
        ("елка", "елка"),
        ("कल", "काल"),
        ("mà", "ma"),
        ("IŞIK", "ışık"),
    ],
)
def test_other_letters_are_another_word_and_what_the_index_folds_stays(
    written: str, held: str
) -> None:
    assert Speller({held: 1}, lambda _: True).mend(written) == (written, {})


def test_nothing_is_mended_from_nothing() -> None:
    assert Speller({}, lambda _: False).mend("hrabour") == ("hrabour", {})
    assert Speller(VOCABULARY, lambda _: False).mend("") == ("", {})


def agreed(acronym: str, *texts: str) -> str:
    return long_form(acronym, [text for text in texts for _ in range(2)])


@pytest.mark.parametrize(
    ("acronym", "text", "form"),
    [
        ("HPA", "The Harbour Port Authority (HPA) met.", "Harbour Port Authority"),
        ("NCO", "The National Council of Otters (NCO)", "National Council of Otters"),
        ("NCOO", "The National Council of Otters (NCOO)", "National Council of Otters"),
        ("FDT", "Talks on a Ferry-dam treaty (FDT) failed", "Ferry dam treaty"),
        ("HPA", "Harbour Port Authorities (HPAs) met", "Harbour Port Authorities"),
        ("HPA", "Harbour Post (HPA)", ""),
        ("HPA", "Old Lisk (HPA)", ""),
        ("HPA", "The HPA Port Authority (HPA)", ""),
        ("HPA", "The HPA met the Harbour Port Authority.", ""),
        ("HPA", "", ""),
    ],
)
def test_initials_before_a_bracket_spell_it_out(acronym: str, text: str, form: str) -> None:
    assert agreed(acronym, text) == form


def test_one_text_is_not_enough() -> None:
    text = "The Harbour Port Authority (HPA) met."
    assert long_form("HPA", [text]) == ""
    assert long_form("HPA", [text, "Nothing here."]) == ""
    assert long_form("HPA", [text, text]) == "Harbour Port Authority"
    assert long_form("HPA", []) == ""


def test_the_most_frequent_form_wins() -> None:
    one, two = "High Peak Association (HPA)", "Harbour Port Authority (HPA)"
    assert long_form("HPA", [one, one, two, two, two]) == "Harbour Port Authority"
    assert long_form("HPA", [two, two, one, one]) == "Harbour Port Authority"


def test_acronyms_are_capitals_and_digits() -> None:
    assert ACRONYM.findall("The HPA, a G20 for AI, Not I or TOOLONGWORD or x") == [
        "HPA",
        "G20",
        "AI",
    ]
