"""Pages add up to one answer, whatever is written in between."""

import base64
import shutil
from collections.abc import Iterator
from dataclasses import replace

import pytest

from semsearch.ask.page_tokens import Page, page_token, read_page_token
from semsearch.errors import InvalidPageTokenError, StaleGenerationError
from semsearch.index import Index
from semsearch.model.filters import Filters
from semsearch.model.search import Hit, Mode, Query
from tests.support.articles import WORDS, make_article
from tests.support.encoder import HashingEncoder
from tests.support.indexes import fast_folder, open_index

QUERY = Query("otter tram notice", k=7)


@pytest.fixture
def index() -> Iterator[Index]:
    with fast_folder() as folder:
        opened = open_index(folder / "index", HashingEncoder())
        opened.add(
            make_article(f"a{n:02}", f"Notice {WORDS[n % 20]}", body=WORDS[(n * 7) % 20])
            for n in range(45)
        )
        yield opened
        opened.close()


def pages(index: Index, query: Query) -> list[tuple[Hit, ...]]:
    found = []
    token: str | None = None
    while True:
        results = index.search(replace(query, page_token=token))
        found.append(results.hits)
        token = results.next_page_token
        if token is None:
            return found


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("k", [1, 7, 45, 46])
def test_the_pages_together_are_one_big_page(index: Index, mode: Mode, k: int) -> None:
    whole = index.search(replace(QUERY, k=1_000, mode=mode))
    assert whole.next_page_token is None
    found = pages(index, replace(QUERY, k=k, mode=mode))
    assert tuple(hit for page in found for hit in page) == whole.hits
    assert all(len(page) == k for page in found[:-1])
    assert found[-1]


def test_writes_between_pages_do_not_shift_them(index: Index) -> None:
    whole = index.search(replace(QUERY, k=1_000)).hits
    first = index.search(QUERY)
    found = list(first.hits)
    token = first.next_page_token
    number = 0
    while token is not None:
        gone = found[-1].article.id if number < 3 else None
        index.add([make_article(f"new{number}", "Otter tram notice")])
        if gone is not None:
            index.delete([gone])
        results = index.search(replace(QUERY, page_token=token))
        assert results.generation == first.generation
        found += results.hits
        token = results.next_page_token
        number += 1
    assert tuple(found) == whole
    assert index.search(QUERY).generation > first.generation


def test_a_token_of_a_lost_generation_is_stale(index: Index) -> None:
    first = index.search(QUERY)
    token = first.next_page_token
    with index.library.writing():
        index.library.rebuild()
    shutil.rmtree(index.library.folder / "generations" / str(first.generation))
    with pytest.raises(StaleGenerationError):
        index.search(replace(QUERY, page_token=token))


@pytest.mark.parametrize(
    "other",
    [
        replace(QUERY, text="otter tram"),
        replace(QUERY, k=8),
        replace(QUERY, mode=Mode.DENSE),
        replace(QUERY, filters=Filters(topic=("sea",))),
    ],
)
def test_a_token_of_another_question_is_refused(index: Index, other: Query) -> None:
    token = index.search(QUERY).next_page_token
    with pytest.raises(InvalidPageTokenError):
        index.search(replace(other, page_token=token))


def test_an_explanation_may_be_asked_for_on_any_page(index: Index) -> None:
    token = index.search(QUERY).next_page_token
    assert index.search(replace(QUERY, page_token=token, explain=True)).hits


def test_a_token_says_where_the_page_starts() -> None:
    page = Page(generation=3, offset=20, pool=200)
    assert read_page_token(page_token(page, QUERY), QUERY) == page


def test_every_altered_token_is_refused() -> None:
    token = page_token(Page(3, 20, 200), QUERY)
    data = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    for place in range(len(data)):
        for bit in range(8):
            changed = bytearray(data)
            changed[place] ^= 1 << bit
            altered = base64.urlsafe_b64encode(changed).decode().rstrip("=")
            with pytest.raises(InvalidPageTokenError):
                read_page_token(altered, QUERY)


@pytest.mark.parametrize(
    "token", ["", "x", "ü", "====", "a b", "\0", "A" * 10_000, "W10", "WzEsIDIsIDNd", "e30"]
)
def test_a_made_up_token_is_refused(token: str) -> None:
    with pytest.raises(InvalidPageTokenError):
        read_page_token(token, QUERY)
