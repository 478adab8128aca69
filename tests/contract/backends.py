"""Every backend of candidate search with a catalog that it goes with."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from semsearch.config import load_settings
from semsearch.store.catalog.catalog import Catalog
from semsearch.store.local.generations import LocalGenerations
from semsearch.store.milvus.client import Milvus
from semsearch.store.milvus.generation_writer import index_of
from semsearch.store.milvus.generations import MilvusGenerations
from semsearch.store.snapshot import Snapshot
from tests.support.encoder import HashingEncoder
from tests.support.indexes import open_catalog
from tests.support.postgres import Postgres
from tests.support.store import settings_of

KINDS = {"embedded": "auto", "embedded-ivf": "ivf", "embedded-hnsw": "hnsw"}
"""Backends in files with the ways in which they index vectors."""

NAMES = (*KINDS, "milvus-lite", "milvus")
"""``milvus`` is a server, standalone or a cluster; its catalog is in PostgreSQL."""

APPROXIMATE = {"milvus-lite-hnsw": "hnsw", "milvus-hnsw": "hnsw"}
"""The same Milvus as it is set up for archives that are too large to compare all vectors."""

SERVER = "SEMSEARCH_TEST_MILVUS"


@dataclass(frozen=True)
class Backend:
    """A catalog, and what makes all of it searchable."""

    catalog: Catalog
    publish: Callable[[], Snapshot]


@contextmanager
def opened(name: str, folder: Path, request: pytest.FixtureRequest) -> Iterator[Backend]:
    """A backend with nothing in it."""
    folder.mkdir(parents=True, exist_ok=True)
    if name in KINDS:
        catalog = open_catalog(folder)
        states = LocalGenerations(folder, KINDS[name])
        yield Backend(
            catalog,
            lambda: states.open(states.publish(catalog, settings_of(HashingEncoder())).generation),
        )
        catalog.close()
        return
    if name.startswith("milvus-lite"):
        pytest.importorskip("milvus_lite", reason="Milvus Lite is not installed: semsearch[milvus]")
        catalog, milvus = open_catalog(folder), Milvus(f"milvus+file:{folder / 'milvus.db'}")
    else:
        if SERVER not in os.environ:
            pytest.skip("no Milvus server: scripts/test_cluster.py starts one")
        server: Postgres = request.getfixturevalue("postgres")
        catalog, milvus = Catalog(server.new_catalog()), server_milvus()
        catalog.create()
    with in_milvus(catalog, milvus, APPROXIMATE.get(name, "flat")) as backend:
        yield backend


def server_milvus() -> Milvus:
    """The server of the environment, with as many replicas as its cluster can hold."""
    spread = load_settings().milvus
    return Milvus(os.environ[SERVER], spread.shards, spread.replicas)


def drop(states: MilvusGenerations) -> None:
    """Remove all vectors of an index from Milvus."""
    for name in states.milvus.collections():
        if index_of(name) == states.place():
            states.milvus.drop(name)


@contextmanager
def in_milvus(catalog: Catalog, milvus: Milvus, kind: str = "flat") -> Iterator[Backend]:
    """A catalog with its vectors in Milvus, which forgets them afterwards."""
    states = MilvusGenerations(milvus, catalog, kind)
    states.create()
    yield Backend(
        catalog,
        lambda: states.open(states.publish(catalog, settings_of(HashingEncoder())).generation),
    )
    drop(states)
    states.close()
    catalog.close()
