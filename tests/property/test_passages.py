"""No passage is over the budget and no word is lost."""

from collections.abc import Sequence
from itertools import pairwise

from hypothesis import example, given, settings
from hypothesis import strategies as st

from semsearch.model.article import FIELDS, Article, Field
from semsearch.text.boilerplate import masked
from semsearch.text.passages import PassageText, split_article, split_field
from semsearch.text.sentences import sentences

PIECES = [
    *("Ferry", "is", "back", "harbour", "x" * 40, "U.S.", "3.5", "e.g.", "“No.”", "—", "渡し船。"),
    *(". ", ".\n", "! ", "\n\n", "\r\n\r\n", " ", " ", " ", "\t", "\u00a0", "\n \n"),
    *("<b>", "</b>", "[gallery]", "&amp;", "&nbsp;", "(ANI)\n", "\nAlso read: Storm\n"),
]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=80).map("".join)
BUDGETS = st.integers(8, 30)
OVERLAPS = st.integers(0, 3)


def words(texts: Sequence[str]) -> list[int]:
    return [len(text.split()) for text in texts]


def sevenths(texts: Sequence[str]) -> list[int]:
    """Like word pieces: words of more than seven letters count more than once."""
    return [sum(-(-len(word) // 7) for word in text.split()) for text in texts]


def split(text: str, budget: int, overlap: int) -> list[PassageText]:
    return list(split_field(Field.BODY, text, sevenths, budget, overlap))


@given(text=TEXTS, budget=BUDGETS, overlap=OVERLAPS)
@settings(max_examples=200)
@example(text="x" * 5_000, budget=8, overlap=1)
@example(text="Ferry. " * 3_000, budget=30, overlap=1)
def test_no_passage_is_over_the_budget(text: str, budget: int, overlap: int) -> None:
    pieces = split(text, budget, overlap)
    assert all(size <= budget for size in sevenths([piece.text for piece in pieces]))
    assert all(piece.text for piece in pieces)


@given(text=TEXTS, budget=BUDGETS, overlap=OVERLAPS)
@settings(max_examples=200)
def test_every_character_that_is_not_marked_is_in_a_passage(
    text: str, budget: int, overlap: int
) -> None:
    held = {
        at
        for piece in split(text, budget, overlap)
        for at in range(piece.passage.start, piece.passage.end)
    }
    clean = masked(text)
    if clean.replace("&nbsp;", "").strip():
        assert all(at in held for at, char in enumerate(clean) if not char.isspace())
    else:
        assert held == set()


@given(text=TEXTS, budget=BUDGETS, overlap=OVERLAPS)
@settings(max_examples=200)
def test_passages_advance_and_begin_and_end_at_words(text: str, budget: int, overlap: int) -> None:
    pieces = [piece.passage for piece in split(text, budget, overlap)]
    assert all(0 <= piece.start < piece.end <= len(text) for piece in pieces)
    assert all(a.start < b.start and a.end < b.end for a, b in pairwise(pieces))
    clean = masked(text)
    for piece in pieces:
        assert not clean[piece.start].isspace()
        assert not clean[piece.end - 1].isspace()


@given(text=TEXTS, budget=st.integers(20, 40), overlap=OVERLAPS)
@settings(max_examples=150)
def test_sentences_that_fit_are_not_cut_and_at_most_so_many_are_repeated(
    text: str, budget: int, overlap: int
) -> None:
    clean = masked(text)
    spans = list(sentences(clean))
    fitting = [span for span in spans if sevenths([clean[slice(*span)]])[0] <= budget]
    pieces = [piece.passage for piece in split(text, budget, overlap)]
    for start, end in fitting:
        if pieces:
            assert any(piece.start <= start and end <= piece.end for piece in pieces)
    if fitting == spans:
        for before, after in pairwise(pieces):
            repeated = [s for s in spans if after.start <= s[0] and s[1] <= before.end]
            assert len(repeated) <= overlap


@given(texts=st.tuples(TEXTS, TEXTS, TEXTS), budget=BUDGETS)
@settings(max_examples=50)
def test_an_article_is_its_fields_one_by_one(texts: tuple[str, str, str], budget: int) -> None:
    article = Article("a", *texts)
    expected = [
        piece
        for field, text in zip(FIELDS, texts, strict=True)
        for piece in split_field(field, text, words, budget, 1)
        if field is not Field.TITLE or article.has_own_title
    ]
    pieces = split_article(article, words, budget, 1)
    assert [piece for piece in pieces if piece.passage.field in FIELDS] == expected
    leads = [piece for piece in pieces if piece.passage.field is Field.LEAD]
    assert leads == list(split_field(Field.LEAD, article.lead, words, budget, 0))[:1]
