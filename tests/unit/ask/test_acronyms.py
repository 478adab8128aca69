"""An acronym stands for what two texts of the archive agree on."""

import pytest

from semsearch.ask.spelling import ACRONYM, long_form


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
