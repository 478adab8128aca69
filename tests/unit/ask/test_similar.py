"""Similar articles say who has their text and which story they are in, as answers do, and fold."""

from collections.abc import Iterator

import pytest

from semsearch.errors import InvalidQueryError
from semsearch.index import Index
from semsearch.model.filters import Filters
from semsearch.model.search import Query
from tests.support.coverage import report, text_of
from tests.support.indexes import filled_index, ids

COPIES = [f"copy{n}" for n in range(8)]
OTHERS = [f"other{n}" for n in range(4)]


@pytest.fixture(scope="module")
def index() -> Iterator[Index]:
    """Eight copies of one text, two more reports of its event, and four on other events."""
    with filled_index(
        [
            *(report(name, "flood", "wire") for name in COPIES),
            report("second", "flood", "second"),
            report("third", "flood", "third"),
            *(report(name, name) for name in OTHERS),
        ]
    ) as opened:
        yield opened


def test_similar_articles_tell_duplicates_and_story_as_answers_do(index: Index) -> None:
    asked = {hit.article.id: hit for hit in index.search(Query("flood", k=50)).hits}
    for results in (index.similar("copy0", k=20), index.similar(text=text_of("flood"), k=20)):
        assert results.hits
        for hit in results.hits:
            assert hit.duplicates == asked[hit.article.id].duplicates
            assert hit.story == asked[hit.article.id].story
            assert hit.folded == ()
    (other,) = [hit for hit in index.similar("copy0", k=20).hits if hit.article.id == "copy1"]
    assert other.duplicates.count == len(COPIES) - 1
    assert other.story is not None
    assert other.story.size >= len(COPIES)


def test_copies_are_folded_into_the_nearest_and_named(index: Index) -> None:
    plain = index.similar("copy0", k=5)
    assert set(ids(plain)) <= set(COPIES) - {"copy0"}
    folded = index.similar("copy0", k=5, collapse="duplicates")
    assert len(folded.hits) == 5
    first = folded.hits[0]
    assert {first.article.id, *first.folded} == set(COPIES) - {"copy0"}
    assert not set(ids(folded)[1:]) & set(COPIES)
    scores = [hit.score for hit in folded.hits]
    assert scores == sorted(scores, reverse=True)
    assert [hit.rank for hit in folded.hits] == [1, 2, 3, 4, 5]


def test_a_story_is_folded_into_the_nearest_report_of_it(index: Index) -> None:
    results = index.similar("copy0", k=20, collapse="story")
    held = {hit.article.id: hit.story for hit in index.search(Query("flood", k=50)).hits}
    assert held["copy1"] is not None
    told = {identity for identity, story in held.items() if story == held["copy1"]} - {"copy0"}
    assert told >= set(COPIES) - {"copy0"}
    first = results.hits[0]
    assert {first.article.id, *first.folded} == told
    shown = [identity for hit in results.hits for identity in (hit.article.id, *hit.folded)]
    assert sorted(shown) == sorted(set(held) - {"copy0"})


def test_filters_hold_for_what_is_folded_and_counted(index: Index) -> None:
    filters = Filters(provider=("copy1.example", "copy2.example", "other1.example"))
    results = index.similar("copy0", k=5, filters=filters, collapse="duplicates")
    assert [len(hit.folded) for hit in results.hits] == [1, 0]
    assert results.hits[0].duplicates.count == 1


def test_what_cannot_be_folded_by_is_refused(index: Index) -> None:
    with pytest.raises(InvalidQueryError):
        index.similar("copy0", collapse="outlet")
