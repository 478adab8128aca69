"""An article as filters and word search need it, in numbers that every engine takes.

Texts of attributes become codes of 64 bits: so no engine's quoting, and no limit in bytes or
characters, has a say in a filter.
"""

import hashlib
from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semsearch.model.article import Article, Field
from semsearch.model.filters import (
    AllOf,
    AnyOf,
    Attribute,
    Between,
    Condition,
    Not,
    OneOf,
    attribute_number,
    attribute_texts,
    normal_text,
)
from semsearch.store.backend import LEXICAL_FIELDS
from semsearch.store.catalog.search_schema import OPEN
from semsearch.text.tokens import spellings, words

NOTHING = 0
"""The code of a text that is not known."""

WORD = np.dtype([("term", np.int64), *((field.value, np.uint16) for field in LEXICAL_FIELDS)])
"""A term of an article and how often it stands in each field."""

_MOST = np.iinfo(np.uint16).max
_NUMBERS = range(-OPEN + 1, OPEN)


@dataclass(frozen=True, slots=True)
class Document:
    """One article.

    Attributes:
        attributes: Numbers and codes by the name of their column.
        topics: Codes.
        terms: Index terms by field, with how often they stand there.
        spellings: Words as they are written.
    """

    attributes: dict[str, int]
    topics: tuple[int, ...]
    terms: dict[Field, Counter[str]]
    spellings: frozenset[str]

    def lengths(self) -> NDArray[np.int32]:
        """Words of each field."""
        return np.array([self.terms[field].total() for field in LEXICAL_FIELDS], np.int32)

    def words(self) -> NDArray[Any]:
        """Its terms, each once, as ``WORD``."""
        every = sorted({term for held in self.terms.values() for term in held})
        return np.array(
            [
                (code(term), *(min(self.terms[field][term], _MOST) for field in LEXICAL_FIELDS))
                for term in every
            ],
            WORD,
        )


def document_of(article: Article) -> Document:
    """What search needs of an article."""
    texts = texts_of(article)
    return Document(
        attributes=attributes_of(article),
        topics=topics_of(article),
        terms={field: Counter(word.term for word in words(texts[field])) for field in texts},
        spellings=frozenset(spellings(f"{article.lead}\n{article.body}")),
    )


def texts_of(article: Article) -> dict[Field, str]:
    """What words are searched in."""
    return {
        Field.TITLE: article.title if article.has_own_title else "",
        Field.LEAD: article.lead,
        Field.BODY: article.body,
    }


def attributes_of(article: Article) -> dict[str, int]:
    """Numbers and codes by the name of their column."""
    numbers = {
        attribute.value: _known(attribute_number(article, attribute))
        for attribute in (Attribute.PUBLISHED, Attribute.QUALITY, Attribute.STUB)
    }
    single = {
        "domain": _text_code(Attribute.PROVIDER, article.provider.domain),
        "name": _text_code(Attribute.PROVIDER, article.provider.name),
        "category": _text_code(Attribute.CATEGORY, article.category),
        "type": _text_code(Attribute.TYPE, article.type),
        "language": _text_code(Attribute.LANGUAGE, article.language),
    }
    return numbers | single


def topics_of(article: Article) -> tuple[int, ...]:
    """Codes of the topics."""
    return tuple(code(text) for text in attribute_texts(article, Attribute.TOPIC))


def code(text: str) -> int:
    """A number of 64 bits that stands for a text; never ``NOTHING``."""
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True) or 1


def coded(condition: Condition) -> Condition:
    """A condition with numbers that every engine takes, and texts as decimal codes."""
    match condition:
        case AllOf(conditions):
            return AllOf(tuple(coded(part) for part in conditions))
        case AnyOf(conditions):
            return AnyOf(tuple(coded(part) for part in conditions))
        case Not(inner):
            return Not(coded(inner))
        case OneOf(attribute, values):
            return OneOf(attribute, tuple(str(code(value)) for value in values))
        case Between(attribute, low, high):
            return Between(attribute, _clamped(low), _clamped(high))


def _text_code(attribute: Attribute, text: str) -> int:
    return code(normal_text(attribute, text)) if text.strip() else NOTHING


def _known(number: int | None) -> int:
    return -OPEN if number is None else min(max(number, _NUMBERS.start), _NUMBERS.stop - 1)


def _clamped(bound: int | None) -> int | None:
    return None if bound is None else min(max(bound, _NUMBERS.start), _NUMBERS.stop)
