"""Keep which articles report the same: sketches, relations, duplicate groups and stories.

All of it is found again from the articles by relating them anew. Readers see it as it was at the
sequence number of their generation.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    bindparam,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    tuple_,
    update,
)

from semsearch.model.clusters import CoverageOrder
from semsearch.model.filters import timestamp
from semsearch.store.cache import Cache
from semsearch.store.catalog.clusters import (
    Cluster,
    ClusterEvent,
    ClusterFilter,
    ClusterKind,
    CoverageBatch,
    DatedPair,
    Edge,
    cluster_from_row,
    cluster_values,
    edge_from_row,
    edge_values,
)
from semsearch.store.catalog.database import Database, chunks, keyed, select_in, select_keyed
from semsearch.store.catalog.schema import (
    articles,
    cluster_events,
    clusters,
    current_at,
    memberships,
    relations,
    sketched,
    sketches,
)
from semsearch.store.catalog.sketch_rows import delete_sketches, insert_sketches
from semsearch.store.catalog.statements import (
    insert_row,
    next_sequence,
    read_setting,
    write_setting,
)

RELATED_UNTIL = "related_until"
_SECONDS_A_DAY = 86_400
_KEPT = 16_384  # versions whose group and story are kept
_KEPT_MEMBERS = 65_536
_SHORT = 100
_Listed = tuple[ClusterKind, int, ClusterFilter]
_Asked = tuple[ClusterKind, int, ClusterFilter, CoverageOrder, int, int]
_SHIFT = 1_000_000  # days: databases divide towards zero, so nothing may be negative

_PAIRS = select(
    relations.c.low_pk, relations.c.high_pk, relations.c.p_duplicate, relations.c.p_story
).where(relations.c.added_seq <= bindparam("at"))
_PAIRS_BELOW = keyed(_PAIRS, relations.c.low_pk)
_PAIRS_ABOVE = keyed(_PAIRS, relations.c.high_pk)
_MOMENTS = keyed(
    select(articles.c.pk, articles.c.added_seq, articles.c.ended_seq, articles.c.published),
    articles.c.pk,
)
_HOMES = keyed(select(memberships), memberships.c.article_pk)
_MEMBERS = keyed(select(memberships).order_by(memberships.c.article_pk), memberships.c.cluster_pk)
_CURRENT = keyed(select(clusters).where(current_at(clusters, None)), clusters.c.pk)
_THEN = keyed(select(clusters).where(current_at(clusters, bindparam("at"))), clusters.c.pk)

COMMON = 100
"""A sketch key that so many articles hold says nothing. No more are kept, so that looking a key
up costs the same in an archive of any size."""


class Coverage:
    """The part of the catalog that says which articles report the same.

    It can be asked from any thread of any process; ``at`` is the sequence number of the generation
    that is asked, None: now. Only the writer of the index writes.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        # As a generation sees them they never change.
        self._homes = Cache[tuple[int, int], Mapping[ClusterKind, Cluster]](_KEPT)
        self._members = Cache[tuple[int, int], list[int]](_KEPT_MEMBERS, len)
        self._pages = Cache[_Asked, tuple[int, list[Cluster]]](_KEPT, lambda page: len(page[1]) + 1)
        self._totals = Cache[_Listed, int](_KEPT)

    def forget(self) -> None:
        """Forget what was read, for another index took the place of this one."""
        self._homes.clear()
        self._members.clear()
        self._pages.clear()
        self._totals.clear()

    @property
    def related_until(self) -> int:
        """The sequence number up to which all articles have been related."""
        with self._database.read() as connection:
            return int(read_setting(connection, RELATED_UNTIL) or 0)

    # --- sketches and relations ---------------------------------------------------------------

    def sharing(self, keys: Iterable[int], at: int | None = None) -> dict[int, list[int]]:
        """Versions by the sketch keys that they hold, in order of key; see ``COMMON``."""
        holders: dict[int, list[int]] = {}
        query = select(sketches).order_by(sketches.c.article_pk)
        with self._database.read() as connection:
            for key, pk in select_in(connection, query, sketches.c.key, keys):
                holders.setdefault(key, []).append(pk)
            rare = {key: pks for key, pks in holders.items() if len(pks) < COMMON}
            current = _current(connection, {pk for pks in rare.values() for pk in pks}, at)
        return {key: [pk for pk in pks if pk in current] for key, pks in rare.items()}

    def edges_of(
        self, pks: Iterable[int], at: int | None = None, *, p_duplicate: float = 0.0
    ) -> list[Edge]:
        """Relations of some versions with others, both current at a sequence number (None: now).

        In order of their keys, each once.
        """
        pks = list(pks)
        query = select(relations).where(relations.c.p_duplicate >= p_duplicate)
        if at is not None:
            query = query.where(relations.c.added_seq <= at)
        with self._database.read() as connection:
            edges = {
                (row.low_pk, row.high_pk): edge_from_row(row)
                for side in (relations.c.low_pk, relations.c.high_pk)
                for row in select_in(connection, query, side, pks)
            }
            current = _current(connection, {pk for pair in edges for pk in pair}, at)
        return [edges[pair] for pair in sorted(edges) if current.issuperset(pair)]

    def dated_pairs_of(self, pks: Iterable[int], at: int) -> list[DatedPair]:
        """What some versions and others probably are to each other, all current at a generation."""
        pks = list(pks)
        with self._database.read() as connection:
            pairs = {
                (low, high): (p_duplicate, p_story)
                for statement in (_PAIRS_BELOW, _PAIRS_ABOVE)
                for low, high, p_duplicate, p_story in select_keyed(
                    connection, statement, pks, at=at
                )
            }
            both = {pk for pair in pairs for pk in pair}
            moments = {
                pk: None if published is None else timestamp(datetime.fromisoformat(published))
                for pk, added, ended, published in select_keyed(connection, _MOMENTS, both)
                if added <= at and (ended is None or ended > at)
            }
        return [
            DatedPair(low, high, *probable, _days_apart(moments[low], moments[high]))
            for (low, high), probable in pairs.items()
            if low in moments and high in moments
        ]

    def write_sketches(self, keys_of: Mapping[int, Sequence[int]]) -> None:
        """Write the sketches of some versions, of common keys no more than tell that they are."""
        holders: dict[int, list[int]] = {}
        for pk, keys in keys_of.items():
            for key in dict.fromkeys(keys):
                holders.setdefault(key, []).append(pk)
        with self._database.write() as connection:
            delete_sketches(connection, keys_of)
            query = select(sketches.c.key, func.count().label("number")).group_by(sketches.c.key)
            stored = select_in(connection, query, sketches.c.key, holders)
            counts = {row.key: row.number for row in stored}
            rows = [
                (key, pk)
                for key, pks in holders.items()
                for pk in pks[: COMMON - counts.get(key, 0)]
            ]
            insert_sketches(connection, rows)

    def write_relations(self, edges: Iterable[Edge], pks: Iterable[int]) -> None:
        """Write what new versions are to others, in place of what was written about them."""
        with self._database.write() as connection:
            for chunk in chunks(pks):
                connection.execute(
                    delete(relations).where(
                        or_(relations.c.low_pk.in_(chunk), relations.c.high_pk.in_(chunk))
                    )
                )
            sequence = int(read_setting(connection, "sequence") or 0) + 1
            rows = [edge_values(edge, sequence) for edge in edges]
            if rows:
                connection.execute(insert(relations), rows)

    # --- groups and stories -------------------------------------------------------------------

    def homes_at(self, pks: Collection[int], at: int) -> dict[int, Mapping[ClusterKind, Cluster]]:
        """The group and the story of some versions as a generation sees them, which are kept."""

        def read(keys: list[tuple[int, int]]) -> dict[tuple[int, int], dict[ClusterKind, Cluster]]:
            by_kind = self.all_clusters_of([pk for pk, _ in keys], at)
            return {
                key: {kind: of[key[0]] for kind, of in by_kind.items() if key[0] in of}
                for key in keys
            }

        homes = self._homes.get([(pk, at) for pk in pks], read)
        return {pk: home for (pk, _), home in homes.items()}

    def members_at(self, keys: Collection[int], at: int) -> dict[int, list[int]]:
        """Members of some states of groups or stories as a generation sees them; see there."""

        def read(lacking: list[tuple[int, int]]) -> dict[tuple[int, int], list[int]]:
            members = self.members(key for key, _ in lacking)
            return {(key, at): pks for key, pks in members.items()}

        members = self._members.get([(key, at) for key in keys], read)
        return {key: pks for (key, _), pks in members.items()}

    def all_clusters_of(
        self, pks: Iterable[int], at: int | None = None
    ) -> dict[ClusterKind, dict[int, Cluster]]:
        """The group and the story of each of some versions that is in one."""
        by_kind: dict[ClusterKind, dict[int, Cluster]] = {kind: {} for kind in ClusterKind}
        members: dict[int, list[int]] = {}
        with self._database.read() as connection:
            # Joined with clusters, the database would look through all that there are.
            for row in select_keyed(connection, _HOMES, pks):
                members.setdefault(row.cluster_pk, []).append(row.article_pk)
            rows = (
                select_keyed(connection, _CURRENT, members)
                if at is None
                else select_keyed(connection, _THEN, members, at=at)
            )
            for row in rows:
                cluster = cluster_from_row(row)
                by_kind[cluster.kind] |= dict.fromkeys(members[cluster.key], cluster)
        return by_kind

    def clusters_of(
        self, kind: ClusterKind, pks: Iterable[int], at: int | None = None
    ) -> dict[int, Cluster]:
        """The group or story of each of some versions that is in one."""
        return self.all_clusters_of(pks, at)[kind]

    def members(self, keys: Iterable[int]) -> dict[int, list[int]]:
        """Keys of the members of some states of groups or stories, ascending."""
        members: dict[int, list[int]] = {}
        for row in self._database.select_keyed(_MEMBERS, keys):
            members.setdefault(row.cluster_pk, []).append(row.article_pk)
        return members

    def cluster(self, kind: ClusterKind, identity: str, at: int | None = None) -> Cluster | None:
        """One group or story by its id."""
        query = select(clusters).where(
            clusters.c.kind == kind.value, clusters.c.id == identity, current_at(clusters, at)
        )
        with self._database.read() as connection:
            row = connection.execute(query).first()
        return None if row is None else cluster_from_row(row)

    def listing(
        self,
        kind: ClusterKind,
        at: int,
        only: ClusterFilter,
        order: CoverageOrder,
        offset: int,
        limit: int,
    ) -> tuple[int, list[Cluster]]:
        """One page of groups or stories, and how many there are.

        Short pages and numbers are kept: counting and ordering cost the more, the more there are.
        """
        asked = (kind, at, only, order, offset, limit)
        if limit > _SHORT:
            return self._listed(*asked)
        return self._pages.one(asked, lambda: self._listed(*asked))

    def _listed(
        self,
        kind: ClusterKind,
        at: int,
        only: ClusterFilter,
        order: CoverageOrder,
        offset: int,
        limit: int,
    ) -> tuple[int, list[Cluster]]:
        chosen = and_(clusters.c.kind == kind.value, current_at(clusters, at), *_conditions(only))
        first = {
            CoverageOrder.SIZE: clusters.c.size.desc(),
            CoverageOrder.RECENT: clusters.c.last.desc().nulls_last(),
            CoverageOrder.ORIGINS: clusters.c.origins.desc(),
        }[order]
        query = (
            select(clusters)
            .where(chosen)
            .order_by(first, clusters.c.size.desc(), clusters.c.id)
            .offset(offset)
            .limit(limit)
        )
        number = select(func.count()).select_from(clusters).where(chosen)
        with self._database.read() as connection:
            total = self._totals.one((kind, at, only), lambda: connection.scalar(number) or 0)
            return total, [cluster_from_row(row) for row in connection.execute(query)]

    def days(self, kind: ClusterKind, at: int, only: ClusterFilter) -> list[tuple[int, int]]:
        """Days since 1970 on which groups or stories began, and how many did.

        In order of time; those without a date are left out.
        """
        day = (clusters.c.first + _SHIFT * _SECONDS_A_DAY) // _SECONDS_A_DAY - _SHIFT
        query = (
            select(day, func.count())
            .where(clusters.c.kind == kind.value, current_at(clusters, at), *_conditions(only))
            .where(clusters.c.first.is_not(None))
            .group_by(day)
            .order_by(day)
        )
        with self._database.read() as connection:
            return [(int(when), number) for when, number in connection.execute(query)]

    def counts(self, at: int) -> dict[ClusterKind, int]:
        """How many groups and stories there are."""
        query = (
            select(clusters.c.kind, func.count())
            .where(current_at(clusters, at))
            .group_by(clusters.c.kind)
        )
        with self._database.read() as connection:
            counts = {ClusterKind(kind): number for kind, number in connection.execute(query)}
        return {kind: counts.get(kind, 0) for kind in ClusterKind}

    def events_of(self, identity: str, at: int) -> list[ClusterEvent]:
        """What happened to a story, oldest first."""
        query = (
            select(cluster_events)
            .where(
                or_(cluster_events.c.cluster_id == identity, cluster_events.c.other_id == identity)
            )
            .where(cluster_events.c.seq <= at)
            .order_by(cluster_events.c.pk)
        )
        with self._database.read() as connection:
            return [
                ClusterEvent(
                    row.event, row.cluster_id, row.other_id, datetime.fromisoformat(row.at)
                )
                for row in connection.execute(query)
            ]

    def write(self, batch: CoverageBatch) -> int:
        """Make changed groups and stories visible to the next generation.

        All articles are related from now on. Where nothing changed there is nothing to show, and
        so no new sequence number.

        Returns:
            The sequence number of the last write.
        """
        with self._database.write() as connection:
            if not (batch.changed or batch.ended or batch.events):
                sequence = int(read_setting(connection, "sequence") or 0)
                write_setting(connection, RELATED_UNTIL, str(sequence))
                return sequence
            sequence = next_sequence(connection)
            gone = [*batch.ended, *((new.kind, new.id) for new in batch.changed)]
            for kind in ClusterKind:
                for chunk in chunks(identity for of, identity in gone if of is kind):
                    connection.execute(
                        update(clusters)
                        .where(clusters.c.kind == kind.value, clusters.c.id.in_(chunk))
                        .where(current_at(clusters, None))
                        .values(ended_seq=sequence)
                    )
            for new in batch.changed:
                pk = insert_row(connection, clusters, cluster_values(new, sequence))
                connection.execute(
                    insert(memberships),
                    [{"cluster_pk": pk, "article_pk": member} for member in new.members],
                )
            now = datetime.now(UTC).isoformat(timespec="seconds")
            events = [
                {
                    "seq": sequence,
                    "at": now,
                    "kind": ClusterKind.STORY.value,
                    "event": event,
                    "cluster_id": identity,
                    "other_id": other,
                }
                for event, identity, other in batch.events
            ]
            if events:
                connection.execute(insert(cluster_events), events)
            write_setting(connection, RELATED_UNTIL, str(sequence))
            return sequence

    def reset(self) -> None:
        """End everything, so that all articles are related anew; older generations keep theirs."""
        with self._database.write() as connection:
            sequence = next_sequence(connection)
            connection.execute(
                update(clusters).where(current_at(clusters, None)).values(ended_seq=sequence)
            )
            for table in (sketches, sketched, relations):
                connection.execute(delete(table))
            write_setting(connection, RELATED_UNTIL, "0")


def collect_relations(connection: Connection, pks: Sequence[int]) -> None:
    """Remove sketches and relations of versions that are removed themselves."""
    delete_sketches(connection, pks)
    for side in (relations.c.low_pk, relations.c.high_pk):
        connection.execute(delete(relations).where(side.in_(pks)))


def collect_clusters(connection: Connection, oldest_seq: int) -> None:
    """Remove states of groups and stories that ended at or before ``oldest_seq``."""
    gone = select(clusters.c.pk).where(clusters.c.ended_seq <= oldest_seq)
    for chunk in chunks(list(connection.scalars(gone))):
        connection.execute(delete(memberships).where(memberships.c.cluster_pk.in_(chunk)))
        connection.execute(delete(clusters).where(clusters.c.pk.in_(chunk)))


def _days_apart(a: int | None, b: int | None) -> float | None:
    return None if a is None or b is None else abs(a - b) / _SECONDS_A_DAY


def _conditions(only: ClusterFilter) -> Iterator[ColumnElement[bool]]:
    yield clusters.c.size >= only.min_size
    yield clusters.c.origins >= only.min_origins
    if only.since is not None:
        yield clusters.c.last >= only.since
    if only.until is not None:
        yield clusters.c.first < only.until
    if only.providers is not None:
        outlet = tuple_(articles.c.provider_name, articles.c.provider_domain)
        yield exists().where(
            memberships.c.cluster_pk == clusters.c.pk,
            articles.c.pk == memberships.c.article_pk,
            outlet.in_([(provider.name, provider.domain) for provider in only.providers]),
        )


def _current(connection: Connection, pks: Iterable[int], at: int | None) -> set[int]:
    """Those of some versions that are current.

    They are looked up by key alone: given more to go by, or joined with articles, a database may
    look through all that are current instead.
    """
    query = select(articles.c.pk, articles.c.added_seq, articles.c.ended_seq)
    return {
        row.pk
        for row in select_in(connection, query, articles.c.pk, pks)
        if (
            row.ended_seq is None
            if at is None
            else row.added_seq <= at and (row.ended_seq is None or row.ended_seq > at)
        )
    }
