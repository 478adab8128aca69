import pytest
from hypothesis import given
from hypothesis import strategies as st

from semsearch.compare.agreement import may_agree


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (
            "Dockers walked out of the port of Brackwater at six on Tuesday.",
            "The port of Brackwater has been idle since dockers walked out on Tuesday.",
        ),
        ("Sundhaven lost 43,885,310 crowns.", "Sundhaven has lost 43.9 million crowns."),
        (  # a quotation that is cut leaves out what denies
            "“We have not been asked, but the port of Brackwater will reopen on Friday,” she said.",
            "“The port of Brackwater will reopen on Friday.”",
        ),
        ("Harrowgate denied that.", "“That did not happen,” said Harrowgate."),
    ],
)
def test_sentences_that_may_report_one_fact(a: str, b: str) -> None:
    assert may_agree(a, b)
    assert may_agree(b, a)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("The council of Dobrel passed the bill.", "The council of Dobrel did not pass the bill."),
        ("Freight rates rose on Tuesday.", "Freight rates fell on Tuesday."),
        ("Polls in Dobrel open at seven.", "Polls in Dobrel close at seven."),
        ("The port shut on Monday evening.", "The port shut on Tuesday evening."),
        ("The blast killed 23 civilians.", "The blast killed 40 civilians."),
        ("The mayor of Eskmouth walked out.", "The mayor of Pellworth walked out."),
        ("Will the port of Brackwater reopen?", "The port of Brackwater will reopen."),
        ("Harrowgate supports the bill.", "Harrowgate opposes the bill."),
        ("Winds from the north will be light.", "Winds from the south will be light."),
        ("Winds from the north will be light.", "Winds from the east will be light."),
        ("Nobody was hurt in the fire.", "Two people were killed in the fire."),
        ("The mill employs 45 people.", "The mill employs 450 people."),
        ("The mill belongs to Ruth Halloway.", "The mill belongs to Ilse Harrowgate."),
    ],
)
def test_sentences_that_cannot(a: str, b: str) -> None:
    assert not may_agree(a, b)
    assert not may_agree(b, a)


@given(st.text(max_size=120), st.text(max_size=120))
def test_either_way_it_is_the_same(a: str, b: str) -> None:
    assert may_agree(a, b) is may_agree(b, a)
