"""Writes and prunes the search tables beside the catalog, and asks their full text.

``documents`` says of each article what filters and word search need, ``statistics`` counts words,
providers and topics, and full text says which articles hold words: it is the same to its callers
in PostgreSQL (tsvector under a GIN index) and in SQLite (FTS5). Terms stand there as short codes;
two that share a code cost a candidate in vain. Scores are not its business.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
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
    func,
    insert,
    literal,
    literal_column,
    select,
    table,
    update,
)
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR

from semsearch.model.article import Article
from semsearch.store.catalog.catalog import Catalog
from semsearch.store.catalog.database import Database, chunks
from semsearch.store.catalog.search_schema import (
    OPEN,
    Counted,
    document_topics,
    documents,
    set_aside,
    statistics,
)
from semsearch.store.milvus.documents import (
    FREQUENCIES,
    Document,
    code,
    document_of,
    seen_in_sql,
    term_codes,
)

_MOST_TERMS = 40_000  # of an article: PostgreSQL takes 1 MB


@dataclass(frozen=True, slots=True)
class Step:
    """What becomes visible at once: versions that were added and ended in ``(since, until]``."""

    since: int
    until: int
    added: Sequence[int]
    ended: Sequence[int]

    def spans(self, catalog: Catalog, pks: Sequence[int]) -> dict[int, tuple[int, int]]:
        """When each of some versions was added and ended, as it looks at the end of the step."""
        return {
            pk: (added, ended if ended is not None and ended <= self.until else OPEN)
            for pk, added, ended in catalog.lifetimes(pks)
        }


def keep(
    connection: Connection,
    catalog: Catalog,
    step: Step,
    passages: int,
    refused: Sequence[tuple[int, str]],
) -> None:
    """Write a step's documents, words and statistics: part of the transaction that shows it."""
    changes = Counter[tuple[Counted, str]]({(Counted.TOTAL, "passages"): passages})
    spans = step.spans(catalog, step.added)
    for chunk in chunks(step.added):
        _insert(connection, catalog.by_pk(chunk), spans, changes)
    for chunk in chunks(step.ended):
        for article in catalog.by_pk(chunk).values():
            _count(changes, article, document_of(article), -1)
        for pk, _, ended in catalog.lifetimes(chunk):
            document = documents.c.article_pk == pk
            connection.execute(update(documents).where(document).values(ended_seq=ended))
    rows = [
        {"kind": int(kind), "key": code(value), "seq": step.until, "value": value, "number": number}
        for (kind, value), number in sorted(changes.items())
        if number
    ]
    for part in chunks(rows):
        connection.execute(insert(statistics), part)
    for pk, reason in refused:
        connection.execute(delete(set_aside).where(set_aside.c.article_pk == pk))
        connection.execute(insert(set_aside).values(article_pk=pk, reason=reason))


def _count(
    changes: Counter[tuple[Counted, str]], article: Article, document: Document, sign: int
) -> None:
    """Add an article to the changes of ``statistics``, or take it away."""
    for name, terms in document.terms.items():
        changes.update({(FREQUENCIES[name], term): sign for term in terms})
        changes[Counted.LENGTH, name.value] += sign * terms.total()
    changes.update({(Counted.SPELLING, word): sign for word in document.spellings})
    changes.update({(Counted.TOPIC, topic): sign for topic in article.topics if topic})
    # Both parts of a provider as one text, from which they are read again.
    provider = f"{article.provider.name}\x1f{article.provider.domain}"
    changes[Counted.PROVIDER, provider] += sign
    changes[Counted.TOTAL, "stubs" if article.stub else "articles"] += sign


def _insert(
    connection: Connection,
    articles: dict[int, Article],
    spans: dict[int, tuple[int, int]],
    changes: Counter[tuple[Counted, str]],
) -> None:
    rows: list[dict[str, Any]] = []
    topics: list[dict[str, int]] = []
    terms: dict[int, list[str]] = {}
    for pk, article in articles.items():
        document = document_of(article)
        _count(changes, article, document, 1)
        total = sum(document.terms.values(), start=Counter[str]())
        terms[pk] = [term for term, _ in total.most_common()]
        topics += [{"article_pk": pk, "code": topic} for topic in set(document.topics)]
        rows.append(
            {
                "article_pk": pk,
                "added_seq": spans[pk][0],
                "ended_seq": spans[pk][1],
                **document.attributes,
                "lengths": document.lengths().tobytes(),
                "words": document.words().tobytes(),
            }
        )
    if rows:
        connection.execute(insert(documents), rows)
        _add_fulltext(connection, terms)
    if topics:
        connection.execute(insert(document_topics), topics)


def articles_with_words(database: Database, sequence: int) -> int:
    """How many articles a state has that hold a word and were not refused."""
    query = select(func.count()).where(
        seen_in_sql(sequence),
        func.length(documents.c.words) > 0,
        documents.c.article_pk.not_in(select(set_aside.c.article_pk)),
    )
    with database.read() as connection:
        return connection.scalar(query) or 0


def forget(connection: Connection, oldest: int) -> None:
    """Remove what ended at or before a sequence number, and sum up the statistics until then."""
    gone = select(documents.c.article_pk).where(documents.c.ended_seq <= oldest)
    for chunk in chunks(list(connection.scalars(gone))):
        _remove_fulltext(connection, chunk)
        for searched in (document_topics, documents, set_aside):
            connection.execute(delete(searched).where(searched.c.article_pk.in_(chunk)))
    # The newest row of each value until then becomes the sum of all of them.
    older = statistics.c.seq <= oldest
    touched = (
        select(statistics.c.kind, statistics.c.key)
        .where(older)
        .group_by(statistics.c.kind, statistics.c.key)
        .having(func.count() > 1)
    )
    for kind, key in connection.execute(touched).all():
        summed = older & (statistics.c.kind == kind) & (statistics.c.key == key)
        newest, number, value = connection.execute(
            select(
                func.max(statistics.c.seq),
                func.sum(statistics.c.number),
                func.min(statistics.c.value),
            ).where(summed)
        ).one()
        connection.execute(delete(statistics).where(summed))
        if number:
            connection.execute(
                insert(statistics).values(
                    kind=kind, key=key, seq=newest, value=value, number=int(number)
                )
            )


def forget_everything(connection: Connection) -> None:
    """Empty the tables, to be filled again from the catalog."""
    _remove_fulltext(connection, list(connection.scalars(select(documents.c.article_pk))))
    for searched in (documents, document_topics, statistics, set_aside):
        connection.execute(delete(searched))


def _add_fulltext(connection: Connection, articles: Mapping[int, Iterable[str]]) -> None:
    """Write the terms of some new articles, each term once, the most frequent ones first."""
    key = _key(connection)
    rows = [
        {key.name: pk, "terms": " ".join(term_codes(islice(terms, _MOST_TERMS)))}
        for pk, terms in articles.items()
    ]
    if rows:
        kind = Text if connection.dialect.name == "sqlite" else TSVECTOR
        connection.execute(insert(table("fulltext", key, column("terms", kind))), rows)


def _remove_fulltext(connection: Connection, pks: Iterable[int]) -> None:
    key = _key(connection)
    for chunk in chunks(pks):
        connection.execute(delete(table("fulltext", key)).where(key.in_(chunk)))


def holders(connection: Connection, terms: Iterable[str], *, every: bool) -> Select[Any]:
    """A query for the keys of articles that hold every one of some terms, or any of them."""
    key = _key(connection)
    match: ColumnElement[bool]
    if connection.dialect.name == "sqlite":
        query = (" AND " if every else " OR ").join(term_codes(terms))
        match = literal_column("fulltext").op("MATCH", is_comparison=True)(query)
    else:
        query = (" & " if every else " | ").join(term_codes(terms))
        match = column("terms").op("@@", is_comparison=True)(cast(literal(query), TSQUERY))
    return select(key).select_from(table("fulltext", key)).where(match)


def _key(connection: Connection) -> "ColumnClause[int]":
    return column("rowid" if connection.dialect.name == "sqlite" else "article_pk", BigInteger)
