"""Carries what the catalog holds into an engine beside it, in the order of the writes.

The versions of the catalog are the outbox: a write that has returned is one of their rows, in the
same transaction as the article itself, and how far the engine has come is one number. So nothing
can be written and not sent, and what is sent twice is the same rows again. An article that the
engine refuses, whatever is tried, is set aside and told; the others go on.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sqlalchemy import Connection, delete, func, insert, select, update

from semsearch.errors import EngineUnavailableError
from semsearch.model.article import EMBEDDED, Article
from semsearch.store.backend import LEXICAL_FIELDS
from semsearch.store.catalog.catalog import Catalog
from semsearch.store.catalog.database import Database, chunks
from semsearch.store.catalog.rows import SegmentRow
from semsearch.store.catalog.search_schema import (
    OPEN,
    Counted,
    document_topics,
    documents,
    set_aside,
    statistics,
)
from semsearch.store.milvus import fulltext
from semsearch.store.milvus.address import RefusedError
from semsearch.store.milvus.client import Milvus
from semsearch.store.milvus.documents import (
    Document,
    attributes_of,
    code,
    document_of,
    topics_of,
)
from semsearch.store.milvus.rows import Row, WordRow
from semsearch.store.milvus.words import POSITIONS, word_rows, words_of

_AT_ONCE = 200  # articles of one write to the engine
_FREQUENCIES = dict(zip(LEXICAL_FIELDS, (Counted.TITLE, Counted.LEAD, Counted.BODY), strict=True))


@dataclass(frozen=True, slots=True)
class Step:
    """What is carried at once: versions that were added and ended in ``(since, until]``."""

    since: int
    until: int
    added: Sequence[int]
    ended: Sequence[int]


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a step: how many passages there are more, and which articles are refused."""

    passages: int
    refused: Sequence[tuple[int, str]]


@dataclass
class _Tally:
    """Changes of ``statistics``."""

    numbers: Counter[tuple[Counted, str]] = field(default_factory=Counter)

    def count(self, article: Article, document: Document, sign: int) -> None:
        for name, terms in document.terms.items():
            self.numbers.update({(_FREQUENCIES[name], term): sign for term in terms})
            self.numbers[Counted.LENGTH, name.value] += sign * terms.total()
        self.numbers.update({(Counted.SPELLING, word): sign for word in document.spellings})
        self.numbers.update({(Counted.TOPIC, topic): sign for topic in article.topics if topic})
        self.numbers[Counted.PROVIDER, provider_key(article)] += sign
        self.numbers[Counted.TOTAL, "stubs" if article.stub else "articles"] += sign


def provider_key(article: Article) -> str:
    """Name and domain of a provider as one text, from which both are read again."""
    return f"{article.provider.name}\x1f{article.provider.domain}"


def send(
    milvus: Milvus, collection: str, catalog: Catalog, step: Step, dimension: int, *, words: bool
) -> Sent:
    """Write a step's passages to Milvus; the same rows whenever it is repeated.

    Args:
        milvus: Where to.
        collection: Of the passages.
        catalog: Where they come from.
        step: Which ones.
        dimension: Of their vectors.
        words: Whether there is a collection of words beside, to which they go, too.

    Raises:
        EngineUnavailableError: It does not answer, or refuses everything.
    """
    refused: list[tuple[int, str]] = []
    passages = sent = 0
    for pks, sign in ((step.added, 1), (step.ended, -1)):
        for chunk in chunks(pks):
            spans = _spans(catalog, chunk, step.until)
            rows = list(catalog.segment_rows(chunk, dimension))
            passages += sign * sum(len(row.passages) for row in rows)
            for start in range(0, len(rows), _AT_ONCE):
                some = rows[start : start + _AT_ONCE]
                texts = catalog.by_pk([row.pk for row in some]) if words else {}
                part = [
                    _Sending(
                        row.pk,
                        _rows(row, *spans[row.pk]),
                        word_rows(row.pk, texts[row.pk], *spans[row.pk]) if words else [],
                    )
                    for row in some
                ]
                faults = _sent(milvus, collection, part)
                refused += faults
                sent += len(part) - len(faults)
    if len(refused) > 1 and not sent:
        raise EngineUnavailableError(f"{milvus.place} refuses everything: {refused[0][1]}")
    return Sent(passages, refused)


@dataclass(frozen=True, slots=True)
class _Sending:
    """The rows of an article."""

    pk: int
    passages: list[Row]
    words: list[WordRow]


def _sent(milvus: Milvus, collection: str, part: Sequence[_Sending]) -> list[tuple[int, str]]:
    """Write some articles together or, where that is refused, each by itself."""
    words = [row for one in part for row in one.words]
    try:
        milvus.upsert(collection, [row for one in part for row in one.passages])
        if words:
            milvus.upsert(words_of(collection), words)
    except RefusedError as error:
        if len(part) == 1:
            milvus.delete(collection, f"article == {part[0].pk}")  # of words, nothing was taken
            return [(part[0].pk, str(error))]
        return [fault for one in part for fault in _sent(milvus, collection, [one])]
    return []


def _rows(article: SegmentRow, added: int, ended: int) -> list[Row]:
    """The passages of an article as Milvus holds them."""
    attributes, topics = attributes_of(article.article), topics_of(article.article)
    return [
        Row(
            id=article.pk * POSITIONS + position,
            numbers={
                **attributes,
                "article": article.pk,
                "added": added,
                "ended": ended,
                "field": EMBEDDED.index(passage.field),
            },
            topics=topics,
            vector=vector.astype(np.float32),
        )
        for position, (passage, vector) in enumerate(
            zip(article.passages, article.vectors, strict=True)
        )
    ]


def _spans(catalog: Catalog, pks: Sequence[int], until: int) -> dict[int, tuple[int, int]]:
    """When each version was added and ended, as it looks at a sequence number."""
    return {
        pk: (added, ended if ended is not None and ended <= until else OPEN)
        for pk, added, ended in catalog.spans(pks)
    }


def keep(connection: Connection, catalog: Catalog, step: Step, sent: Sent) -> None:
    """Write a step's documents, words and statistics: part of the transaction that shows it."""
    tally = _Tally()
    tally.numbers[Counted.TOTAL, "passages"] += sent.passages
    spans = _spans(catalog, step.added, step.until)
    for chunk in chunks(step.added):
        _insert(connection, catalog.by_pk(chunk), spans, tally)
    for chunk in chunks(step.ended):
        for article in catalog.by_pk(chunk).values():
            tally.count(article, document_of(article), -1)
        for pk, _, ended in catalog.spans(chunk):
            mine = documents.c.article_pk == pk
            connection.execute(update(documents).where(mine).values(ended_seq=ended))
    rows = [
        {"kind": int(kind), "key": code(value), "seq": step.until, "value": value, "number": number}
        for (kind, value), number in sorted(tally.numbers.items())
        if number
    ]
    for part in chunks(rows):
        connection.execute(insert(statistics), part)
    for pk, reason in sent.refused:
        connection.execute(delete(set_aside).where(set_aside.c.article_pk == pk))
        connection.execute(insert(set_aside).values(article_pk=pk, reason=reason))


def _insert(
    connection: Connection,
    articles: dict[int, Article],
    spans: dict[int, tuple[int, int]],
    tally: _Tally,
) -> None:
    rows: list[dict[str, Any]] = []
    topics: list[dict[str, int]] = []
    terms: dict[int, list[str]] = {}
    for pk, article in articles.items():
        document = document_of(article)
        tally.count(article, document, 1)
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
        fulltext.add(connection, terms)
    if topics:
        connection.execute(insert(document_topics), topics)


def worded(database: Database, sequence: int) -> int:
    """How many articles a state has that hold a word and were not refused."""
    query = select(func.count()).where(
        documents.c.added_seq <= sequence,
        documents.c.ended_seq > sequence,
        func.length(documents.c.words) > 0,
        documents.c.article_pk.not_in(select(set_aside.c.article_pk)),
    )
    with database.read() as connection:
        return connection.scalar(query) or 0


def forget(connection: Connection, oldest: int) -> None:
    """Remove what ended at or before a sequence number, and sum up the statistics until then."""
    gone = select(documents.c.article_pk).where(documents.c.ended_seq <= oldest)
    for chunk in chunks(list(connection.scalars(gone))):
        fulltext.remove(connection, chunk)
        for table in (document_topics, documents, set_aside):
            connection.execute(delete(table).where(table.c.article_pk.in_(chunk)))
    # The newest row of each value until then becomes the sum of all of them.
    older = statistics.c.seq <= oldest
    touched = (
        select(statistics.c.kind, statistics.c.key)
        .where(older)
        .group_by(statistics.c.kind, statistics.c.key)
        .having(func.count() > 1)
    )
    for kind, key in connection.execute(touched).all():
        mine = older & (statistics.c.kind == kind) & (statistics.c.key == key)
        newest, number, value = connection.execute(
            select(
                func.max(statistics.c.seq),
                func.sum(statistics.c.number),
                func.min(statistics.c.value),
            ).where(mine)
        ).one()
        connection.execute(delete(statistics).where(mine))
        if number:
            connection.execute(
                insert(statistics).values(
                    kind=kind, key=key, seq=newest, value=value, number=int(number)
                )
            )


def forget_everything(connection: Connection) -> None:
    """Empty the tables, to be filled again from the catalog."""
    fulltext.remove(connection, list(connection.scalars(select(documents.c.article_pk))))
    for table in (documents, document_topics, statistics, set_aside):
        connection.execute(delete(table))


def steps(catalog: Catalog, since: int, until: int, most: int) -> Iterator[int]:
    """Sequence numbers at which to pause, so that a step has about ``most`` versions."""
    number = 0
    for sequence, count in catalog.added_counts(since, until):
        number += count
        if number >= most and sequence < until:
            yield sequence
            number = 0
    yield until
