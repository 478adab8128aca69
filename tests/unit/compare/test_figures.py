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
        ("Der Schaden liegt bei 1,5 Millionen.", FigureKind.NUMBER, 1_500_000),
        ("Es waren 1,5 Mrd. Kisten.", FigureKind.NUMBER, 1_500_000_000),
        ("Sie verlor 2.500.000 Kisten.", FigureKind.NUMBER, 2_500_000),
        ("Es sind 1.850,50 Meter.", FigureKind.NUMBER, 1_850.5),
        ("Una subida del 4,5 por ciento.", FigureKind.QUANTITY, 4.5),
        ("Son 3 mil millones de cajas.", FigureKind.NUMBER, 3_000_000_000),
        ("Son 3 millones de cajas.", FigureKind.NUMBER, 3_000_000),
        ("Il y a 2 milliards de caisses.", FigureKind.NUMBER, 2_000_000_000),
        ("Yıkım 3,2 milyon sürdü.", FigureKind.NUMBER, 3_200_000),
        ("It lost 12,345.5 crates.", FigureKind.NUMBER, 12_345.5),
        ("Some 12,34,567 voters came.", FigureKind.NUMBER, 1_234_567),
        ("It cost €1,00,000 then.", FigureKind.QUANTITY, 100_000),
        ("It cost 12,34,56,789.50 in all.", FigureKind.NUMBER, 123_456_789.5),
        ("It needs 3.5 crore doses.", FigureKind.NUMBER, 35_000_000),
        ("Some 12 lakh voters came.", FigureKind.NUMBER, 1_200_000),
        ("It costs 2 lakh crore.", FigureKind.NUMBER, 2e12),
        ("Es kostet 1'234'567 Franken.", FigureKind.NUMBER, 1_234_567),
        ("Il y a 12\u202f345 caisses.", FigureKind.NUMBER, 12_345),
        ("Es waren 12\u00a0345\u00a0678 Kisten.", FigureKind.NUMBER, 12_345_678),
        ("Es waren 12 345 678 Kisten.", FigureKind.NUMBER, 12_345_678),
        ("وكان على متنها ٢١٢ راكبا.", FigureKind.NUMBER, 212),
    ],
)
def test_a_figure_is_read(sentence: str, kind: FigureKind, amount: float) -> None:
    (found,) = figures(sentence)
    assert (found.kind, found.amount) == (kind, amount)


@pytest.mark.parametrize(
    ("sentence", "amounts"),
    [
        ("See pages 12,13 and 15.", [12, 13, 15]),
        ("See pp. 12,13.", [12, 13]),
        ("Sections 3,4 were struck out.", [3, 4]),
        ("Children aged 12,13 and 14 came.", [12, 13, 14]),
        ("Rooms 2,3,4 are shut.", [2, 3, 4]),
        ("We read 1,2,3 in a row.", [1, 2, 3]),
        ("Auf den Seiten 12,13 steht es.", [12, 13]),
        ("Es sind 1,5 und 2,25 Meter.", [1.5, 2.25]),
        ("It lost 1,850 of 12,34,567 crates.", [1_850, 1_234_567]),
        ("Between 5 and 345 came.", [5, 345]),
    ],
)
def test_numbers_that_a_comma_parts_are_several(sentence: str, amounts: list[float]) -> None:
    assert [one.amount for one in figures(sentence)] == amounts


@pytest.mark.parametrize("sentence", ["The B737-8 flew.", "One2one rang.", "It is as it was."])
def test_what_is_part_of_a_name_is_none(sentence: str) -> None:
    assert figures(sentence) == ()


@given(st.text(st.sampled_from("$€ 0123456789.,:-%amp Mayonehundred"), max_size=60))
def test_figures_stand_in_order_and_apart(text: str) -> None:
    found = figures(text)
    places = [place for one in found for place in (one.start, one.end)]
    assert places == sorted(places)
    assert all(one.start < one.end <= len(text) for one in found)
