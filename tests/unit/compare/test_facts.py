import numpy as np

from semsearch.compare.alignment import Alignment
from semsearch.compare.facts import facts, missing_from
from semsearch.compare.scorer import Scorer

SCORER = Scorer(np.zeros(0), 0.0, np.zeros(0), 0.0, shared_from=1.0, not_found_below=-2.0)
ONE_EACH = [frozenset({name}) for name in "xyz"]


def alignments(
    scores: dict[tuple[int, int], list[list[float]]],
) -> dict[tuple[int, int], Alignment]:
    found = {}
    for (a, b), rows in scores.items():
        logits = np.array(rows, np.float32)
        found[a, b] = Alignment(logits, logits.argmax(1))
        found[b, a] = Alignment(logits.T, logits.T.argmax(1))
    return found


def test_mutual_best_matches_make_a_fact() -> None:
    held = alignments(
        {(0, 1): [[5.0, -4], [-4, 0.5]], (0, 2): [[4.0], [-4]], (1, 2): [[3.0], [-4]]}
    )
    assert facts(held, ONE_EACH, SCORER) == [((0, 0), (1, 0), (2, 0))]


def test_facts_do_not_chain() -> None:
    # 0 matches 1 and 1 matches 2, but 0 and 2 are ruled out: the surer pair stays.
    held = alignments({(0, 1): [[5.0]], (1, 2): [[3.0]], (0, 2): [[-3.0]]})
    assert facts(held, ONE_EACH, SCORER) == [((0, 0), (1, 0))]


def test_a_doubtful_pair_does_not_part_a_fact() -> None:
    held = alignments({(0, 1): [[5.0]], (1, 2): [[3.0]], (0, 2): [[-1.0]]})
    assert facts(held, ONE_EACH, SCORER) == [((0, 0), (1, 0), (2, 0))]


def test_a_provider_speaks_once() -> None:
    held = alignments({(0, 1): [[5.0]], (1, 2): [[4.0]]})
    speakers = [frozenset({"x"}), frozenset({"y"}), frozenset({"x"})]
    assert facts(held, speakers, SCORER) == [((0, 0), (1, 0))]


def test_what_is_missing_is_ruled_out_by_the_clearest_sentence() -> None:
    held = alignments({(0, 2): [[-3.0]], (1, 2): [[-1.5]]})
    assert missing_from(((0, 0), (1, 0)), [2], held, SCORER)
    doubtful = alignments({(0, 2): [[-1.9]], (1, 2): [[-1.9]]})
    assert not missing_from(((0, 0), (1, 0)), [2], doubtful, SCORER)
    stated = alignments({(0, 2): [[-3.0]], (1, 2): [[4.0]]})
    assert not missing_from(((0, 0), (1, 0)), [2], stated, SCORER)
