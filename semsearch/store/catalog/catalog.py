"""Write the catalog: the one durable truth about an archive, in a relational database."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from secrets import token_hex
from typing import Any

import numpy as np
from sqlalchemy import Connection, Table, delete, exists, insert, select, update

from semsearch.errors import FormatMismatchError, ModelUnavailableError
from semsearch.model.article import Related
from semsearch.store.catalog.catalog_reader import SENTENCE_RULES, CatalogReader
from semsearch.store.catalog.checksums import (
    ChecksumKind,
    delete_checksums,
    intact,
    write_checksums,
)
from semsearch.store.catalog.coverage import RELATED_UNTIL, collect_clusters
from semsearch.store.catalog.database import chunks, select_in
from semsearch.store.catalog.mentions import insert_links, mention_keys, rewrite_links
from semsearch.store.catalog.relations import collect_relations, rewrite_sketches
from semsearch.store.catalog.rows import (
    FileState,
    Float16Array,
    NewArticle,
    StoredPassage,
    article_values,
    related_values,
    span_values,
)
from semsearch.store.catalog.schema import (
    FORMAT,
    PAGE_SECRET,
    READ_AS_WELL,
    articles,
    current_at,
    files,
    links,
    mentions,
    metadata,
    passages,
    sentences,
    tombstones,
    vectors,
)
from semsearch.store.catalog.statements import (
    delete_pairs,
    insert_row,
    make_setting,
    next_sequence,
    read_setting,
    write_setting,
)
from semsearch.store.catalog.watches import forget_articles, judged_until

_SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class WriteBatch:
    """Changes that become durable together.

    Attributes:
        articles: New versions; the current version of the same id ends.
        vectors: Vectors of passages by text hash, of those that the catalog lacks.
        moved: Files by the ids of articles whose current version now comes from there.
        delete: Ids whose current version ends.
        block_mentions: Whether a mention does not bring deleted ids back, only the article itself.
        block_records: Whether, beyond that, the same record read from a file again does not, only
            a changed one or one that is sent.
        files: Files that are read to their end with this batch.
        forget_files: Files to be read again next time.
    """

    articles: Sequence[NewArticle] = ()
    vectors: Mapping[bytes, Float16Array] = field(default_factory=dict)
    moved: Mapping[str, str] = field(default_factory=dict)
    delete: Sequence[str] = ()
    block_mentions: bool = False
    block_records: bool = False
    files: Sequence[FileState] = ()
    forget_files: Sequence[str] = ()


class Catalog(CatalogReader):
    """Articles, passages, vectors and sequence numbers.

    A write returns after the database has made it durable. Writes must come from one process
    at a time (``store.lock`` sees to that).
    """

    def create(self) -> None:
        """Make the tables of a new catalog.

        Raises:
            FormatMismatchError: It was written in another format.
        """
        with self.database.write() as connection:
            metadata.create_all(connection)
            if read_setting(connection, "format") is None:
                write_setting(connection, "sequence", "0")
                write_setting(connection, "format", str(FORMAT))
                _make_secret(connection)
        self.check_format()

    def bring_up_to_date(self) -> None:
        """Make a catalog of an older format one of this format, before it is written to.

        Older versions refuse it from now on: they could not read what articles link to.
        """
        if self.setting("format") in READ_AS_WELL:
            with self.database.write() as connection:
                metadata.create_all(connection)
                _rewrite(connection)

    def check_format(self) -> None:
        """Refuse a catalog that this version cannot read.

        Raises:
            FormatMismatchError: It was written in another format.
            DamagedIndexError: It is no catalog or cannot be read.
        """
        written = self.setting("format")
        if written not in (str(FORMAT), *READ_AS_WELL):
            raise FormatMismatchError(
                f"The catalog has format {written}; this version of semsearch reads {FORMAT}.",
                "Index the archive again into a new folder, or use the version that wrote it.",
            )

    def write_setting(self, key: str, value: str) -> None:
        """Keep a setting with the index."""
        with self.database.write() as connection:
            write_setting(connection, key, value)

    def page_secret(self) -> bytes:
        """The secret that pages are signed with, 32 bytes; made by who needs it first.

        All that serve an index share it, and it goes where the catalog goes: into snapshots and
        other engines.

        Raises:
            StorageError, EngineUnavailableError: There is none yet, and it cannot be written.
        """
        secret = self.setting(PAGE_SECRET)
        if secret is None:
            with self.database.write() as connection:
                secret = _make_secret(connection)
        return bytes.fromhex(secret)

    def write(self, batch: WriteBatch) -> int:
        """Apply a batch in one transaction.

        Returns:
            The sequence number of the batch; every later batch has a larger one.

        Raises:
            StorageError: Nothing was written.
        """
        with self.database.write() as connection:
            seq = next_sequence(connection)
            buried = _tombstones(connection, batch, seq)
            _end(connection, [*(new.article.id for new in batch.articles), *batch.delete], seq)
            if buried:
                connection.execute(insert(tombstones), buried)
            _insert_vectors(connection, batch.vectors)
            said = _insert_mentions(connection, batch.articles)
            related = [[said[link] for link in new.article.related] for new in batch.articles]
            pks = [
                insert_row(connection, articles, article_values(new, seq, keys))
                for new, keys in zip(batch.articles, related, strict=True)
            ]
            insert_links(connection, dict(zip(pks, related, strict=True)))
            cut = zip(pks, batch.articles, strict=True)
            spans = [row for pk, new in cut for row in span_values(pk, new.passages)]
            if spans:
                connection.execute(insert(passages), spans)
            write_checksums(connection, pks, ChecksumKind.VERSION)
            _move(connection, batch.moved)
            for path in (*batch.forget_files, *(file.path for file in batch.files)):
                connection.execute(delete(files).where(files.c.path == path))
            if batch.files:
                connection.execute(insert(files), [asdict(file) for file in batch.files])
            return seq

    def write_sentences(
        self, spans: Mapping[int, Sequence[StoredPassage]], missing: Mapping[bytes, Float16Array]
    ) -> None:
        """Write the sentences of some versions with their vectors, so that comparing encodes none.

        ``spans`` are those of each version, in order: they never change and go with it; ``missing``
        are vectors of texts that the catalog lacks.
        """
        rows = [row for pk, cut in spans.items() for row in span_values(pk, cut)]
        with self.database.write() as connection:
            for chunk in chunks(spans):
                connection.execute(delete(sentences).where(sentences.c.article_pk.in_(chunk)))
            _insert_vectors(connection, missing)
            if rows:
                connection.execute(insert(sentences), rows)
            write_checksums(connection, list(spans), ChecksumKind.SENTENCES)

    def reset_sentences(self, rules: str) -> None:
        """Drop all sentences, as they were cut by other rules, with the vectors only they used."""
        with self.database.write() as connection:
            pks = list(connection.scalars(select(sentences.c.article_pk).distinct()))
            hashes: set[bytes] = set()
            for chunk in chunks(pks):
                delete_checksums(connection, chunk, ChecksumKind.SENTENCES)
                hashes |= _remove_spans(connection, sentences, chunk)
            _remove_unused_vectors(connection, hashes)
            write_setting(connection, SENTENCE_RULES, rules)

    def collect(self, oldest_seq: int) -> int:
        """Remove versions that ended at or before ``oldest_seq``, with what only they used.

        Returns:
            How many versions were removed.
        """
        with self.database.write() as connection:
            # What relating has not seen ending is still in groups and stories; judging compares
            # a new version with the one before.
            related_until = read_setting(connection, RELATED_UNTIL)
            for done in (related_until, judged_until(connection)):
                oldest_seq = min(oldest_seq, int(done or oldest_seq))
            gone = select(articles.c.pk).where(articles.c.ended_seq <= oldest_seq)
            pks = list(connection.scalars(gone))
            _remove_versions(connection, pks)
            collect_clusters(connection, oldest_seq)
        return len(pks)

    def purge(self, ids: Sequence[str]) -> int:
        """Remove all versions of some articles, none of which is current, and overwrite them.

        No generation may need them any more. See ``Database.overwrite_freed`` for what was removed
        before.

        Returns:
            How many versions were removed.
        """
        with self.database.write(secure=True) as connection:
            rows = select_in(connection, select(articles.c.pk), articles.c.id, ids)
            pks = [row.pk for row in rows]
            _remove_versions(connection, pks)
            collect_clusters(connection, int(read_setting(connection, "sequence") or 0))
            forget_articles(connection, ids)
        return len(pks)


def _rewrite(connection: Connection) -> None:
    """Write what older formats write otherwise as this one does.

    The format comes first: with a row SQLite's driver begins a transaction, and with the removal
    of a table it begins none. So a catalog that this is stopped in is whole for older versions.
    """
    write_setting(connection, "format", str(FORMAT))
    rewrite_links(connection)
    rewrite_sketches(connection)


def _remove_versions(connection: Connection, pks: Sequence[int]) -> None:
    """Remove versions with what only they used."""
    for chunk in chunks(pks):
        _remove_said(connection, chunk)
        hashes = _remove_spans(connection, passages, chunk)
        hashes |= _remove_spans(connection, sentences, chunk)
        collect_relations(connection, chunk)
        delete_checksums(connection, chunk)
        connection.execute(delete(articles).where(articles.c.pk.in_(chunk)))
        _remove_unused_vectors(connection, hashes)


def _remove_spans(connection: Connection, table: Table, pks: Sequence[int]) -> set[bytes]:
    """Remove passages or sentences of some versions; the hashes of their texts."""
    mine = table.c.article_pk.in_(pks)
    hashes = set(connection.scalars(select(table.c.text_hash).where(mine)))
    connection.execute(delete(table).where(mine))
    return hashes


def _remove_unused_vectors(connection: Connection, hashes: Iterable[bytes]) -> None:
    """Remove the vectors of those texts that no version has any more."""
    unused = [
        ~exists().where(table.c.text_hash == vectors.c.text_hash) for table in (passages, sentences)
    ]
    for chunk in chunks(hashes):
        connection.execute(delete(vectors).where(vectors.c.text_hash.in_(chunk), *unused))


def _remove_said(connection: Connection, pks: Sequence[int]) -> None:
    """Remove what some versions say of others, unless another version says it, too."""
    rows = connection.execute(
        select(articles.c.pk, articles.c.related).where(articles.c.pk.in_(pks))
    )
    said = {(key, row.pk) for row in rows for key in row.related}
    delete_pairs(connection, links, said)
    is_said = exists().where(links.c.mention_pk == mentions.c.pk)
    for chunk in chunks({key for key, _ in said}):
        connection.execute(delete(mentions).where(mentions.c.pk.in_(chunk), ~is_said))


def _make_secret(connection: Connection) -> str:
    return make_setting(connection, PAGE_SECRET, token_hex(_SECRET_BYTES))


def _tombstones(connection: Connection, batch: WriteBatch, seq: int) -> list[dict[str, Any]]:
    if not (batch.block_mentions or batch.block_records):
        return []
    query = select(articles.c.id, articles.c.content_hash).where(current_at(articles, None))
    ids = batch.delete if batch.block_records else ()
    hashes = {row.id: row.content_hash for row in select_in(connection, query, articles.c.id, ids)}
    return [
        {"id": identity, "seq": seq, "content_hash": hashes.get(identity, "")}
        for identity in dict.fromkeys(batch.delete)
    ]


def _end(connection: Connection, ids: Sequence[str], seq: int) -> None:
    for chunk in chunks(ids):
        connection.execute(
            update(articles)
            .where(articles.c.id.in_(chunk), current_at(articles, None))
            .values(ended_seq=seq)
        )
        connection.execute(delete(tombstones).where(tombstones.c.id.in_(chunk)))


def _move(connection: Connection, moved: Mapping[str, str]) -> None:
    """Note where current versions come from now; those that are damaged stay as they are."""
    query = select(articles.c.pk, articles.c.id).where(current_at(articles, None))
    current = {row.pk: row.id for row in select_in(connection, query, articles.c.id, moved)}
    pks = intact(connection, list(current))
    for pk in pks:
        connection.execute(
            update(articles).where(articles.c.pk == pk).values(source=moved[current[pk]])
        )
    write_checksums(connection, pks, ChecksumKind.VERSION)


def _insert_vectors(connection: Connection, new: Mapping[bytes, Float16Array]) -> None:
    """Write vectors by text hash, all of which the catalog lacks.

    Raises:
        ModelUnavailableError: One is zero or not finite: no engine can compare it.
    """
    if any(not np.isfinite(vector).all() or not vector.any() for vector in new.values()):
        raise ModelUnavailableError("The encoder gave a vector that is zero or not finite.")
    if new:
        connection.execute(
            insert(vectors),
            [
                {"text_hash": text_hash, "vector": vector.astype(np.float16).tobytes()}
                for text_hash, vector in new.items()
            ],
        )


def _insert_mentions(connection: Connection, new: Sequence[NewArticle]) -> dict[Related, int]:
    """Write what versions say of others, each once; the key of each."""
    values = {link: related_values(link) for one in new for link in one.article.related}
    keys = mention_keys(connection, values.values())
    return dict(zip(values, keys, strict=True))
