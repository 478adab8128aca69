import pytest
from hypothesis import given
from hypothesis import strategies as st

from semsearch.articles.comparison import Conflict
from semsearch.framing.differs import conflicts
from semsearch.framing.values import values


def pairs(a: str, b: str) -> list[tuple[str, str]]:
    return [(found.a.text, found.b.text) for found in conflicts(a, b)]


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (
            "The blast in Dobrel killed 23 civilians near the market, the ministry said.",
            "The ministry said that the blast near the market in Dobrel killed 40 civilians.",
            ("23", "40"),
        ),
        (
            "Ilse Harrowgate has led the provincial council since 2002.",
            "Harrowgate has led the provincial council since 2003, her office says.",
            ("2002", "2003"),
        ),
        (
            "The instruction of the provincial council is dated May 2 and calls on citizens.",
            "The provincial council's instruction is dated May 9 and bears no signature.",
            ("May 2", "May 9"),
        ),
        (
            "Guards entered the Korvat gatehouse building at 21:15 on Monday evening.",
            "Guards entered the gatehouse building at Korvat at 10:40 p.m. on Monday evening.",
            ("21:15", "10:40 p.m."),
        ),
        (
            "Seventeen dialysis patients were sent home from the hospital in Dobrel.",
            "The hospital in Dobrel sent home 30 dialysis patients.",
            ("Seventeen", "30"),
        ),
    ],
)
def test_values_of_one_thing_that_disagree(a: str, b: str, expected: tuple[str, str]) -> None:
    assert pairs(a, b) == [expected]
    assert pairs(b, a) == [expected[::-1]]


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (  # more exactly told
            "The port operator paid a dividend of $43,885,310 to its parent company last year.",
            "Last year the port operator paid its parent company a dividend of $43 million.",
        ),
        (  # hedged
            "More than 600 dockers walked out of the port of Brackwater on Tuesday.",
            "On Tuesday 617 dockers walked out of the port of Brackwater.",
        ),
        (  # the same in another form
            "The dockers of Brackwater port walked out at 6 a.m. on Tuesday.",
            "The dockers of Brackwater port walked out at 06:00 on Tuesday.",
        ),
        (  # the rest of something
            "The attack on Dobrel killed the governor and three other guards of the council.",
            "The attack on Dobrel killed four guards of the council and the governor.",
        ),
        (  # another thing is counted
            "Turnout in the ballot of dockers at Brackwater was 54 percent.",
            "In the ballot of dockers at Brackwater 31 ships were not counted.",
        ),
        (  # named differently, so perhaps another one
            "The storm over Pellworth was 65 miles from the coast of Eskmouth on Monday night.",
            "The storm over Pellworth was 125 miles from the coast of Southfell on Monday night.",
        ),
        ("July 26, 2005", "June 26, 2005"),  # datelines report nothing
        ("Updated 9:24 AM PDT, June 1", "Updated 1:45 PM, June 1"),
    ],
)
def test_what_is_no_conflict(a: str, b: str) -> None:
    assert pairs(a, b) == []


@pytest.mark.parametrize(
    ("text", "amount", "kind"),
    [
        ("It lost 7.5 million crowns.", 7.5e6, Conflict.NUMBER),
        ("It lost £2bn in a day.", 2e9, Conflict.QUANTITY),
        ("Prices rose by 4.5 percent.", 4.5, Conflict.QUANTITY),
        ("Some 1,850 workers left.", 1850, Conflict.NUMBER),
        ("Twenty-five guards came.", 25, Conflict.NUMBER),
        ("It began at 9:30 p.m. there.", 21 * 60 + 30, Conflict.TIME),
        ("It began at noon on 9 May there.", 509, Conflict.DATE),
        ("It has stood since 1974.", 1974, Conflict.DATE),
    ],
)
def test_values_are_read(text: str, amount: float, kind: Conflict) -> None:
    (value,) = values(text)
    assert (value.amount, value.kind) == (amount, kind)
    assert text[value.phrase.start : value.phrase.end] == value.phrase.text


def test_names_with_numbers_are_no_amounts() -> None:
    assert values("The AK-47 was on the B-52.") == ()


@given(st.text(max_size=150), st.text(max_size=150))
def test_any_text_is_read(a: str, b: str) -> None:
    for found in conflicts(a, b):
        assert a[found.a.start : found.a.end] == found.a.text
        assert b[found.b.start : found.b.end] == found.b.text
    assert conflicts(a, a) == ()
