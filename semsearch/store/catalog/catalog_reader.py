"""Reading the catalog: by id, by key, and what generations are derived from."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

import numpy as np
from sqlalchemy import ColumnElement, func, or_, select

from semsearch.model.article import EMBEDDED, Article, Field
from semsearch.store.catalog.database import Database, chunks
from semsearch.store.catalog.rows import (
    FileState,
    Half,
    Known,
    SegmentRow,
    article_from_row,
    content_key,
    passage_from_row,
)
from semsearch.store.catalog.schema import articles, files, links, passages, tombstones, vectors
from semsearch.store.catalog.statements import read_setting

_PAGE = 500


class CatalogReader:
    """What can be asked of a catalog, from any thread of any process."""

    def __init__(self, url: str) -> None:
        self.database = Database(url)

    def close(self) -> None:
        """Give back all connections."""
        self.database.close()

    def setting(self, key: str) -> str | None:
        """A setting kept with the index, such as the model it was made with."""
        with self.database.read() as connection:
            return read_setting(connection, key)

    @property
    def sequence(self) -> int:
        """Sequence number of the last write; 0 for an empty catalog."""
        return int(self.setting("sequence") or 0)

    def known(self, ids: Iterable[str]) -> dict[str, Known]:
        """The current versions of some ids, without their texts."""
        columns = (articles.c.id, articles.c.pk, articles.c.content_hash, articles.c.stub)
        found: dict[str, Known] = {}
        with self.database.read() as connection:
            for chunk in chunks(ids):
                query = select(*columns, articles.c.source).where(
                    articles.c.id.in_(chunk), articles.c.ended_seq.is_(None)
                )
                for row in connection.execute(query):
                    found[row.id] = Known(row.pk, row.content_hash, row.stub, row.source)
        return found

    def buried(self, ids: Iterable[str]) -> dict[str, str]:
        """Those of the ids that were deleted and not given again, with their last content hash."""
        with self.database.read() as connection:
            return {
                row.id: row.content_hash
                for chunk in chunks(ids)
                for row in connection.execute(select(tombstones).where(tombstones.c.id.in_(chunk)))
            }

    def full_articles_at(self, urls: Iterable[str]) -> set[str]:
        """Those of some canonical addresses at which a current article is that is no stub."""
        with self.database.read() as connection:
            return {
                found
                for chunk in chunks(urls)
                for found in connection.scalars(
                    select(articles.c.url_key).where(
                        articles.c.url_key.in_(chunk),
                        articles.c.ended_seq.is_(None),
                        articles.c.stub.is_(False),
                    )
                )
            }

    def held_vectors(self, hashes: Iterable[bytes]) -> set[bytes]:
        """Those of the text hashes whose vector is held."""
        with self.database.read() as connection:
            return {
                found
                for chunk in chunks(hashes)
                for found in connection.scalars(
                    select(vectors.c.text_hash).where(vectors.c.text_hash.in_(chunk))
                )
            }

    def by_pk(self, pks: Iterable[int]) -> dict[int, Article]:
        """Versions by their keys, without links and extras; those already collected are missing."""
        columns = [column for column in articles.c if column.name not in ("related", "extra")]
        with self.database.read() as connection:
            return {
                row["pk"]: article_from_row(row)
                for chunk in chunks(pks)
                for row in connection.execute(
                    select(*columns).where(articles.c.pk.in_(chunk))
                ).mappings()
            }

    def heads(self, pks: Iterable[int]) -> dict[int, Article]:
        """Versions by their keys with title, provider and date alone."""
        columns = (
            articles.c.pk,
            articles.c.id,
            articles.c.title,
            articles.c.provider_name,
            articles.c.provider_domain,
            articles.c.published,
            articles.c.topics,
            articles.c.category,
            articles.c.type,
            articles.c.language,
            articles.c.quality,
            articles.c.stub,
        )
        with self.database.read() as connection:
            return {
                row["pk"]: article_from_row(row)
                for chunk in chunks(pks)
                for row in connection.execute(
                    select(*columns).where(articles.c.pk.in_(chunk))
                ).mappings()
            }

    def by_id(self, ids: Iterable[str], sequence: int | None = None) -> dict[str, Article]:
        """Articles by id, as they were at a sequence number (None: now)."""
        current = articles.c.ended_seq.is_(None) if sequence is None else _at(sequence)
        with self.database.read() as connection:
            return {
                row["id"]: article_from_row(row)
                for chunk in chunks(ids)
                for row in connection.execute(
                    select(articles).where(articles.c.id.in_(chunk), current)
                ).mappings()
            }

    def pks_at(self, ids: Iterable[str], sequence: int) -> dict[str, int]:
        """Keys of the versions that some ids had at a sequence number."""
        with self.database.read() as connection:
            return {
                row.id: row.pk
                for chunk in chunks(ids)
                for row in connection.execute(
                    select(articles.c.id, articles.c.pk).where(
                        articles.c.id.in_(chunk), _at(sequence)
                    )
                )
            }

    def all_articles(self) -> Iterator[Article]:
        """Every current article, in order of id, read in chunks."""
        last = ""
        while True:
            query = select(articles).where(articles.c.ended_seq.is_(None), articles.c.id > last)
            with self.database.read() as connection:
                rows = connection.execute(query.order_by(articles.c.id).limit(_PAGE)).mappings()
                found = [article_from_row(row) for row in rows]
            yield from found
            if len(found) < _PAGE:
                return
            last = found[-1].id

    def ids(self) -> list[str]:
        """The ids of all current articles, in their order."""
        query = select(articles.c.id).where(articles.c.ended_seq.is_(None)).order_by(articles.c.id)
        with self.database.read() as connection:
            return list(connection.scalars(query))

    def counts(self, sequence: int | None = None) -> dict[bool, int]:
        """How many articles there are at a number (None: now), by whether they are stubs."""
        current = articles.c.ended_seq.is_(None) if sequence is None else _at(sequence)
        query = select(articles.c.stub, func.count()).where(current).group_by(articles.c.stub)
        with self.database.read() as connection:
            found = {bool(stub): int(number) for stub, number in connection.execute(query)}
        return {False: found.get(False, 0), True: found.get(True, 0)}

    def passage_count(self) -> int:
        """How many passages there are, those of ended versions that are still kept included."""
        with self.database.read() as connection:
            return connection.scalar(select(func.count()).select_from(passages)) or 0

    def file_states(self) -> dict[str, FileState]:
        """Every file as last read, by path."""
        with self.database.read() as connection:
            return {
                row.path: FileState(row.path, row.fingerprint, row.records)
                for row in connection.execute(select(files))
            }

    def sources(self) -> dict[str, list[str]]:
        """Ids of current articles by the file they came from."""
        query = select(articles.c.source, articles.c.id).where(
            articles.c.ended_seq.is_(None), articles.c.source.is_not(None)
        )
        found: dict[str, list[str]] = {}
        with self.database.read() as connection:
            for source, identity in connection.execute(query):
                found.setdefault(source, []).append(identity)
        return found

    def stems(self) -> dict[str, str]:
        """Ids of current articles by the stem of the file they came from."""
        return {
            source.rsplit("/", 1)[-1].rsplit(".", 1)[0]: ids[0]
            for source, ids in self.sources().items()
            if len(ids) == 1
        }

    def orphan_stubs(self) -> list[str]:
        """Ids of current stubs that no current article links to."""
        linker = articles.alias("linker")
        linked = (
            select(links.c.target_id)
            .join(linker, linker.c.pk == links.c.article_pk)
            .where(links.c.target_id == articles.c.id, linker.c.ended_seq.is_(None))
        )
        query = select(articles.c.id).where(
            articles.c.stub.is_(True), articles.c.ended_seq.is_(None), ~linked.exists()
        )
        with self.database.read() as connection:
            return list(connection.scalars(query.order_by(articles.c.id)))

    # --- what generations are derived from ------------------------------------------------

    def added(self, after: int, until: int) -> Iterator[tuple[int, Article]]:
        """Versions with their texts added in ``(after, until]`` that are current at ``until``."""
        for chunk in chunks(self.pks_added(after, until)):
            yield from sorted(self.by_pk(chunk).items())

    def pks_added(self, after: int, until: int) -> list[int]:
        """Keys of the versions added in ``(after, until]`` and current at ``until``, ascending."""
        query = select(articles.c.pk).where(
            articles.c.added_seq > after,
            articles.c.added_seq <= until,
            or_(articles.c.ended_seq.is_(None), articles.c.ended_seq > until),
        )
        with self.database.read() as connection:
            return list(connection.scalars(query.order_by(articles.c.pk)))

    def in_order_of_time(self, pks: Iterable[int]) -> list[int]:
        """Keys in order of publication, those without a date last."""
        columns = (articles.c.pk, articles.c.published, articles.c.id)
        with self.database.read() as connection:
            rows = [
                row
                for chunk in chunks(pks)
                for row in connection.execute(select(*columns).where(articles.c.pk.in_(chunk)))
            ]
        return [row.pk for row in sorted(rows, key=lambda r: (r.published or "~", r.id))]

    def pks_ended(self, after: int, until: int) -> list[int]:
        """Keys of the versions that were current at ``after`` and ended in ``(after, until]``."""
        query = select(articles.c.pk).where(
            articles.c.added_seq <= after,
            articles.c.ended_seq > after,
            articles.c.ended_seq <= until,
        )
        with self.database.read() as connection:
            return list(connection.scalars(query.order_by(articles.c.pk)))

    def passages_of(self, pks: Iterable[int]) -> int:
        """How many passages some versions have together."""
        count = select(func.count()).select_from(passages)
        with self.database.read() as connection:
            return sum(
                connection.scalar(count.where(passages.c.article_pk.in_(chunk))) or 0
                for chunk in chunks(pks)
            )

    def spans(self, pks: Iterable[int]) -> list[tuple[int, int, int | None]]:
        """Keys of some versions with the sequence numbers at which each was added and ended."""
        columns = (articles.c.pk, articles.c.added_seq, articles.c.ended_seq)
        with self.database.read() as connection:
            return [
                (row.pk, row.added_seq, row.ended_seq)
                for chunk in chunks(pks)
                for row in connection.execute(select(*columns).where(articles.c.pk.in_(chunk)))
            ]

    def added_counts(self, after: int, until: int) -> list[tuple[int, int]]:
        """Sequence numbers in ``(after, until]`` with how many versions each added, ascending."""
        query = (
            select(articles.c.added_seq, func.count())
            .where(articles.c.added_seq > after, articles.c.added_seq <= until)
            .group_by(articles.c.added_seq)
            .order_by(articles.c.added_seq)
        )
        with self.database.read() as connection:
            return [(sequence, number) for sequence, number in connection.execute(query)]

    def segment_rows(self, pks: Sequence[int], dimension: int) -> Iterator[SegmentRow]:
        """What candidate search needs of some versions, in the order of ``pks`` (ascending)."""
        for chunk in chunks(pks):
            heads = self.heads(chunk)
            with self.database.read() as connection:
                query = (
                    select(passages, vectors.c.vector)
                    .join(vectors, vectors.c.text_hash == passages.c.text_hash)
                    .where(passages.c.article_pk.in_(chunk))
                    .order_by(passages.c.article_pk, passages.c.position)
                )
                grouped = {
                    pk: list(group)
                    for pk, group in groupby(
                        connection.execute(query).mappings(), lambda row: row["article_pk"]
                    )
                }
            for pk, head in sorted(heads.items()):
                mine = grouped.get(pk, [])
                data = b"".join(row["vector"] for row in mine)
                cut = tuple(passage_from_row(row) for row in mine)
                yield SegmentRow(
                    pk,
                    head,
                    cut,
                    np.frombuffer(data, np.float16).reshape(len(mine), dimension),
                    content_key(cut, [row["text_hash"] for row in mine]),
                )

    def lead_vectors(self, pks: Sequence[int], dimension: int) -> Half:
        """Vectors of the leads of some versions, shape (leads, dimension)."""
        lead = EMBEDDED.index(Field.LEAD)
        found: list[bytes] = []
        with self.database.read() as connection:
            for chunk in chunks(pks):
                query = (
                    select(vectors.c.vector)
                    .join(passages, vectors.c.text_hash == passages.c.text_hash)
                    .where(passages.c.article_pk.in_(chunk), passages.c.field == lead)
                    .order_by(passages.c.article_pk)
                )
                found += connection.scalars(query)
        return np.frombuffer(b"".join(found), np.float16).reshape(len(found), dimension)


def _at(sequence: int) -> ColumnElement[bool]:
    """Whether a version was the current one at a sequence number."""
    return (articles.c.added_seq <= sequence) & or_(
        articles.c.ended_seq.is_(None), articles.c.ended_seq > sequence
    )
