"""Quotations are found in the marks of many languages, and apostrophes are none."""

import time

import pytest

from semsearch.check.quotations import block_quotations, find_quotations, speaker_of
from semsearch.check.words import words_of


def quoted(text: str) -> list[str]:
    return [text[one.start : one.end] for one in find_quotations(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('He said: "We will not go." Then he left.', ["We will not go."]),
        ("“We will not go,” she said, “until they pay.”", ["We will not go,", "until they pay."]),
        (
            "‘We don’t go to the workers’ hall until they pay,’ said Ada Lenn.",
            ["We don’t go to the workers’ hall until they pay,"],
        ),
        (
            "'We don't go to the workers' hall until they pay,' said Ada Lenn.",
            ["We don't go to the workers' hall until they pay,"],
        ),
        ("„Wir gehen nicht“, sagte sie. »Nie«, rief er.", ["Wir gehen nicht", "Nie"]),
        ("« Nous n’irons pas », dit-il.", [" Nous n’irons pas "]),
        ("«No iremos», dijo. »Vi går», sade hon.", ["No iremos", "Vi går"]),
        ("”Vi går inte”, sade hon.", ["Vi går inte"]),
        ("「私たちは行きません」と言った。『はい』", ["私たちは行きません", "はい"]),
        ("``We will go there,'' he said.", ["We will go there,"]),
        (
            "“He told me ‘leave now’ and I left.”",
            ["He told me ‘leave now’ and I left.", "leave now"],
        ),
        ('The town—"all of it"—left.', ["all of it"]),
        ("rock ‘n’ roll, the dogs’ dinner, the '90s and James' house", []),
        ('The 6\' 2" man said "hello to all" and left.', ["hello to all"]),
        (
            "“The first paragraph.\n\n“The second ends it.” He left.",
            ["The first paragraph.\n\n“The second ends it."],
        ),
        ("“Never closed here.\n\nNext.", ["Never closed here."]),
        ('"Never closed here\n\nNext "closed here" it is.', ["closed here"]),
        ("", []),
    ],
)
def test_quotations_are_what_stands_between_marks(text: str, expected: list[str]) -> None:
    assert quoted(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“We stay,” said Mayor Ada Lenn.", "Mayor Ada Lenn"),
        ("“We stay,” Ada Lenn, who keeps the light, told reporters.", "Ada Lenn"),
        ("Ada Lenn said: “We stay.”", "Ada Lenn"),
        ("According to the mayor, “we stay”.", "the mayor"),
        ("“We stay,” said Ms. Lenn. The gate was shut.", "Ms. Lenn"),
        ("“We stay,” she said.", None),
        ("The sign read “we stay” in red.", None),
        ("“We stay” — Ada Lenn", "Ada Lenn"),
    ],
)
def test_a_speaker_stands_beside_a_verb_of_speech(text: str, expected: str | None) -> None:
    (one,) = find_quotations(text)
    assert speaker_of(text, one.start, one.end) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "He wrote:\n\n> We stay here, all of us.\n\nSo they stayed.",
            ["We stay here, all of us."],
        ),
        ("> We stay,\n> all of us.\nSo they said.", ["We stay,\n> all of us."]),
        ("> One.\n\n>Two.", ["One.", "Two."]),
        ("> They said “we stay” and left.", []),  # said by the quotation in it
        ("a > b\n5 > 3", []),
        (">", [""]),
    ],
)
def test_blocks_of_markdown_and_mail_are_quotations(text: str, expected: list[str]) -> None:
    blocks = block_quotations(text, find_quotations(text))
    assert [text[one.start : one.end] for one in blocks] == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("العوّامة في الضباب كثيرًا", "العوامة في الضباب كثيرا"),
        ("في أبريل إلى ٢١٢", "في ابريل الى 212"),
        ("İstinye ıssız", "istinye ıssız"),
        ("שָׁלוֹם", "שלום"),
    ],
)
def test_points_and_forms_of_letters_are_no_changes(one: str, other: str) -> None:
    assert words_of(one).keys == words_of(other).keys


def test_a_fence_of_grave_accents_opens_no_quotation() -> None:
    assert quoted('```\ncode = ""\n```\n"We stay here."\n``We go.\'\'') == [
        "We stay here.",
        "We go.",
    ]


@pytest.mark.parametrize("piece", ["> “a”\n\n", "> a\n", "```", ">\n", "“a”\n> b\n\n"])
def test_any_number_of_blocks_takes_linear_time(piece: str) -> None:
    text = piece * 15_000
    started = time.process_time()
    block_quotations(text, find_quotations(text))
    assert time.process_time() - started < 2


@pytest.mark.parametrize("piece", ["“", '"', "'", "‘a ", "“a” ", "« » ", "\n\n“a", "x's "])
def test_any_number_of_marks_takes_linear_time(piece: str) -> None:
    text = piece * 20_000
    started = time.process_time()  # whatever else the machine does
    found = find_quotations(text)
    assert time.process_time() - started < 2
    assert all(0 <= one.start <= one.end <= len(text) for one in found)
