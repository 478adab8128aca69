"""Sentences of articles with their vectors: kept for stories, made on the spot for others.

Vectors are rounded to half precision either way, so that a comparison does not depend on which.
"""

from collections.abc import Iterable, Mapping

import numpy as np

from semsearch.library import Library
from semsearch.model.article import Article, Passage
from semsearch.store.catalog.rows import Float16Array, StoredPassage, text_hash
from semsearch.text.sentences import article_sentences

_AT_ONCE = 64

Cut = tuple[Article, tuple[Passage, ...]]


def keep_sentences(library: Library, pks: Iterable[int]) -> None:
    """Keep the sentences of some versions that have none yet; for the writer of an index only.

    Only texts without a vector are encoded. Each batch is durable by itself.

    Raises:
        ModelUnavailableError, ModelMismatchError: Something must be encoded and cannot be.
    """
    lacking = library.catalog.lacking_sentences(pks)
    for start in range(0, len(lacking), _AT_ONCE):
        held = library.catalog.by_pk(lacking[start : start + _AT_ONCE])
        cut = {pk: (article, article_sentences(article)) for pk, article in held.items()}
        texts = {text_hash(text): text for one in cut.values() for text in sentence_texts(one)}
        known = library.catalog.stored_vectors(texts)
        library.catalog.write_sentences(
            {
                pk: [
                    StoredPassage(span, text_hash(text))
                    for span, text in zip(one[1], sentence_texts(one), strict=True)
                ]
                for pk, one in cut.items()
            },
            encoded_sentences(
                library, {key: text for key, text in texts.items() if key not in known}
            ),
        )


def sentence_texts(cut: Cut) -> list[str]:
    """The text of each sentence of an article."""
    article, spans = cut
    return [article.text(span.field)[span.start : span.end] for span in spans]


def encoded_sentences(library: Library, texts: Mapping[bytes, str]) -> dict[bytes, Float16Array]:
    """Vectors of texts in half precision; the encoder is loaded only where there are any."""
    if not texts:
        return {}
    matrix = library.encode(list(texts.values())).astype(np.float16)
    return dict(zip(texts, matrix, strict=True))
