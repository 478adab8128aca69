"""What a script does wrong is said in one line; what it may do in several ways works in each."""

import math
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import semsearch
from semsearch.errors import (
    ClosedIndexError,
    InvalidArticleError,
    InvalidFilterError,
    InvalidQueryError,
    InvalidRequestError,
    NoSuchArticleError,
    SemsearchError,
)
from semsearch.index import Index
from semsearch.model.clusters import CoverageOrder, CoverageQuery
from semsearch.model.comparison import Detail
from semsearch.model.filters import Filters
from semsearch.model.search import Collapse, Confidence, Mode, Query, Sort
from semsearch.model.watch import WatchSpec
from tests.support.encoder import HashingEncoder
from tests.support.indexes import open_index
from tests.unit.test_index import FERRY, TRAM

# Of no type, so that wrong arguments can be given.
QUERY: Any = Query
FILTERS: Any = Filters
COVERAGE: Any = CoverageQuery
WATCH: Any = WatchSpec

RECORDS = [FERRY, TRAM, {"id": "f", "title": "The letter f"}]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """An index that is only read; of no type, so that wrong arguments can be given."""
    with open_index(tmp_path_factory.mktemp("wrong") / "index", HashingEncoder()) as opened:
        opened.add(RECORDS)
        yield opened


@pytest.fixture
def filled(index: Index) -> Any:
    """The same, to be written to."""
    index.add(RECORDS)
    return index


DAY = (
    "2024-01-18",
    date(2024, 1, 18),
    datetime(2024, 1, 18),  # noqa: DTZ001 - one without a zone is of UTC
    datetime(2024, 1, 18, tzinfo=UTC),
    pd.Timestamp("2024-01-18"),
    pd.Timestamp("2024-01-18", tz="UTC"),
)


@pytest.mark.parametrize("since", DAY, ids=lambda since: f"{type(since).__name__} {since}")
def test_a_day_may_be_given_as_any_kind_of_date(shared: Any, since: object) -> None:
    found = [hit.article.id for hit in shared.search("ferry", since=since).hits]
    assert found == ["ferry"]
    assert shared.search("ferry this week", asked_at=since).query.interpreted.filters


@pytest.mark.parametrize(("until", "found"), [(DAY[0], 1), (DAY[1], 1), (DAY[2], 0), (DAY[4], 0)])
def test_a_day_counts_whole_and_a_moment_ends_there(shared: Any, until: object, found: int) -> None:
    assert len(shared.search("ferry", until=until).hits) == found


def test_filters_that_are_made_by_hand_take_moments_without_a_zone(shared: Any) -> None:
    filters = Filters(since=datetime(2024, 1, 18))  # noqa: DTZ001 - as above
    assert [hit.article.id for hit in shared.similar("tram", filters=filters).hits] == ["ferry"]


def test_a_time_that_ends_before_it_begins_is_said(shared: Any) -> None:
    for until in ("2024-01-17", date(2024, 1, 17), datetime(2024, 1, 18, tzinfo=UTC)):
        answer = shared.search("ferry", since="2024-01-18", until=until)
        assert not answer.hits
        assert "ends before it begins" in " ".join(answer.query.interpreted.notes)
    notes = shared.search("ferry", since="2024-01-18", until="2024-01-18").query.interpreted.notes
    assert "ends before it begins" not in " ".join(notes)


@pytest.mark.parametrize("k", [np.int64(2), True, 2])
def test_numbers_of_numpy_are_numbers(shared: Any, k: Any) -> None:
    assert len(shared.search("ferry", k=k).hits) == int(k)
    assert shared.similar("tram", k=k).hits


def test_one_id_alone_is_not_taken_for_its_letters(filled: Any) -> None:
    for one in ("f", ["f"], ("f",), {"f"}, iter(["f"])):
        assert filled.delete(one).removed == ("f",)
        filled.add(RECORDS)


def test_an_id_is_never_taken_for_several(filled: Any) -> None:
    filled.add([{"id": letter, "title": f"The letter {letter}"} for letter in "trm"])
    for call in (filled.delete, filled.purge):
        with pytest.raises(NoSuchArticleError, match="trm"):
            call("trm")
    assert {"t", "r", "m"} <= set(filled.ids())
    assert list(filled.articles("tram")) == list(filled.summaries("tram")) == ["tram"]
    assert filled.ids_of("tram") == {"tram": "tram"}


def test_the_detail_of_a_comparison_may_be_named(shared: Any) -> None:
    named = shared.compare("ferry", "tram", detail="sentences")
    assert named.sentences == shared.compare("ferry", "tram", detail=Detail.SENTENCES).sentences
    assert named.sentences
    assert shared.compare("ferry", "tram").sentences is None


def test_many_texts_are_looked_up_as_one_is(shared: Any) -> None:
    found = list(shared.duplicates_of_each([FERRY | {"id": "other"}]))
    assert [one.article.id for one in found[0].duplicates] == ["ferry"]


def test_a_query_says_the_same_in_texts_as_in_values(shared: Any) -> None:
    """``sort="newest"`` was taken for the oldest first: it is equal to ``Sort.NEWEST``, not it."""
    written = QUERY("the", k=np.int64(2), sort="newest", collapse="duplicates", mode="lexical")
    typed = QUERY("the", k=2, sort=Sort.NEWEST, collapse=Collapse.DUPLICATES, mode=Mode.LEXICAL)
    one, other = shared.search(written), shared.search(typed)
    assert [hit.article.id for hit in one.hits] == [hit.article.id for hit in other.hits]
    alone = FILTERS(provider="metro", language="en", since="2024-01-18", until=date(2024, 1, 18))
    listed = FILTERS(
        provider=("metro",),
        language=["en"],
        since=datetime(2024, 1, 18, tzinfo=UTC),
        until=datetime(2024, 1, 19, tzinfo=UTC),
    )
    for filters in (alone, listed):
        assert [hit.article.id for hit in shared.search(QUERY("ferry", filters=filters)).hits] == []
    assert shared.similar("f", filters=alone).notes == shared.similar("f", filters=listed).notes
    tree = {"field": "language", "operator": "==", "value": "xx"}
    assert not shared.search(QUERY("ferry", filters=FILTERS(tree=tree))).hits
    assert shared.stories(COVERAGE(order="recent", since="2024-01-18")) == shared.stories(
        COVERAGE(order=CoverageOrder.RECENT, since=datetime(2024, 1, 18, tzinfo=UTC))
    )


def test_a_watch_says_which_outlets_there_are_not(filled: Any) -> None:
    """Its outlet was kept as letters, and one that there is not said nothing for ever."""
    made = filled.add_watch(WATCH(question="ferry", provider="Metropolis", min_confidence="low"))
    assert made.watch.provider == ("Metropolis",)
    assert made.watch.min_confidence is Confidence.LOW
    assert any('no outlet "Metropolis"' in note for note in made.watch.interpreted)
    tree = {"field": "type", "operator": "==", "value": "podcast"}
    similar = filled.add_watch(WATCH(name="like", similar="ferry", filter=tree)).watch
    assert similar.interpreted == ('There is no type "podcast" in this index: no article has one.',)


WRONG: list[tuple[type[SemsearchError], Callable[[Any], object]]] = [
    (InvalidRequestError, lambda index: index.search(5)),
    (InvalidQueryError, lambda index: index.search("a", min_score="0.5")),
    (InvalidQueryError, lambda index: index.search("a", min_score=b"half")),
    (InvalidQueryError, lambda index: index.search(QUERY("a"), k=3)),
    (InvalidQueryError, lambda index: index.search(QUERY("a"), provider="Metro")),
    (InvalidQueryError, lambda index: index.search(QUERY("a", k="3"))),
    (InvalidQueryError, lambda index: index.search(QUERY("a", mode="bm25"))),
    (InvalidQueryError, lambda index: index.compare(question=QUERY("a", sort="date"))),
    (InvalidRequestError, lambda index: index.search(QUERY("a", filters={"topic": "x"}))),
    (InvalidRequestError, lambda index: index.similar("ferry", filters={"topic": "x"})),
    (InvalidFilterError, lambda index: index.search(QUERY("a", filters=FILTERS(tree="x")))),
    (InvalidFilterError, lambda index: index.search(QUERY("a", filters=FILTERS(since=5)))),
    (InvalidQueryError, lambda index: index.stories(COVERAGE(order="largest"))),
    (InvalidQueryError, lambda index: index.groups(COVERAGE(k="3"))),
    (InvalidRequestError, lambda index: index.stories("size")),
    (InvalidQueryError, lambda index: index.add_watch(WATCH(question="a", min_confidence="sure"))),
    (InvalidRequestError, lambda index: index.add_watch(WATCH(question="a", provider=5))),
    (InvalidRequestError, lambda index: index.search(None)),
    (InvalidRequestError, lambda index: index.search(b"ferry")),
    (InvalidQueryError, lambda index: index.search("ferry", k="5")),
    (InvalidQueryError, lambda index: index.search("ferry", k=2.5)),
    (InvalidQueryError, lambda index: index.search("ferry", k=None)),
    (InvalidQueryError, lambda index: index.similar("tram", k="5")),
    (InvalidRequestError, lambda index: index.search("ferry", provider=None)),
    (InvalidRequestError, lambda index: index.search("ferry", topic=[3])),
    (InvalidFilterError, lambda index: index.search("ferry", since=2024)),
    (InvalidFilterError, lambda index: index.search("ferry", until=pd.NaT)),
    (InvalidFilterError, lambda index: index.search("ferry", since=math.nan)),
    (InvalidFilterError, lambda index: index.search("ferry", asked_at="long ago")),
    (InvalidFilterError, lambda index: index.replay_watch(WatchSpec(question="ferry"), 2024, 2025)),
    (
        InvalidFilterError,
        lambda index: index.replay_watch(WatchSpec(question="ferry"), "2024-03-05", "2024-03-01"),
    ),
    (InvalidRequestError, lambda index: index.check(None)),
    (InvalidRequestError, lambda index: index.check(b"A ferry.")),
    (InvalidRequestError, lambda index: index.check(Path("draft.txt"))),
    (InvalidRequestError, lambda index: index.similar(text=5)),
    (InvalidArticleError, lambda index: index.similar(5)),
    (InvalidArticleError, lambda index: index.compare(["ferry", "tram"])),
    (InvalidQueryError, lambda index: index.compare("ferry", "tram", detail="all")),
    (InvalidArticleError, lambda index: index.relate("ferry", ["tram"])),
    (InvalidRequestError, lambda index: index.relate_pairs(["ferry"])),
    (InvalidRequestError, lambda index: index.relate_pairs(["ab"])),
    (InvalidRequestError, lambda index: index.relate_pairs([("ferry",)])),
    (InvalidRequestError, lambda index: index.relations_table([("ferry", "tram", "f")])),
    (InvalidQueryError, lambda index: index.duplicates("ferry", min_probability="half")),
    (InvalidQueryError, lambda index: index.duplicates("ferry", min_probability=math.nan)),
    (InvalidArticleError, lambda index: list(index.duplicates_of_each(["ferry"]))),
    (InvalidRequestError, lambda index: index.delete(None)),
    (InvalidRequestError, lambda index: index.delete([1])),
]


@pytest.mark.parametrize(("kind", "call"), WRONG)
def test_what_is_of_the_wrong_kind_is_refused_in_one_line(
    shared: Any, kind: type[SemsearchError], call: Callable[[Any], object]
) -> None:
    with pytest.raises(kind) as caught:
        call(shared)
    assert caught.value.message
    assert "\n" not in caught.value.message


CLOSED: list[Callable[[Any], object]] = [
    lambda index: index.search("ferry"),
    lambda index: index.get("ferry"),
    lambda index: index.similar("ferry"),
    lambda index: index.duplicates("ferry"),
    lambda index: index.relate("ferry", "tram"),
    lambda index: index.stories(),
    lambda index: index.groups(),
    lambda index: index.compare("ferry", "tram"),
    lambda index: index.check("A ferry ran aground."),
    lambda index: index.status(),
    lambda index: index.ids(),
    lambda index: index.add([TRAM]),
    lambda index: index.delete(["tram"]),
    lambda index: index.alerts(),
    lambda index: index.watches(),
    lambda index: index.feeds(),
    lambda index: index.providers(),
    lambda index: index.articles_table(),
]


def test_a_closed_index_says_that_it_is_closed(filled: Any) -> None:
    for call in CLOSED[:-8]:
        call(filled)  # what is kept in memory does not answer either
    filled.close()
    for call in CLOSED:
        with pytest.raises(ClosedIndexError, match="closed") as caught:
            call(filled)
        assert "semsearch.open" in caught.value.hint
    filled.close()  # again is no error


def test_the_end_of_a_with_block_closes(tmp_path: Path) -> None:
    with semsearch.open(tmp_path / "index", create=True) as opened:
        assert opened.ids() == []
    with pytest.raises(ClosedIndexError):
        opened.ids()
