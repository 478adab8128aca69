"""A segment: some articles as candidate search needs them, written once and never changed.

``articles.npy`` has a column per attribute of articles in order of key, ``passages.npy`` of
passages in order of article, ``topics.npy`` the topics of all articles, ``terms.json`` the texts
behind the codes, ``vectors.faiss`` a vector per passage, ``lengths.npy`` the length of each after
whitening. A filter reads whole columns, so each lies in one piece: the file holds one record, whose
fields are the columns.
"""

import json
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semsearch.model.article import EMBEDDED, Field
from semsearch.model.filters import (
    TEXT_ATTRIBUTES,
    AllOf,
    AnyOf,
    Attribute,
    Between,
    Condition,
    Not,
    OneOf,
    attribute_number,
    normal_text,
)
from semsearch.store.catalog.rows import SegmentRow
from semsearch.store.files import dump_json
from semsearch.store.local.vectors import FaissIndex, write_vectors
from semsearch.store.protocols import UNDATED
from semsearch.store.snapshot import ranges
from semsearch.store.whitening import Whitening

Mask = NDArray[np.bool_]
Columns = Mapping[str, NDArray[Any]]
Rows = slice | NDArray[np.int64]

_UNKNOWN = UNDATED
_NO_LEAD = -1
_BLOCK = 8192  # vectors that are held at once

# Columns by name with the code of their numbers; ``first`` and ``first_topic`` have one more row,
# so that article ``i`` has the passages ``first[i]:first[i + 1]``.
_ARTICLE = {
    "pk": "q",
    "first": "q",
    "first_topic": "q",
    "lead": "q",  # the passage that is its lead
    "published": "q",
    "quality": "q",
    "content": "q",  # equal for equal texts under whatever titles
    "domain": "i",
    "name": "i",
    "category": "i",
    "type": "i",
    "language": "i",
    "stub": "b",
}
_PASSAGE = {"article": "i", "start": "i", "end": "i", "field": "b"}
_LEAD = EMBEDDED.index(Field.LEAD)


@dataclass(frozen=True, slots=True, weakref_slot=True, eq=False)
class Segment:
    """An opened segment."""

    articles: Columns
    passages: Columns
    topics: NDArray[np.int32]
    terms: dict[str, list[str]]
    vectors: FaissIndex
    lengths: NDArray[np.float32]
    _codes: dict[Attribute, dict[str, list[int]]] = field(default_factory=dict, repr=False)
    _counts: dict[str, dict[int, int]] = field(default_factory=dict, repr=False)

    def __len__(self) -> int:
        """How many articles there are, removed ones included."""
        return len(self.articles["pk"])

    def mask(self, condition: Condition) -> Mask:
        """Which rows of ``articles`` satisfy a condition."""
        return self._satisfying(slice(None), len(self), condition)

    def satisfying(self, rows: NDArray[np.int64], condition: Condition) -> Mask:
        """Which of some rows of ``articles`` satisfy a condition; the others are not looked at."""
        return self._satisfying(rows, len(rows), condition)

    def _satisfying(self, rows: Rows, number: int, condition: Condition) -> Mask:
        match condition:
            case AllOf(conditions):
                mask = np.ones(number, np.bool_)
                for part in conditions:
                    mask &= self._satisfying(rows, number, part)
                return mask
            case AnyOf(conditions):
                mask = np.zeros(number, np.bool_)
                for part in conditions:
                    mask |= self._satisfying(rows, number, part)
                return mask
            case Not(inner):
                return ~self._satisfying(rows, number, inner)
            case Between(attribute, low, high):
                return self._between(rows, attribute, low, high)
            case OneOf(attribute, values):
                return self._one_of(rows, attribute, values)

    def rows_of(self, pks: NDArray[np.int64]) -> NDArray[np.int64]:
        """The rows of those keys that are in this segment, in the order of ``pks``."""
        rows = np.searchsorted(self.articles["pk"], pks)
        rows = np.minimum(rows, max(len(self) - 1, 0))
        return rows[self.articles["pk"][rows] == pks] if len(self) else rows[:0]

    def passages_of(self, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The rows of ``passages`` that belong to some articles, and how many to each."""
        first = self.articles["first"]
        counts = first[rows + 1] - first[rows]
        return ranges(first[rows], counts), counts

    def passages_in(self, rows: Mask) -> Mask:
        """Which rows of ``passages`` belong to the chosen articles."""
        return np.repeat(rows, np.diff(self.articles["first"]))

    def outlets(self, gone: NDArray[np.int64]) -> dict[tuple[int, int], int]:
        """How many articles there are by the codes of an outlet's name and domain.

        All are counted once, however often it is asked for: generations share a segment, and few of
        its articles are gone.
        """
        domains = len(self.terms[Attribute.PROVIDER.value]) + 1  # code -1: unknown

        def pairs(rows: Rows) -> NDArray[np.int64]:
            names = self.articles["name"][rows].astype(np.int64)
            return np.asarray((names + 1) * domains + self.articles["domain"][rows] + 1)

        left = self._less("outlets", lambda: pairs(slice(None)), pairs(gone))
        return {(key // domains - 1, key % domains - 1): number for key, number in left.items()}

    def topic_counts(self, gone: NDArray[np.int64]) -> dict[int, int]:
        """How many articles there are by the code of a topic; see ``outlets``."""
        first = self.articles["first_topic"]
        rows = ranges(first[gone], first[gone + 1] - first[gone])
        return self._less("topics", lambda: self.topics, self.topics[rows])

    def _less(
        self, name: str, every: Callable[[], NDArray[Any]], gone: NDArray[Any]
    ) -> dict[int, int]:
        """How often each value stands among some, without those that are gone."""
        if name not in self._counts:
            self._counts[name] = _counted(every())
        left = dict(self._counts[name])
        for value, number in _counted(gone).items():
            left[value] -= number
            if not left[value]:
                del left[value]
        return left

    def _between(self, rows: Rows, attribute: Attribute, low: int | None, high: int | None) -> Mask:
        values = self.articles[attribute.value][rows]
        mask = np.asarray(values != _UNKNOWN)
        if low is not None:
            mask &= values >= low
        if high is not None:
            mask &= values < high
        return mask

    def _one_of(self, rows: Rows, attribute: Attribute, values: tuple[str, ...]) -> Mask:
        known = self._codes_of(attribute)
        codes = [code for value in values for code in known.get(value, ())]
        if attribute is Attribute.PROVIDER:
            domains, names = self.articles["domain"][rows], self.articles["name"][rows]
            return np.isin(domains, codes) | np.isin(names, codes)
        if attribute is not Attribute.TOPIC:
            return np.isin(self.articles[attribute.value][rows], codes)
        if not isinstance(rows, slice):
            first = self.articles["first_topic"]
            counts = first[rows + 1] - first[rows]
            topics = np.isin(self.topics[ranges(first[rows], counts)], codes)
            return (
                np.bincount(np.repeat(np.arange(len(rows)), counts)[topics], minlength=len(rows))
                > 0
            )
        mask = np.zeros(len(self), np.bool_)
        places = np.flatnonzero(np.isin(self.topics, codes))
        mask[np.searchsorted(self.articles["first_topic"], places, side="right") - 1] = True
        return mask

    def _codes_of(self, attribute: Attribute) -> dict[str, list[int]]:
        """The codes of an attribute by their normal text, made when first asked for."""
        if attribute not in self._codes:
            codes: dict[str, list[int]] = {}
            for code, term in enumerate(self.terms[attribute.value]):
                if term.strip():
                    codes.setdefault(normal_text(attribute, term), []).append(code)
            self._codes[attribute] = codes
        return self._codes[attribute]


def write_segment(
    folder: Path, rows: Iterable[SegmentRow], dimension: int, kind: str, whitening: Whitening
) -> int:
    """Write a segment; only its columns are held in memory, not its vectors.

    Args:
        folder: A new folder.
        rows: Articles in ascending order of key.
        dimension: Length of a vector.
        kind: How vectors are indexed; see ``store.local.vectors``.
        whitening: Of the generation that it is written for.

    Returns:
        How many passages it holds.

    Raises:
        OSError, StorageError: The operating system refused.
    """
    folder.mkdir()
    draft = _Draft(whitening)
    passages = write_vectors(folder, draft.vectors(rows), dimension, kind)
    for name, values in (
        ("articles", _record(draft.articles)),
        ("passages", _record(draft.passages)),
        ("topics", np.array(draft.topics, np.int32)),
        ("lengths", np.concatenate([np.empty(0, np.float32), *draft.lengths])),
    ):
        np.save(folder / f"{name}.npy", values, allow_pickle=False)
    terms = {name: terms.texts for name, terms in draft.terms.items()}
    (folder / "terms.json").write_bytes(dump_json(terms))
    return passages


class _Draft:
    """The columns of a segment, filled while its vectors pass by."""

    def __init__(self, whitening: Whitening) -> None:
        self.articles = {name: array(code) for name, code in _ARTICLE.items()}
        self.passages = {name: array(code) for name, code in _PASSAGE.items()}
        self.topics = array("i")
        self.terms = {attribute.value: _Terms() for attribute in sorted(TEXT_ATTRIBUTES)}
        self.lengths: list[NDArray[np.float32]] = []
        self._whitening = whitening

    def vectors(self, rows: Iterable[SegmentRow]) -> Iterator[NDArray[np.float16]]:
        """The vectors of the articles in blocks; what else there is to them is noted."""
        block: list[NDArray[np.float16]] = []
        size = 0
        for row in rows:
            self._note(row)
            block.append(row.vectors)
            size += len(row.vectors)
            if size >= _BLOCK:
                yield self._measured(block)
                block, size = [], 0
        if block:
            yield self._measured(block)
        self.articles["first"].append(len(self.passages["field"]))
        self.articles["first_topic"].append(len(self.topics))

    def _measured(self, block: list[NDArray[np.float16]]) -> NDArray[np.float16]:
        """The vectors of a block, whose lengths after whitening are noted."""
        vectors = np.concatenate(block)
        self.lengths.append(self._whitening.lengths(vectors))
        return vectors

    def _note(self, row: SegmentRow) -> None:
        article, terms = row.article, self.terms
        published = attribute_number(article, Attribute.PUBLISHED)
        first = len(self.passages["field"])
        fields = [EMBEDDED.index(passage.field) for passage in row.passages]
        values = {
            "pk": row.pk,
            "first": first,
            "first_topic": len(self.topics),
            "lead": first + fields.index(_LEAD) if _LEAD in fields else _NO_LEAD,
            "published": _UNKNOWN if published is None else published,
            "quality": _UNKNOWN if article.quality is None else article.quality,
            "content": row.content,
            "domain": terms["provider"].code(article.provider.domain),
            "name": terms["provider"].code(article.provider.name),
            "category": terms["category"].code(article.category),
            "type": terms["type"].code(article.type),
            "language": terms["language"].code(article.language),
            "stub": article.stub,
        }
        number = len(self.articles["pk"])
        for name, value in values.items():
            self.articles[name].append(value)
        self.topics.extend(terms["topic"].code(name) for name in article.topics)
        self.passages["article"].extend([number] * len(fields))
        self.passages["start"].extend(passage.start for passage in row.passages)
        self.passages["end"].extend(passage.end for passage in row.passages)
        self.passages["field"].extend(fields)


def open_segment(folder: Path) -> Segment:
    """Open a segment; arrays and vectors are memory-mapped.

    Raises:
        OSError, ValueError, KeyError: A file is missing or damaged.
        DamagedIndexError: The vectors are.
    """
    return Segment(
        articles=_columns(folder / "articles.npy"),
        passages=_columns(folder / "passages.npy"),
        topics=_mapped(folder / "topics.npy"),
        terms=json.loads((folder / "terms.json").read_text("utf-8")),
        vectors=FaissIndex(folder),
        lengths=_mapped(folder / "lengths.npy"),
    )


def _counted(values: NDArray[Any]) -> dict[int, int]:
    unique, numbers = np.unique(values, return_counts=True)
    return dict(zip(unique.tolist(), numbers.tolist(), strict=True))


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


def _record(columns: Mapping[str, Any]) -> NDArray[Any]:
    """One record, shape (1,), whose fields are the columns."""
    arrays = {name: np.asarray(column) for name, column in columns.items()}
    kinds = [(name, column.dtype, (len(column),)) for name, column in arrays.items()]
    record = np.empty(1, np.dtype(kinds))
    for name, column in arrays.items():
        record[name] = column
    return record


def _mapped(path: Path) -> NDArray[Any]:
    # A plain view: indexing an np.memmap costs ten times as much.
    values: NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False).view(np.ndarray)
    return values


def _columns(path: Path) -> Columns:
    record = _mapped(path)
    if record.shape != (1,) or record.dtype.names is None:
        raise ValueError(f"{path.name} holds no columns")
    return {name: record[name][0] for name in record.dtype.names}
