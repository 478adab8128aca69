"""What the catalog holds reaches Milvus, later if need be, and nothing stops it."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from semsearch.assembly import open_index
from semsearch.config import Settings
from semsearch.errors import EngineUnavailableError
from semsearch.index import Index
from semsearch.indexing.background import BackgroundPublication
from semsearch.maintain import status as describing
from semsearch.model.filters import EVERYTHING
from semsearch.model.search import Mode, Query
from semsearch.store.catalog.catalog import Catalog, WriteBatch
from semsearch.store.milvus.client import Milvus
from semsearch.store.milvus.connection import RefusedError
from semsearch.store.milvus.generations import MilvusGenerations
from semsearch.store.milvus.rows import MilvusRow
from tests.contract.backends import in_milvus
from tests.support.articles import make_article
from tests.support.encoder import HashingEncoder
from tests.support.indexes import open_catalog
from tests.support.store import settings_of, write

pytest.importorskip("milvus_lite", reason="Milvus Lite is not installed: semsearch[milvus]")
MilvusClient = pytest.importorskip("pymilvus").MilvusClient
ENCODER = HashingEncoder()


class Unsteady(Milvus):
    """Milvus Lite that stops answering when it is told to, and takes some articles never."""

    down = False
    allowed: int | None = None  # writes until it stops
    refuses: frozenset[int] = frozenset()

    def require(self) -> None:
        self._fail()
        super().require()

    def upsert(self, name: str, rows: Sequence[MilvusRow]) -> None:
        if self.allowed is not None:
            self.allowed -= 1
            self.down = self.down or self.allowed < 0
        self._fail()
        if any(row.numbers["article"] in self.refuses for row in rows):
            raise RefusedError("too many topics")
        super().upsert(name, rows)

    def nearest(
        self, name: str, vectors: NDArray[np.float32], k: int, expression: str, *, strong: bool
    ) -> list[list[tuple[int, float]]]:
        self._fail()
        return super().nearest(name, vectors, k, expression, strong=strong)

    def best(self, name: str, terms: str, k: int, expression: str, *, strong: bool) -> list[int]:
        self._fail()
        return super().best(name, terms, k, expression, strong=strong)

    def _fail(self) -> None:
        if self.down:
            raise EngineUnavailableError("milvus does not answer")


@pytest.fixture
def milvus(tmp_path: Path) -> Unsteady:
    return Unsteady(f"milvus+file:{tmp_path / 'milvus.db'}")


@pytest.fixture
def index(tmp_path: Path, milvus: Unsteady) -> Iterator[Index]:
    opened = open_index(Settings(index=tmp_path / "index"), create=True, encoder=ENCODER)
    opened.library.generations = MilvusGenerations(milvus, opened.library.catalog, "flat")
    yield opened
    opened.close()


def found(index: Index, text: str, mode: Mode = Mode.HYBRID) -> list[str]:
    return [hit.article.id for hit in index.search(Query(text, mode=mode)).hits]


def test_an_outage_delays_and_loses_nothing(index: Index, milvus: Unsteady) -> None:
    index.add([make_article("a", "Cod quota")])
    milvus.down = True
    written = index.add([make_article("b", "Cod in the storm")])
    index.delete(["a"])
    assert written.added == ("b",)
    assert index.library.catalog.known(["b"])
    assert found(index, "cod", Mode.LEXICAL) == ["a"]
    lag = describing.status(index.library).lag
    assert lag.writes >= 2
    assert index.behind()
    with pytest.raises(EngineUnavailableError):
        found(index, "quota cod")
    milvus.down = False
    index.publish()
    assert found(index, "cod") == ["b"]
    assert describing.status(index.library).lag.writes == 0
    assert not index.behind()


def test_a_server_catches_up_by_itself(index: Index, milvus: Unsteady) -> None:
    index.add([make_article("a", "Cod quota")])
    milvus.down = True
    index.add([make_article("b", "Cod in the storm")])
    keeper = BackgroundPublication(index._components.indexer, index.behind, every=0.01)
    keeper.start()
    milvus.down = False
    for _ in range(2_000):
        if not index.behind():
            break
    keeper.stop()
    assert sorted(found(index, "cod")) == ["a", "b"]


@pytest.mark.parametrize("stopped_after", range(4))
def test_a_step_that_was_interrupted_is_repeated(
    tmp_path: Path, milvus: Unsteady, stopped_after: int
) -> None:
    catalog = open_catalog(tmp_path)
    states = MilvusGenerations(milvus, catalog, "flat")
    write(catalog, ENCODER, [make_article(f"a{n}", f"Notice {n}") for n in range(3)])
    states.publish(catalog, settings_of(ENCODER))
    write(catalog, ENCODER, [make_article("a0", "Changed"), make_article("b", "New")])
    write(catalog, ENCODER, [make_article("c", "Newer")], delete=["a1"])
    milvus.allowed = stopped_after
    states.publish(catalog, settings_of(ENCODER))
    milvus.allowed, milvus.down = None, False
    manifest = states.publish(catalog, settings_of(ENCODER))
    assert manifest.sequence == catalog.sequence
    states.check(manifest.generation)
    snapshot = states.open(manifest.generation)
    pks = {one.pk for one in catalog.known(["a0", "a2", "b", "c"]).values()}
    query = ENCODER.encode_query("notice")
    assert {pk for pk, _ in snapshot.vectors.nearest(query, 99, EVERYTHING)} == pks
    assert len(snapshot) == 4
    states.close()
    catalog.close()


def test_what_milvus_never_takes_is_set_aside(index: Index, milvus: Unsteady) -> None:
    index.add([make_article("a", "Cod quota")])
    newest = max(known.pk for known in index.library.catalog.known(["a"]).values())
    milvus.refuses = frozenset({newest + 2})
    index.add([make_article(name, f"Cod {name}") for name in "bcd"])
    assert sorted(found(index, "cod", Mode.DENSE)) == ["a", "b", "d"]
    assert sorted(found(index, "cod", Mode.LEXICAL)) == ["a", "b", "c", "d"]
    status = describing.status(index.library)
    assert (status.lag.set_aside, status.lag.writes) == (1, 0)
    number = index.library.generations.current_number() or 0
    index.library.generations.check(number)
    index.library.catalog.write(WriteBatch(delete=["c"]))  # not published yet
    index.library.generations.check(number)
    milvus.refuses = frozenset()
    index.add([make_article("c", "Cod again")])
    assert sorted(found(index, "cod", Mode.DENSE)) == ["a", "b", "c", "d"]


def test_nothing_is_shown_that_was_never_published(tmp_path: Path, milvus: Unsteady) -> None:
    milvus.down = True
    catalog: Catalog = open_catalog(tmp_path)
    write(catalog, ENCODER, [make_article("a")])
    with in_milvus(catalog, milvus) as backend:
        with pytest.raises(EngineUnavailableError):
            backend.publish()
        milvus.down = False
        assert len(backend.publish()) == 1


def test_a_collection_that_the_server_let_go_is_loaded_again(
    tmp_path: Path, milvus: Unsteady
) -> None:
    catalog = open_catalog(tmp_path)
    write(catalog, ENCODER, [make_article("a", "Cod quota")])
    with in_milvus(catalog, milvus) as backend:
        snapshot = backend.publish()
        before = snapshot.vectors.nearest(ENCODER.encode_query("cod"), 9, EVERYTHING)
        other = MilvusClient(str(tmp_path / "milvus.db"))
        name = min(milvus.collections(), key=len)  # beside it lie its words
        other.release_collection(name)
        assert snapshot.vectors.nearest(ENCODER.encode_query("cod"), 9, EVERYTHING) == before
        other.release_collection(name)
        assert milvus.count(name, "added > 0", strong=True) == 2  # its title and its lead
        other.close()
