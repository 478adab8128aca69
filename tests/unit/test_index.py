"""The verbs of an index, as scripts use them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import numpy as np
import pytest

import semsearch
from semsearch.errors import (
    InvalidArticleError,
    InvalidQueryError,
    NoSuchArticleError,
    NoSuchIndexError,
)
from semsearch.index import Index
from semsearch.model.search import Query
from semsearch.text.shingles import MAX_CHARS
from tests.support.encoder import HashingEncoder
from tests.support.indexes import open_index

FERRY = {
    "id": "ferry",
    "title": "Ferry runs aground off the Gull Sands",
    "body": "The ferry Maid of Esk ran aground in fog on Thursday with 212 people on board.",
    "provider": "Harbour Ledger",
    "published": "2024-01-18T07:00:00Z",
}
TRAM = {"id": "tram", "title": "Tram budget", "body": "The council debated the tram budget."}


@pytest.fixture
def filled(index: Index) -> Index:
    index.add([FERRY, TRAM])
    return index


def test_records_are_added_and_what_cannot_be_read_is_listed(index: Index) -> None:
    done = index.add([FERRY, {"nothing": 1}, TRAM, {"id": "x", "title": 3, "body": {}}])
    assert done.added == ("ferry", "tram", "x")
    assert [(one.line, bool(one.reason)) for one in done.skipped] == [(2, True)]
    assert index.get("x").title == "3"
    assert done.generation == index.generations()[-1]


def test_what_is_nested_too_deep_is_listed(index: Index) -> None:
    record: dict[str, object] = {"title": "Ferry"}
    for _ in range(1_000):
        record = {"title": "Ferry", "more": record}
    (refused,) = index.add([record]).skipped
    assert refused.reason == "nested deeper than 32"


def test_values_of_numpy_and_pandas_are_plain_ones(index: Index) -> None:
    moment = np.datetime64("2024-03-05T10:00:00.000000000")
    given = {"id": np.int64(7), "title": np.str_("Ferry"), "topics": np.array(["Port", "Sea"]),
             "published": moment, "quality": np.float64(80.0), "heat": np.int64(3),
             "provider": {"name": np.str_("Ledger")}, "counts": np.array([1, 2])}  # fmt: skip
    (added,) = index.add([given]).added
    article = index.get(added)
    assert (article.id, article.topics, article.quality) == ("7", ("Port", "Sea"), 80)
    assert article.published == datetime(2024, 3, 5, 10, tzinfo=UTC)
    assert article.extra == {"counts": [1, 2]}


def test_nothing_to_add_changes_nothing(filled: Index) -> None:
    before = filled.status()
    done = filled.add([])
    assert (done.added, done.sequence, done.generation) == (
        (),
        before.sequence,
        before.generation,
    )


def test_many_records_are_written_in_batches(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("semsearch.indexing.indexer.SETTLED", 2)
    done = index.add({"id": f"n{i}", "title": f"Number {i}"} for i in range(5))
    assert done.added == ("n0", "n1", "n2", "n3", "n4")
    assert index.status().articles == 5


def test_a_question_takes_filters_as_plain_values(filled: Index) -> None:
    def ids(**options: object) -> list[str]:
        return [hit.article.id for hit in filled.search("the ferry", **options).hits]  # type: ignore[arg-type]

    assert set(ids()) == {"ferry", "tram"}
    assert ids(provider=["Harbour Ledger"]) == ["ferry"]
    assert ids(provider="Harbour Ledger") == ["ferry"]
    assert ids(since="2024-01-18", until="2024-01-18") == ["ferry"]
    assert ids(since=datetime(2024, 1, 18, 8, tzinfo=UTC)) == []
    assert ids(mode="lexical") == ["ferry"]
    assert filled.search(Query("the ferry", k=1)).hits[0].article.id == "ferry"


@pytest.mark.parametrize("option", [{"mode": "magic"}, {"collapse": "all"}, {"k": 0}])
def test_an_option_that_does_not_exist_is_refused(filled: Index, option: dict[str, object]) -> None:
    with pytest.raises(InvalidQueryError):
        filled.search("the ferry", **option)  # type: ignore[arg-type]


def test_articles_are_given_as_id_record_or_text(filled: Index) -> None:
    body = str(FERRY["body"])
    for found in (
        filled.duplicates(text=body),
        filled.duplicates({"body": body, "title": "Another headline"}),
    ):
        assert [one.article.id for one in found.duplicates] == ["ferry"]
    assert filled.relate("ferry", {"title": "x", "body": body}).p_duplicate > 0.5
    assert filled.similar(text=body, k=1).hits[0].article.id == "ferry"
    assert filled.similar("ferry", k=1).hits[0].article.id == "tram"


def test_of_a_long_text_that_is_given_so_much_is_read(
    filled: Index, encoder: HashingEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = 0
    count = encoder.count_tokens

    def counting(texts: Sequence[str]) -> list[int]:
        nonlocal counted
        counted += sum(map(len, texts))
        return count(texts)

    monkeypatch.setattr(encoder, "count_tokens", counting)
    for text in ("The ferry left at dawn. " * 80_000, "ferry" * 390_000):
        before, counted = encoder.encoded, 0
        assert len(filled.similar(text=text).hits) == 2
        assert encoder.encoded - before <= 64
        filled.duplicates(text=text)
        assert counted < 20 * len(text)
        assert encoder.encoded - before < MAX_CHARS // 20


def test_what_is_missing_or_said_twice_is_refused(filled: Index) -> None:
    with pytest.raises(NoSuchArticleError):
        filled.get("nowhere")
    with pytest.raises(InvalidArticleError):
        filled.similar()
    with pytest.raises(InvalidArticleError):
        filled.duplicates("ferry", text="and a text")
    with pytest.raises(InvalidArticleError):
        filled.relate("ferry", {"removed": True, "title": "x"})
    with pytest.raises(InvalidQueryError):
        filled.compare("ferry", "tram", story="and-a-story")
    with pytest.raises(InvalidQueryError):
        filled.compare()


def test_a_record_is_read_back_as_it_was_given(filled: Index) -> None:
    records = {str(one["id"]): one for one in filled.records()}
    assert records["ferry"]["body"] == FERRY["body"]
    assert filled.add(records.values()).unchanged == ("ferry", "tram")


def test_the_end_of_a_block_closes_the_index(folder: Path, encoder: HashingEncoder) -> None:
    with open_index(folder, encoder) as index:
        index.add([FERRY])
        index.keep_published()
        thread = index._components._background
    assert thread is not None
    assert not thread._thread.is_alive()


def test_threads_share_one_index(filled: Index) -> None:
    failed: list[BaseException] = []

    def ask() -> None:
        try:
            for _ in range(20):
                assert filled.search("the ferry").hits
                assert filled.get("ferry").title == FERRY["title"]
        except BaseException as error:  # noqa: BLE001 - shown below
            failed.append(error)

    threads = [Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    filled.add([{"id": "new", "title": "New"}])
    for thread in threads:
        thread.join()
    assert not failed


def test_an_index_that_is_not_there_is_not_made_by_opening_it(tmp_path: Path) -> None:
    with pytest.raises(NoSuchIndexError):
        semsearch.open(tmp_path / "nothing")
    assert not (tmp_path / "nothing").exists()
