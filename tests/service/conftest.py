"""Served indexes: one per test, and one that tests share and only read."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from semsearch.api.app import create_app
from semsearch.config import ServiceSettings
from semsearch.index import Index
from tests.support.encoder import HashingEncoder
from tests.support.indexes import open_index
from tests.support.server import serving

MAX_BODY = 200_000
SETTINGS = ServiceSettings(max_body_bytes=MAX_BODY)


def empty_index(folder: Path) -> Index:
    """An index with nothing in it but an empty generation."""
    opened = open_index(folder, HashingEncoder())
    with opened.library.writing():
        opened.library.remember_encoder()
        opened.library.publish()
    return opened


@pytest.fixture
def served_index(tmp_path: Path) -> Index:
    """An empty index of the test's own."""
    return empty_index(tmp_path / "index")


@pytest.fixture
def client(served_index: Index) -> Iterator[httpx.Client]:
    """A client of the served index."""
    with serving(create_app(served_index, settings=SETTINGS)) as opened:
        yield opened


OUTLETS = ("gazette", "herald", "courier")


def notices() -> Iterator[dict[str, Any]]:
    """Sixty articles by three outlets."""
    for number in range(60):
        outlet = OUTLETS[number % 3]
        yield {
            "id": f"n{number:02}",
            "title": f"Harbour notice {number}",
            "excerpt": "The ferry and the storm.",
            "body": f"The mayor spoke at the dam. Budget line {number} is open.",
            "provider": outlet.title(),
            "provider_domain": f"{outlet}.example",
            "published": f"2024-03-{number % 28 + 1:02}",
            "topics": ["Ports"] if number % 2 else ["Water", "Ports"],
            "category": "news" if number % 5 else "opinion",
            "type": "article",
            "quality": number,
        }


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of sixty articles that no test changes."""
    opened = empty_index(tmp_path_factory.mktemp("archive") / "index")
    with serving(create_app(opened)) as client:
        assert client.post("/v1/articles", json=list(notices())).status_code == 200
        yield client
