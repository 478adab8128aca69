"""What is preferred only when it is asked for."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from semsearch.ask.fusion import Ranking, diversity_part, quality_part
from semsearch.ask.outlets import asks_for_variety

PENALTY = 0.05


@pytest.mark.parametrize(
    "question",
    [
        "How did the press explain the outage?",
        "How do outlets describe the tram fares?",
        "The tunnel closure from different outlets",
        "Tram fares across newspapers",
        "what do various news outlets say about the dam",
    ],
)
def test_a_question_may_ask_for_several_outlets(question: str) -> None:
    assert asks_for_variety(question)


@pytest.mark.parametrize(
    "question",
    [
        "Why did the dockers walk out?",
        "How does the printing press work?",
        "What did the Lisk Gazette write about different ferries?",
        "Which media company was sold?",
        "the press conference on the tunnel",
    ],
)
def test_most_do_not(question: str) -> None:
    assert not asks_for_variety(question)


def test_quality_adds_a_little_and_an_unknown_one_nothing() -> None:
    assert quality_part([0, 50, 100, None]).tolist() == [0, 0.025, 0.05, 0]
    assert quality_part([]).tolist() == []


def test_each_further_article_of_a_provider_loses_a_little_more() -> None:
    part = diversity_part(["a", "b", "a", "a", ""], np.array([3, 4, 1, 0, 2]))
    assert part == pytest.approx([-PENALTY, 0, -2 * PENALTY, 0, 0])


def test_an_unknown_provider_is_never_the_same_as_another() -> None:
    assert not diversity_part(["", "", ""], np.array([2, 1, 0])).any()


@given(
    st.lists(st.tuples(st.sampled_from(["a", "b", "c", ""]), st.floats(0, 1)), max_size=12),
)
def test_it_is_what_choosing_one_after_the_other_gives(given_: list[tuple[str, float]]) -> None:
    providers = [provider for provider, _ in given_]
    ranking = Ranking.of(np.arange(len(given_)), {"x": np.array([v for _, v in given_])})
    ranked = ranking.adding("diversity", diversity_part(providers, ranking.rows))
    left = list(ranking)
    chosen: list[int] = []
    while left:

        def worth(place: int) -> float:
            provider = providers[left[place].row]
            before = sum(bool(provider) and providers[one] == provider for one in chosen)
            return round(left[place].score - PENALTY * before, 6)

        best = max(range(len(left)), key=lambda place: (worth(place), -place))
        assert ranked.scores[left[best].row] == pytest.approx(worth(best), abs=1e-9)
        chosen.append(left.pop(best).row)
    assert sorted(ranked.scores.tolist(), reverse=True) == [one.score for one in ranked]
