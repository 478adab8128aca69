"""A small archive that retrievers ask."""

from collections.abc import Iterator

import pytest

from semsearch.index import Index
from tests.support.articles import GAZETTE, HERALD, make_article
from tests.support.indexes import filled_index

QUESTION = "ferry storm harbour"


@pytest.fixture(scope="module")
def archive() -> Iterator[Index]:
    with filled_index(
        make_article(
            f"a{n}",
            f"Ferry notice {n}",
            body=f"The ferry waits in harbour {n}. A storm is near. " * 20,
            provider=(GAZETTE, HERALD)[n % 2],
        )
        for n in range(8)
    ) as opened:
        yield opened
