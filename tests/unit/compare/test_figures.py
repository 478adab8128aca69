import pytest
from hypothesis import given
from hypothesis import strategies as st

from semsearch.compare.figures import FigureKind, figures


@pytest.mark.parametrize(
    ("sentence", "kind", "amount"),
    [
        ("Some 1,850 dockers left.", FigureKind.NUMBER, 1_850),
        ("Twenty-three ships lay there.", FigureKind.NUMBER, 23),
        ("It lost 3.6 million crates.", FigureKind.NUMBER, 3_600_000),
        ("It cost $1.2bn.", FigureKind.QUANTITY, 1_200_000_000),
        ("It cost €2 hundred thousand.", FigureKind.QUANTITY, 200_000),
        ("Rates rose by 18 percent.", FigureKind.QUANTITY, 18),
        ("They met on March 5.", FigureKind.DATE, 305),
        ("They met on 5 Sept. in the hall.", FigureKind.DATE, 905),
        ("It has been shut since 2009.", FigureKind.DATE, 2_009),
        ("It began at 6:15 p.m. sharp.", FigureKind.TIME, 18 * 60 + 15),
        ("It began at 12 am.", FigureKind.TIME, 0),
    ],
)
def test_a_figure_is_read(sentence: str, kind: FigureKind, amount: float) -> None:
    (found,) = figures(sentence)
    assert (found.kind, found.amount) == (kind, amount)


@pytest.mark.parametrize("sentence", ["The B737-8 flew.", "One2one rang.", "It is as it was."])
def test_what_is_part_of_a_name_is_none(sentence: str) -> None:
    assert figures(sentence) == ()


@given(st.text(st.sampled_from("$€ 0123456789.,:-%amp Mayonehundred"), max_size=60))
def test_figures_stand_in_order_and_apart(text: str) -> None:
    found = figures(text)
    places = [place for one in found for place in (one.start, one.end)]
    assert places == sorted(places)
    assert all(one.start < one.end <= len(text) for one in found)
