"""What every catalog promises: versions, and every write whole or not at all."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from threading import Event

import numpy as np
import pytest
from sqlalchemy import func, select

from semsearch.errors import (
    EngineUnavailableError,
    FormatMismatchError,
    IndexLockedError,
    ModelUnavailableError,
    SemsearchError,
)
from semsearch.ingest.identity import content_hash
from semsearch.model.address import canonical_url
from semsearch.model.article import (
    EMBEDDED,
    Article,
    DatePrecision,
    Field,
    Passage,
    Provider,
    Related,
)
from semsearch.store.catalog.catalog import Catalog, WriteBatch
from semsearch.store.catalog.rows import FileState, NewArticle, StoredPassage
from semsearch.store.catalog.schema import metadata
from tests.support.articles import make_article, make_link
from tests.support.encoder import HashingEncoder
from tests.support.postgres import MISSING, Postgres, binaries, postgres_server
from tests.support.store import current_pks, text_hash, write

ENCODER = HashingEncoder()


def titles(catalog: Catalog, sequence: int | None = None) -> dict[str, str]:
    return {key: one.title for key, one in catalog.by_id(["a", "b", "c"], sequence).items()}


def count(catalog: Catalog, table: str) -> int:
    with catalog.database.read() as connection:
        return connection.scalar(select(func.count()).select_from(metadata.tables[table])) or 0


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
    write(catalog, ENCODER, delete=["a", "never seen"], block_mentions=True)
    write(catalog, ENCODER, delete=["b"])
    assert catalog.tombstones(["a", "b", "c", "never seen"]) == {"a": "", "never seen": ""}
    write(catalog, ENCODER, [make_article("a")])
    catalog.write(WriteBatch(delete=["a"], block_records=True))
    assert catalog.tombstones(["a"]) == {"a": content_hash(make_article("a"))}
    write(catalog, ENCODER, [make_article("a")])
    assert catalog.tombstones(["a"]) == {}


def test_a_stub_is_an_orphan_when_no_current_article_links_to_it(catalog: Catalog) -> None:
    stub, other = make_article("b", stub=True), make_article("c", stub=True)
    linker = make_article("a", related=(make_link("b"), make_link("b"), make_link("zz")))
    write(catalog, ENCODER, [linker, stub, other])
    assert catalog.orphan_stubs() == ["c"]
    write(catalog, ENCODER, [make_article("a", "Links to nothing now")])
    assert catalog.orphan_stubs() == ["b", "c"]


def test_collect_removes_old_versions_and_the_vectors_that_only_they_used(
    catalog: Catalog,
) -> None:
    def held(*texts: str) -> set[str]:
        found = catalog.stored_vectors([text_hash(text) for text in texts])
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
        assert count(catalog, table) == 0


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
            Related(
                "d",
                "Of a day",
                "",
                published=datetime(2024, 3, 5, tzinfo=UTC),
                precision=DatePrecision.DAY,
            ),
        ),
        extra={"images": [{"url": "x", "width": 1.5}], "null": None, "flag": False, "ü": "地"},
    )
    bare = Article(id="bare", title="Only a title")
    write(catalog, ENCODER, [article, bare])
    assert catalog.by_id([article.id, "bare"]) == {article.id: article, "bare": bare}
    assert list(catalog.all_articles()) == [bare, article]


def test_a_day_stays_a_day(catalog: Catalog) -> None:
    midnight = Article("a", "T", published=datetime(2024, 3, 5, tzinfo=UTC))
    day = replace(midnight, id="b", precision=DatePrecision.DAY)
    assumed = replace(day, id="c", zone_assumed=True)
    morning = replace(midnight, id="d", published=datetime(2024, 3, 5, 8, tzinfo=UTC))
    write(catalog, ENCODER, [midnight, day, assumed, morning])
    assert catalog.by_id("abcd") == {"a": midnight, "b": day, "c": assumed, "d": morning}
    heads = catalog.heads(catalog.pks_at("abcd", catalog.sequence).values())
    assert {head.id: head.precision for head in heads.values()} == {
        "a": DatePrecision.TIME,
        "b": DatePrecision.DAY,
        "c": DatePrecision.DAY,
        "d": DatePrecision.TIME,
    }
    assert catalog.in_order_of_time(heads)[-1] == next(k for k in heads if heads[k].id == "d")


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


def test_opening_an_existing_catalog_changes_nothing(catalog: Catalog) -> None:
    write(catalog, ENCODER, [make_article("a")])
    again = Catalog(catalog.database.place)
    again.create()
    assert again.sequence == 1
    assert set(again.known(["a"])) == {"a"}
    again.close()


def test_a_catalog_of_another_format_is_refused(catalog: Catalog) -> None:
    catalog.write_setting("format", "99")
    with pytest.raises(FormatMismatchError, match="format 99"):
        catalog.check_format()
    with pytest.raises(FormatMismatchError):
        catalog.create()


def test_text_is_ordered_by_its_bytes(catalog: Catalog) -> None:
    names = ["a", "B", "é", "z", "Z", "_", "10", "9", "\U0001f68b", "\uff5e"]
    write(catalog, ENCODER, [make_article(name) for name in names])
    assert [one.id for one in catalog.all_articles()] == sorted(names, key=str.encode)


def test_addresses_and_numbers_may_be_long(catalog: Catalog) -> None:
    chance = np.random.default_rng(5)
    path = "".join(chance.choice(list("abcdefghijklmnop0123456789"), 9_000))
    one = Article(
        id="i" * 200,
        title="T",
        url=f"https://gazette.example/{path}",
        quality=2**62,
        heat=-(2**62),
        extra={"number": 10**30, "text": "'; DROP TABLE articles; -- %s :x ? \\"},
    )
    write(catalog, ENCODER, [one], source=f"/{path}")
    assert catalog.by_id([one.id]) == {one.id: one}
    assert catalog.full_articles_at([canonical_url(one.url)]) == {canonical_url(one.url)}
    assert catalog.sources() == {f"/{path}": [one.id]}


@pytest.mark.parametrize("fault", [np.nan, np.inf, 0.0])
def test_a_vector_that_cannot_be_compared_is_refused(catalog: Catalog, fault: float) -> None:
    vector = np.full(8, fault, np.float16)
    with pytest.raises(ModelUnavailableError, match="zero or not finite"):
        catalog.write(WriteBatch(vectors={b"x" * 16: vector}))
    assert catalog.sequence == 0


def test_numbers_of_writes_at_the_same_moment_are_in_the_order_of_commits(
    catalog: Catalog,
) -> None:
    def write_one(number: int) -> int:
        return catalog.write(
            WriteBatch(articles=[NewArticle(make_article(f"a{number}"), "h", None, ())])
        )

    with ThreadPoolExecutor(8) as pool:
        given = list(pool.map(write_one, range(40)))
    assert sorted(given) == list(range(1, 41))
    assert catalog.sequence == 40
    for place, sequence in enumerate(given):
        assert catalog.by_id([f"a{place}"], sequence - 1) == {}
        assert catalog.by_id([f"a{place}"], sequence) != {}


def test_a_server_has_one_writer_among_all_machines(postgres: Postgres) -> None:
    url = postgres.new_catalog()
    here, there, elsewhere = Catalog(url), Catalog(url), Catalog(postgres.new_catalog())
    with here.database.writer():
        with elsewhere.database.writer(0):
            pass
        with pytest.raises(IndexLockedError), there.database.writer(0.2):
            pass
    with there.database.writer(0.2):
        pass
    for one in (here, there, elsewhere):
        one.close()


def test_other_threads_write_while_the_writer_takes_and_frees_its_lock(postgres: Postgres) -> None:
    catalog = Catalog(postgres.new_catalog())
    catalog.create()
    done = Event()

    def note(name: str) -> int:
        written = 0
        while not done.is_set():
            written += 1
            catalog.write_setting(name, str(written))
        return written

    with ThreadPoolExecutor(3) as pool:
        noting = {name: pool.submit(note, name) for name in ("one", "two", "three")}
        for _ in range(150):
            with catalog.database.writer():
                catalog.write_setting("writer", "here")
        done.set()
        for name, written in noting.items():
            last = written.result()  # before what is kept is read
            assert catalog.setting(name) == str(last)
    catalog.close()


def test_a_restarted_server_is_found_again() -> None:
    pytest.importorskip("psycopg", reason="no driver is installed: semsearch[postgres]")
    if binaries() is None:
        pytest.skip(MISSING)
    with postgres_server() as server:
        catalog = Catalog(server.new_catalog())
        catalog.create()
        write(catalog, ENCODER, [make_article("a")])
        server.stop()
        with pytest.raises(EngineUnavailableError):
            write(catalog, ENCODER, [make_article("b")])
        with pytest.raises(EngineUnavailableError):
            catalog.known(["a"])
        server.start()
        assert set(catalog.known(["a", "b"])) == {"a"}
        assert write(catalog, ENCODER, [make_article("b")]) == 2
        catalog.close()


def test_a_writer_whose_lock_a_restart_took_writes_nothing_more() -> None:
    pytest.importorskip("psycopg", reason="no driver is installed: semsearch[postgres]")
    if binaries() is None:
        pytest.skip(MISSING)
    with postgres_server() as server:
        url = server.new_catalog()
        catalog, other = Catalog(url), Catalog(url)
        catalog.create()
        with catalog.database.writer():
            write(catalog, ENCODER, [make_article("a")])
            server.stop()
            server.start()
            with other.database.writer(0.2):  # another may write now
                for _ in range(2):
                    with pytest.raises(EngineUnavailableError):
                        write(catalog, ENCODER, [make_article("b")])
        with catalog.database.writer():
            write(catalog, ENCODER, [make_article("c")])
        assert set(other.known(["a", "b", "c"])) == {"a", "c"}
        catalog.close()
        other.close()
