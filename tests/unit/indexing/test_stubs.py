"""Articles that are only mentioned: kept as stubs, replaced by the article, dropped as orphans."""

from dataclasses import replace
from itertools import permutations
from pathlib import Path

import pytest

from semsearch.index import Index
from semsearch.indexing import diff
from semsearch.ingest.identity import address_id
from semsearch.ingest.records import Removed
from semsearch.model.article import Article
from semsearch.text.language import with_language
from tests.support.articles import (
    address,
    article_of,
    make_article,
    make_link,
    record,
    write_json_lines,
)
from tests.support.encoder import HashingEncoder
from tests.support.indexes import ask, fast_folder, held, ids, open_index


def linker(identity: str, *targets: str, excerpt: str = "") -> Article:
    links = tuple(make_link(target, excerpt=excerpt) for target in targets)
    return make_article(identity, related=links)


def stubs(index: Index) -> set[str]:
    return {key for key, article in held(index).items() if article.stub}


def test_a_mentioned_article_becomes_a_stub_that_can_be_found(index: Index) -> None:
    index.add([linker("a", "x", "y", excerpt="The otter")])
    assert stubs(index) == {"x", "y"}
    assert set(ids(ask(index, "otter"))) == {"a", "x", "y"}
    hit = next(hit for hit in ask(index, "otter").hits if hit.article.id == "x")
    assert (hit.article.stub, hit.article.basis, hit.passage.text) == (True, "excerpt", "The otter")


def test_an_article_that_mentions_itself_makes_no_stub(index: Index) -> None:
    index.add([linker("a", "a")])
    assert set(held(index)) == {"a"}
    assert stubs(index) == set()


@pytest.mark.parametrize("batch", [1, 100])
@pytest.mark.parametrize("order", ["stub first", "article first"])
def test_the_article_replaces_its_stub_whichever_comes_first(
    index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, order: str, batch: int
) -> None:
    monkeypatch.setattr(diff, "_BATCH_RECORDS", batch)
    mention = {"title": "Mention", "webUrl": address(2), "excerpt": "Only a teaser, but long."}
    records = [record(1, related=[mention]), record(2, body="The whole text.")]
    if order == "article first":
        records.reverse()
    path = write_json_lines(tmp_path / "x.jsonl", records)
    report = index.add_files(path)
    whole = article_of(record(2, body="The whole text."))
    assert held(index)[whole.id] == with_language(whole)
    assert (report.added, report.articles_total, report.stubs_total) == (2, 2, 0)
    assert report.stubs_added == report.stubs_replaced == int(order == "stub first" and batch == 1)


def test_a_later_mention_does_not_touch_the_article(index: Index) -> None:
    index.add([make_article("x", "The article")])
    index.add([linker("a", "x", excerpt="A long teaser " * 9)])
    assert held(index)["x"].title == "The article"
    assert stubs(index) == set()


def test_the_stub_is_replaced_and_counted(index: Index) -> None:
    index.add([linker("a", "x")])
    written = index.add([make_article("x", "The article")])
    assert written.added == ("x",)
    assert stubs(index) == set()
    assert ids(ask(index, "the article"))[0] == "x"


@pytest.mark.parametrize("batch", [1, 100])
def test_the_richest_mention_is_kept_in_every_order(
    monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    monkeypatch.setattr(diff, "_BATCH_RECORDS", batch)
    mentions = [
        linker("a", "x"),
        linker("b", "x", excerpt="The longest teaser"),
        linker("c", "x", excerpt="Short"),
    ]
    seen = set()
    for order in permutations(mentions):
        with fast_folder() as folder:
            index = open_index(folder / "index", HashingEncoder())
            index.add(order)
            seen.add(held(index)["x"].excerpt)
            index.close()
    assert seen == {"The longest teaser"}


def test_equally_rich_mentions_settle_on_the_same_one() -> None:
    one = make_article("a", related=(make_link("x", "Title one"),))
    two = make_article("b", related=(make_link("x", "Title two"),))
    seen = set()
    for order in ([one, two], [two, one]):
        with fast_folder() as folder:
            index = open_index(folder / "index", HashingEncoder())
            for article in order:
                index.add([article])
            sequence = index.library.catalog.sequence
            index.add(order)
            assert index.library.catalog.sequence == sequence
            seen.add(held(index)["x"].title)
            index.close()
    assert len(seen) == 1


def test_without_stubs_only_the_links_are_kept(index: Index, tmp_path: Path) -> None:
    mention = {"title": "Mention", "webUrl": address(2)}
    path = write_json_lines(tmp_path / "x.jsonl", [record(1, related=[mention])])
    report = index.add_files(path, stubs=False)
    assert (report.stubs_added, report.stubs_total) == (0, 0)
    (article,) = held(index).values()
    assert [link.url for link in article.related] == [address(2)]
    assert index.add_files(path).stubs_added == 1  # other options, read again


def test_a_deleted_stub_is_not_brought_back_by_a_mention(index: Index) -> None:
    index.add([linker("a", "x", "y")])
    index.delete(["x"])
    index.add([linker("b", "x", excerpt="A better teaser")])
    assert stubs(index) == {"y"}
    index.add([make_article("x", "The article itself")])
    assert held(index)["x"].title == "The article itself"


def test_a_deleted_article_does_not_come_back_as_a_stub(index: Index) -> None:
    index.add([make_article("x"), linker("a", "x")])
    index.delete(["x"])
    index.add([linker("b", "x")])
    assert set(held(index)) == {"a", "b"}


def test_stubs_go_with_their_last_linker(index: Index) -> None:
    index.add([linker("a", "x", "y"), linker("b", "y")])
    index.delete(["a"])
    assert set(held(index)) == {"b", "y"}
    assert set(ids(ask(index, "mention"))) == {"b", "y"}
    index.add([linker("b")])
    assert set(held(index)) == {"b"}


@pytest.mark.parametrize("batch", [1, 100])
@pytest.mark.parametrize("order", ["removal first", "mention first"])
def test_a_removed_article_is_no_stub_whatever_the_order(
    index: Index, monkeypatch: pytest.MonkeyPatch, order: str, batch: int
) -> None:
    monkeypatch.setattr(diff, "_BATCH_RECORDS", batch)
    records: list[Article | Removed] = [Removed("x"), linker("a", "x", excerpt="Teaser")]
    index.add(records if order == "removal first" else reversed(records))
    assert set(held(index)) == {"a"}
    index.add([linker("b", "x", excerpt="A longer teaser")])
    assert set(held(index)) == {"a", "b"}


def test_a_stub_that_is_removed_while_a_better_mention_arrives_is_gone(index: Index) -> None:
    index.add([linker("a", "x")])
    index.add([linker("b", "x", excerpt="A better teaser"), Removed("x")])
    assert stubs(index) == set()


def test_an_article_with_an_id_of_its_own_takes_the_place_of_its_stub(index: Index) -> None:
    url = "https://gazette.example/strike"
    linker = make_article("linker", related=(replace(make_link(address_id(url)), url=url),))
    article = make_article("own-id", url=url)
    for order in ((linker, article), (article, linker)):
        index.add(order)
        assert set(held(index)) == {"linker", "own-id"}
        index.delete(["linker", "own-id"])
    for one in (linker, article):
        index.add([one])
    assert set(held(index)) == {"linker", "own-id"}
