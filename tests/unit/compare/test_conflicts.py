import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semsearch.compare.alignment import Alignment
from semsearch.compare.conflicts import ValueConflict, find_conflicts, reported_values
from semsearch.compare.sentences import Sentences
from semsearch.compare.values import values
from semsearch.model.comparison import Conflict
from tests.unit.compare.samples import article, ready


def text(body: str) -> Sentences:
    return ready(article("a", body)).main


def found(a: Sentences, b: Sentences, score: float) -> tuple[ValueConflict, ...]:
    """With each sentence the best match of the one in its place, and none of another."""
    logits = np.full((len(a), len(b)), -9.0, np.float32)
    np.fill_diagonal(logits, score)
    alike = logits > 0
    return find_conflicts(reported_values(a), reported_values(b), Alignment(logits, alike, alike))


def pairs(a: str, b: str, *, score: float = 4.0) -> list[tuple[str, str]]:
    return [
        (one.a.value.phrase.text, one.b.value.phrase.text) for one in found(text(a), text(b), score)
    ]


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
            "The provincial council's instruction is dated May 9 and bears a signature.",
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
        (  # several could be meant
            "Guards and dockers fought in Dobrel, and 23 guards and 40 dockers were taken away.",
            "Guards and dockers fought in Dobrel, and 31 people were taken away.",
        ),
        (  # the rest of what another counts
            "The fire brigade of Dobrel called a further four engines to the burning mill.",
            "The fire brigade of Dobrel called nine engines to the burning mill.",
        ),
        (  # another year
            "In 2019 the fire brigade of Dobrel counted four burning mills on the river.",
            "The fire brigade of Dobrel counted nine burning mills on the river.",
        ),
        (  # so many times more that it cannot be the same
            "The port operator of Brackwater has 300 crane drivers on its rolls.",
            "The port operator of Brackwater has 12,000 crane drivers on its rolls.",
        ),
        (  # ages of two people
            "The 41-year-old lasher from Brackwater was killed by a crane cable.",
            "The 23-year-old lasher from Brackwater was killed by a crane cable.",
        ),
        (  # a caption
            "Mediator Ilse Harrowgate in the customs house of Brackwater, March 5, 2024.",
            "Mediator Ilse Harrowgate in the customs house of Brackwater, March 9, 2024.",
        ),
        (  # it runs on
            "The centre of the storm was 65 miles from the coast of Eskmouth on Monday night.",
            "The centre of the storm was 125 miles from the coast of Eskmouth on Monday night.",
        ),
        (
            "The council of Dobrel counted 300 cases of the fever in the city by Monday.",
            "The council of Dobrel counted 340 cases of the fever in the city by Monday.",
        ),
        (  # the opposite is said of another part
            "The council released 42,000 pages of documents on the port of Brackwater.",
            "The council blocked the release of 100,000 pages of documents on Brackwater port.",
        ),
        (  # another day
            "On Monday the fire brigade of Dobrel sent four engines to the burning mill.",
            "On Tuesday the fire brigade of Dobrel sent nine engines to the burning mill.",
        ),
        ("July 26, 2005", "June 26, 2005"),  # datelines report nothing
        ("Updated 9:24 AM PDT, June 1", "Updated 1:45 PM, June 1"),
    ],
)
def test_what_is_no_conflict(a: str, b: str) -> None:
    assert pairs(a, b) == []


def test_values_of_sentences_that_are_not_alike_are_not_compared() -> None:
    a = "The blast in Dobrel killed 23 civilians near the market, the ministry said."
    b = "The ministry said that the blast near the market in Dobrel killed 40 civilians."
    assert pairs(a, b, score=-1.0) == []


def test_a_rate_is_compared_with_a_rate() -> None:
    a = "He puts the cost to the economy at 12 million crowns a day."
    b = "He puts the cost to the economy at 7.5 million crowns."
    assert pairs(a, b) == []


def test_what_the_other_text_holds_anywhere_is_no_conflict() -> None:
    a = "The blast in Dobrel killed 23 civilians near the market, the ministry said."
    b = "The ministry said that the blast near the market in Dobrel killed 40 civilians."
    later = "Neighbours spoke of 23 civilians."
    assert pairs(a, b) == [("23", "40")]
    assert pairs(a, f"{b} {later}") == []


def test_two_values_are_shown_once_where_they_match_best() -> None:
    a = text("The blast in Dobrel killed 23 civilians. Near the market 23 civilians were killed.")
    b = text("The blast in Dobrel killed 40 civilians. Near the market 40 civilians were killed.")
    logits = np.array([[1.0, -3.0], [-3.0, 5.0]], np.float32)
    alike = Alignment(logits, logits > 0, logits > 0)
    (one,) = find_conflicts(reported_values(a), reported_values(b), alike)
    assert (one.a.sentence, one.b.sentence) == (1, 1)


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


@settings(deadline=None)
@given(st.text(max_size=150), st.text(max_size=150))
def test_any_text_is_read(a: str, b: str) -> None:
    one, other = text(f"Of {a} four."), text(f"Of {b} nine.")
    for pair in found(one, other, 4.0):
        first, second = one.span(pair.a.sentence).text, other.span(pair.b.sentence).text
        left, right = pair.a.value.phrase, pair.b.value.phrase
        assert first[left.start : left.end] == left.text
        assert second[right.start : right.end] == right.text
    assert found(one, one, 4.0) == ()
