"""The catalog: the one durable truth about an archive, in a relational database."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby, islice
from typing import Any, TypeVar

import numpy as np
from sqlalchemy import (
    Connection,
    Engine,
    create_engine,
    delete,
    event,
    exc,
    func,
    insert,
    or_,
    select,
    update,
)

from semsearch.articles.article import EMBEDDED, Article, Field
from semsearch.errors import DamagedIndexError, FormatMismatchError, StorageError
from semsearch.store.rows import (
    Half,
    Known,
    NewArticle,
    SegmentRow,
    article_from_row,
    article_values,
    content_key,
    passage_from_row,
)
from semsearch.store.schema import (
    FORMAT,
    articles,
    files,
    links,
    meta,
    metadata,
    passages,
    tombstones,
    vectors,
)

_CHUNK = 500  # keys of one statement: SQLite takes 32,766 parameters, others fewer
_RESTORE = "Restore it from a snapshot or a backup."

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class FileState:
    """A file as last read."""

    path: str
    fingerprint: str
    records: int


@dataclass(frozen=True, slots=True)
class WriteBatch:
    """Changes that become durable together.

    Attributes:
        articles: New versions; the current version of the same id ends.
        vectors: Vectors of passages by text hash, of those that the catalog lacks.
        delete: Ids whose current version ends.
        bury: Whether deleted ids stay away until the article itself is given again.
        files: Files that are read to their end with this batch.
        forget_files: Files to be read again next time.
    """

    articles: Sequence[NewArticle] = ()
    vectors: Mapping[bytes, Half] = field(default_factory=dict)
    delete: Sequence[str] = ()
    bury: bool = False
    files: Sequence[FileState] = ()
    forget_files: Sequence[str] = ()


class Catalog:
    """Articles, passages, vectors and sequence numbers.

    A write returns after the database has made it durable. Writes must come from one process
    at a time (``store.lock`` sees to that); reads may come from any thread of any process.
    """

    def __init__(self, url: str) -> None:
        self._engine = _engine(url)

    def close(self) -> None:
        """Give back all connections."""
        self._engine.dispose()

    # --- set-up -------------------------------------------------------------------------

    def create(self) -> None:
        """Make the tables of a new catalog; an existing one is left as it is.

        Raises:
            FormatMismatchError: It was written in another format.
        """
        with self._begin() as connection:
            metadata.create_all(connection)
            held = _meta(connection, "format")
            if held is None:
                _set_meta(connection, "format", str(FORMAT))
                _set_meta(connection, "sequence", "0")
        self.check_format()

    def check_format(self) -> None:
        """Refuse a catalog that this version cannot read.

        Raises:
            FormatMismatchError: It was written in another format.
            DamagedIndexError: It is no catalog or cannot be read.
        """
        held = self.setting("format")
        if held != str(FORMAT):
            raise FormatMismatchError(
                f"The catalog has format {held}; this version of semsearch reads {FORMAT}.",
                "Index the archive again into a new folder, or use the version that wrote it.",
            )

    def setting(self, key: str) -> str | None:
        """A setting kept with the index, such as the model it was made with."""
        with self._read() as connection:
            return _meta(connection, key)

    def keep_setting(self, key: str, value: str) -> None:
        """Keep a setting with the index."""
        with self._begin() as connection:
            _set_meta(connection, key, value)

    # --- writing ------------------------------------------------------------------------

    def write(self, batch: WriteBatch) -> int:
        """Apply a batch in one transaction.

        Returns:
            The sequence number of the batch; every later batch has a larger one.

        Raises:
            StorageError: Nothing was written.
        """
        with self._begin() as connection:
            seq = int(_meta(connection, "sequence") or 0) + 1
            _set_meta(connection, "sequence", str(seq))
            buried = _tombstones(connection, batch.delete, seq) if batch.bury else []
            ended = [new.article.id for new in batch.articles] + list(batch.delete)
            _end(connection, ended, seq)
            _replace(connection, tombstones, "id", buried)
            _insert_vectors(connection, batch.vectors)
            for new in batch.articles:
                _insert_article(connection, new, seq)
            for path in batch.forget_files:
                connection.execute(delete(files).where(files.c.path == path))
            _replace(
                connection,
                files,
                "path",
                [
                    {"path": f.path, "fingerprint": f.fingerprint, "records": f.records}
                    for f in batch.files
                ],
            )
            return seq

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
        with self._read() as connection:
            return list(connection.scalars(query.order_by(articles.c.id)))

    def collect(self, oldest_seq: int) -> int:
        """Remove versions that ended at or before ``oldest_seq``, with what only they used.

        Returns:
            How many versions were removed.
        """
        gone = select(articles.c.pk).where(articles.c.ended_seq <= oldest_seq)
        with self._begin() as connection:
            pks = list(connection.scalars(gone))
            for chunk in _chunks(pks):
                hashes = list(
                    connection.scalars(
                        select(passages.c.text_hash).where(passages.c.article_pk.in_(chunk))
                    )
                )
                connection.execute(delete(passages).where(passages.c.article_pk.in_(chunk)))
                connection.execute(delete(links).where(links.c.article_pk.in_(chunk)))
                connection.execute(delete(articles).where(articles.c.pk.in_(chunk)))
                used = select(passages.c.text_hash).where(
                    passages.c.text_hash == vectors.c.text_hash
                )
                for part in _chunks(hashes):
                    connection.execute(
                        delete(vectors).where(vectors.c.text_hash.in_(part), ~used.exists())
                    )
        return len(pks)

    # --- reading ------------------------------------------------------------------------

    @property
    def sequence(self) -> int:
        """Sequence number of the last write; 0 for an empty catalog."""
        return int(self.setting("sequence") or 0)

    def known(self, ids: Iterable[str]) -> dict[str, Known]:
        """The current versions of some ids, without their texts."""
        columns = (articles.c.id, articles.c.pk, articles.c.content_hash, articles.c.stub)
        found: dict[str, Known] = {}
        with self._read() as connection:
            for chunk in _chunks(ids):
                query = select(*columns, articles.c.source).where(
                    articles.c.id.in_(chunk), articles.c.ended_seq.is_(None)
                )
                for row in connection.execute(query):
                    found[row.id] = Known(row.pk, row.content_hash, row.stub, row.source)
        return found

    def buried(self, ids: Iterable[str]) -> dict[str, str]:
        """Those of the ids that were deleted and not given again, with their last content hash."""
        with self._read() as connection:
            return {
                row.id: row.content_hash
                for chunk in _chunks(ids)
                for row in connection.execute(select(tombstones).where(tombstones.c.id.in_(chunk)))
            }

    def full_articles_at(self, urls: Iterable[str]) -> set[str]:
        """Those of some canonical addresses at which a current article is that is no stub."""
        with self._read() as connection:
            return {
                found
                for chunk in _chunks(urls)
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
        with self._read() as connection:
            return {
                found
                for chunk in _chunks(hashes)
                for found in connection.scalars(
                    select(vectors.c.text_hash).where(vectors.c.text_hash.in_(chunk))
                )
            }

    def by_pk(self, pks: Iterable[int]) -> dict[int, Article]:
        """Versions by their keys, without links and extras; those already collected are missing."""
        columns = [column for column in articles.c if column.name not in ("related", "extra")]
        with self._read() as connection:
            return {
                row["pk"]: article_from_row(row)
                for chunk in _chunks(pks)
                for row in connection.execute(
                    select(*columns).where(articles.c.pk.in_(chunk))
                ).mappings()
            }

    def by_id(self, ids: Iterable[str], sequence: int | None = None) -> dict[str, Article]:
        """Articles by id, as they were at a sequence number (None: now)."""
        current = (
            articles.c.ended_seq.is_(None)
            if sequence is None
            else (articles.c.added_seq <= sequence)
            & or_(articles.c.ended_seq.is_(None), articles.c.ended_seq > sequence)
        )
        with self._read() as connection:
            return {
                row["id"]: article_from_row(row)
                for chunk in _chunks(ids)
                for row in connection.execute(
                    select(articles).where(articles.c.id.in_(chunk), current)
                ).mappings()
            }

    def all_articles(self) -> Iterator[Article]:
        """Every current article, in order of id, read in chunks."""
        last = ""
        while True:
            query = select(articles).where(articles.c.ended_seq.is_(None), articles.c.id > last)
            with self._read() as connection:
                rows = connection.execute(query.order_by(articles.c.id).limit(_CHUNK)).mappings()
                found = [article_from_row(row) for row in rows]
            yield from found
            if len(found) < _CHUNK:
                return
            last = found[-1].id

    def counts(self) -> dict[bool, int]:
        """How many current articles there are, by whether they are stubs."""
        query = (
            select(articles.c.stub, func.count())
            .where(articles.c.ended_seq.is_(None))
            .group_by(articles.c.stub)
        )
        with self._read() as connection:
            found = {bool(stub): int(number) for stub, number in connection.execute(query)}
        return {False: found.get(False, 0), True: found.get(True, 0)}

    def file_states(self) -> dict[str, FileState]:
        """Every file as last read, by path."""
        with self._read() as connection:
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
        with self._read() as connection:
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

    # --- what generations are derived from ------------------------------------------------

    def added(self, after: int, until: int) -> Iterator[tuple[int, Article]]:
        """Versions with their texts added in ``(after, until]`` that are current at ``until``."""
        for chunk in _chunks(self.pks_added(after, until)):
            yield from sorted(self.by_pk(chunk).items())

    def pks_added(self, after: int, until: int) -> list[int]:
        """Keys of the versions added in ``(after, until]`` and current at ``until``, ascending."""
        query = select(articles.c.pk).where(
            articles.c.added_seq > after,
            articles.c.added_seq <= until,
            or_(articles.c.ended_seq.is_(None), articles.c.ended_seq > until),
        )
        with self._read() as connection:
            return list(connection.scalars(query.order_by(articles.c.pk)))

    def pks_ended(self, after: int, until: int) -> list[int]:
        """Keys of the versions that were current at ``after`` and ended in ``(after, until]``."""
        query = select(articles.c.pk).where(
            articles.c.added_seq <= after,
            articles.c.ended_seq > after,
            articles.c.ended_seq <= until,
        )
        with self._read() as connection:
            return list(connection.scalars(query.order_by(articles.c.pk)))

    def segment_rows(self, pks: Sequence[int], dimension: int) -> Iterator[SegmentRow]:
        """What candidate search needs of some versions, in the order of ``pks`` (ascending)."""
        columns = (
            articles.c.pk,
            articles.c.id,
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
        for chunk in _chunks(pks):
            with self._read() as connection:
                rows = connection.execute(
                    select(*columns).where(articles.c.pk.in_(chunk)).order_by(articles.c.pk)
                ).mappings()
                heads = {row["pk"]: article_from_row(row) for row in rows}
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
            for pk, head in heads.items():
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
        with self._read() as connection:
            for chunk in _chunks(pks):
                query = (
                    select(vectors.c.vector)
                    .join(passages, vectors.c.text_hash == passages.c.text_hash)
                    .where(passages.c.article_pk.in_(chunk), passages.c.field == lead)
                    .order_by(passages.c.article_pk)
                )
                found += connection.scalars(query)
        return np.frombuffer(b"".join(found), np.float16).reshape(len(found), dimension)

    # --- connections ----------------------------------------------------------------------

    @contextmanager
    def _read(self) -> Iterator[Connection]:
        with _ours(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def _begin(self) -> Iterator[Connection]:
        with _ours(), self._engine.begin() as connection:
            yield connection


@contextmanager
def _ours() -> Iterator[None]:
    """SQLAlchemy's errors as ours."""
    try:
        yield
    except exc.OperationalError as error:
        if "no such table" in str(error.orig):  # SQLite takes an empty file for a database
            raise DamagedIndexError("The catalog is no catalog of semsearch.", _RESTORE) from error
        raise StorageError(
            f"The catalog cannot be used: {error.orig}",
            "Check free space, permissions and whether another program holds the file.",
        ) from error
    except exc.DatabaseError as error:
        raise DamagedIndexError(f"The catalog cannot be read: {error.orig}", _RESTORE) from error


def _engine(url: str) -> Engine:
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def _settings(connection: Any, _record: object) -> None:
            cursor = connection.cursor()
            cursor.execute("PRAGMA journal_mode=WAL")
            cursor.execute("PRAGMA synchronous=FULL")  # a commit survives power loss
            cursor.execute("PRAGMA busy_timeout=10000")
            cursor.close()

    return engine


def _meta(connection: Connection, key: str) -> str | None:
    return connection.scalar(select(meta.c.value).where(meta.c.key == key))


def _set_meta(connection: Connection, key: str, value: str) -> None:
    _replace(connection, meta, "key", [{"key": key, "value": value}])


def _replace(connection: Connection, table: Any, key: str, rows: Sequence[dict[str, Any]]) -> None:
    for row in rows:
        connection.execute(delete(table).where(table.c[key] == row[key]))
    if rows:
        connection.execute(insert(table), list(rows))


def _tombstones(connection: Connection, ids: Sequence[str], seq: int) -> list[dict[str, Any]]:
    held = {
        row.id: row.content_hash
        for chunk in _chunks(ids)
        for row in connection.execute(
            select(articles.c.id, articles.c.content_hash).where(
                articles.c.id.in_(chunk), articles.c.ended_seq.is_(None)
            )
        )
    }
    return [{"id": i, "seq": seq, "content_hash": held.get(i, "")} for i in ids]


def _end(connection: Connection, ids: Sequence[str], seq: int) -> None:
    for chunk in _chunks(ids):
        connection.execute(
            update(articles)
            .where(articles.c.id.in_(chunk), articles.c.ended_seq.is_(None))
            .values(ended_seq=seq)
        )
        connection.execute(delete(tombstones).where(tombstones.c.id.in_(chunk)))


def _insert_vectors(connection: Connection, held: Mapping[bytes, Half]) -> None:
    if held:
        connection.execute(
            insert(vectors),
            [
                {"text_hash": text_hash, "vector": vector.astype(np.float16).tobytes()}
                for text_hash, vector in held.items()
            ],
        )


def _insert_article(connection: Connection, new: NewArticle, seq: int) -> None:
    result = connection.execute(insert(articles).values(article_values(new, seq)))
    key = result.inserted_primary_key
    pk = int(key[0]) if key is not None else 0
    if new.passages:
        connection.execute(
            insert(passages),
            [
                {
                    "article_pk": pk,
                    "position": position,
                    "field": EMBEDDED.index(stored.passage.field),
                    "start": stored.passage.start,
                    "end": stored.passage.end,
                    "text_hash": stored.text_hash,
                }
                for position, stored in enumerate(new.passages)
            ],
        )
    targets = dict.fromkeys(link.id for link in new.article.related)
    if targets:
        connection.execute(
            insert(links), [{"article_pk": pk, "target_id": target} for target in targets]
        )


def _chunks(items: Iterable[T]) -> Iterator[list[T]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, _CHUNK)):
        yield chunk
