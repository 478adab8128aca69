"""The catalog keeps versions, and every write whole or not at all."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from semsearch.articles.article import EMBEDDED, Article, Field, Passage, Provider, Related
from semsearch.errors import DamagedIndexError, FormatMismatchError, SemsearchError
from semsearch.ingest.identity import content_hash
from semsearch.store.catalog import Catalog, WriteBatch
from semsearch.store.coverage import Coverage
from semsearch.store.coverage_rows import ClusterKind
from semsearch.store.rows import FileState, NewArticle, StoredPassage
from tests.support.articles import make_article, make_link
from tests.support.encoder import HashingEncoder
from tests.support.indexes import open_catalog
from tests.support.store import as_format_1, current_pks, text_hash, write

ENCODER = HashingEncoder()


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    opened = open_catalog(tmp_path)
    yield opened
    opened.close()


def titles(catalog: Catalog, sequence: int | None = None) -> dict[str, str]:
    return {key: one.title for key, one in catalog.by_id(["a", "b", "c"], sequence).items()}


def count(folder: Path, table: str) -> int:
    connection = sqlite3.connect(folder / "catalog.db")
    number = connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608
    connection.close()
    return int(number)


def test_a_new_catalog_is_empty(catalog: Catalog) -> None:
    assert catalog.sequence == 0
    assert list(catalog.all_articles()) == []
    assert catalog.counts() == {False: 0, True: 0}
    assert catalog.file_states() == {}
    assert catalog.pks_added(0, 100) == []


def test_every_batch_has_a_larger_sequence_number(catalog: Catalog) -> None:
    numbers = [write(catalog, ENCODER, [make_article("a", f"Title {n}")]) for n in range(3)]
    numbers.append(catalog.write(WriteBatch()))
    assert numbers == [1, 2, 3, 4]
    assert catalog.sequence == 4


def test_each_sequence_number_shows_the_articles_of_its_time(catalog: Catalog) -> None:
    write(catalog, ENCODER, [make_article("a", "First"), make_article("b", "Other")])
    write(catalog, ENCODER, [make_article("a", "Second")], delete=["b"])
    write(catalog, ENCODER, [make_article("b", "Back"), make_article("c", "New")])
    write(catalog, ENCODER, delete=["a"])
    assert titles(catalog, 0) == {}
    assert titles(catalog, 1) == {"a": "First", "b": "Other"}
    assert titles(catalog, 2) == {"a": "Second"}
    assert titles(catalog, 3) == {"a": "Second", "b": "Back", "c": "New"}
    assert titles(catalog, 4) == titles(catalog) == {"b": "Back", "c": "New"}


def test_what_generations_are_derived_from_agrees_with_every_pair_of_sequence_numbers(
    catalog: Catalog,
) -> None:
    write(catalog, ENCODER, [make_article("a", "First"), make_article("b", "Other")])
    write(catalog, ENCODER, [make_article("a", "Second")], delete=["b"])
    write(catalog, ENCODER, [make_article("a", "Third"), make_article("c", "New")])
    write(catalog, ENCODER, delete=["a"])
    seen = {seq: set(catalog.pks_added(0, seq)) for seq in range(5)}
    for after in range(5):
        for until in range(after, 5):
            added = set(catalog.pks_added(after, until))
            ended = set(catalog.pks_ended(after, until))
            assert added == seen[until] - seen[after]
            assert ended == seen[after] - seen[until]
            assert [pk for pk, _ in catalog.added(after, until)] == sorted(added)


def test_known_tells_of_current_versions_only(catalog: Catalog) -> None:
    write(catalog, ENCODER, [make_article("a", "First")], source="/archive/a.md")
    first = catalog.known(["a", "b"])
    assert set(first) == {"a"}
    assert (first["a"].stub, first["a"].source) == (False, "/archive/a.md")
    write(catalog, ENCODER, [make_article("a", "Second", stub=True)])
    second = catalog.known(["a"])["a"]
    assert second.pk > first["a"].pk
    assert second.content_hash != first["a"].content_hash
    assert (second.stub, second.source) == (True, None)
    write(catalog, ENCODER, delete=["a"])
    assert catalog.known(["a"]) == {}
    assert set(catalog.by_pk([first["a"].pk, second.pk, 999])) == {first["a"].pk, second.pk}


def test_thousands_of_ids_are_looked_up_at_once(catalog: Catalog) -> None:
    articles = [make_article(f"a{number:04}", f"Notice {number % 7}") for number in range(1_203)]
    write(catalog, ENCODER, articles)
    names = [article.id for article in articles]
    assert set(catalog.known(names)) == set(catalog.by_id(names)) == set(names)
    assert [article.id for article in catalog.all_articles()] == names
    assert len(list(catalog.segment_rows(catalog.pks_added(0, 1), 64))) == 1_203


def test_a_buried_id_stays_buried_until_the_article_is_given_again(catalog: Catalog) -> None:
    write(catalog, ENCODER, [make_article("a"), make_article("b")])
    write(catalog, ENCODER, delete=["a", "never seen"], bury=True)
    write(catalog, ENCODER, delete=["b"])
    assert catalog.buried(["a", "b", "c", "never seen"]) == {"a": "", "never seen": ""}
    write(catalog, ENCODER, [make_article("a")])
    catalog.write(WriteBatch(delete=["a"], bury_records=True))
    assert catalog.buried(["a"]) == {"a": content_hash(make_article("a"))}
    write(catalog, ENCODER, [make_article("a")])
    assert catalog.buried(["a"]) == {}


def test_a_stub_is_an_orphan_when_no_current_article_links_to_it(catalog: Catalog) -> None:
    stub, other = make_article("b", stub=True), make_article("c", stub=True)
    linker = make_article("a", related=(make_link("b"), make_link("b"), make_link("zz")))
    write(catalog, ENCODER, [linker, stub, other])
    assert catalog.orphan_stubs() == ["c"]
    write(catalog, ENCODER, [make_article("a", "Links to nothing now")])
    assert catalog.orphan_stubs() == ["b", "c"]


def test_collect_removes_old_versions_and_the_vectors_that_only_they_used(
    catalog: Catalog, tmp_path: Path
) -> None:
    def held(*texts: str) -> set[str]:
        found = catalog.held_vectors([text_hash(text) for text in texts])
        return {text for text in texts if text_hash(text) in found}

    write(catalog, ENCODER, [make_article("a", "Shared title", excerpt="Only in the old one")])
    write(catalog, ENCODER, [make_article("b", "Shared title", excerpt="Of the other")])
    write(catalog, ENCODER, [make_article("a", "Another title", related=(make_link("x"),))])
    everything = ("Shared title", "Only in the old one", "Of the other", "Another title")
    assert catalog.collect(2) == 0
    assert held(*everything) == set(everything)
    assert catalog.collect(3) == 1
    assert held(*everything) == set(everything) - {"Only in the old one"}
    assert titles(catalog) == {"a": "Another title", "b": "Shared title"}
    write(catalog, ENCODER, delete=["a", "b"])
    assert catalog.collect(4) == 2
    assert held(*everything) == set()
    for table in ("articles", "passages", "vectors", "links"):
        assert count(tmp_path, table) == 0


def test_keys_are_never_used_twice(catalog: Catalog) -> None:
    write(catalog, ENCODER, [make_article("a")])
    first = current_pks(catalog, ["a"])["a"]
    write(catalog, ENCODER, delete=["a"])
    catalog.collect(2)
    write(catalog, ENCODER, [make_article("a")])
    assert current_pks(catalog, ["a"])["a"] > first


def test_files_are_remembered_replaced_and_forgotten(catalog: Catalog) -> None:
    one, two = FileState("/x/1.md", "aa", 1), FileState("/x/2.jsonl", "bb", 7)
    catalog.write(WriteBatch(files=[one, two]))
    assert catalog.file_states() == {"/x/1.md": one, "/x/2.jsonl": two}
    newer = FileState("/x/1.md", "cc", 2)
    catalog.write(WriteBatch(files=[newer], forget_files=["/x/2.jsonl", "/x/unknown"]))
    assert catalog.file_states() == {"/x/1.md": newer}


def test_sources_name_the_articles_of_each_file(catalog: Catalog) -> None:
    write(catalog, ENCODER, [make_article("a"), make_article("b")], source="/x/many.jsonl")
    write(catalog, ENCODER, [make_article("c")], source="/x/one.md")
    write(catalog, ENCODER, [make_article("d")])
    sources = {path: sorted(ids) for path, ids in catalog.sources().items()}
    assert sources == {"/x/many.jsonl": ["a", "b"], "/x/one.md": ["c"]}
    assert catalog.stems() == {"one": "c"}


def test_every_field_of_an_article_comes_back(catalog: Catalog) -> None:
    article = Article(
        id="ünïcode ' id",
        title='Titel "quoted" — 地震',
        excerpt="line\none",
        body="\t\u2028 body 🚋 " * 3,
        provider=Provider("Lisk Gazette", "gazette.example"),
        url="https://gazette.example/?a=1&b=%20",
        published=datetime(1, 1, 1, 0, 0, 0, 1, tzinfo=UTC),
        zone_assumed=True,
        topics=("Sea", "", "地"),
        category="News",
        type="article",
        language="de",
        quality=0,
        heat=100,
        stub=True,
        related=(
            Related(
                id="r",
                title="Mention",
                url="https://herald.example/r",
                excerpt="teaser",
                published=datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC),
                type="video",
                provider=Provider("Senn Herald", "herald.example"),
                quality=-3,
            ),
            Related("s", "Bare", ""),
        ),
        extra={"images": [{"url": "x", "width": 1.5}], "null": None, "flag": False, "ü": "地"},
    )
    bare = Article(id="bare", title="Only a title")
    write(catalog, ENCODER, [article, bare])
    assert catalog.by_id([article.id, "bare"]) == {article.id: article, "bare": bare}
    assert list(catalog.all_articles()) == [bare, article]


def test_segment_rows_hold_the_vectors_bit_by_bit(catalog: Catalog) -> None:
    chance = np.random.default_rng(3)
    vectors = {bytes([n]) * 16: chance.normal(size=8).astype(np.float16) for n in range(4)}
    passages = tuple(
        StoredPassage(Passage(field, start, start + 5), key)
        for field, start, key in zip(EMBEDDED, (0, 3, 9, 0), vectors, strict=True)
    )
    one = make_article("a", "Title", topics=("Sea",), quality=7, category="News")
    catalog.write(
        WriteBatch(
            articles=[
                NewArticle(one, "h", None, passages),
                NewArticle(make_article("b"), "h", None, passages[:1]),
                NewArticle(make_article("c"), "h", None, ()),
            ],
            vectors=vectors,
        )
    )
    first, second, third = catalog.segment_rows(catalog.pks_added(0, 1), 8)
    assert first.passages == tuple(stored.passage for stored in passages)
    assert first.vectors.dtype == np.float16
    assert np.array_equal(first.vectors, np.stack(list(vectors.values())))
    assert np.array_equal(second.vectors, first.vectors[:1])
    assert (third.passages, third.vectors.shape) == ((), (0, 8))
    head = first.article
    assert (head.id, head.provider, head.topics) == ("a", one.provider, ("Sea",))
    assert (head.quality, head.category, head.published) == (7, "News", one.published)
    assert (head.excerpt, head.body) == ("", "")


def test_equal_texts_have_equal_content_under_whatever_titles(catalog: Catalog) -> None:
    given = [
        make_article("a", "Ferry returns", body="The otter crossed the bank."),
        make_article("b", "Ferry is back", body="The  otter crossed the bank."),
        make_article("c", "Ferry returns", body="The otter crossed the dam."),
        make_article("d", "Ferry returns"),
        make_article("e", "Ferry returns"),
        make_article("f", "Ferry sinks"),
    ]
    write(catalog, ENCODER, given)
    a, b, c, d, e, f = (row.content for row in catalog.segment_rows(catalog.pks_added(0, 1), 64))
    assert a == b
    assert d == e
    assert len({a, c, d, f}) == 4
    assert all(-(2**63) <= number < 2**63 for number in (a, b, c, d, e, f))


def test_lead_vectors_are_those_of_the_leads_in_order_of_key(catalog: Catalog) -> None:
    given = [make_article(f"a{n}", f"Notice {n}", body="The otter. " * 30) for n in range(5)]
    write(catalog, ENCODER, given)
    pks = catalog.pks_added(0, 1)
    rows = list(catalog.segment_rows(pks, 64))
    leads = [
        vector
        for row in rows
        for passage, vector in zip(row.passages, row.vectors, strict=True)
        if passage.field is Field.LEAD
    ]
    assert np.array_equal(catalog.lead_vectors(pks, 64), np.stack(leads))
    assert np.array_equal(catalog.lead_vectors(pks[1:3], 64), np.stack(leads[1:3]))
    assert catalog.lead_vectors([], 64).shape == (0, 64)


def test_a_batch_that_fails_leaves_nothing_behind(catalog: Catalog) -> None:
    write(catalog, ENCODER, [make_article("a", "Before")])
    twice = [NewArticle(make_article("b"), "h", None, ()) for _ in range(2)]
    with pytest.raises(SemsearchError):
        catalog.write(WriteBatch(articles=twice, delete=["a"], files=[FileState("/f", "x", 1)]))
    assert titles(catalog) == {"a": "Before"}
    assert catalog.sequence == 1
    assert catalog.file_states() == {}


def test_opening_an_existing_catalog_changes_nothing(catalog: Catalog, tmp_path: Path) -> None:
    write(catalog, ENCODER, [make_article("a")])
    again = open_catalog(tmp_path)
    assert again.sequence == 1
    assert set(again.known(["a"])) == {"a"}
    again.close()


def test_a_catalog_of_another_format_is_refused(catalog: Catalog, tmp_path: Path) -> None:
    catalog.keep_setting("format", "99")
    with pytest.raises(FormatMismatchError, match="format 99"):
        catalog.check_format()
    with pytest.raises(FormatMismatchError):
        open_catalog(tmp_path)


def test_a_catalog_of_format_1_is_refused_with_a_hint_and_brought_up_to_date(
    catalog: Catalog, tmp_path: Path
) -> None:
    write(catalog, ENCODER, [make_article("a")])
    as_format_1(tmp_path)
    with pytest.raises(FormatMismatchError, match="format 1") as caught:
        catalog.check_format()
    assert "semsearch rebuild" in caught.value.hint
    catalog.upgrade()
    catalog.check_format()
    assert titles(catalog) == {"a": "Notice a"}
    assert catalog.sequence == 1
    assert Coverage(catalog.database).counts(1) == dict.fromkeys(ClusterKind, 0)
    catalog.upgrade()  # once more changes nothing
    assert catalog.sequence == 1


def test_only_a_catalog_that_lacks_tables_alone_can_be_brought_up_to_date(
    catalog: Catalog, tmp_path: Path
) -> None:
    catalog.keep_setting("format", "99")
    with pytest.raises(FormatMismatchError, match="format 99"):
        catalog.upgrade()
    assert catalog.setting("format") == "99"
    (tmp_path / "none").mkdir()
    (tmp_path / "none" / "catalog.db").write_bytes(b"")
    empty = Catalog(f"sqlite:///{tmp_path / 'none' / 'catalog.db'}")
    with pytest.raises(DamagedIndexError):
        empty.upgrade()
    empty.close()


@pytest.mark.parametrize("junk", [b"", b"not a database at all, " * 100], ids=["empty", "text"])
def test_a_file_that_is_no_catalog_is_called_damaged(tmp_path: Path, junk: bytes) -> None:
    (tmp_path / "catalog.db").write_bytes(junk)
    catalog = Catalog(f"sqlite:///{tmp_path / 'catalog.db'}")
    with pytest.raises(DamagedIndexError):
        catalog.check_format()
    catalog.close()


def test_a_catalog_with_overwritten_pages_is_called_damaged(tmp_path: Path) -> None:
    catalog = open_catalog(tmp_path)
    write(catalog, ENCODER, [make_article(f"a{n}", f"Notice {n} " * 20) for n in range(200)])
    catalog.close()
    path = tmp_path / "catalog.db"
    data = bytearray(path.read_bytes())
    data[4096:] = bytes(byte ^ 0x5A for byte in data[4096:])
    path.write_bytes(data)
    with pytest.raises(DamagedIndexError):
        list(Catalog(f"sqlite:///{path}").all_articles())
