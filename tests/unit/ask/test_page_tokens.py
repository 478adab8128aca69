"""Pages add up to one answer, whatever is written in between."""

import base64
import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import text

from semsearch.ask.page_tokens import Page, page_token, read_page_token
from semsearch.errors import InvalidPageTokenError, StaleGenerationError
from semsearch.index import Index
from semsearch.model.clusters import CoverageQuery
from semsearch.model.filters import EVERYTHING, Filters
from semsearch.model.search import Hit, Mode, Query
from semsearch.store.protocols import LEXICAL_FIELDS
from tests.support.articles import WORDS, make_article
from tests.support.encoder import HashingEncoder
from tests.support.indexes import filled_index, open_index

QUERY = Query("otter tram notice", k=7)
SECRET = b"s" * 32


ARTICLES = [
    make_article(f"a{n:02}", f"Notice {WORDS[n % 20]}", body=WORDS[(n * 7) % 20]) for n in range(45)
]


@pytest.fixture(scope="module")
def index() -> Iterator[Index]:
    with filled_index(ARTICLES) as opened:
        yield opened


@pytest.fixture
def own() -> Iterator[Index]:
    """One that the test changes."""
    with filled_index(ARTICLES) as opened:
        yield opened


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


def test_writes_between_pages_do_not_shift_them(own: Index) -> None:
    whole = own.search(replace(QUERY, k=1_000)).hits
    first = own.search(QUERY)
    found = list(first.hits)
    token = first.next_page_token
    number = 0
    while token is not None:
        gone = found[-1].article.id if number < 3 else None
        own.add([make_article(f"new{number}", "Otter tram notice")])
        if gone is not None:
            own.delete([gone])
        results = own.search(replace(QUERY, page_token=token))
        assert results.generation == first.generation
        found += results.hits
        token = results.next_page_token
        number += 1
    assert tuple(found) == whole
    assert own.search(QUERY).generation > first.generation


def test_a_token_of_a_lost_generation_is_stale(own: Index) -> None:
    first = own.search(QUERY)
    token = first.next_page_token
    with own.library.writing():
        own.library.rebuild()
    shutil.rmtree(own.library.folder / "generations" / str(first.generation))
    with pytest.raises(StaleGenerationError):
        own.search(replace(QUERY, page_token=token))


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
    page = Page(generation=3, offset=20)
    assert read_page_token(SECRET, page_token(SECRET, page, QUERY), QUERY) == page


def test_every_altered_token_is_refused() -> None:
    token = page_token(SECRET, Page(3, 20), QUERY)
    data = base64.urlsafe_b64decode(token)
    for place in range(len(data)):
        for bit in range(8):
            changed = bytearray(data)
            changed[place] ^= 1 << bit
            altered = base64.urlsafe_b64encode(changed).decode()
            with pytest.raises(InvalidPageTokenError):
                read_page_token(SECRET, altered, QUERY)


def test_a_token_of_another_index_is_refused(index: Index) -> None:
    token = page_token(SECRET, Page(1, 7), QUERY)
    with pytest.raises(InvalidPageTokenError):
        index.search(replace(QUERY, page_token=token))


@pytest.mark.parametrize("numbers", [(-1, 0), (0, -1), (-(2**63), 2**63 - 1)])
def test_a_number_out_of_range_is_refused_though_it_is_signed(numbers: tuple[int, int]) -> None:
    with pytest.raises(InvalidPageTokenError):
        read_page_token(SECRET, page_token(SECRET, Page(*numbers), QUERY), QUERY)


@pytest.mark.parametrize(
    "token",
    ["", "x", "\u00fc", "====", "a b", "\0", "A" * 10_000, "W10", "WzEsIDIsIDNd", "e30", "\ud800"],
)
def test_a_made_up_token_is_refused(token: str) -> None:
    with pytest.raises(InvalidPageTokenError):
        read_page_token(SECRET, token, QUERY)


@pytest.mark.parametrize(
    "body",
    [
        b"[1, 0, 200]",
        b"[1, 0, 1000000000000000]",
        b"[1, -1, -1]",
        b"[1, Infinity, NaN]",
        b"[1, 0, 9223372036854775808]",
        b"[" * 50_000,
        b"{}",
    ],
)
def test_tokens_of_version_0_1_0_are_refused_whatever_they_hold(index: Index, body: bytes) -> None:
    question = f"{replace(QUERY, page_token=None)!r}".encode()
    check = hashlib.blake2b(body + question, digest_size=12).digest()
    token = base64.urlsafe_b64encode(check + body).decode().rstrip("=")
    with pytest.raises(InvalidPageTokenError):
        index.search(replace(QUERY, page_token=token))
    with pytest.raises(InvalidPageTokenError):
        index.stories(CoverageQuery(page_token=token))


def test_all_who_serve_an_index_share_its_secret_and_a_snapshot_has_it_too(
    index: Index, tmp_path: Path
) -> None:
    token = index.search(QUERY).next_page_token
    expected = index.search(replace(QUERY, page_token=token)).hits
    other = open_index(index.library.folder, HashingEncoder())
    assert other.search(replace(QUERY, page_token=token)).hits == expected
    other.close()
    index.snapshot("copy", tmp_path / "copy")
    copied = open_index(tmp_path / "copy", HashingEncoder(), create=False)
    assert copied.search(replace(QUERY, page_token=token)).hits == expected
    copied.close()


def test_an_index_of_version_0_1_0_gets_its_secret_when_it_is_needed(own: Index) -> None:
    with own.library.catalog.database.write() as connection:
        connection.execute(text("DELETE FROM meta WHERE key = 'page_secret'"))
    opened = [open_index(own.library.folder, HashingEncoder()) for _ in range(2)]
    token = opened[0].search(QUERY).next_page_token
    assert opened[1].search(replace(QUERY, page_token=token)).hits
    for one in opened:
        one.close()


def test_pages_of_a_snapshot_without_a_secret_are_turned_over(own: Index, tmp_path: Path) -> None:
    with own.library.catalog.database.write() as connection:
        connection.execute(text("DELETE FROM meta WHERE key = 'page_secret'"))
    own.snapshot("copy", tmp_path / "copy")
    copied = open_index(tmp_path / "copy", HashingEncoder(), create=False)
    token = copied.search(QUERY).next_page_token
    assert copied.search(replace(QUERY, page_token=token)).hits
    copied.close()


@pytest.mark.parametrize("k", [2**31, 2**63, 10**15, 10**30])
def test_engines_are_asked_for_no_more_than_there_is(index: Index, k: int) -> None:
    snapshot = index.library.snapshot()
    vector = index.library.encoder.encode_query("otter")
    weights = {field: {"otter": 1.0} for field in LEXICAL_FIELDS}
    assert len(snapshot.vectors.nearest(vector, k, EVERYTHING)) == 45
    assert len(snapshot.vectors.nearest_leads(vector[np.newaxis], k, EVERYTHING)[0]) == 45
    assert snapshot.words.search(weights, k, EVERYTHING).hits
    assert snapshot.words.phrase(["otter"], k, EVERYTHING)
