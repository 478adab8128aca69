"""Duplicates of texts and relations of pairs come from one generation of the index."""

from collections.abc import Iterator

import pytest

from semsearch.errors import InvalidQueryError, NoSuchArticleError
from semsearch.index import Index
from semsearch.model.relation import RelationKind
from semsearch.relate import candidates, duplicates
from semsearch.relate.relate import ArticleOrId
from tests.support.articles import make_article
from tests.support.coverage import report, text_of
from tests.support.indexes import filled_index


@pytest.fixture
def index() -> Iterator[Index]:
    with filled_index(dimension=512) as opened:
        yield opened


def test_what_is_not_in_the_index_is_not_found(index: Index) -> None:
    index.add([report("a", "strike")])
    with pytest.raises(NoSuchArticleError, match="nope"):
        index.duplicates("nope")
    with pytest.raises(NoSuchArticleError, match="nope"):
        index.relate_pairs([("a", "nope")])


@pytest.mark.parametrize("given", [-0.1, 1.1, float("nan")])
def test_a_probability_out_of_range_is_refused(index: Index, given: float) -> None:
    index.add([report("a", "strike")])
    with pytest.raises(InvalidQueryError, match="min_probability"):
        index.duplicates("a", min_probability=given)
    with pytest.raises(InvalidQueryError, match="min_probability"):
        index.duplicates(report("b", "strike"), min_probability=given)


def test_a_lower_probability_shows_more(index: Index) -> None:
    index.add([report("a", "strike"), *(report(i, "strike", i) for i in "bc")])
    asked = report("x", "strike")
    assert len(index.duplicates(asked).duplicates) == 1
    every = index.duplicates(asked, min_probability=0.0)
    assert len(every.duplicates) == every.compared == 3


def test_texts_are_answered_in_their_order_whatever_the_batches(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duplicates, "_BATCH_SIZE", 2)
    events = ["strike", "ferry", "otter", "glacier", "tram"]
    index.add(report(event, event) for event in events[:3])
    found = list(index.duplicates_of_each(report("x", event) for event in events))
    ids = [[one.article.id for one in answer.duplicates] for answer in found]
    assert ids == [["strike"], ["ferry"], ["otter"], [], []]
    assert list(index.duplicates_of_each([])) == []


def test_a_text_too_short_is_called_undecidable(index: Index) -> None:
    index.add([make_article("a", "The ferry is late", published=None)])
    found = index.duplicates(make_article("x", "The ferry is late"), min_probability=0.0)
    assert found.duplicates == ()
    assert found.reason


def test_articles_with_nothing_but_a_headline_are_no_group(index: Index) -> None:
    index.add(make_article(i, "The ferry is late again today") for i in "abc")
    assert index.groups().total == 0


def test_a_reader_sees_no_article_of_a_later_generation(index: Index) -> None:
    index.add([report("a", "strike"), report("b", "strike")])
    held = index.library.snapshot()
    index.add([report("b", "otter"), report("c", "strike")])
    index.library.snapshot = lambda: held  # type: ignore[method-assign]
    found = index.duplicates(report("x", "strike"), min_probability=0.0)
    assert {one.article.id for one in found.duplicates} == {"a", "b"}
    assert found.generation == held.generation


def test_of_many_copies_those_that_share_most_are_compared(index: Index) -> None:
    index.add(report(f"a{n:03}", "strike") for n in range(120))
    (group,) = index.groups().groups
    assert (group.size, group.original) == (120, min_original(group.size))
    compared = index.duplicates(report("x", "strike")).compared
    assert compared <= candidates._MAX_BY_WORDS + candidates._MAX_BY_MEANING
    index.add([report("late", "strike")])
    assert index.groups().groups[0].size == 121


def min_original(size: int) -> str:
    """The earliest of so many reports."""
    return min(
        (report(f"a{n:03}", "strike") for n in range(size)),
        key=lambda one: (one.published, one.id),
    ).id


def test_ids_and_articles_are_related_in_any_mixture(index: Index) -> None:
    index.add([report("a", "strike"), report("b", "otter")])
    given = report("x", "strike")
    pairs: list[tuple[ArticleOrId, ArticleOrId]] = [
        ("a", given),
        (given, "a"),
        ("a", "b"),
        (given, given),
        ("a", "a"),
    ]
    found = index.relate_pairs(pairs).relations
    duplicate = [one.relation.is_duplicate for one in found]
    assert duplicate == [True, True, False, True, True]
    assert found[0].p_duplicate == pytest.approx(found[1].p_duplicate)
    assert index.relate_pairs([]).relations == ()


def test_more_than_a_thousand_pairs_are_refused(index: Index) -> None:
    with pytest.raises(InvalidQueryError, match="1,000"):
        index.relate_pairs([("a", "b")] * 1_001)


def test_a_text_that_is_nothing_is_undecidable_not_an_error(index: Index) -> None:
    empty = make_article("x", "The ferry is late")
    (found,) = index.relate_pairs([(empty, make_article("y", body=text_of("strike")))]).relations
    assert found.relation in (RelationKind.UNDECIDABLE, RelationKind.UNRELATED)
