"""Writing to a catalog without the engine."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from semsearch.encode.encoder import Encoder
from semsearch.ingest.identity import content_hash
from semsearch.model.article import Article
from semsearch.store.catalog.catalog import Catalog, WriteBatch
from semsearch.store.catalog.rows import FileState, NewArticle, StoredPassage
from semsearch.text.passages import PassageText, split_article


def text_hash(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


def pieces_of(article: Article, encoder: Encoder) -> list[PassageText]:
    return split_article(article, encoder.count_tokens, encoder.passage_budget, 1)


def new_article(article: Article, encoder: Encoder, source: str | None = None) -> NewArticle:
    passages = tuple(
        StoredPassage(piece.passage, text_hash(piece.text)) for piece in pieces_of(article, encoder)
    )
    return NewArticle(article, content_hash(article), source, passages)


def write(
    catalog: Catalog,
    encoder: Encoder,
    articles: Iterable[Article] = (),
    *,
    source: str | None = None,
    delete: Sequence[str] = (),
    block_mentions: bool = False,
    files: Sequence[FileState] = (),
) -> int:
    """Write articles with the vectors that the catalog lacks."""
    given = list(articles)
    texts = {
        text_hash(piece.text): piece.text
        for article in given
        for piece in pieces_of(article, encoder)
    }
    held = catalog.stored_vectors(texts)
    missing = {key: text for key, text in texts.items() if key not in held}
    matrix = encoder.encode_documents(list(missing.values())).astype(np.float16)
    return catalog.write(
        WriteBatch(
            articles=[new_article(article, encoder, source) for article in given],
            vectors=dict(zip(missing, matrix, strict=True)),
            delete=delete,
            block_mentions=block_mentions,
            files=files,
        )
    )


def settings_of(encoder: Encoder) -> dict[str, Any]:
    """What a manifest keeps of an encoder."""
    return {
        **asdict(encoder.spec),
        "passage_tokens": encoder.passage_budget,
        "passage_overlap": 1,
    }


def current_pks(catalog: Catalog, ids: Iterable[str]) -> dict[str, int]:
    """The key of the current version of each id."""
    return {identity: known.pk for identity, known in catalog.known(ids).items()}
