"""A quotation is laid beside its source word by word."""

import pytest

from semsearch.check.alignment import Aligner, numbered, quoted
from semsearch.check.interruptions import without_interruptions
from semsearch.check.words import words_of

SOURCE = (
    "Mayor Ada Lenn spoke. “We will not go until the 12 owners pay us all, and that is final,” "
    "she said. “The harbour,” she added, “belongs to the people of the town, not to those who "
    "bought 5 per cent of it.” He told us Ms Orr would never agree."
)


def changes(quotation: str) -> list[tuple[str, str]]:
    """What stands in the source, and in the quotation in its place."""
    wanted = quoted(quotation, 0, len(quotation))
    held = words_of(SOURCE)
    place = Aligner(wanted).place(held, lambda: without_interruptions(held, SOURCE))
    assert place is not None
    return [
        (
            " ".join(place.held.keys[one.source_first : one.source_last]),
            " ".join(wanted.keys[one.first : one.last]),
        )
        for one in numbered(place.changes)
    ]


@pytest.mark.parametrize(
    "quotation",
    [
        "We will not go until the 12 owners pay us all, and that is final.",
        "we will not go until the twelve owners pay us all",
        "WE WILL NOT GO… and that is final",
        "We will not go (...) and that is final",
        "[The dockers] will not go until the 12 owners pay us all",
        "[W]e will not go until the 12 owners pay us all",
        "told us [Ada] Orr would never agree",
        "We will not go until the 12 owners [sic] pay us all",
        "The harbour belongs to the people of the town",
        "not to those who bought 5% of it",
        "not to those who bought 5\u00a0per\u2011cent of it",
    ],
)
def test_typography_and_what_marks_say_are_no_changes(quotation: str) -> None:
    assert changes(quotation) == []


@pytest.mark.parametrize(
    ("quotation", "expected"),
    [
        ("We will go until the 12 owners pay us all", [("not", "")]),
        ("We will not go until the 13 owners pay them all", [("12", "13"), ("us", "them")]),
        ("They will not go until the 12 owners pay us all", [("we", "they")]),
        ("We will not go until the 12 owners pay us half", [("all", "half")]),
        ("We will not go until the 12 old owners pay us all", [("", "old")]),
        ("not to those who purchased five percent of it", [("bought", "purchased")]),
        ("We will not leave … and that was final", [("go", "leave"), ("is", "was")]),
    ],
)
def test_changed_words_are_named_exactly(quotation: str, expected: list[tuple[str, str]]) -> None:
    assert changes(quotation) == expected
