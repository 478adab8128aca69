"""What interrupts a quotation of a source to say who speaks is none of its words."""

import pytest

from semsearch.check.interruptions import without_interruptions
from semsearch.check.words import words_of


def speech(text: str) -> str | None:
    kept = without_interruptions(words_of(text), text)
    return None if kept is None else " ".join(kept.keys)


@pytest.mark.parametrize(
    "text",
    [
        "“We stay,” she said, “to the end.”",
        '"We stay," she said, "to the end."',
        "'We stay,' she said, 'to the end.'",
        "„We stay“, sagte sie, „to the end.“",
        "« We stay », dit-elle, « to the end. »",
        "“We stay,” said Ada Lenn. “To the end.”",
        "“We stay,” the 43-year-old said. “To the end.”",
        "“We stay,” Ada Lenn said.\n\n“To the end.”",
        "“We stay,” she said on Quay Radio’s “Morning Tide.” “To the end.”",
        (
            "“We stay,” said one of those who had opposed her, who did not want her name to be "
            "printed so that she could speak freely. “To the end.”"
        ),
    ],
)
def test_words_that_say_who_speaks_are_left_out(text: str) -> None:
    assert speech(text) == "we stay to the end"


@pytest.mark.parametrize(
    "text",
    [
        "They called it “a mess” and “a failure” of the town.",
        "“We stay.” The plan was dropped. “To the end.”",
        "“We stay,” she said. The others left the hall by the back door. “To the end.”",
        "“We stay, to the end.” Nobody spoke.",
        "The dogs' dinner and the workers' hall",
        "",
    ],
)
def test_two_quotations_are_not_made_one(text: str) -> None:
    assert speech(text) is None


def test_an_earlier_quotation_does_not_hide_a_later_one() -> None:
    text = '"We go," he said. "Now," she said. The hall was full. "We stay," she said, "here."'
    assert speech(text) == "we go now she said the hall was full we stay here"
