"""What a row of Milvus holds: a passage of an article, or its words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

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

_ROWS_AT_ONCE = 2_000  # of one write: servers take messages of 64 MB
_BYTES_AT_ONCE = 16 * 2**20  # of vectors or terms


@dataclass(frozen=True, slots=True)
class Row:
    """A passage as Milvus holds it.

    Attributes:
        id: Of the passage.
        numbers: As ``NUMBERS`` names them.
        topics: Codes.
        vector: Unit vector, float32.
    """

    id: int
    numbers: Mapping[str, int]
    topics: Sequence[int]
    vector: NDArray[np.float32]

    def values(self) -> dict[str, Any]:
        """By the name of their field."""
        return {"id": self.id, **self.numbers, "topics": list(self.topics), "vector": self.vector}


@dataclass(frozen=True, slots=True)
class WordRow:
    """Terms of an article as Milvus holds them; its ``field`` is their place among all of it.

    Attributes:
        terms: Separated by blanks, at most ``TEXT_BYTES``.
    """

    id: int
    numbers: Mapping[str, int]
    topics: Sequence[int]
    terms: str

    def values(self) -> dict[str, Any]:
        """By the name of their field."""
        return {"id": self.id, **self.numbers, "topics": list(self.topics), "terms": self.terms}


def messages(rows: Sequence[Row | WordRow]) -> Iterator[list[dict[str, Any]]]:
    """Rows as many as one message takes, and at least one."""
    part: list[dict[str, Any]] = []
    size = 0
    for row in rows:
        own = len(row.terms) if isinstance(row, WordRow) else row.vector.nbytes
        if part and (len(part) == _ROWS_AT_ONCE or size + own > _BYTES_AT_ONCE):
            yield part
            part, size = [], 0
        part.append(row.values())
        size += own
    if part:
        yield part
