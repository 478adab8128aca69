"""Articles and filters as search beside the catalog needs them: numbers that every engine takes.

Texts of attributes become codes of 64 bits: so no engine's quoting, and no limit in bytes or
characters, has a say in a filter. A filter is said in two ways: in SQL over the table
``documents``, and as an expression of Milvus. Both say, too, whether a generation sees a row.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, and_, exists, false, not_, or_, true

from semsearch.model.article import Article, Field
from semsearch.model.filters import (
    EVERYTHING,
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
from semsearch.store.catalog.search_schema import OPEN, Counted, document_topics, documents
from semsearch.store.protocols import LEXICAL_FIELDS
from semsearch.text.tokens import indexed_terms, spellings

NOTHING = 0
"""The code of a text that is not known."""

WORD = np.dtype([("term", np.int64), *((field.value, np.uint16) for field in LEXICAL_FIELDS)])
"""A term of an article and how often it stands in each field."""

_DIGITS = 8
FREQUENCIES = {Field.TITLE: Counted.TITLE, Field.LEAD: Counted.LEAD, Field.BODY: Counted.BODY}
"""What ``statistics`` counts of a field: the articles in which a term stands there."""

_NEVER = f"added > {OPEN}"
_ALWAYS = f"added < {OPEN}"
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
        every = sorted({term for counts in self.terms.values() for term in counts})
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
        terms={field: Counter(indexed_terms(texts[field])) for field in texts},
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


def _text_code(attribute: Attribute, text: str) -> int:
    return code(normal_text(attribute, text)) if text.strip() else NOTHING


def _known(number: int | None) -> int:
    return -OPEN if number is None else min(max(number, _NUMBERS.start), _NUMBERS.stop - 1)


def term_codes(terms: Iterable[str]) -> Iterator[str]:
    """For each a letter, so that none is taken for a number, and hexadecimal digits.

    They are what engines search by words: no term is ever taken for syntax.
    """
    for term in terms:
        yield f"t{code(term) % 16**_DIGITS:0{_DIGITS}x}"


def seen_in_sql(sequence: int, condition: Condition = EVERYTHING) -> ColumnElement[bool]:
    """Whether a row of ``documents`` is seen and satisfies a condition; never NULL."""
    seen = (documents.c.added_seq <= sequence) & (documents.c.ended_seq > sequence)
    return seen if condition == EVERYTHING else seen & _in_sql(condition)


def seen_in_milvus(sequence: int, condition: Condition = EVERYTHING) -> str:
    """A boolean expression of Milvus over the fields of a row."""
    return f"added <= {sequence} and ended > {sequence} and ({_in_milvus(condition)})"


def _in_sql(condition: Condition) -> ColumnElement[bool]:
    match condition:
        case AllOf(conditions):
            return and_(true(), *(_in_sql(part) for part in conditions))
        case AnyOf(conditions):
            return or_(false(), *(_in_sql(part) for part in conditions))
        case Not(inner):
            return not_(_in_sql(inner))
        case Between(attribute, low, high):
            value = documents.c[attribute.value]
            bounds = [value != -OPEN]
            if low is not None:
                bounds.append(value >= _clamped(low))
            if high is not None:
                bounds.append(value < _clamped(high))
            return and_(*bounds)
        case OneOf(attribute, values):
            codes = [code(value) for value in values]
            if attribute is Attribute.TOPIC:
                return exists().where(
                    document_topics.c.article_pk == documents.c.article_pk,
                    document_topics.c.code.in_(codes),
                )
            return or_(*(documents.c[name].in_(codes) for name in _columns(attribute)))


def _in_milvus(condition: Condition) -> str:
    match condition:
        case AllOf(conditions):
            return _joined(" and ", [_in_milvus(part) for part in conditions]) or _ALWAYS
        case AnyOf(conditions):
            return _joined(" or ", [_in_milvus(part) for part in conditions]) or _NEVER
        case Not(inner):
            return f"not ({_in_milvus(inner)})"
        case Between(attribute, low, high):
            name = attribute.value
            bounds = [f"{name} != {-OPEN}"]
            if low is not None:
                bounds.append(f"{name} >= {_clamped(low)}")
            if high is not None:
                bounds.append(f"{name} < {_clamped(high)}")
            return _joined(" and ", bounds)
        case OneOf(attribute, values):
            if not values:
                return _NEVER
            codes = ", ".join(str(code(value)) for value in values)
            if attribute is Attribute.TOPIC:
                return f"array_contains_any(topics, [{codes}])"
            return _joined(" or ", [f"{name} in [{codes}]" for name in _columns(attribute)])


def _columns(attribute: Attribute) -> tuple[str, ...]:
    """A provider is named by its domain or by its name."""
    return ("domain", "name") if attribute is Attribute.PROVIDER else (attribute.value,)


def _joined(word: str, parts: list[str]) -> str:
    return word.join(f"({part})" for part in parts)


def _clamped(bound: int) -> int:
    """A bound of a filter as every engine takes it; no known number lies beyond."""
    return min(max(bound, _NUMBERS.start), _NUMBERS.stop)
