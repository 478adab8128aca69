from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semsearch.compare.aligned_story import align_story
from semsearch.compare.alignment import FEATURES, align, pair_features, published_scorer
from tests.unit.compare.samples import MARKETS, STOPPAGE, STRIKE, article, ready


def test_every_signal_speaks_for_a_match() -> None:
    scorer = published_scorer()
    for weights in (scorer.weights, scorer.short_weights):
        assert len(weights) == len(FEATURES)
        assert (weights >= 0).all()
    assert scorer.not_found_below < scorer.shared_from


def test_more_of_any_signal_never_lowers_the_score() -> None:
    scorer = published_scorer()
    zero = np.zeros((1, 1, len(FEATURES)), np.float32)
    for place in range(len(FEATURES)):
        more = zero.copy()
        more[..., place] = 1
        assert scorer.logits(more) >= scorer.logits(zero)


def test_paraphrases_find_each_other() -> None:
    a, b = ready(article("a", STRIKE)).main, ready(article("b", STOPPAGE)).main
    there = align(a, b, published_scorer())
    assert there.best.tolist() == [0, 1, 2, 3]
    assert there.reverse.best.tolist() == [0, 1, 2, 3]
    assert (there.top >= published_scorer().shared_from).all()


def test_an_excerpt_finds_its_sentence_in_a_full_text() -> None:
    excerpt = ready(
        article("a", excerpt="A lasher was killed when a crane cable snapped.", title="")
    )
    full = ready(article("b", STRIKE)).main
    there = align(excerpt.main, full, published_scorer())
    assert there.best.tolist() == [3]
    expected = published_scorer().logits(pair_features(excerpt.main, full), short=True)
    assert (there.logits == expected).all()


def test_what_is_not_there_scores_lower() -> None:
    a, b = ready(article("a", STRIKE)).main, ready(article("b", MARKETS)).main
    there = align(a, b, published_scorer())
    assert there.top[0] > there.top[1:].max()


def test_every_pair_of_a_story_is_aligned_as_it_is_alone() -> None:
    texts = [ready(article(f"a{n}", b)) for n, b in enumerate((STRIKE, STOPPAGE, MARKETS))]
    story = align_story(texts, (), published_scorer())
    assert set(story.alignments) == set(permutations(range(3), 2))
    alone = align(story.texts[0].main, story.texts[2].main, published_scorer())
    assert (story.alignments[0, 2].logits == alone.logits).all()


WORDS = st.lists(
    st.sampled_from("port crane dock strike 4.5 offer union the of Friday".split()),
    min_size=1,
    max_size=8,
)
BODIES = st.lists(
    WORDS.map(lambda words: " ".join(words).capitalize() + "."), min_size=1, max_size=5
)


def of(name: str, values: np.ndarray) -> np.ndarray:
    return values[..., FEATURES.index(name)]


def test_a_text_matches_itself_sentence_by_sentence() -> None:
    a, b = ready(article("a", STRIKE)).main, ready(article("b", STRIKE)).main
    found = pair_features(a, b)
    for name in ("centred", "words", "covered_least", "covered_most"):
        assert np.diag(of(name, found)) == pytest.approx(1, abs=1e-5)
        assert (of(name, found).argmax(1) == np.arange(len(a))).all()
    assert np.diag(of("place", found)) == pytest.approx(0)


@settings(max_examples=40, deadline=None)
@given(BODIES, BODIES)
def test_it_does_not_matter_which_text_is_looked_up(one: list[str], other: list[str]) -> None:
    a, b = ready(article("a", " ".join(one))).main, ready(article("b", " ".join(other))).main
    assert pair_features(a, b) == pytest.approx(pair_features(b, a).swapaxes(0, 1), abs=1e-5)


@settings(max_examples=40, deadline=None)
@given(BODIES, BODIES)
def test_signals_are_finite_and_within_their_ranges(one: list[str], other: list[str]) -> None:
    a, b = ready(article("a", " ".join(one))).main, ready(article("b", " ".join(other))).main
    found = pair_features(a, b)
    assert np.isfinite(found).all()
    assert found.shape == (len(a), len(b), len(FEATURES))
    for name in ("words", "covered_least", "covered_most"):
        assert of(name, found).min() >= 0
        assert of(name, found).max() <= 1 + 1e-5
    assert (of("covered_least", found) <= of("covered_most", found)).all()
    assert set(np.unique(of("numbers", found))) <= {0, 1, 2}
    assert of("place", found).max() <= 0


def test_shared_numbers_count_up_to_two() -> None:
    a = ready(article("a", "It rose 31 percent to 96 million in 2019.")).main
    b = ready(article("b", "In 2019 it was 96 million after 31 percent.")).main
    assert of("numbers", pair_features(a, b))[0, 0] == 2


def test_only_the_best_match_of_both_sentences_is_ahead() -> None:
    a, b = ready(article("a", STRIKE)).main, ready(article("b", STOPPAGE)).main
    lead = of("lead", pair_features(a, b))
    assert ((lead > 0).sum(0) <= 1).all()
    assert ((lead > 0).sum(1) <= 1).all()
    assert lead.max() > 0


def test_a_pair_is_judged_by_itself() -> None:
    a, b = ready(article("a", STRIKE)).main, ready(article("b", STOPPAGE)).main
    before = pair_features(a, b)
    pair_features(a, ready(article("c", MARKETS)).main)
    assert (pair_features(a, b) == before).all()
