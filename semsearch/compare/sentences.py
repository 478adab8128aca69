"""Prepare an article for comparison: its sentences with their vectors, words and numbers."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from semsearch.encode.encoder import Vectors
from semsearch.errors import InvalidQueryError
from semsearch.model.article import Article, Field, Passage
from semsearch.model.comparison import Span
from semsearch.text.boilerplate import masked
from semsearch.text.statements import is_whole
from semsearch.text.tokens import FUNCTION_TERMS, terms, words

_MAX_CELLS = 10_000_000  # of a matrix of sentences and words, 4 bytes each
_NUMERAL = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True, slots=True)
class SentenceWords:
    """What of a sentence is compared besides its vector.

    Attributes:
        terms: All words, in order, as the word index holds them (lower case, stemmed).
        content: Those that are not function words.
        numerals: Numbers written in digits, without thousands separators.
    """

    terms: tuple[str, ...]
    content: frozenset[str]
    numerals: frozenset[str]


@dataclass(frozen=True, slots=True)
class TermMatrix:
    """The words of some sentences as a matrix.

    Attributes:
        terms: All terms, sorted: the columns.
        damped: 1 + ln of how often each stands in each sentence, 0 where it does not.
        content: 1 for content terms, else 0.
    """

    terms: tuple[str, ...]
    damped: Vectors
    content: Vectors


@dataclass(frozen=True)
class Sentences:
    """Some sentences of an article, in order.

    Attributes:
        spans: Where they stand.
        vectors: float32 unit vectors, shape ``(len(spans), dimension)``.
        words: Of each sentence.
        table: The same as a matrix.
    """

    article: Article
    spans: tuple[Passage, ...]
    vectors: Vectors
    words: tuple[SentenceWords, ...]
    table: TermMatrix

    def __len__(self) -> int:
        return len(self.spans)

    @cached_property
    def centre(self) -> Vectors:
        """Mean of the vectors, shape ``(dimension,)``; there is at least one sentence."""
        mean: Vectors = self.vectors.mean(0)
        return mean

    @cached_property
    def around(self) -> Vectors:
        """Unit vectors of the three sentences around each, shape ``(len(spans), dimension)``."""
        padded = np.zeros((len(self) + 2, self.vectors.shape[1]), self.vectors.dtype)
        padded[1:-1] = self.vectors
        return unit(padded[:-2] + padded[1:-1] + padded[2:])

    def span(self, sentence: int) -> Span:
        """A sentence as it is cited."""
        where = self.spans[sentence]
        text = self.article.text(where.field)[where.start : where.end]
        return Span(self.article.id, where.field, where.start, where.end, text)


def unit(rows: Vectors) -> Vectors:
    """Rows scaled to length 1."""
    scaled: Vectors = rows / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), 1e-9)
    return scaled


@dataclass(frozen=True, slots=True)
class ComparedText:
    """An article as it is compared.

    Attributes:
        main: What others are compared with: the body, or where none is held title and excerpt.
        teaser: Title and excerpt of an article with a body.
        headline: Vector of the title; None where there is none.
        is_whole: Whether the body is held from its beginning to its end, so that absence can be
            told.
        terms: All words of the article, as the word index holds them; ``headline_terms`` those of
            its headline.
    """

    article: Article
    main: Sentences
    teaser: Sentences
    headline: Vectors | None
    is_whole: bool
    terms: frozenset[str]
    headline_terms: frozenset[str]

    @property
    def is_full(self) -> bool:
        """Whether a body is compared."""
        return bool(self.main.spans) and self.main.spans[0].field is Field.BODY


def prepare(article: Article, spans: Sequence[Passage], vectors: Vectors) -> ComparedText:
    """An article ready to be compared.

    Raises:
        InvalidQueryError: It is too long to be compared.
        ValueError: There is not one vector per sentence.
    """
    if len(spans) != len(vectors):
        raise ValueError(f"{len(spans)} sentences, but {len(vectors)} vectors")
    vectors = np.asarray(vectors, np.float32)

    def part(chosen: Sequence[int]) -> Sentences:
        texts = [article.text(spans[n].field)[spans[n].start : spans[n].end] for n in chosen]
        own = tuple(map(sentence_words, texts))
        return Sentences(
            article=article,
            spans=tuple(spans[n] for n in chosen),
            vectors=vectors[list(chosen)],
            words=own,
            table=_term_matrix(own),
        )

    title = [n for n, span in enumerate(spans) if span.field is Field.TITLE]
    body = [n for n, span in enumerate(spans) if span.field is Field.BODY]
    above = [n for n, span in enumerate(spans) if span.field is not Field.BODY]
    main, teaser = (body, above) if body else (above, [])
    return ComparedText(
        article=article,
        main=part(main),
        teaser=part(teaser),
        headline=vectors[title[0]] if title else None,
        is_whole=bool(body) and is_whole(masked(article.body)),
        terms=terms(f"{article.title}\n{article.excerpt}\n{article.body}"),
        headline_terms=terms(article.headline),
    )


def sentence_words(text: str) -> SentenceWords:
    """What of a sentence is compared besides its vector."""
    every = tuple(word.term for word in words(text))
    return SentenceWords(
        terms=every,
        content=frozenset(every) - FUNCTION_TERMS,
        numerals=frozenset(match[0].replace(",", "") for match in _NUMERAL.finditer(text)),
    )


def _term_matrix(sentences: Sequence[SentenceWords]) -> TermMatrix:
    every = sorted({term for each in sentences for term in each.terms})
    column = {term: number for number, term in enumerate(every)}
    if len(sentences) * len(every) > _MAX_CELLS:
        raise InvalidQueryError(
            f"A text of {len(sentences):,} sentences and {len(every):,} words is too long.",
            "Compare shorter ones.",
        )
    counts = np.zeros((len(sentences), len(every)), np.float32)
    for row, each in enumerate(sentences):
        np.add.at(counts[row], [column[term] for term in each.terms], 1)
    damped = np.where(counts > 0, 1 + np.log(np.maximum(counts, 1)), 0).astype(np.float32)
    content = {term for each in sentences for term in each.content}
    return TermMatrix(
        tuple(every), damped, np.array([term in content for term in every], np.float32)
    )
