"""Writes generations into Milvus, in the order of the catalog's writes, and removes old ones.

The versions of the catalog are the outbox: a write that has returned is one of their rows, in the
same transaction as the article itself, and how far Milvus has come is one number. So nothing can
be written and not sent, and what is sent twice is the same rows again. An article that Milvus
refuses, whatever is tried, is set aside and listed; the others go on.
"""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from semsearch.errors import EngineUnavailableError
from semsearch.model.article import Article
from semsearch.store.catalog.catalog import Catalog
from semsearch.store.catalog.database import chunks
from semsearch.store.catalog.rows import SegmentRow
from semsearch.store.catalog.search_schema import generations, geometries
from semsearch.store.catalog.statements import write_setting
from semsearch.store.generations import Keep
from semsearch.store.milvus import search_tables
from semsearch.store.milvus.client import Milvus
from semsearch.store.milvus.connection import RefusedError
from semsearch.store.milvus.rows import passage_rows, word_rows, words_collection
from semsearch.store.milvus.search_tables import Step
from semsearch.store.whitening import Whitening

NAME_KEY = "collection"
"""The setting that names an index in Milvus; its collections are called so, with a number."""

REPLACED_KEY = "replaced"
"""The setting that names the index whose place was taken; its collections go."""

WORDS_KEY = "words"
"""The setting that names the collection that has words beside it."""

_STEP = 2_000  # versions that become visible together at most, but for those of one write
_AT_ONCE = 200  # articles of one write to Milvus


@dataclass(frozen=True, slots=True)
class MilvusWriter:
    """Writes generations whose passages lie in one collection.

    Attributes:
        collection: Of the passages.
        words: Whether there is a collection of words beside it, which is written, too.
        encoder: What the vectors were made with.
    """

    milvus: Milvus
    catalog: Catalog
    collection: str
    words: bool
    encoder: dict[str, Any]

    def write(
        self,
        number: int,
        base: Row[Any] | None,
        until: int,
        whitening: tuple[int, Whitening | None],
    ) -> None:
        """Write one generation: to Milvus first, then everything else in one transaction.

        Args:
            number: Of the generation.
            base: The generation that is built upon; None: everything is written anew.
            until: The last write that is shown.
            whitening: Its number and, if it is new, what it is.

        Raises:
            EngineUnavailableError: Milvus does not answer, or refuses everything.
        """
        since = 0 if base is None else base.sequence
        added = self.catalog.pks_added(since, until)
        ended = [] if base is None else self.catalog.pks_ended(since, until)
        step = Step(since, until, added, ended)
        passages, refused = self._send(step)
        if base is None:
            for name in (self.collection, words_collection(self.collection))[: 1 + self.words]:
                self.milvus.wait_for_index(name)
        counts = self.catalog.counts(until)
        with self.catalog.database.write() as connection:
            if base is None:
                search_tables.forget_everything(connection)
                write_setting(connection, WORDS_KEY, self.collection if self.words else "")
            search_tables.keep(connection, self.catalog, step, passages, refused)
            if whitening[1] is not None:
                keep_whitening(connection, whitening[0], whitening[1])
            connection.execute(
                insert(generations).values(
                    number=number,
                    sequence=until,
                    collection=self.collection,
                    geometry=whitening[0],
                    encoder=json.dumps(self.encoder),
                    articles=counts[False],
                    stubs=counts[True],
                    passages=passages + (0 if base is None else base.passages),
                    published_at=int(time.time()) + 1,
                )
            )

    def _send(self, step: Step) -> tuple[int, list[tuple[int, str]]]:
        """Write a step's passages and words to Milvus; the same rows whenever it is repeated.

        Returns:
            How many passages there are more, and which articles are refused, with the reason.
        """
        refused: list[tuple[int, str]] = []
        passages = sent = 0
        for pks, sign in ((step.added, 1), (step.ended, -1)):
            for chunk in chunks(pks):
                spans = step.spans(self.catalog, chunk)
                rows = list(self.catalog.segment_rows(chunk, int(self.encoder["dimension"])))
                passages += sign * sum(len(row.passages) for row in rows)
                for start in range(0, len(rows), _AT_ONCE):
                    batch = rows[start : start + _AT_ONCE]
                    articles = self.catalog.by_pk([row.pk for row in batch]) if self.words else {}
                    faults = self._upsert(batch, articles, spans)
                    refused += faults
                    sent += len(batch) - len(faults)
        if len(refused) > 1 and not sent:
            raise EngineUnavailableError(f"{self.milvus.place} refuses everything: {refused[0][1]}")
        return passages, refused

    def _upsert(
        self,
        batch: Sequence[SegmentRow],
        articles: Mapping[int, Article],
        spans: Mapping[int, tuple[int, int]],
    ) -> list[tuple[int, str]]:
        """Write some articles together or, where that is refused, each by itself."""
        try:
            passages = [new for row in batch for new in passage_rows(row, *spans[row.pk])]
            self.milvus.upsert(self.collection, passages)
            words = [
                new
                for row in batch
                if row.pk in articles
                for new in word_rows(row.pk, articles[row.pk], *spans[row.pk])
            ]
            if words:
                self.milvus.upsert(words_collection(self.collection), words)
        except RefusedError as error:
            if len(batch) > 1:
                return [fault for row in batch for fault in self._upsert([row], articles, spans)]
            pk = batch[0].pk
            self.milvus.delete(self.collection, f"article == {pk}")  # of words, nothing was taken
            return [(pk, str(error))]
        return []


def keep_whitening(connection: Connection, number: int, whitening: Whitening) -> None:
    """Write a whitening in place of one of its number."""
    connection.execute(delete(geometries).where(geometries.c.number == number))
    connection.execute(insert(geometries).values(number=number, data=whitening.to_bytes()))


def pauses(catalog: Catalog, since: int, until: int) -> Iterator[int]:
    """Sequence numbers at which a generation is shown, so that none adds very many versions."""
    number = 0
    for sequence, count in catalog.added_counts(since, until):
        number += count
        if number >= _STEP and sequence < until:
            yield sequence
            number = 0
    yield until


def retire(milvus: Milvus, catalog: Catalog, keep: Keep) -> None:
    """Remove generations that are no longer kept, then what only they could see.

    What Milvus holds of it goes the next time if it does not answer.
    """
    with catalog.database.read() as connection:
        newest_first = select(generations).order_by(generations.c.number.desc())
        rows = connection.execute(newest_first).all()
    now = time.time()
    kept = [row for place, row in enumerate(rows) if keep.keeps(place, now - row.published_at)]
    oldest = min(row.sequence for row in kept)
    whitening = min(row.geometry for row in kept)
    with catalog.database.write() as connection:
        connection.execute(delete(generations).where(generations.c.number < kept[-1].number))
        connection.execute(delete(geometries).where(geometries.c.number < whitening))
        search_tables.forget(connection, oldest)
    catalog.collect(oldest)
    collections = {row.collection for row in kept}
    collections |= {words_collection(name) for name in collections}
    ours = {catalog.setting(NAME_KEY), catalog.setting(REPLACED_KEY)}
    try:
        for name in milvus.collections():
            if name in collections:
                milvus.delete(name, f"ended <= {oldest}")
            elif index_of(name) in ours:
                milvus.drop(name)
    except EngineUnavailableError:
        return


def index_of(collection: str) -> str:
    """The name of the index that a collection belongs to."""
    return collection.rpartition("_")[0]
