"""A question is split only where that is plain; then each need has its best among the first."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from semsearch.ask.needs import need_part, split_needs
from semsearch.ask.ranking import Ranking


@pytest.mark.parametrize(
    ("question", "needs"),
    [
        (
            "Who built the Brackwater dam, and when does the tram line open?",
            ("Who built the Brackwater dam?", "when does the tram line open (Brackwater)?"),
        ),
        (
            "What is the salt bank? When did the Lisk ferry sink?",
            ("What is the salt bank?", "When did the Lisk ferry sink?"),
        ),
        (
            "What is Copperline and when did the Senn Herald close?",
            ("What is Copperline?", "when did the Senn Herald close?"),
        ),
        (
            "Who owns Orchid Lane? Where are otters counted? How deep is the Lisk tunnel?",
            (
                "Who owns Orchid Lane?",
                "Where are otters counted (Orchid Lane)?",
                "How deep is the Lisk tunnel?",
            ),
        ),
    ],
)
def test_several_questions_are_taken_apart(question: str, needs: tuple[str, ...]) -> None:
    assert split_needs(question, question) == needs


def test_the_words_that_name_an_outlet_may_be_gone_already() -> None:
    typed = "What did the Lisk Gazette say about salt prices and who owns the Senn tunnel?"
    needs = split_needs("salt prices and who owns the Senn tunnel?", typed)
    assert needs == ("salt prices?", "who owns the Senn tunnel?")


@pytest.mark.parametrize(
    "question",
    [
        "Why did the dockers walk out?",
        "What did the mayor and the harbour master say?",
        "How did the ferry sink and why?",
        "Which ports closed and when did they reopen?",
        "What is Copperline and when did the Senn Herald close its office?",
        "The tunnel flooded on Tuesday. What did the mayor promise the ferry line?",
        "Salt prices: what did the bank itself say and what did the press say?",
        "The ferry has sunk, and which tunnel of Lisk is flooded now?",
        "Is it the tram, the ferry or the tunnel?",
        "tram and ferry",
        "and when",
        "???",
        "? ? ?",
        "",
        "what and what and what and what and what",
    ],
)
def test_one_question_stays_one(question: str) -> None:
    assert split_needs(question, question) == ()


@given(st.text(alphabet="what when and ? ; , Lisk dam it\n", max_size=80))
def test_any_text_is_split_into_several_or_not_at_all(text: str) -> None:
    needs = split_needs(text, text)
    assert len(needs) in (0, 2, 3, 4)
    assert all(need.endswith("?") and need.strip("? ") for need in needs)


def ranking_of(scores: list[float]) -> Ranking:
    return Ranking.of(np.arange(len(scores)), {"x": np.array(scores, np.float64)})


def test_what_is_among_the_first_is_left_alone() -> None:
    ranking = ranking_of([0.9, 0.8, 0.7, 0.6])
    assert not need_part(ranking, [0, 2], 3).any()
    assert not need_part(ranking, [], 3).any()


def test_what_is_not_ranked_is_passed_over() -> None:
    ranking = ranking_of([0.9, 0.8, 0.7]).among(np.array([True, False, True]))
    assert not need_part(ranking, [1], 1).any()


def test_what_is_not_takes_the_last_place() -> None:
    ranking = ranking_of([0.9, 0.8, 0.7, 0.6, 0.5])
    lifted = ranking.adding("need", need_part(ranking, [0, 4], 3))
    assert [one.row for one in lifted] == [0, 1, 4, 2, 3]
    assert lifted[2].parts["need"] == pytest.approx(0.2, abs=1e-5)


def test_the_best_of_another_need_is_not_pushed_out() -> None:
    ranking = ranking_of([0.9, 0.8, 0.7, 0.6, 0.5])
    lifted = ranking.adding("need", need_part(ranking, [2, 4], 3))
    assert [one.row for one in lifted] == [0, 2, 4, 1, 3]


def test_with_more_needs_than_places_the_first_needs_count() -> None:
    ranking = ranking_of([0.9, 0.8, 0.7])
    lifted = ranking.adding("need", need_part(ranking, [2, 1], 1))
    assert [one.row for one in lifted] == [2, 0, 1]


@given(
    st.lists(st.integers(0, 40), min_size=1, max_size=30),
    st.lists(st.integers(0, 29), max_size=4),
    st.integers(1, 10),
)
def test_every_need_is_answered_among_the_first_and_the_rest_keeps_its_order(
    scores: list[int], wanted: list[int], first: int
) -> None:
    ranking = ranking_of([score / 40 for score in scores])
    best = [row % len(scores) for row in wanted]
    part = need_part(ranking, best, first)
    lifted = ranking.adding("need", part)
    shown = [one.row for one in lifted]
    assert set(list(dict.fromkeys(best))[:first]) <= set(shown[:first])
    assert (part >= 0).all()
    before = [one.row for one in ranking if not part[one.row]]
    assert [row for row in shown if not part[row]] == before
    for one in lifted:
        assert sum(one.parts.values()) == pytest.approx(one.score, abs=1e-9)
