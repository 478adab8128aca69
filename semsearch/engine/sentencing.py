"""Sentences of articles with their vectors: kept for stories, made on the spot for others.

Vectors are rounded to half precision either way, so that a comparison does not depend on which.
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from semsearch.articles.article import Article, Passage
from semsearch.engine.library import Library
from semsearch.framing.texts import Text, prepare, split
from semsearch.ingest.language import with_language
from semsearch.store.rows import Half, StoredPassage
from semsearch.store.sentences import text_hash

_AT_ONCE = 64

Cut = tuple[Article, tuple[Passage, ...]]


def keep_sentences(library: Library, pks: Iterable[int]) -> None:
    """Keep the sentences of some versions that have none yet; for the writer of an index only.

    Only texts without a vector are encoded. Each batch is durable by itself.

    Raises:
        ModelUnavailableError, ModelMismatchError: Something must be encoded and cannot be.
    """
    lacking = library.sentences.lacking(pks)
    for start in range(0, len(lacking), _AT_ONCE):
        held = library.catalog.by_pk(lacking[start : start + _AT_ONCE])
        cut = {pk: (article, split(article)) for pk, article in held.items()}
        texts = {text_hash(text): text for one in cut.values() for text in _texts(one)}
        known = library.catalog.held_vectors(texts)
        library.sentences.keep(
            {
                pk: [
                    StoredPassage(span, text_hash(text))
                    for span, text in zip(one[1], _texts(one), strict=True)
                ]
                for pk, one in cut.items()
            },
            _encoded(library, {key: text for key, text in texts.items() if key not in known}),
        )


def texts_of(
    library: Library, held: Mapping[int, Article], given: Sequence[Article] = ()
) -> list[Text]:
    """Articles ready to be compared, without those that hold no sentence.

    Args:
        library: The index.
        held: Versions of the index by key, with their texts; those with kept sentences are not
            encoded.
        given: Articles that need not be there.
    """
    kept = library.sentences.of(held)
    ready = [
        prepare(held[pk], spans, vectors.astype(np.float32))
        for pk, (spans, vectors) in kept.items()
    ]
    rest = [*(article for pk, article in held.items() if pk not in kept)]
    rest += [with_language(article) for article in given]
    cut = [(article, spans) for article in rest if (spans := split(article))]
    encoded = _encoded(library, {text_hash(text): text for one in cut for text in _texts(one)})
    for article, spans in cut:
        rows = [encoded[text_hash(text)] for text in _texts((article, spans))]
        ready.append(prepare(article, spans, np.array(rows, np.float32)))
    return ready


def _texts(cut: Cut) -> list[str]:
    article, spans = cut
    return [article.text(span.field)[span.start : span.end] for span in spans]


def _encoded(library: Library, texts: Mapping[bytes, str]) -> dict[bytes, Half]:
    """Vectors of texts in half precision; the encoder is loaded only where there are any."""
    if not texts:
        return {}
    matrix = library.encode(list(texts.values())).astype(np.float16)
    return dict(zip(texts, matrix, strict=True))
