"""What stands between quotation marks, of several kinds, and what only looks like it."""

import pytest

from semsearch.text.quotations import quotations


def found(text: str) -> list[str]:
    return [text[start:end] for start, end in quotations(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“We wait,” she said. “Still.”", ["“We wait,”", "“Still.”"]),
        ('"We wait," she said. "Still."', ['"We wait,"', '"Still."']),
        ("Er rief: „Wir warten“, und ging.", ["„Wir warten“"]),
        ("Il a dit : « On attend » et il part.", ["« On attend »"]),
        ("彼は「待っている」と言った。", ["「待っている」"]),
        ("‘We don’t wait any more,’ he said.", ["‘We don’t wait any more,’"]),
        ("'We don't wait any more,' he said.", ["'We don't wait any more,'"]),
        ("“He said ‘never again’ to me,” she said.", ["“He said ‘never again’ to me,”"]),
    ],
)
def test_marks_of_several_kinds(text: str, expected: list[str]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize("mark", ["“", '"', "„", "«"])
def test_a_quotation_that_goes_on_is_open_to_the_end_of_its_paragraph(mark: str) -> None:
    first = f"{mark}The crane stood still."
    assert found(f"He said: {first}\n\nNobody came.") == [first]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The dockers' union and the bosses' club met in the mayor's office.",
        "It’s the workers’ hall, isn’t it?",
        "In the '90s and the '80s the pier was full.",
        "He is 6'2\" tall and she is 5'10\" tall.",
        "He shouted ”backwards” there",
    ],
)
def test_apostrophes_and_measures_are_no_quotations(text: str) -> None:
    assert found(text) == []
