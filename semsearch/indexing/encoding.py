"""Split articles into passages, and encode those passages whose text has no vector yet."""

import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass

import numpy as np

from semsearch.deadline import stage
from semsearch.indexing.diff import Changed
from semsearch.library import Library
from semsearch.store.catalog.rows import Float16Array, NewArticle, StoredPassage, text_hash

_PART_CHARS = 50_000  # enough for the encoder to have passages of like length


@dataclass(frozen=True, slots=True)
class Encoded:
    """Articles with their passages, ready to be written.

    Attributes:
        articles: In the order in which they were given.
        vectors: Of the texts that had none, by their hash.
        passages: How many passages the articles have.
        encoded: How many of their texts had no vector.
        tokens: Word pieces of the texts that were encoded.
        seconds: What encoding them took.
    """

    articles: tuple[NewArticle, ...]
    vectors: dict[bytes, Float16Array]
    passages: int
    encoded: int
    tokens: int
    seconds: float


def split_and_encode(
    library: Library, changed: Sequence[Changed], *, dry_run: bool = False
) -> Encoded:
    """Passages of articles, and vectors of those texts that have none yet, each text once.

    A part of the articles is encoded while the next is being split.
    """
    articles: list[NewArticle] = []
    known: set[bytes] = set()
    encoded = 0
    results = []
    with ThreadPoolExecutor(1) as encoder:
        for part in _parts(changed):
            texts: dict[bytes, str] = {}
            for change in part:
                passages = library.split(change.article)
                hashes = [text_hash(passage.text) for passage in passages]
                texts |= zip(hashes, (passage.text for passage in passages), strict=True)
                stored = map(StoredPassage, (one.passage for one in passages), hashes)
                articles.append(
                    NewArticle(change.article, change.content_hash, change.source, tuple(stored))
                )
            known |= library.catalog.stored_vectors(texts.keys() - known)
            missing = {digest: text for digest, text in texts.items() if digest not in known}
            known |= missing.keys()
            encoded += len(missing)
            if missing and not dry_run:
                results.append(encoder.submit(copy_context().run, _encode, library, missing))
    vectors: dict[bytes, Float16Array] = {}
    tokens, seconds = 0, 0.0
    for result in results:
        rows, counted, spent = result.result()
        vectors |= rows
        tokens += counted
        seconds += spent
    total = sum(len(article.passages) for article in articles)
    return Encoded(tuple(articles), vectors, total, encoded, tokens, seconds)


def _encode(
    library: Library, texts: Mapping[bytes, str]
) -> tuple[dict[bytes, Float16Array], int, float]:
    """Vectors by the hashes of their texts, how many word pieces, how many seconds."""
    encoder, passages = library.encoder, list(texts.values())
    started = time.perf_counter()
    with stage("encode"):
        matrix = encoder.encode_documents(passages).astype(np.float16)
    seconds = time.perf_counter() - started
    return dict(zip(texts, matrix, strict=True)), sum(encoder.count_tokens(passages)), seconds


def _parts(changed: Sequence[Changed]) -> Iterator[list[Changed]]:
    """Articles in their order, some that are encoded together at a time."""
    part: list[Changed] = []
    chars = 0
    for change in changed:
        part.append(change)
        article = change.article
        chars += len(article.body) + len(article.excerpt) + len(article.title)
        if chars >= _PART_CHARS:
            yield part
            part, chars = [], 0
    if part:
        yield part
