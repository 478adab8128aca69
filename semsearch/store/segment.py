"""A segment: some articles as candidate search needs them, written once and never changed.

``articles.npy`` has a row per article in order of key, ``passages.npy`` a row per passage in
order of article, ``topics.npy`` the topics of all articles, ``terms.json`` the texts behind the
codes, ``vectors.faiss`` a vector per passage, ``lengths.npy`` the length of each after whitening.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semsearch.articles.article import EMBEDDED
from semsearch.articles.filters import (
    TEXT_ATTRIBUTES,
    AllOf,
    AnyOf,
    Attribute,
    Between,
    Condition,
    Not,
    OneOf,
    normal_text,
)
from semsearch.store.backend import UNDATED
from semsearch.store.files import dump_json, make_folder, sync_file, sync_folder, write_durably
from semsearch.store.geometry import Geometry
from semsearch.store.rows import SegmentRow, published_seconds
from semsearch.store.vectors import VectorIndex, write_vectors

Mask = NDArray[np.bool_]

_UNKNOWN = UNDATED
ARTICLE = np.dtype(
    [
        ("pk", np.int64),
        ("first", np.int64),  # its first passage; the next row's is where they end
        ("first_topic", np.int64),
        ("published", np.int64),
        ("quality", np.int64),
        ("content", np.int64),  # equal for equal texts under whatever titles
        ("stub", np.bool_),
        ("domain", np.int32),
        ("name", np.int32),
        ("category", np.int32),
        ("type", np.int32),
        ("language", np.int32),
    ]
)
PASSAGE = np.dtype(
    [("article", np.int32), ("field", np.int8), ("start", np.int32), ("end", np.int32)]
)


@dataclass(frozen=True, slots=True, weakref_slot=True, eq=False)
class Segment:
    """An opened segment."""

    articles: NDArray[Any]
    passages: NDArray[Any]
    topics: NDArray[np.int32]
    terms: dict[str, list[str]]
    vectors: VectorIndex
    lengths: NDArray[np.float32]

    def mask(self, condition: Condition) -> Mask:
        """Which rows of ``articles`` satisfy a condition."""
        match condition:
            case AllOf(conditions):
                mask = np.ones(len(self.articles), np.bool_)
                for part in conditions:
                    mask &= self.mask(part)
                return mask
            case AnyOf(conditions):
                mask = np.zeros(len(self.articles), np.bool_)
                for part in conditions:
                    mask |= self.mask(part)
                return mask
            case Not(inner):
                return ~self.mask(inner)
            case Between(attribute, low, high):
                return self._between(attribute, low, high)
            case OneOf(attribute, values):
                return self._one_of(attribute, values)

    def rows_of(self, pks: NDArray[np.int64]) -> NDArray[np.int64]:
        """The rows of those keys that are in this segment, in the order of ``pks``."""
        rows = np.searchsorted(self.articles["pk"], pks)
        rows = np.minimum(rows, max(len(self.articles) - 1, 0))
        return rows[self.articles["pk"][rows] == pks] if len(self.articles) else rows[:0]

    def passage_span(self, row: int) -> tuple[int, int]:
        """The rows of ``passages`` that belong to an article."""
        start = int(self.articles["first"][row])
        if row + 1 < len(self.articles):
            return start, int(self.articles["first"][row + 1])
        return start, len(self.passages)

    def _between(self, attribute: Attribute, low: int | None, high: int | None) -> Mask:
        values = self.articles[attribute.value]
        if attribute is Attribute.STUB:
            values = values.astype(np.int64)
        mask = np.asarray(values != _UNKNOWN)
        if low is not None:
            mask &= values >= low
        if high is not None:
            mask &= values < high
        return mask

    def _one_of(self, attribute: Attribute, values: tuple[str, ...]) -> Mask:
        terms = self.terms[attribute.value]
        codes = [
            code
            for code, term in enumerate(terms)
            if term.strip() and normal_text(attribute, term) in values
        ]
        if attribute is Attribute.PROVIDER:
            return np.isin(self.articles["domain"], codes) | np.isin(self.articles["name"], codes)
        if attribute is not Attribute.TOPIC:
            return np.isin(self.articles[attribute.value], codes)
        mask = np.zeros(len(self.articles), np.bool_)
        places = np.flatnonzero(np.isin(self.topics, codes))
        mask[np.searchsorted(self.articles["first_topic"], places, side="right") - 1] = True
        return mask


def write_segment(
    folder: Path, rows: Iterable[SegmentRow], dimension: int, kind: str, geometry: Geometry
) -> None:
    """Write a segment durably.

    Args:
        folder: A new folder.
        rows: Articles in ascending order of key.
        dimension: Length of a vector.
        kind: How vectors are indexed; see ``store.vectors``.
        geometry: Of the generation that it is written for.

    Raises:
        StorageError: The operating system refused.
    """
    make_folder(folder)
    terms = {attribute.value: _Terms() for attribute in sorted(TEXT_ATTRIBUTES)}
    articles: list[tuple[Any, ...]] = []
    passages: list[tuple[int, int, int, int]] = []
    topics: list[int] = []
    vectors: list[NDArray[np.float16]] = []
    for row in rows:
        article = row.article
        seconds = published_seconds(article)
        articles.append(
            (
                row.pk,
                len(passages),
                len(topics),
                _UNKNOWN if seconds is None else seconds,
                _UNKNOWN if article.quality is None else article.quality,
                row.content,
                article.stub,
                terms["provider"].code(article.provider.domain),
                terms["provider"].code(article.provider.name),
                terms["category"].code(article.category),
                terms["type"].code(article.type),
                terms["language"].code(article.language),
            )
        )
        topics += [terms["topic"].code(name) for name in article.topics]
        passages += [
            (len(articles) - 1, EMBEDDED.index(passage.field), passage.start, passage.end)
            for passage in row.passages
        ]
        vectors.append(row.vectors)
    matrix = np.concatenate(vectors) if vectors else np.empty((0, dimension), np.float16)
    _save(folder / "articles.npy", np.array(articles, ARTICLE))
    _save(folder / "passages.npy", np.array(passages, PASSAGE))
    _save(folder / "topics.npy", np.array(topics, np.int32))
    write_durably(
        folder / "terms.json", dump_json({name: held.texts for name, held in terms.items()})
    )
    _save(folder / "lengths.npy", geometry.lengths(matrix))
    write_vectors(folder / "vectors.faiss", matrix, dimension, kind)
    sync_file(folder / "vectors.faiss")
    sync_folder(folder)


def open_segment(folder: Path) -> Segment:
    """Open a segment; arrays are memory-mapped.

    Raises:
        OSError, ValueError: A file is missing or damaged.
    """
    return Segment(
        articles=_mapped(folder / "articles.npy"),
        passages=_mapped(folder / "passages.npy"),
        topics=_mapped(folder / "topics.npy"),
        terms=json.loads((folder / "terms.json").read_text("utf-8")),
        vectors=VectorIndex(folder / "vectors.faiss"),
        lengths=_mapped(folder / "lengths.npy"),
    )


class _Terms:
    """Texts by code, in order of first use; the empty text, for unknown, has code -1."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._codes: dict[str, int] = {"": -1}

    def code(self, text: str) -> int:
        if text not in self._codes:
            self._codes[text] = len(self.texts)
            self.texts.append(text)
        return self._codes[text]


def _save(path: Path, array: NDArray[Any]) -> None:
    np.save(path, array, allow_pickle=False)
    sync_file(path)


def _mapped(path: Path) -> NDArray[Any]:
    # A plain view: indexing an np.memmap costs ten times as much.
    array: NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False).view(np.ndarray)
    return array
