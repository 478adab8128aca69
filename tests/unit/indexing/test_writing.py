"""Single articles are written and deleted, and the answer says what became of them."""

from pathlib import Path

import pytest

from semsearch.errors import ModelUnavailableError, NoSuchArticleError
from semsearch.index import Index
from semsearch.ingest.records import Removed
from semsearch.model.search import Mode
from tests.support.articles import make_article
from tests.support.encoder import HashingEncoder
from tests.support.indexes import ask, held, ids, open_index


def titles(index: Index) -> set[str]:
    return {article.title for article in held(index).values()}


def test_written_says_what_became_of_each_article(index: Index) -> None:
    one, two = make_article("a", "Harbour"), make_article("b", "Ferry")
    first = index.add([one, two])
    assert (first.added, first.generation) == (("a", "b"), 1)
    second = index.add([one, make_article("b", "Changed"), Removed("zz")])
    assert (second.added, second.updated) == ((), ("b",))
    assert (second.unchanged, second.removed) == (("a",), ("zz",))
    assert second.sequence > first.sequence
    third = index.add([one])
    assert (third.sequence, third.generation) == (second.sequence, second.generation)


def test_a_deleted_article_is_gone_and_an_unknown_one_deletes_nothing(index: Index) -> None:
    index.add([make_article("a", "Harbour"), make_article("b", "Ferry")])
    with pytest.raises(NoSuchArticleError, match="zz"):
        index.delete(["a", "zz"])
    assert set(held(index)) == {"a", "b"}
    assert index.delete(["a", "a"]).removed == ("a",)
    assert ids(ask(index, "harbour ferry", Mode.LEXICAL)) == ["b"]
    with pytest.raises(NoSuchArticleError):
        index.delete(["a"])


def test_a_put_that_fails_changes_nothing_that_is_seen(folder: Path) -> None:
    index = open_index(folder, HashingEncoder(batches=1))
    index.add([make_article("a", "Harbour")])
    before = ask(index, "harbour")
    with pytest.raises(ModelUnavailableError):
        index.add([make_article("a", "Tram")])
    assert titles(index) == {"Harbour"}
    assert ask(index, "harbour").hits == before.hits
    assert ask(index, "harbour").generation == before.generation
    index.close()
