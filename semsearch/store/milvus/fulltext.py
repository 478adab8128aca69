"""Which articles hold words: full text of the catalog's own database.

It proposes candidates, and is the same to its callers in PostgreSQL (tsvector under a GIN index)
and in SQLite (FTS5). Terms stand there as short codes, so that none is ever taken for syntax; two
that share a code cost a candidate in vain. Scores are not its business.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnClause,
    ColumnElement,
    Connection,
    Select,
    Text,
    cast,
    column,
    delete,
    insert,
    literal,
    literal_column,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR

from semsearch.store.catalog.database import chunks
from semsearch.store.milvus.documents import code

_MOST_TERMS = 40_000  # of an article: PostgreSQL takes 1 MB
_DIGITS = 8


def add(connection: Connection, held: Mapping[int, Iterable[str]]) -> None:
    """Write the terms of some new articles, each term once, the most frequent ones first."""
    key = _key(connection)
    rows = [
        {key.name: pk, "terms": " ".join(codes(islice(terms, _MOST_TERMS)))}
        for pk, terms in held.items()
    ]
    if rows:
        kind = Text if connection.dialect.name == "sqlite" else TSVECTOR
        connection.execute(insert(table("fulltext", key, column("terms", kind))), rows)


def remove(connection: Connection, pks: Iterable[int]) -> None:
    """Forget some articles."""
    key = _key(connection)
    for chunk in chunks(pks):
        connection.execute(delete(table("fulltext", key)).where(key.in_(chunk)))


def holders(connection: Connection, terms: Iterable[str], *, every: bool) -> Select[Any]:
    """A query for the keys of articles that hold every one of some terms, or any of them."""
    key = _key(connection)
    match: ColumnElement[bool]
    if connection.dialect.name == "sqlite":
        asked = (" AND " if every else " OR ").join(codes(terms))
        match = literal_column("fulltext").op("MATCH", is_comparison=True)(asked)
    else:
        asked = (" & " if every else " | ").join(codes(terms))
        match = column("terms").op("@@", is_comparison=True)(cast(literal(asked), TSQUERY))
    return select(key).select_from(table("fulltext", key)).where(match)


def _key(connection: Connection) -> "ColumnClause[int]":
    return column("rowid" if connection.dialect.name == "sqlite" else "article_pk", BigInteger)


def codes(terms: Iterable[str]) -> Iterator[str]:
    """For each a letter, so that none is taken for a number, and hexadecimal digits."""
    for term in terms:
        yield f"t{code(term) % 16**_DIGITS:0{_DIGITS}x}"
