import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semsearch.compare.signals import NAMES, signals
from tests.unit.compare.samples import MARKETS, STOPPAGE, STRIKE, article, ready

WORDS = st.lists(
    st.sampled_from("port crane dock strike 4.5 offer union the of Friday".split()),
    min_size=1,
    max_size=8,
)
BODIES = st.lists(
    WORDS.map(lambda words: " ".join(words).capitalize() + "."), min_size=1, max_size=5
)


def of(name: str, values: np.ndarray) -> np.ndarray:
    return values[..., NAMES.index(name)]


def test_a_text_matches_itself_sentence_by_sentence() -> None:
    a, b = ready(article("a", STRIKE)).main, ready(article("b", STRIKE)).main
    found = signals(a, b)
    for name in ("centred", "words", "covered_least", "covered_most"):
        assert np.diag(of(name, found)) == pytest.approx(1, abs=1e-5)
        assert (of(name, found).argmax(1) == np.arange(len(a))).all()
    assert np.diag(of("place", found)) == pytest.approx(0)


@settings(max_examples=40, deadline=None)
@given(BODIES, BODIES)
def test_it_does_not_matter_which_text_is_looked_up(one: list[str], other: list[str]) -> None:
    a, b = ready(article("a", " ".join(one))).main, ready(article("b", " ".join(other))).main
    assert signals(a, b) == pytest.approx(signals(b, a).swapaxes(0, 1), abs=1e-5)


@settings(max_examples=40, deadline=None)
@given(BODIES, BODIES)
def test_signals_are_finite_and_within_their_ranges(one: list[str], other: list[str]) -> None:
    a, b = ready(article("a", " ".join(one))).main, ready(article("b", " ".join(other))).main
    found = signals(a, b)
    assert np.isfinite(found).all()
    assert found.shape == (len(a), len(b), len(NAMES))
    for name in ("words", "covered_least", "covered_most"):
        assert of(name, found).min() >= 0
        assert of(name, found).max() <= 1 + 1e-5
    assert (of("covered_least", found) <= of("covered_most", found)).all()
    assert set(np.unique(of("numbers", found))) <= {0, 1, 2}
    assert of("place", found).max() <= 0


def test_shared_numbers_count_up_to_two() -> None:
    a = ready(article("a", "It rose 31 percent to 96 million in 2019.")).main
    b = ready(article("b", "In 2019 it was 96 million after 31 percent.")).main
    assert of("numbers", signals(a, b))[0, 0] == 2


def test_only_the_best_match_of_both_sentences_is_ahead() -> None:
    a, b = ready(article("a", STRIKE)).main, ready(article("b", STOPPAGE)).main
    lead = of("lead", signals(a, b))
    assert ((lead > 0).sum(0) <= 1).all()
    assert ((lead > 0).sum(1) <= 1).all()
    assert lead.max() > 0


def test_a_pair_is_judged_by_itself() -> None:
    a, b = ready(article("a", STRIKE)).main, ready(article("b", STOPPAGE)).main
    before = signals(a, b)
    signals(a, ready(article("c", MARKETS)).main)
    assert (signals(a, b) == before).all()
