"""Fixtures that all tests share."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import HealthCheck, settings

from semsearch.index import Index
from semsearch.store.catalog.catalog import Catalog
from tests.support.encoder import HashingEncoder
from tests.support.indexes import open_catalog, open_index
from tests.support.postgres import MISSING, Postgres, binaries, postgres_server
from tests.support.sample import make_sample_index
from tests.support.statements import create_engine_once_compiled

# A run is the same every time; scripts/explore.sh looks for new examples.
settings.register_profile(
    "project",
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.register_profile(
    "explore",
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "project"))


@pytest.fixture(scope="session", autouse=True)
def _compiled() -> Iterator[None]:
    """Each statement is compiled once, not once for each test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("semsearch.store.catalog.database.create_engine", create_engine_once_compiled)
        yield


@pytest.fixture
def encoder() -> HashingEncoder:
    """An encoder that counts what it encodes."""
    return HashingEncoder()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where an index may be made."""
    return tmp_path / "index"


@pytest.fixture
def index(folder: Path, encoder: HashingEncoder) -> Iterator[Index]:
    """An empty index, opened."""
    opened = open_index(folder, encoder)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def sample_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the sample corpus's index, with the real model; to be copied, not changed.

    All processes of a test run share it.
    """
    top = tmp_path_factory.getbasetemp()
    shared = top.parent if "PYTEST_XDIST_WORKER" in os.environ else top
    folder, made = shared / "sample-index", shared / "sample-index.made"
    with FileLock(shared / "sample-index.lock"):
        if not made.exists():
            make_sample_index(folder)
            made.touch()
    return folder


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server, where one is installed."""
    pytest.importorskip("psycopg", reason="no driver is installed: semsearch[postgres]")
    if binaries() is None:
        pytest.skip(MISSING)
    with postgres_server() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def catalog(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Catalog]:
    """An empty catalog of each kind."""
    if request.param == "sqlite":
        opened = open_catalog(tmp_path)
    else:
        server: Postgres = request.getfixturevalue("postgres")
        opened = Catalog(server.new_catalog())
        opened.create()
    yield opened
    opened.close()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Long tests over archives run only when they are asked for."""
    parser.addoption("--archives", action="store_true", help="also test over whole archives")
