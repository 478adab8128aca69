"""Milvus proposes articles by its own BM25; what is answered is what full text would have given."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings

from semsearch.assembly import open_index
from semsearch.config import Settings
from semsearch.errors import DamagedIndexError, EngineUnavailableError
from semsearch.index import Index
from semsearch.maintain import status as describing
from semsearch.model.article import Article
from semsearch.model.filters import EVERYTHING, Attribute, Condition, OneOf
from semsearch.model.search import Mode, Query
from semsearch.store.catalog.catalog import Catalog
from semsearch.store.milvus import generations as milvus_generations
from semsearch.store.milvus.client import Milvus
from semsearch.store.milvus.generations import MilvusGenerations
from semsearch.store.milvus.rows import TEXT_BYTES, word_rows, words_collection
from semsearch.store.milvus.vectors import MilvusVectors
from semsearch.store.milvus.word_search import MILVUS_BM25, CatalogWords
from semsearch.store.protocols import LEXICAL_FIELDS
from semsearch.store.snapshot import Snapshot
from semsearch.text.tokens import words
from tests.contract.backends import drop
from tests.contract.test_outbox import Unsteady
from tests.support.articles import GAZETTE, HERALD, WORDS, make_article
from tests.support.encoder import HashingEncoder
from tests.support.indexes import open_catalog
from tests.support.store import current_pks, settings_of, write
from tests.support.strategies import conditions

pytest.importorskip("milvus_lite", reason="Milvus Lite is not installed: semsearch[milvus]")
ENCODER = HashingEncoder()
TERMS = [words(word)[0].term for word in WORDS]
FULL_TEXT = "SQLite full text, scored as BM25"


class Without(Milvus):
    """Milvus of before 2.5."""

    def version(self) -> str:
        return "2.3.5"


class Pretending(Milvus):
    """Milvus that says it is new, and takes no BM25 field all the same."""

    def _load(self, name: str, seconds: float = 0.0) -> None:
        if name.endswith("w"):
            raise EngineUnavailableError("unknown function")
        super()._load(name, seconds)


def states_in(milvus: Milvus, catalog: Catalog) -> MilvusGenerations:
    return MilvusGenerations(milvus, catalog, "flat")


def published(states: MilvusGenerations, catalog: Catalog) -> Snapshot:
    return states.open(states.publish(catalog, settings_of(ENCODER)).generation)


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    """Two hundred articles in three publications, some changed and deleted since."""
    folder = tmp_path_factory.mktemp("words")
    catalog = open_catalog(folder)
    states = states_in(Milvus(f"milvus+file:{folder / 'milvus.db'}"), catalog)
    chance = random.Random(7)

    def invented(number: int) -> Article:
        return make_article(
            f"a{number}",
            " ".join(chance.choices(WORDS, k=chance.randint(1, 4))),
            body=" ".join(chance.choices(WORDS, k=chance.randint(0, 90))),
            provider=chance.choice([GAZETTE, HERALD]),
            published=chance.choice([None, datetime(2024, 3, 1 + number % 9, tzinfo=UTC)]),
            topics=tuple(chance.sample(["Sea", "Trade", "weather"], k=chance.randint(0, 3))),
            quality=chance.choice([None, 10, 60]),
            stub=number % 5 == 0,
        )

    write(catalog, ENCODER, [invented(number) for number in range(150)])
    published(states, catalog)
    write(catalog, ENCODER, [invented(number) for number in range(100, 200)])
    published(states, catalog)
    write(catalog, ENCODER, delete=[f"a{number}" for number in range(40, 60)])
    yield published(states, catalog)
    states.close()
    catalog.close()


@given(condition=conditions())
@settings(max_examples=60)
def test_the_same_articles_with_the_same_scores_whichever_proposed(
    snapshot: Snapshot, condition: Condition
) -> None:
    chance = random.Random(repr(condition))
    weights = {
        field: {term: chance.random() for term in chance.sample(TERMS, 3)}
        for field in LEXICAL_FIELDS
    }
    assert isinstance(snapshot.words, CatalogWords)
    found = snapshot.words.search(weights, 1_000, condition)
    expected = replace(snapshot.words, proposer=None).search(weights, 1_000, condition)
    assert found.hits == expected.hits
    assert (found.engine, expected.engine) == (MILVUS_BM25, FULL_TEXT)


def test_a_common_word_finds_everything_that_holds_it(snapshot: Snapshot) -> None:
    assert isinstance(snapshot.words, CatalogWords)
    catalog = snapshot.words.catalog
    current = set(current_pks(catalog, catalog.ids()).values())
    for word in TERMS:
        weights = {field: {word: 1.0} for field in LEXICAL_FIELDS}
        found = {pk for pk, _ in snapshot.words.search(weights, 1_000, EVERYTHING).hits}
        assert found == snapshot.words.containing([word], sorted(current))[word]
        assert found


def test_a_text_of_any_length_is_found_by_each_of_its_words(tmp_path: Path) -> None:
    terms = [f"word{number:05}x" for number in range(20_000)]
    catalog = open_catalog(tmp_path)
    long = make_article("long", "Long", body=" ".join(terms))
    write(catalog, ENCODER, [long, make_article("short", "Short")])
    pk = current_pks(catalog, ["long"])["long"]
    rows = word_rows(pk, long, 1, 2)
    assert len(rows) > 3
    assert all(len(row.content) <= TEXT_BYTES for row in rows)
    states = states_in(Milvus(f"milvus+file:{tmp_path / 'milvus.db'}"), catalog)
    snapshot = published(states, catalog)
    for term in (*terms[:3], *terms[9_998:10_002], *terms[-3:]):
        weights = {field: {term: 1.0} for field in LEXICAL_FIELDS}
        found = snapshot.words.search(weights, 9, EVERYTHING)
        assert [hit for hit, _ in found.hits] == [pk]
        assert found.engine == MILVUS_BM25
    states.check(snapshot.generation)
    states.close()
    catalog.close()


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    opened = open_index(Settings(index=tmp_path / "index"), create=True, encoder=ENCODER)
    yield opened
    opened.close()


def with_milvus(index: Index, milvus: Milvus) -> None:
    index.library.generations = states_in(milvus, index.library.catalog)


def explained(index: Index, mode: Mode = Mode.LEXICAL, text: str = "cod") -> dict[str, object]:
    """What found words, and the ids that were found, by a new question."""
    index._components.searcher.answers.clear()
    hits = index.search(Query(text, mode=mode, explain=True)).hits
    return {"ids": sorted(hit.article.id for hit in hits)} | {
        "by": hits[0].explanation["words_by"] if hits and hits[0].explanation else ""
    }


def test_words_are_found_and_told_of_while_milvus_is_away(index: Index, tmp_path: Path) -> None:
    milvus = Unsteady(f"milvus+file:{tmp_path / 'milvus.db'}")
    with_milvus(index, milvus)
    index.add([make_article("a", "Cod quota"), make_article("b", "Cod"), make_article("c")])
    assert explained(index) == {"ids": ["a", "b"], "by": MILVUS_BM25}
    milvus.down = True
    assert explained(index) == {"ids": ["a", "b"], "by": FULL_TEXT}
    milvus.down = False
    assert explained(index) == {"ids": ["a", "b"], "by": MILVUS_BM25}
    assert explained(index, Mode.HYBRID)["by"] == MILVUS_BM25
    assert explained(index, text='"cod quota"') == {"ids": ["a"], "by": FULL_TEXT}


def test_what_milvus_refused_is_found_by_words(index: Index, tmp_path: Path) -> None:
    milvus = Unsteady(f"milvus+file:{tmp_path / 'milvus.db'}")
    with_milvus(index, milvus)
    index.add([make_article("a", "Cod quota")])
    newest = max(known.pk for known in index.library.catalog.known(["a"]).values())
    milvus.refuses = frozenset({newest + 1})
    index.add([make_article("b", "Cod"), make_article("c", "Cod", provider=HERALD)])
    assert explained(index) == {"ids": ["a", "b", "c"], "by": MILVUS_BM25}
    assert describing.status(index.library).lag.set_aside == 1
    number = index.library.generations.current_number() or 0
    index.library.generations.check(number)


@pytest.mark.parametrize("kind", [Without, Pretending])
def test_without_bm25_full_text_proposes_until_it_is_there(
    index: Index, tmp_path: Path, kind: type[Milvus]
) -> None:
    address = f"milvus+file:{tmp_path / 'milvus.db'}"
    with_milvus(index, kind(address))
    index.add([make_article("a", "Cod quota")])
    engine = describing.status(index.library).engine
    assert engine["words"] == FULL_TEXT
    assert engine["bm25"].startswith("no: ")
    assert explained(index) == {"ids": ["a"], "by": FULL_TEXT}
    index.library.generations.close()
    with_milvus(index, Milvus(address))
    index.add([make_article("b", "Cod")])
    assert explained(index) == {"ids": ["a", "b"], "by": FULL_TEXT}
    index.library.rebuild()
    assert explained(index) == {"ids": ["a", "b"], "by": MILVUS_BM25}
    assert describing.status(index.library).engine["bm25"] == "yes"


def test_lite_searches_words_of_few_articles(
    index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(milvus_generations, "_LITE_UP_TO", 2)
    with_milvus(index, Milvus(f"milvus+file:{tmp_path / 'milvus.db'}"))
    index.add([make_article("a", "Cod quota"), make_article("b", "Cod")])
    assert explained(index) == {"ids": ["a", "b"], "by": MILVUS_BM25}
    index.add([make_article("c", "Cod")])
    assert explained(index) == {"ids": ["a", "b", "c"], "by": FULL_TEXT}
    assert describing.status(index.library).engine["bm25"].startswith("not used")


def test_lost_words_are_noticed_and_made_again(tmp_path: Path) -> None:
    catalog = open_catalog(tmp_path)
    milvus = Milvus(f"milvus+file:{tmp_path / 'milvus.db'}")
    states = states_in(milvus, catalog)
    write(catalog, ENCODER, [make_article("a", "Cod"), make_article("b", "Cod")])
    snapshot = published(states, catalog)
    states.check(snapshot.generation)
    pk = current_pks(catalog, ["a"])["a"]
    assert isinstance(snapshot.vectors, MilvusVectors)
    milvus.delete(words_collection(snapshot.vectors.collection), f"article == {pk}")
    with pytest.raises(DamagedIndexError, match="the words of 1 articles"):
        states.check(snapshot.generation)
    rebuilt = states.rebuild(catalog, settings_of(ENCODER))
    states.check(rebuilt.generation)
    nobody = OneOf(Attribute.PROVIDER, ("nobody.example",))
    weights = {field: {"cod": 1.0} for field in LEXICAL_FIELDS}
    assert states.open(rebuilt.generation).words.search(weights, 9, nobody).hits == []
    assert len(states.open(rebuilt.generation).words.search(weights, 9, EVERYTHING).hits) == 2
    assert len(milvus.collections()) == 2
    drop(states)
    assert milvus.collections() == []
    states.close()
    catalog.close()
