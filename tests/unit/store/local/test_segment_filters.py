"""Both indexes filter exactly as ``Condition.matches`` says."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from semsearch.model.article import Article, Field, Passage, Provider
from semsearch.model.filters import AllOf, AnyOf, Attribute, Between, Condition, Filters, Not, OneOf
from semsearch.store.catalog.rows import SegmentRow
from semsearch.store.local.lexical import TantivyIndex, update_lexical
from semsearch.store.local.segment import Segment, open_segment, write_segment
from semsearch.store.whitening import Whitening
from tests.support.articles import make_article
from tests.support.indexes import fast_folder
from tests.support.strategies import archives, conditions

Pair = tuple[list[Article], list[Condition]]

PLAIN = Whitening.learned(np.empty((0, 4), np.float16), 4)


def segment_of(folder: Path, articles: list[Article]) -> Segment:
    rows = [
        SegmentRow(3 * n + 1, one, (), np.empty((0, 4), np.float16), n)
        for n, one in enumerate(articles)
    ]
    write_segment(folder, rows, 4, "auto", PLAIN)
    return open_segment(folder)


def lexical_of(folder: Path, articles: list[Article]) -> TantivyIndex:
    folder.mkdir()
    update_lexical(folder, enumerate(articles), [])
    return TantivyIndex(folder)


def everyone(articles: list[Article]) -> list[Article]:
    """The articles, each with a word that all have."""
    return [replace(one, body="omnibus") for one in articles]


SPECIAL: Pair = (
    [
        Article("a", "t", provider=Provider("Gazette", "www.gazette.example"), topics=("A", "b")),
        Article("b", "t"),
        Article("c", "t", provider=Provider("GAZETTE", ""), topics=("B",), quality=0),
    ],
    [
        Filters(provider=("Www.Gazette.Example.",)).condition(),
        Filters(provider=("gazette",)).condition(),
        Filters(topic=("b",)).condition(),
        Filters(min_quality=0).condition(),
        Not(Between(Attribute.QUALITY, None, None)),
        Not(AllOf(())),
        AnyOf(()),
        AllOf((Not(OneOf(Attribute.TOPIC, ("a",))), Not(OneOf(Attribute.TOPIC, ("b",))))),
        Between(Attribute.QUALITY, 5, 3),
        OneOf(Attribute.CATEGORY, ()),
        OneOf(Attribute.CATEGORY, ("",)),
    ],
)


@given(st.tuples(archives(), st.lists(conditions(), min_size=8, max_size=8)))
@example(SPECIAL)
@settings(max_examples=60)
def test_segment_masks_are_what_matches_says(pair: Pair) -> None:
    articles, trees = pair
    with fast_folder() as folder:
        segment = segment_of(folder / "s", articles)
        for tree in trees:
            expected = [tree.matches(article) for article in articles]
            assert segment.mask(tree).tolist() == expected, tree
            some = np.arange(len(articles))[::2]
            assert segment.satisfying(some, tree).tolist() == expected[::2], tree


@given(st.tuples(archives(), st.lists(conditions(), min_size=20, max_size=20)))
@example(SPECIAL)
@settings(max_examples=15)
def test_the_word_index_filters_as_matches_says(pair: Pair) -> None:
    articles, trees = everyone(pair[0]), pair[1]
    with fast_folder() as folder:
        index = lexical_of(folder / "w", articles)
        for tree in trees:
            expected = {n for n, article in enumerate(articles) if tree.matches(article)}
            found = index.search({Field.BODY: {"omnibus": 1.0}}, 100, tree).hits
            assert {pk for pk, _ in found} == expected, tree


def test_an_empty_segment_can_be_opened_and_asked(tmp_path: Path) -> None:
    segment = segment_of(tmp_path / "s", [])
    assert segment.mask(AllOf(())).tolist() == []
    assert segment.satisfying(np.empty(0, np.int64), AllOf(())).tolist() == []
    assert segment.rows_of(np.array([1, 2], np.int64)).tolist() == []


def test_rows_are_found_by_key(tmp_path: Path) -> None:
    segment = segment_of(tmp_path / "s", [make_article("a"), make_article("b"), make_article("c")])
    assert segment.articles["pk"].tolist() == [1, 4, 7]
    assert segment.rows_of(np.array([0, 1, 2, 7, 8], np.int64)).tolist() == [0, 2]


def test_passages_are_found_by_article(tmp_path: Path) -> None:
    def row(pk: int, number: int) -> SegmentRow:
        spans = tuple(Passage(Field.BODY, n, n + 1) for n in range(number))
        return SegmentRow(pk, make_article(f"a{pk}"), spans, np.ones((number, 4), np.float16), -pk)

    rows = [row(1, 2), row(2, 0), row(3, 1), row(4, 0)]
    write_segment(tmp_path / "s", rows, 4, "auto", PLAIN)
    segment = open_segment(tmp_path / "s")
    numbers, counts = segment.passages_of(np.arange(4))
    assert numbers.tolist() == [0, 1, 2]
    assert counts.tolist() == [2, 0, 1, 0]
    assert segment.passages_of(np.array([2]))[0].tolist() == [2]
    chosen = np.array([False, True, True, True])
    assert segment.passages_in(chosen).tolist() == [False, False, True]
    assert segment.articles["lead"].tolist() == [-1, -1, -1, -1]
    assert segment.passages["article"].tolist() == [0, 0, 2]
    assert segment.articles["content"].tolist() == [-1, -2, -3, -4]
    assert segment.lengths.tolist() == [1, 1, 1]


@pytest.mark.parametrize("name", ["articles.npy", "passages.npy", "topics.npy", "lengths.npy"])
def test_an_array_with_a_pickle_in_it_is_refused(tmp_path: Path, name: str) -> None:
    segment_of(tmp_path / "s", [make_article("a")])
    np.save(tmp_path / "s" / name, np.array([{"a": 1}], object), allow_pickle=True)
    with pytest.raises(ValueError, match="Python objects"):
        open_segment(tmp_path / "s")
