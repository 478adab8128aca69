"""Keep which articles report the same: duplicate groups and stories, beside their relations.

All of it is found again from the articles by relating them anew. Readers see it as it was at the
sequence number of their generation.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
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
from semsearch.store.cache import Cache
from semsearch.store.catalog.clusters import (
    Cluster,
    ClusterEvent,
    ClusterFilter,
    ClusterKind,
    CoverageBatch,
    cluster_from_row,
    cluster_values,
)
from semsearch.store.catalog.database import Database, chunks, keyed, select_keyed
from semsearch.store.catalog.relations import SECONDS_A_DAY, RelationStore, forget_relations
from semsearch.store.catalog.schema import (
    articles,
    cluster_events,
    clusters,
    current_at,
    memberships,
)
from semsearch.store.catalog.statements import (
    insert_row,
    next_sequence,
    read_setting,
    write_setting,
)

RELATED_UNTIL = "related_until"
_KEPT = 16_384  # versions whose group and story are kept
_KEPT_MEMBERS = 65_536
_SHORT = 100
_Listed = tuple[ClusterKind, int, ClusterFilter]
_Asked = tuple[ClusterKind, int, ClusterFilter, CoverageOrder, int, int]
_SHIFT = 1_000_000  # days: databases divide towards zero, so nothing may be negative
_HOMES = keyed(select(memberships), memberships.c.article_pk)
_MEMBERS = keyed(select(memberships).order_by(memberships.c.article_pk), memberships.c.cluster_pk)
_CURRENT = keyed(select(clusters).where(current_at(clusters, None)), clusters.c.pk)
_THEN = keyed(select(clusters).where(current_at(clusters, bindparam("at"))), clusters.c.pk)


class Coverage:
    """The part of the catalog that says which articles report the same.

    It can be asked from any thread of any process; ``at`` is the sequence number of the generation
    that is asked, None: now. Only the writer of the index writes.

    Attributes:
        relations: What groups and stories are made of.
    """

    def __init__(self, database: Database) -> None:
        self.relations = RelationStore(database)
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
        day = (clusters.c.first + _SHIFT * SECONDS_A_DAY) // SECONDS_A_DAY - _SHIFT
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
            forget_relations(connection)
            write_setting(connection, RELATED_UNTIL, "0")


def collect_clusters(connection: Connection, oldest_seq: int) -> None:
    """Remove states of groups and stories that ended at or before ``oldest_seq``."""
    gone = select(clusters.c.pk).where(clusters.c.ended_seq <= oldest_seq)
    for chunk in chunks(list(connection.scalars(gone))):
        connection.execute(delete(memberships).where(memberships.c.cluster_pk.in_(chunk)))
        connection.execute(delete(clusters).where(clusters.c.pk.in_(chunk)))


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
