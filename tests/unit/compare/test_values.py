import pytest

from semsearch.compare.values import Counted, Share, what_is_counted


def of(sentence: str, number: str) -> Counted:
    start = sentence.index(number)
    return what_is_counted(sentence, start, start + len(number))


@pytest.mark.parametrize(
    ("sentence", "number", "things"),
    [
        ("Some 1,850 dockers left.", "1,850", {"people"}),
        ("They sent home 17 dialysis patients.", "17", {"people"}),
        ("Then 14 vessels lay there.", "14", {"vessel", "lay"}),
        ("Two undersea cables broke.", "Two", {"undersea", "cabl", "broke"}),
        ("The guards, 25 in number and armed, came.", "25", {"people"}),
        ("It rose by 31, then fell.", "31", set()),
    ],
)
def test_what_is_counted_stands_after_the_number(
    sentence: str, number: str, things: set[str]
) -> None:
    assert of(sentence, number).things == things


def test_a_rate_says_per_what() -> None:
    assert of("It costs 12 crowns a day, they say.", "12").per == "day"
    assert of("It costs 12 crowns, a day is long.", "12").per == ""


def test_what_became_of_people_stands_in_the_same_clause() -> None:
    hurt = "Three people were injured, said two members of the crew."
    assert of(hurt, "Three").fate == {"hurt"}
    assert of(hurt, "two").fate == set()
    assert not of(hurt, "Three").is_like(of(hurt, "two"))
    assert of("One person was hurt.", "One").is_like(of(hurt, "Three"))


@pytest.mark.parametrize(
    ("sentence", "share"),
    [
        ("They called 4 engines.", Share.WHOLE),
        ("They called 4 more engines.", Share.REST),
        ("They called an additional 4 engines.", Share.REST),
        ("They called 4 of the engines.", Share.PART),
        ("A 4-year-old engine came.", Share.AGE),
    ],
)
def test_shares_are_told_apart(sentence: str, share: Share) -> None:
    assert of(sentence, "4").share is share
    assert of(sentence, "4").is_like(of("They called 4 engines.", "4")) == (share is Share.WHOLE)
