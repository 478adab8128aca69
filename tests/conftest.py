"""Fixtures that all tests share."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from semsearch.engine.services import Services
from tests.support.encoder import HashingEncoder
from tests.support.indexes import open_index

# A run is the same every time; scripts/explore looks for new examples.
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


@pytest.fixture
def encoder() -> HashingEncoder:
    """An encoder that counts what it encodes."""
    return HashingEncoder()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where an index may be made."""
    return tmp_path / "index"


@pytest.fixture
def index(folder: Path, encoder: HashingEncoder) -> Iterator[Services]:
    """An empty index, opened."""
    opened = open_index(folder, encoder)
    yield opened
    opened.close()
