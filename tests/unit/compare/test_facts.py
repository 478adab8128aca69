from collections.abc import Sequence
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from semsearch.compare.aligned_story import AlignedStory
from semsearch.compare.alignment import Alignment, Scorer, probability
from semsearch.compare.facts import group_facts, is_ruled_out, sentence_status
from semsearch.model.comparison import Status, Voice

SCORER = Scorer(np.zeros(0), 0.0, np.zeros(0), 0.0, shared_from=1.0, not_found_below=-2.0)


def story(
    scores: dict[tuple[int, int], list[list[float]]], providers: Sequence[str] = "xyz"
) -> AlignedStory:
    """A story of one voice for each provider, with the log-odds of some pairs of their texts."""
    alignments = {}
    for (a, b), rows in scores.items():
        alignments[a, b] = Alignment(np.array(rows, np.float32))
        alignments[b, a] = alignments[a, b].reverse
    silent = np.full((1, 1), -9.0, np.float32)
    for pair in permutations(range(len(providers)), 2):
        alignments.setdefault(pair, Alignment(silent))
    voices = tuple(Voice("", (), (name,)) for name in providers)
    return AlignedStory((), (), {}, {}, voices, tuple(providers), alignments, {}, SCORER, {})


def test_mutual_best_matches_make_a_fact() -> None:
    held = story({(0, 1): [[5.0, -4], [-4, 0.5]], (0, 2): [[4.0], [-4]], (1, 2): [[3.0], [-4]]})
    assert group_facts(held) == [((0, 0), (1, 0), (2, 0))]


def test_facts_do_not_chain() -> None:
    # 0 matches 1 and 1 matches 2, but 0 and 2 are ruled out: the surer pair stays.
    held = story({(0, 1): [[5.0]], (1, 2): [[3.0]], (0, 2): [[-3.0]]})
    assert group_facts(held) == [((0, 0), (1, 0))]


def test_a_doubtful_pair_does_not_part_a_fact() -> None:
    held = story({(0, 1): [[5.0]], (1, 2): [[3.0]], (0, 2): [[-1.0]]})
    assert group_facts(held) == [((0, 0), (1, 0), (2, 0))]


def test_a_provider_speaks_once() -> None:
    held = story({(0, 1): [[5.0]], (1, 2): [[4.0]]}, providers="xyx")
    assert group_facts(held) == [((0, 0), (1, 0))]


def test_what_is_missing_is_ruled_out_by_the_clearest_sentence() -> None:
    held = story({(0, 2): [[-3.0]], (1, 2): [[-1.5]]})
    assert is_ruled_out(held, ((0, 0), (1, 0)), 2)
    doubtful = story({(0, 2): [[-1.9]], (1, 2): [[-1.9]]})
    assert not is_ruled_out(doubtful, ((0, 0), (1, 0)), 2)
    stated = story({(0, 2): [[-3.0]], (1, 2): [[4.0]]})
    assert not is_ruled_out(stated, ((0, 0), (1, 0)), 2)


SCORER = Scorer(np.zeros(0), 0.0, np.zeros(0), 0.0, shared_from=1.0, not_found_below=-2.0)


@pytest.mark.parametrize(
    ("logit", "full", "expected"),
    [
        (1.0, True, Status.STATED),
        (1.0, False, Status.STATED),
        (0.9, True, Status.UNCLEAR),
        (-2.0, True, Status.UNCLEAR),
        (-2.1, True, Status.NOT_FOUND),
        (0.9, False, Status.UNKNOWN),
        (-9.0, False, Status.UNKNOWN),
    ],
)
def test_four_values_and_doubt(logit: float, full: bool, expected: Status) -> None:  # noqa: FBT001
    assert sentence_status(logit, SCORER, full=full) is expected


@given(st.floats(-500, 500))
def test_nothing_is_absent_from_what_is_not_held(logit: float) -> None:
    assert sentence_status(logit, SCORER, full=False) in (Status.STATED, Status.UNKNOWN)
    assert 0 <= probability(logit) <= 1
