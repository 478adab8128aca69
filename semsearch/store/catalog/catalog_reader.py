"""Read articles from the catalog: by id, by key, and what generations are derived from."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, select

from semsearch.model.article import EMBEDDED, Article, Field, Passage, Provider
from semsearch.store.catalog.database import Columns, Database, chunks, keyed, select_in
from semsearch.store.catalog.rows import (
    ChangedVersions,
    FileState,
    Float16Array,
    KnownArticle,
    SegmentRow,
    article_from_row,
    articles_from_rows,
    content_key,
    moment_from,
    passage_from_row,
    spans_with_vectors,
    vectors_from_rows,
)
from semsearch.store.catalog.schema import (
    articles,
    current_at,
    files,
    likely,
    links,
    mentions,
    passages,
    sentences,
    tombstones,
    vectors,
)
from semsearch.store.catalog.statements import read_setting

SENTENCE_RULES = "sentences"
"""The setting that names the rules by which the stored sentences were cut."""

MANY_HOLDERS = 200
"""A sentence that more versions hold is nobody's own."""

_PAGE = 500
_SOME = 1_000
_TEXTS = keyed(
    select(*(column for column in articles.c if column.name not in ("related", "extra"))),
    articles.c.pk,
)
_HEADS = keyed(
    select(
        articles.c.pk,
        articles.c.id,
        articles.c.title,
        articles.c.provider_name,
        articles.c.provider_domain,
        articles.c.published,
        articles.c.zone_assumed,
        articles.c.topics,
        articles.c.category,
        articles.c.type,
        articles.c.language,
        articles.c.quality,
        articles.c.stub,
    ),
    articles.c.pk,
)
_HOLDERS = select(
    sentences.c.text_hash,
    articles.c.pk,
    articles.c.provider_name,
    articles.c.provider_domain,
).join(articles, articles.c.pk == sentences.c.article_pk)


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

    def known(self, ids: Iterable[str]) -> dict[str, KnownArticle]:
        """The current versions of some ids, without their texts."""
        query = select(
            articles.c.id,
            articles.c.pk,
            articles.c.content_hash,
            articles.c.stub,
            articles.c.source,
        ).where(current_at(articles, None))
        return {
            row.id: KnownArticle(row.pk, row.content_hash, row.stub, row.source)
            for row in self.database.select_in(query, articles.c.id, ids)
        }

    def tombstones(self, ids: Iterable[str]) -> dict[str, str]:
        """Those of the ids that were deleted and not given again, with their last content hash."""
        rows = self.database.select_in(select(tombstones), tombstones.c.id, ids)
        return {row.id: row.content_hash for row in rows}

    def versions_of(self, ids: Iterable[str]) -> dict[str, set[tuple[str, str]]]:
        """Those of some ids that any version is of: file ("" for none) and address of each."""
        versions: dict[str, set[tuple[str, str]]] = {}
        query = select(articles.c.id, articles.c.source, articles.c.url)
        for row in self.database.select_in(query, articles.c.id, ids):
            versions.setdefault(row.id, set()).add((row.source or "", row.url))
        return versions

    def mentioning(self, ids: Iterable[str]) -> list[str]:
        """Ids of current articles that link to one of some articles, in their order."""
        query = (
            select(articles.c.id)
            .join(links, links.c.article_pk == articles.c.pk)
            .join(mentions, mentions.c.pk == links.c.mention_pk)
            .where(current_at(articles, None))
        )
        return sorted({row.id for row in self.database.select_in(query, mentions.c.target_id, ids)})

    def full_articles_at(self, urls: Iterable[str]) -> set[str]:
        """Those of some canonical addresses at which a current article is that is no stub."""
        query = select(articles.c.url_key).where(
            current_at(articles, None), articles.c.stub.is_(False)
        )
        return {row.url_key for row in self.database.select_in(query, articles.c.url_key, urls)}

    def ids_at_address(self, url: str, sequence: int) -> list[str]:
        """Ids of the articles that a number sees at a canonical address, in their order."""
        query = select(articles.c.id).where(
            articles.c.url_key == url, current_at(articles, sequence)
        )
        with self.database.read() as connection:
            return sorted(connection.scalars(query))

    def stored_vectors(self, hashes: Iterable[bytes]) -> set[bytes]:
        """Those of the text hashes whose vector is held."""
        rows = self.database.select_in(select(vectors.c.text_hash), vectors.c.text_hash, hashes)
        return {row.text_hash for row in rows}

    def by_pk(self, pks: Iterable[int]) -> dict[int, Article]:
        """Versions by their keys, without links and extras; those already collected are missing."""
        return self._versions_by_pk(_TEXTS, pks)

    def heads(self, pks: Iterable[int]) -> dict[int, Article]:
        """Versions by their keys with title, provider and date alone."""
        return self._versions_by_pk(_HEADS, pks)

    def _versions_by_pk(
        self, statement: Select[*tuple[Any, ...]], pks: Iterable[int]
    ) -> dict[int, Article]:
        names = statement.selected_columns.keys()  # a row tells them, too, but finds them anew
        return {
            row.pk: article_from_row(dict(zip(names, row, strict=True)))
            for row in self.database.select_keyed(statement, pks)
        }

    def by_id(self, ids: Iterable[str], sequence: int | None = None) -> dict[str, Article]:
        """Articles by id, as they were at a sequence number (None: now)."""
        with self.database.read_snapshot() as connection:
            rows = list(_versions(connection, select(articles), ids, sequence))
            return {one.id: one for one in articles_from_rows(connection, rows)}

    def pks_at(self, ids: Iterable[str], sequence: int) -> dict[str, int]:
        """Keys of the versions that some ids had at a sequence number."""
        query = select(articles.c.id, articles.c.pk)
        with self.database.read() as connection:
            return {row.id: row.pk for row in _versions(connection, query, ids, sequence)}

    def ids_of(self, pks: Iterable[int]) -> dict[int, str]:
        """The article ids of some versions."""
        query = select(articles.c.pk, articles.c.id)
        return {row.pk: row.id for row in self.database.select_in(query, articles.c.pk, pks)}

    def all_articles(self) -> Iterator[Article]:
        """Every current article, in order of id, read in chunks."""
        last = ""
        while True:
            query = select(articles).where(articles.c.ended_seq.is_(None), articles.c.id > last)
            with self.database.read_snapshot() as connection:
                rows = connection.execute(query.order_by(articles.c.id).limit(_PAGE)).all()
                page = articles_from_rows(connection, rows)
            yield from page
            if len(page) < _PAGE:
                return
            last = page[-1].id

    def ids(self) -> list[str]:
        """The ids of all current articles, in their order."""
        query = select(articles.c.id).where(articles.c.ended_seq.is_(None)).order_by(articles.c.id)
        with self.database.read() as connection:
            return list(connection.scalars(query))

    def usual_language(self) -> str:
        """The language of most of the first thousand articles, in lower case; else empty."""
        current = select(articles.c.language).where(articles.c.ended_seq.is_(None))
        some = current.limit(_SOME).subquery()
        number = func.count()
        query = (
            select(some.c.language)
            .where(some.c.language != "")
            .group_by(some.c.language)
            .order_by(number.desc(), some.c.language)
            .limit(1)
        )
        with self.database.read() as connection:
            return str(connection.execute(query).scalar() or "").lower()

    def counts(self, sequence: int | None = None) -> dict[bool, int]:
        """How many articles there are at a number (None: now), by whether they are stubs."""
        current = (
            articles.c.ended_seq.is_(None) if sequence is None else current_at(articles, sequence)
        )
        query = select(articles.c.stub, func.count()).where(current)
        with self.database.read() as connection:
            rows = connection.execute(query.group_by(articles.c.stub))
            counts = {bool(stub): int(number) for stub, number in rows}
        return {False: counts.get(False, 0), True: counts.get(True, 0)}

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
        ids: dict[str, list[str]] = {}
        with self.database.read() as connection:
            for source, identity in connection.execute(query):
                ids.setdefault(source, []).append(identity)
        return ids

    def ids_from(self, source: str) -> set[str]:
        """Ids of current articles that came from a file."""
        query = select(articles.c.id).where(
            articles.c.ended_seq.is_(None), articles.c.source == source
        )
        with self.database.read() as connection:
            return set(connection.scalars(query))

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
            select(mentions.c.pk)
            .join(links, links.c.mention_pk == mentions.c.pk)
            .join(linker, linker.c.pk == links.c.article_pk)
            .where(mentions.c.target_id == articles.c.id, linker.c.ended_seq.is_(None))
        )
        query = select(articles.c.id).where(
            articles.c.stub.is_(True), articles.c.ended_seq.is_(None), ~linked.exists()
        )
        with self.database.read() as connection:
            return list(connection.scalars(query.order_by(articles.c.id)))

    def lacking_sentences(self, pks: Iterable[int]) -> list[int]:
        """Those of some versions of which no sentences are stored, ascending."""
        wanted = set(pks)
        query = select(sentences.c.article_pk).distinct()
        rows = self.database.select_in(query, sentences.c.article_pk, wanted)
        return sorted(wanted - {row.article_pk for row in rows})

    def sentences_of(
        self, pks: Iterable[int]
    ) -> dict[int, tuple[tuple[Passage, ...], Float16Array]]:
        """Sentences in order with their vectors, of those versions that have them.

        The vectors are float16 of shape (sentences, dimension).
        """
        with self.database.read() as connection:
            return {
                pk: (tuple(passage_from_row(row) for row in rows), vectors_from_rows(rows))
                for pk, rows in spans_with_vectors(connection, sentences, pks)
            }

    def repeated_sentences(
        self, hashes: Iterable[bytes], least: int, at: int
    ) -> dict[bytes, dict[int, str] | None]:
        """Who holds some sentences, of those that so many versions hold.

        Returns:
            For each sentence the versions that are current then, and the outlet of each as
            ``Provider.key`` has it. None where more than ``MANY_HOLDERS`` hold it: to name them
            would cost more the larger the archive is.
        """
        number = func.count(sentences.c.article_pk.distinct())
        count = select(sentences.c.text_hash, number.label("number"))
        count = count.join(articles, articles.c.pk == sentences.c.article_pk)
        count = count.where(likely(current_at(articles, at)))
        count = count.group_by(sentences.c.text_hash).having(number >= least)
        counted = self.database.select_in(count, sentences.c.text_hash, hashes)
        numbers = {row.text_hash: row.number for row in counted}
        few = {key: dict[int, str]() for key, held in numbers.items() if held <= MANY_HOLDERS}
        query = _HOLDERS.where(likely(current_at(articles, at)))
        for row in self.database.select_in(query, sentences.c.text_hash, few):
            few[row.text_hash][row.pk] = Provider(row.provider_name, row.provider_domain).key
        return {key: few.get(key) for key in numbers}

    def holders(self, sentence: bytes, at: int, after: int, most: int) -> dict[int, str]:
        """The versions that hold a sentence as ``repeated_sentences`` has them: the next so many.

        ``after``: only those with a greater key.
        """
        query = _HOLDERS.where(
            likely(current_at(articles, at)),
            sentences.c.text_hash == sentence,
            articles.c.pk > after,
        )
        query = query.distinct().order_by(articles.c.pk).limit(most)
        with self.database.read() as connection:
            return {
                row.pk: Provider(row.provider_name, row.provider_domain).key
                for row in connection.execute(query)
            }

    # --- what generations are derived from ------------------------------------------------

    def added(self, after: int, until: int) -> Iterator[tuple[int, Article]]:
        """Versions with their texts added in ``(after, until]`` that are current at ``until``."""
        for chunk in chunks(self.pks_added(after, until)):
            yield from sorted(self.by_pk(chunk).items())

    def newest(self, until: int, most: int) -> list[int]:
        """Keys of the versions added last of those current at ``until``, newest first."""
        query = select(articles.c.pk).where(current_at(articles, until))
        with self.database.read() as connection:
            return list(connection.scalars(query.order_by(articles.c.pk.desc()).limit(most)))

    def pks_added(self, after: int, until: int) -> list[int]:
        """Keys of the versions added in ``(after, until]`` and current at ``until``, ascending."""
        query = select(articles.c.pk).where(_added(after, until)).order_by(articles.c.pk)
        with self.database.read() as connection:
            return list(connection.scalars(query))

    def pks_ended(self, after: int, until: int) -> list[int]:
        """Keys of the versions that were current at ``after`` and ended in ``(after, until]``."""
        query = select(articles.c.pk).where(_ended(after, until)).order_by(articles.c.pk)
        with self.database.read() as connection:
            return list(connection.scalars(query))

    def first_written(self, after: int, until: int) -> dict[int, int]:
        """What was added in ``(after, until]`` and is current at ``until``, as keys.

        With the first sequence number in it at which each article was written: other versions of it
        may have ended meanwhile.
        """
        within = (articles.c.added_seq > after, articles.c.added_seq <= until)
        first = select(articles.c.id, func.min(articles.c.added_seq).label("first"))
        first_of = first.where(*within).group_by(articles.c.id).subquery()
        query = select(articles.c.pk, first_of.c.first)
        query = query.join(first_of, first_of.c.id == articles.c.id)
        query = query.where(articles.c.added_seq > after, current_at(articles, until))
        with self.database.read() as connection:
            return {row.pk: row.first for row in connection.execute(query)}

    def changed(self, after: int, until: int) -> ChangedVersions:
        """Which versions are current at one sequence number and not at an earlier one, and back."""
        query = select(articles.c.pk, articles.c.stub).order_by(articles.c.pk)
        added, ended = query.where(_added(after, until)), query.where(_ended(after, until))
        with self.database.read() as connection:
            return ChangedVersions(
                {row.pk: row.stub for row in connection.execute(added)},
                {row.pk: row.stub for row in connection.execute(ended)} if after else {},
            )

    def in_order_of_time(self, pks: Iterable[int]) -> list[int]:
        """Keys in order of publication, those without a date last."""
        query = select(articles.c.pk, articles.c.published, articles.c.id)
        rows = self.database.select_in(query, articles.c.pk, pks)
        return [row.pk for row in sorted(rows, key=lambda row: (row.published or "~", row.id))]

    def pks_published(self, since: datetime, until: datetime) -> tuple[list[int], int]:
        """Keys of current articles published in ``[since, until)``, in order of publication.

        Stubs are left out.

        Returns:
            They, and how many current articles have no date.
        """
        current = (articles.c.ended_seq.is_(None), articles.c.stub.is_(False))
        query = select(articles.c.pk, articles.c.published, articles.c.id).where(
            *current,
            articles.c.published >= since.date().isoformat(),
            articles.c.published <= until.isoformat(),
        )
        undated = select(func.count()).select_from(articles)
        with self.database.read() as connection:
            rows = connection.execute(query).all()
            number = connection.scalar(undated.where(*current, articles.c.published.is_(None)))
        found = [(moment_from(row.published), row.id, row.pk) for row in rows]
        dated = sorted((at, name, pk) for at, name, pk in found if at and since <= at < until)
        return [pk for _, _, pk in dated], number or 0

    def passages_of(self, pks: Iterable[int]) -> int:
        """How many passages some versions have together."""
        query = select(func.count().label("number")).select_from(passages)
        rows = self.database.select_in(query, passages.c.article_pk, pks)
        return sum(row.number for row in rows)

    def lifetimes(self, pks: Iterable[int]) -> list[tuple[int, int, int | None]]:
        """Keys of some versions with the sequence numbers at which each was added and ended."""
        query = select(articles.c.pk, articles.c.added_seq, articles.c.ended_seq)
        rows = self.database.select_in(query, articles.c.pk, pks)
        return [(row.pk, row.added_seq, row.ended_seq) for row in rows]

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
                spans = dict(spans_with_vectors(connection, passages, chunk))
            for pk, head in sorted(heads.items()):
                rows = spans.get(pk, [])
                cut = tuple(passage_from_row(row) for row in rows)
                content = content_key(cut, [row.text_hash for row in rows])
                yield SegmentRow(pk, head, cut, vectors_from_rows(rows, dimension), content)

    def lead_vectors(self, pks: Iterable[int], dimension: int) -> Float16Array:
        """Vectors of the leads of some versions, shape (leads, dimension)."""
        query = (
            select(vectors.c.vector)
            .join(passages, vectors.c.text_hash == passages.c.text_hash)
            .where(passages.c.field == EMBEDDED.index(Field.LEAD))
            .order_by(passages.c.article_pk)
        )
        rows = self.database.select_in(query, passages.c.article_pk, pks)
        return vectors_from_rows(list(rows), dimension)


def _added(after: int, until: int) -> ColumnElement[bool]:
    return and_(articles.c.added_seq > after, current_at(articles, until))


def _ended(after: int, until: int) -> ColumnElement[bool]:
    return and_(
        articles.c.added_seq <= after, articles.c.ended_seq > after, articles.c.ended_seq <= until
    )


def _versions(
    connection: Connection, query: Select[*Columns], ids: Iterable[str], sequence: int | None
) -> Iterator[Row[*Columns]]:
    """The versions that some ids had at a sequence number (None: now).

    Those that are current now and those that ended since are looked up by an index each.
    """
    ids = list(ids)
    conditions = [current_at(articles, None)]
    if sequence is not None:
        query = query.where(likely(articles.c.added_seq <= sequence))
        conditions.append(articles.c.ended_seq > sequence)
    for condition in conditions:
        yield from select_in(connection, query.where(condition), articles.c.id, ids)
