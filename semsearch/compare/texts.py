"""An article as it is compared: its sentences, their vectors, words, numbers and names."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from semsearch.encode.encoder import Vectors
from semsearch.library.library import Library
from semsearch.library.sentence_vectors import encoded_sentences, sentence_texts
from semsearch.model.article import Article, Field, Passage
from semsearch.model.comparison import Span
from semsearch.store.catalog.sentences import text_hash
from semsearch.text.language import with_language
from semsearch.text.sentences import article_sentences
from semsearch.text.tokens import FUNCTION_TERMS, words

_NUMERAL = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True, slots=True)
class Words:
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
class WordTable:
    """The words of some sentences as a matrix.

    Attributes:
        terms: All terms, sorted: the columns.
        damped: 1 + ln of how often each stands in each sentence, 0 where it does not.
        content: 1 for content terms, else 0.
    """

    terms: tuple[str, ...]
    damped: Vectors
    content: Vectors


@dataclass(frozen=True, slots=True)
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
    words: tuple[Words, ...]
    table: WordTable

    def __len__(self) -> int:
        return len(self.spans)

    def span(self, place: int) -> Span:
        """A sentence as it is cited."""
        where = self.spans[place]
        text = self.article.text(where.field)[where.start : where.end]
        return Span(self.article.id, where.field, where.start, where.end, text)


@dataclass(frozen=True, slots=True)
class Text:
    """An article as it is compared.

    Attributes:
        main: What others are compared with: the body, or where none is held title and excerpt.
        teaser: Title and excerpt of an article with a body.
        headline: Vector of the title; None where there is none.
    """

    article: Article
    main: Sentences
    teaser: Sentences
    headline: Vectors | None

    @property
    def is_full(self) -> bool:
        """Whether a body is compared, so that absence can be told."""
        return bool(self.main.spans) and self.main.spans[0].field is Field.BODY


def prepare(article: Article, spans: Sequence[Passage], vectors: Vectors) -> Text:
    """An article ready to be compared.

    Args:
        article: As it is held.
        spans: What ``split`` gave for it.
        vectors: One row per span.

    Raises:
        ValueError: There is not one vector per sentence.
    """
    if len(spans) != len(vectors):
        raise ValueError(f"{len(spans)} sentences, but {len(vectors)} vectors")
    texts = [article.text(span.field)[span.start : span.end] for span in spans]
    words_ = [words_of(text) for text in texts]
    vectors = np.asarray(vectors, np.float32)

    def part(places: Sequence[int]) -> Sentences:
        own = tuple(words_[place] for place in places)
        return Sentences(
            article=article,
            spans=tuple(spans[place] for place in places),
            vectors=vectors[list(places)],
            words=own,
            table=_table(own),
        )

    title = [place for place, span in enumerate(spans) if span.field is Field.TITLE]
    body = [place for place, span in enumerate(spans) if span.field is Field.BODY]
    above = [place for place, span in enumerate(spans) if span.field is not Field.BODY]
    main, teaser = (body, above) if body else (above, [])
    return Text(article, part(main), part(teaser), vectors[title[0]] if title else None)


def _table(held: Sequence[Words]) -> WordTable:
    terms = sorted({term for words_ in held for term in words_.terms})
    column = {term: place for place, term in enumerate(terms)}
    counts = np.zeros((len(held), len(terms)), np.float32)
    for row, words_ in enumerate(held):
        np.add.at(counts[row], [column[term] for term in words_.terms], 1)
    damped = np.where(counts > 0, 1 + np.log(np.maximum(counts, 1)), 0).astype(np.float32)
    content = {term for words_ in held for term in words_.content}
    return WordTable(
        tuple(terms), damped, np.array([term in content for term in terms], np.float32)
    )


def words_of(text: str) -> Words:
    """What of a sentence is compared besides its vector."""
    terms = tuple(word.term for word in words(text))
    return Words(
        terms=terms,
        content=frozenset(terms) - FUNCTION_TERMS,
        numerals=frozenset(found[0].replace(",", "") for found in _NUMERAL.finditer(text)),
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
    cut = [(article, spans) for article in rest if (spans := article_sentences(article))]
    encoded = encoded_sentences(
        library, {text_hash(text): text for one in cut for text in sentence_texts(one)}
    )
    for article, spans in cut:
        rows = [encoded[text_hash(text)] for text in sentence_texts((article, spans))]
        ready.append(prepare(article, spans, np.array(rows, np.float32)))
    return ready
