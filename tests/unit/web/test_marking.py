from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from semsearch.model.article import Basis, Field
from semsearch.model.comparison import (
    Evidence,
    FactSentence,
    LabelContrast,
    Phrase,
    SharedFact,
    Span,
    Wording,
)
from semsearch.web.marking import Mark, phrases, pieces, worded
from tests.unit.web.samples import plain


def phrase(text: str, part: str) -> Phrase:
    start = text.index(part)
    return Phrase(start, start + len(part), part)


@given(
    st.text(max_size=30),
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40), st.sampled_from(list(Mark)))),
)
def test_pieces_are_the_text(text: str, marked: list[tuple[int, int, Mark]]) -> None:
    found = pieces(text, marked)
    assert "".join(piece.text for piece in found) == text
    assert all(piece.text for piece in found)
    for one, other in pairwise(found):
        assert one.mark is not other.mark


def test_marked_phrases_are_cut_out() -> None:
    text = "The military junta ruled."
    found = phrases(text, [phrase(text, "military junta")])
    assert [(piece.text, piece.mark) for piece in found] == [
        ("The ", Mark.NONE),
        ("military junta", Mark.ONLY),
        (" ruled.", Mark.NONE),
    ]


def test_words_are_marked_that_no_aligned_sentence_has() -> None:
    texts = ("The grim junta ruled on.", "The grim state ruled.", "The state ruled on.")
    fact = SharedFact(
        sentences=tuple(
            FactSentence((name,), Span(name, Field.BODY, 0, len(text), text))
            for name, text in zip("abc", texts, strict=True)
        ),
        wording=(
            Wording(
                0,
                1,
                0.9,
                (phrase(texts[0], "junta"), phrase(texts[0], "on")),
                (phrase(texts[1], "state"),),
                (LabelContrast(phrase(texts[0], "junta"), phrase(texts[1], "state")),),
            ),
            Wording(0, 2, 0.9, (phrase(texts[0], "grim junta"),), (phrase(texts[2], "state"),), ()),
        ),
        basis=Basis.FULL,
        method="",
        evidence=Evidence(),
    )
    marked = [
        [(piece.text, piece.mark) for piece in sentence if piece.mark] for sentence in worded(fact)
    ]
    assert marked == [
        [("junta", Mark.LABEL)],
        [("state", Mark.LABEL)],
        [("state", Mark.ONLY)],
    ]


def test_facts_of_a_comparison_are_marked_in_whole_words() -> None:
    facts = plain().shared_facts
    assert facts
    for fact in facts:
        for one, sentence in zip(fact.sentences, worded(fact), strict=True):
            assert "".join(piece.text for piece in sentence) == one.sentence.text
            for piece in sentence:
                assert piece.mark is Mark.NONE or piece.text == piece.text.strip()
