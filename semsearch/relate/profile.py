"""Everything about one article that comparing it needs, computed once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from semsearch.model.article import FIELDS, Article, Field, Passage
from semsearch.relate.facts import figures, name_words
from semsearch.text.words import (
    BEGINNING,
    MAX_CHARS,
    Hashes,
    Words,
    shingles,
    title_hashes,
    word_hash,
    words_of,
)

Vectors = NDArray[np.float32]

_MOST_PASSAGES = 16


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """An article as it is compared.

    Attributes:
        article: With its texts.
        words: Of the compared text, with offsets.
        size: Words of the report: the compared text without boilerplate, and without an excerpt
            that stands above a body, which may be the editor's own.
        runs: Its distinct runs of five words, as sorted hashes.
        known: The same with such an excerpt, in which the other text's runs are looked for.
        vocabulary: Its distinct words.
        everywhere: Distinct words and figures of title and text, boilerplate included.
        names: Distinct words of the names in the beginning, by which texts from one mould differ.
        figures: Figures, months and years of the beginning.
        passages: float32 (n, d): unit vectors of the first passages of excerpt and body that are
            no boilerplate.
        title_vector, excerpt_vector, body_vector, lead_vector: Unit vectors of the averages of
            the field's passages. None: not held.
        opening_vector: The same of the lead and the first passage of the report.
        text_vector: The same of all passages of the report.
        seconds: Publication, in seconds since 1970-01-01 UTC; None: unknown.
    """

    article: Article
    words: Words
    size: int
    runs: Hashes
    known: Hashes
    vocabulary: Hashes
    everywhere: Hashes
    names: Hashes
    figures: Hashes
    passages: Vectors
    title_vector: Vectors | None
    excerpt_vector: Vectors | None
    body_vector: Vectors | None
    lead_vector: Vectors | None
    opening_vector: Vectors | None
    text_vector: Vectors | None
    seconds: float | None

    @classmethod
    def of(cls, article: Article, passages: Sequence[Passage], vectors: Vectors) -> "Profile":
        """Profile an article.

        Args:
            article: With its texts.
            passages: As ``ingest.passages.split_article`` cuts it; may be none.
            vectors: float32 (n, d), the unit vector of each passage.
        """
        words = words_of(article)
        report = words.report
        with_excerpt = words.hashes[~words.boilerplate]
        beginning = _beginning(article, words)
        text = _report_passages(words, passages)
        return cls(
            article=article,
            words=words,
            size=len(report),
            runs=shingles(report),
            known=shingles(with_excerpt),
            vocabulary=np.unique(report),
            everywhere=np.union1d(
                np.concatenate([words.hashes, title_hashes(article)]),
                _hashed(figures(_whole(article, words), article.title)),
            ),
            names=_hashed(name_words(beginning, article.title)),
            figures=_hashed(figures(beginning, article.title)),
            passages=vectors[text[:_MOST_PASSAGES]],
            title_vector=_average(vectors, _of(passages, Field.TITLE)),
            excerpt_vector=_average(vectors, _of(passages, Field.EXCERPT)),
            body_vector=_average(vectors, _of(passages, Field.BODY)),
            lead_vector=_average(vectors, _of(passages, Field.LEAD)),
            opening_vector=_average(vectors, [*_of(passages, Field.LEAD), *text[:1]]),
            text_vector=_average(vectors, text),
            seconds=None if article.published is None else article.published.timestamp(),
        )


def _hashed(words: Iterable[str]) -> Hashes:
    return np.array(sorted(map(word_hash, words)), np.uint64)


def _beginning(article: Article, words: Words) -> str:
    """The first words of the report, as they are written."""
    report = np.flatnonzero(words.is_report)[:BEGINNING]
    if not len(report):
        return ""
    pieces = []
    for number in np.unique(words.fields[report]):
        of_field = report[words.fields[report] == number]
        text = article.text(FIELDS[number])
        pieces.append(text[words.starts[of_field[0]] : words.ends[of_field[-1]]])
    return "\n".join(pieces)


def _whole(article: Article, words: Words) -> str:
    """The compared fields, as far as they were looked at."""
    return "\n".join(
        article.text(FIELDS[number])[:MAX_CHARS] for number in sorted(set(words.fields.tolist()))
    )


def _of(passages: Sequence[Passage], field: Field) -> list[int]:
    return [row for row, passage in enumerate(passages) if passage.field is field]


def _report_passages(words: Words, passages: Sequence[Passage]) -> list[int]:
    """The rows of passages of excerpt and body that hold words of the report."""
    rows = []
    fields = (Field.BODY,) if words.excerpt_aside else (Field.EXCERPT, Field.BODY)
    for row, passage in enumerate(passages):
        if passage.field in fields:
            number = FIELDS.index(passage.field)
            inside = (
                (words.fields == number)
                & (words.starts >= passage.start)
                & (words.ends <= passage.end)
            )
            if 2 * np.count_nonzero(inside & words.boilerplate) <= np.count_nonzero(inside):
                rows.append(row)
    return rows


def _average(vectors: Vectors, rows: Sequence[int]) -> Vectors | None:
    if not rows:
        return None
    total = vectors[list(rows)].sum(axis=0, dtype=np.float32)
    length = float(np.linalg.norm(total))
    return total / np.float32(length) if length else None
