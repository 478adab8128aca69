from collections.abc import Sequence
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from semsearch.compare.aligned_story import AlignedStory
from semsearch.compare.alignment import Alignment, Scorer, probability
from semsearch.compare.facts import (
    differing_words,
    group_facts,
    is_ruled_out,
    sentence_status,
    tells_something,
)
from semsearch.model.comparison import Status, Voice

SCORER = Scorer(
    np.zeros(0), 0.0, np.zeros(0), 0.0, shared_from=1.0, short_shared_from=1.0, not_found_below=-2.0
)


def story(
    scores: dict[tuple[int, int], list[list[float]]], providers: Sequence[str] = "xyz"
) -> AlignedStory:
    """A story of one voice for each provider, with the log-odds of some pairs of their texts."""
    alignments = {}
    for (a, b), rows in scores.items():
        logits = np.array(rows, np.float32)
        alignments[a, b] = Alignment(logits, logits >= 1.0)
        alignments[b, a] = alignments[a, b].reverse
    silent = np.full((1, 1), -9.0, np.float32)
    for pair in permutations(range(len(providers)), 2):
        alignments.setdefault(pair, Alignment(silent, silent > 0))
    voices = tuple(Voice("", (), (name,)) for name in providers)
    return AlignedStory((), (), {}, {}, voices, tuple(providers), alignments, SCORER, {})


def test_mutual_best_matches_make_a_fact() -> None:
    held = story({(0, 1): [[5.0, -4], [-4, 0.5]], (0, 2): [[4.0], [-4]], (1, 2): [[3.0], [-4]]})
    assert group_facts(held) == [((0, 0), (1, 0), (2, 0))]


def test_facts_do_not_chain() -> None:
    # 0 matches 1 and 1 matches 2, but 0 and 2 are ruled out: the surer pair stays.
    held = story({(0, 1): [[5.0]], (1, 2): [[3.0]], (0, 2): [[-3.0]]})
    assert group_facts(held) == [((0, 0), (1, 0))]


def test_sentences_do_not_stand_together_through_a_third() -> None:
    held = story({(0, 1): [[5.0]], (1, 2): [[3.0]], (0, 2): [[0.9]]})
    assert group_facts(held) == [((0, 0), (1, 0))]


def test_a_provider_speaks_once() -> None:
    held = story({(0, 1): [[5.0]], (1, 2): [[4.0]]}, providers="xyx")
    assert group_facts(held) == [((0, 0), (1, 0))]


def test_what_is_missing_is_ruled_out_by_the_clearest_sentence() -> None:
    held = story({(0, 2): [[-3.0]], (1, 2): [[-1.5]]})
    assert is_ruled_out(held, ((0, 0), (1, 0)), 2)
    doubtful = story({(0, 2): [[-3.0]], (1, 2): [[-0.9]]})
    assert not is_ruled_out(doubtful, ((0, 0), (1, 0)), 2)
    stated = story({(0, 2): [[-3.0]], (1, 2): [[4.0]]})
    assert not is_ruled_out(stated, ((0, 0), (1, 0)), 2)


SCORER = Scorer(
    np.zeros(0), 0.0, np.zeros(0), 0.0, shared_from=1.0, short_shared_from=1.0, not_found_below=-2.0
)


@pytest.mark.parametrize(
    ("logit", "shared", "lacking", "expected"),
    [
        (1.0, True, True, Status.STATED),
        (1.0, True, False, Status.STATED),
        (1.0, False, True, Status.UNCLEAR),
        (-2.0, False, True, Status.UNCLEAR),
        (-2.1, False, True, Status.NOT_FOUND),
        (0.9, False, False, Status.UNKNOWN),
        (-9.0, False, False, Status.UNKNOWN),
    ],
)
def test_four_values_and_doubt(logit: float, shared: bool, lacking: bool, expected: Status) -> None:  # noqa: FBT001
    assert sentence_status(logit, SCORER, shared=shared, lacking=lacking) is expected


@given(st.floats(-500, 500))
def test_nothing_is_absent_from_what_may_not_lack_it(logit: float) -> None:
    assert sentence_status(logit, SCORER, shared=False, lacking=False) is Status.UNKNOWN
    assert 0 <= probability(logit) <= 1


@pytest.mark.parametrize(
    ("sentence", "something"),
    [
        ("The dividend of 2.1 million crowns was paid to the parent in April.", True),
        ("Mediator Ilse Harrowgate will meet both sides in the old customs house.", True),
        ("Mediator Ana Holm will meet both sides in the old customs house.", False),  # known
        ("Ilse Harrowgate will meet both of the sides.", False),  # short
        ("And then there is what all of them would rather not hear.", False),
        ("“Ilse Harrowgate has known both of these sides for a very long time.”", False),
        ("Who will pay the 2.1 million crowns that the parent has been promised?", False),
        ("She was seen by Ilse Harrowgate in the old customs house on that day.", False),
    ],
)
def test_only_what_tells_something_is_said_to_be_missing(sentence: str, something: bool) -> None:  # noqa: FBT001
    assert tells_something(sentence, {"ana", "holm"}) is something


def texts(phrases: object) -> list[str]:
    return [phrase.text for phrase in phrases]  # type: ignore[attr-defined]


def test_words_of_one_sentence_stand_out_against_the_other() -> None:
    only_a, only_b = differing_words(
        "Military junta frees two journalists before the festival",
        "Myanmar frees two journalists ahead of the festival",
    )
    assert texts(only_a) == ["Military junta"]
    assert texts(only_b) == ["Myanmar", "ahead"]


def test_forms_of_one_word_are_the_same() -> None:
    assert differing_words("The union rejected offers.", "Unions reject an offer.") == ((), ())


@pytest.mark.parametrize(
    ("a", "b", "only_a"),
    [
        ("It pays $2,400 to couples.", "It pays couples $1,200.", ["2,400"]),
        ("It pays 150,000 to couples.", "It pays couples 75,000.", ["150,000"]),
        ("It pays 1,400 to couples.", "It pays couples 400.", ["1,400"]),
        ("Rates rose 4.5 percent.", "Rates rose 3.5 percent.", ["4.5"]),
        ("It pays 2,400, not more.", "It pays 2,400.", []),
        ("In 2,400 big towns.", "In 1,200 towns.", ["2,400 big"]),
    ],
)
def test_a_number_differs_whole_or_not(a: str, b: str, only_a: list[str]) -> None:
    assert [one.text for one in differing_words(a, b)[0]] == only_a


def test_a_sentence_has_nothing_of_its_own_against_itself() -> None:
    text = "Dockers walked out of the port at six on Tuesday."
    assert differing_words(text, text) == ((), ())


@given(st.text(max_size=120), st.text(max_size=120))
def test_phrases_are_cited_and_swapping_swaps(a: str, b: str) -> None:
    only_a, only_b = differing_words(a, b)
    assert (only_b, only_a) == differing_words(b, a)
    for phrase in only_a:
        assert a[phrase.start : phrase.end] == phrase.text
    for phrase in only_b:
        assert b[phrase.start : phrase.end] == phrase.text
