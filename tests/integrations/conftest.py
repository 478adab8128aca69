"""A small archive that retrievers ask."""

from collections.abc import Iterator

import pytest

from semsearch.index import Index
from tests.support.articles import GAZETTE, HERALD, make_article
from tests.support.encoder import HashingEncoder
from tests.support.indexes import open_index

QUESTION = "ferry storm harbour"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    opened = open_index(tmp_path_factory.mktemp("archive") / "index", HashingEncoder())
    opened.add(
        make_article(
            f"a{n}",
            f"Ferry notice {n}",
            body=f"The ferry waits in harbour {n}. A storm is near. " * 20,
            provider=(GAZETTE, HERALD)[n % 2],
        )
        for n in range(8)
    )
    yield opened
    opened.close()
