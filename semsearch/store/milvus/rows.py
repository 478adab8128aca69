"""Rows of Milvus: the passages of an article, and its words.

Words lie in a collection of their own beside that of the passages. A row holds index terms as
short codes, each as often as it stands in the article, as many as a text of Milvus may have; the
articles are few that need a second row.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semsearch.model.article import EMBEDDED, Article
from semsearch.store.catalog.rows import SegmentRow
from semsearch.store.milvus.documents import attributes_of, document_of, term_codes, topics_of

NUMBERS = (
    "article",
    "added",
    "ended",
    "field",
    "published",
    "quality",
    "stub",
    "domain",
    "name",
    "category",
    "type",
    "language",
)

MAX_TOPICS = 4_096
"""Topics of an article at most."""

TEXT_BYTES = 65_535
"""Bytes that a text of Milvus has at most."""

ROWS_PER_ARTICLE = 2**20
"""Rows of one article at most, whose ids follow each other."""

_BATCH_ROWS = 2_000  # of one write: servers take messages of 64 MB
_BATCH_BYTES = 16 * 2**20  # of vectors or terms


def words_collection(collection: str) -> str:
    """The collection of words beside one of passages."""
    return f"{collection}w"


@dataclass(frozen=True, slots=True)
class MilvusRow:
    """A passage, or terms of an article, as Milvus holds it.

    Attributes:
        numbers: As ``NUMBERS`` names them; ``field`` of terms is their place among all of it.
        topics: Codes.
        content: A passage's unit vector, float32; or terms separated by blanks, at most
            ``TEXT_BYTES``.
    """

    id: int
    numbers: Mapping[str, int]
    topics: Sequence[int]
    content: NDArray[np.float32] | str

    def values(self) -> dict[str, Any]:
        """By the name of their field."""
        name = "terms" if isinstance(self.content, str) else "vector"
        return {"id": self.id, **self.numbers, "topics": list(self.topics), name: self.content}

    @property
    def size(self) -> int:
        """About how many bytes it takes in a message."""
        return len(self.content) if isinstance(self.content, str) else self.content.nbytes


def passage_rows(row: SegmentRow, added: int, ended: int) -> list[MilvusRow]:
    """The passages of an article."""
    shared = {**attributes_of(row.article), "article": row.pk, "added": added, "ended": ended}
    topics = topics_of(row.article)
    return [
        MilvusRow(
            id=row.pk * ROWS_PER_ARTICLE + position,
            numbers={**shared, "field": EMBEDDED.index(passage.field)},
            topics=topics,
            content=vector.astype(np.float32),
        )
        for position, (passage, vector) in enumerate(zip(row.passages, row.vectors, strict=True))
    ]


def word_rows(pk: int, article: Article, added: int, ended: int) -> list[MilvusRow]:
    """The words of an article: no row where it holds none."""
    shared = {**attributes_of(article), "article": pk, "added": added, "ended": ended}
    topics = topics_of(article)
    return [
        MilvusRow(pk * ROWS_PER_ARTICLE + part, {**shared, "field": part}, topics, terms)
        for part, terms in enumerate(_texts(article))
    ]


def _texts(article: Article) -> Iterator[str]:
    """The codes of the terms, the most frequent ones first, in texts that Milvus takes."""
    counts = sum(document_of(article).terms.values(), start=Counter[str]()).most_common()
    codes = term_codes(term for term, _ in counts)
    text: list[str] = []
    size = 0
    for code, (_, times) in zip(codes, counts, strict=True):
        for term in repeat(code, times):
            if size + len(term) + 1 > TEXT_BYTES:
                yield " ".join(text)
                text, size = [], 0
            text.append(term)
            size += len(term) + 1
    if text:
        yield " ".join(text)


def batches(rows: Sequence[MilvusRow]) -> Iterator[list[dict[str, Any]]]:
    """Rows as many as one message takes, and at least one."""
    batch: list[dict[str, Any]] = []
    size = 0
    for row in rows:
        if batch and (len(batch) == _BATCH_ROWS or size + row.size > _BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(row.values())
        size += row.size
    if batch:
        yield batch
