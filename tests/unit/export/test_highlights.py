import math
from collections.abc import Mapping
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semsearch.export.highlights import WIDTH, Mark, Snippet, bars, phrases, pieces, snippet, worded
from semsearch.model.article import Basis, Field, Phrase
from semsearch.model.comparison import ClaimEvidence, FactSentence, SharedFact, Span, Wording
from semsearch.model.search import Hit, HitPassage, summary
from tests.support.articles import make_article
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
    text = "The military junta ruled for eleven years without a vote."
    found = phrases(text, [phrase(text, "military junta")])
    assert [(piece.text, piece.mark) for piece in found] == [
        ("The ", Mark.NONE),
        ("military junta", Mark.ONLY),
        (" ruled for eleven years without a vote.", Mark.NONE),
    ]


@pytest.mark.parametrize(("marked", "shown"), [("", 0), ("abcd", 1), ("abcde", 0), ("a" * 12, 0)])
def test_nothing_is_marked_where_marks_would_be_more_than_a_third(marked: str, shown: int) -> None:
    text = marked + "." * (12 - len(marked))
    found = phrases(text, [phrase(text, marked)] if marked else [])
    assert sum(piece.mark is Mark.ONLY for piece in found) == shown
    assert "".join(piece.text for piece in found) == text


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
            ),
            Wording(0, 2, 0.9, (phrase(texts[0], "grim junta"),), (phrase(texts[2], "state"),)),
        ),
        basis=Basis.FULL,
        method="",
        evidence=ClaimEvidence(),
    )
    marked = [
        [(piece.text, piece.mark) for piece in sentence if piece.mark] for sentence in worded(fact)
    ]
    assert marked == [
        [("junta", Mark.ONLY)],
        [("state", Mark.ONLY)],
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


LONG = " ".join(f"Sentence number {number} tells of the harbour." for number in range(40))


def passage(text: str, answer: tuple[int, int] | None, *words: tuple[int, int]) -> HitPassage:
    return HitPassage(Field.BODY, 0, len(text), text, words, answer)


def text_of(shown: Snippet) -> str:
    return "".join(piece.text for piece in (*shown.before, *shown.answer, *shown.after))


@st.composite
def passages(draw: st.DrawFn) -> HitPassage:
    text = draw(st.text(alphabet="ab .é\u202e<", min_size=1, max_size=300))
    edges = st.integers(0, len(text))
    spans = st.tuples(edges, edges).filter(lambda span: span[0] < span[1])
    answer = draw(st.none() | spans)
    return passage(text, answer, *draw(st.lists(spans, max_size=4)))


@given(passages(), st.integers(10, 80))
def test_a_snippet_is_a_run_of_the_passage(given_passage: HitPassage, size: int) -> None:
    shown = snippet(given_passage, size)
    text = text_of(shown)
    assert text in given_passage.text
    assert len(text) <= 2 * size + 1
    assert shown.begins is given_passage.text.startswith(text) or text == ""
    assert not (shown.begins and shown.ends) or text == given_passage.text


@given(passages())
def test_only_words_of_the_question_are_marked(given_passage: HitPassage) -> None:
    shown = snippet(given_passage, 1_000)
    place, marked = 0, set[int]()
    for piece in (*shown.before, *shown.answer, *shown.after):
        if piece.mark is Mark.WORD:
            marked |= set(range(place, place + len(piece.text)))
        place += len(piece.text)
    assert marked == {at for start, end in given_passage.highlights for at in range(start, end)}


def test_a_short_passage_is_shown_whole() -> None:
    text = "The ferry ran aground. Nobody was hurt."
    shown = snippet(passage(text, (0, 22), (4, 9)))
    assert text_of(shown) == text
    assert [piece.text for piece in shown.answer] == ["The ", "ferry", " ran aground."]
    assert shown.begins
    assert shown.ends


def test_a_long_passage_is_cut_around_its_answer_at_words() -> None:
    start = LONG.index("Sentence number 30")
    end = LONG.index("Sentence number 31") - 1
    shown = snippet(passage(LONG, (start, end)))
    assert "".join(piece.text for piece in shown.answer) == LONG[start:end]
    assert not shown.begins
    assert not shown.ends
    text = text_of(shown)
    place = LONG.index(text)
    assert LONG[place - 1] == " "
    assert LONG[place + len(text)] == " "


def test_a_passage_without_an_answer_is_shown_from_its_beginning() -> None:
    shown = snippet(passage(LONG, None))
    assert LONG.startswith(text_of(shown))
    assert not shown.answer
    assert not shown.ends


NAMES = ["title", "lead", "passage", "lexical_body", "date", "provider", "freshness", "other"]


def hit(parts: Mapping[str, float], rank: int = 1) -> Hit:
    article = make_article()
    shown = HitPassage(Field.TITLE, 0, 1, article.title[:1])
    return Hit(rank, sum(parts.values()), parts, summary(article), shown)


@given(
    st.lists(
        st.dictionaries(st.sampled_from(NAMES), st.floats(-1, 1).map(lambda x: round(x, 6))),
        max_size=5,
    )
)
def test_bars_lie_within_the_scale_and_in_proportion(given_parts: list[dict[str, float]]) -> None:
    found = bars([hit(parts) for parts in given_parts])
    longest = max((sum(v for v in p.values() if v > 0) for p in given_parts), default=0)
    for bar, parts in zip(found, given_parts, strict=True):
        gains = sum(value for value in parts.values() if value > 0)
        shown = sum(each.width for each in bar.slices if each.kind != "against")
        assert math.isclose(shown, WIDTH * gains / longest if longest else 0, abs_tol=0.02)
        assert all(-0.01 <= each.start <= WIDTH + 0.02 for each in bar.slices)
        assert all(each.start + each.width <= WIDTH + 0.02 for each in bar.slices)
        assert len(bar.parts) == sum(value != 0 for value in parts.values())


def test_a_bar_says_in_words_what_it_shows() -> None:
    (bar,) = bars([hit({"title": 0.2, "lexical_body": 0.1, "passage": 0.3, "date": -0.25})])
    assert bar.label == "Score 0.35: meaning 0.50, words 0.10, against it 0.25"
    assert [each.kind for each in bar.slices] == ["meaning", "words", "against"]
    assert bar.slices[-1].start + bar.slices[-1].width == WIDTH
    assert bar.parts[0] == ("meaning of the nearest text", 0.3)
    assert bar.parts[-1] == ("words in the text", 0.1)


def test_a_score_of_nothing_has_no_bar() -> None:
    (bar,) = bars([hit({"title": 0.0})])
    assert bar.slices == ()
    assert bar.label == "Score 0.00: nothing"
