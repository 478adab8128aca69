from itertools import permutations

import numpy as np

from semsearch.compare.alignment import align, align_all
from semsearch.compare.scorer import published
from semsearch.compare.signals import NAMES, signals
from tests.unit.compare.samples import MARKETS, STOPPAGE, STRIKE, article, ready


def test_every_signal_speaks_for_a_match() -> None:
    scorer = published()
    for weights in (scorer.weights, scorer.short_weights):
        assert len(weights) == len(NAMES)
        assert (weights >= 0).all()
    assert scorer.not_found_below < scorer.shared_from


def test_more_of_any_signal_never_lowers_the_score() -> None:
    scorer = published()
    zero = np.zeros((1, 1, len(NAMES)), np.float32)
    for place in range(len(NAMES)):
        more = zero.copy()
        more[..., place] = 1
        assert scorer.logits(more) >= scorer.logits(zero)


def test_paraphrases_find_each_other() -> None:
    a, b = ready(article("a", STRIKE)).main, ready(article("b", STOPPAGE)).main
    there, back = align(a, b, published())
    assert there.best.tolist() == [0, 1, 2, 3]
    assert back.best.tolist() == [0, 1, 2, 3]
    assert (there.top >= published().shared_from).all()


def test_an_excerpt_finds_its_sentence_in_a_full_text() -> None:
    excerpt = ready(
        article("a", excerpt="A lasher was killed when a crane cable snapped.", title="")
    )
    full = ready(article("b", STRIKE)).main
    there, _ = align(excerpt.main, full, published())
    assert there.best.tolist() == [3]
    expected = published().logits(signals(excerpt.main, full), short=True)
    assert (there.logits == expected).all()


def test_what_is_not_there_scores_lower() -> None:
    a, b = ready(article("a", STRIKE)).main, ready(article("b", MARKETS)).main
    there, _ = align(a, b, published())
    assert there.top[0] > there.top[1:].max()


def test_every_pair_is_aligned_as_it_is_alone() -> None:
    texts = [ready(article("a", body)).main for body in (STRIKE, STOPPAGE, MARKETS)]
    found = align_all(texts, published())
    assert set(found) == set(permutations(range(3), 2))
    alone, _ = align(texts[0], texts[2], published())
    assert (found[0, 2].logits == alone.logits).all()
