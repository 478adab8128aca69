"""Reading who reports the same: relations, duplicate groups and stories."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, exists, func, or_, select, tuple_

from semsearch.model.coverage import CoverageOrder
from semsearch.store.catalog.coverage_rows import (
    Cluster,
    ClusterEvent,
    ClusterFilter,
    ClusterKind,
    Edge,
)
from semsearch.store.catalog.database import Database, chunks
from semsearch.store.catalog.schema import (
    articles,
    cluster_events,
    clusters,
    memberships,
    relations,
    sketches,
)
from semsearch.store.catalog.statements import read_setting

RELATED_UNTIL = "related_until"
_SECONDS_A_DAY = 86_400
_SHIFT = 1_000_000  # days: databases divide towards zero, so nothing may be negative

COMMON = 100
"""A sketch key that so many articles hold says nothing. No more are kept, so that looking a key
up costs the same in an archive of any size."""


class CoverageReader:
    """What can be asked about coverage, from any thread of any process.

    ``at`` is the sequence number of the generation that is asked; None: now.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    @property
    def related_until(self) -> int:
        """The sequence number up to which all articles have been related."""
        with self._database.read() as connection:
            return int(read_setting(connection, RELATED_UNTIL) or 0)

    def sharing(self, keys: Iterable[int], at: int | None = None) -> dict[int, list[int]]:
        """Versions by the sketch keys that they hold, in order of key; see ``COMMON``."""
        found: dict[int, list[int]] = {}
        with self._database.read() as connection:
            for chunk in chunks(keys):
                query = select(sketches).where(sketches.c.key.in_(chunk))
                for key, pk in connection.execute(query.order_by(sketches.c.article_pk)):
                    found.setdefault(key, []).append(pk)
            rare = {key: pks for key, pks in found.items() if len(pks) < COMMON}
            among = {pk for pks in rare.values() for pk in pks}
            current = _current_among(among, connection, at)
        return {key: [pk for pk in pks if pk in current] for key, pks in rare.items()}

    def edges_of(
        self, pks: Iterable[int], at: int | None = None, *, p_duplicate: float = 0.0
    ) -> list[Edge]:
        """Relations of some versions with others, both current at a sequence number (None: now).

        In order of their keys, each once.
        """
        found: dict[tuple[int, int], Edge] = {}
        with self._database.read() as connection:
            for chunk in chunks(pks):
                for side in (relations.c.low_pk, relations.c.high_pk):
                    query = (
                        select(relations)
                        .where(side.in_(chunk))
                        .where(relations.c.p_duplicate >= p_duplicate)
                    )
                    if at is not None:
                        query = query.where(relations.c.added_seq <= at)
                    for row in connection.execute(query):
                        found[row.low_pk, row.high_pk] = Edge(
                            row.low_pk,
                            row.high_pk,
                            row.p_duplicate,
                            row.p_story,
                            row.first_pk,
                        )
            current = _current_among({pk for pair in found for pk in pair}, connection, at)
        return [found[key] for key in sorted(found) if current.issuperset(key)]

    def homes_of(
        self, pks: Iterable[int], at: int | None = None
    ) -> dict[ClusterKind, dict[int, Cluster]]:
        """The group and the story of each of some versions that is in one."""
        homes: dict[ClusterKind, dict[int, Cluster]] = {kind: {} for kind in ClusterKind}
        with self._database.read() as connection:
            members: dict[int, list[int]] = {}
            for chunk in chunks(pks):
                query = select(memberships).where(memberships.c.article_pk.in_(chunk))
                for row in connection.execute(query):
                    members.setdefault(row.cluster_pk, []).append(row.article_pk)
            # Joined with them, the database would look through all groups or stories there are.
            for chunk in chunks(members):
                held = select(clusters).where(clusters.c.pk.in_(chunk), _current(clusters.c, at))
                for row in connection.execute(held):
                    cluster = _cluster(row)
                    homes[cluster.kind] |= dict.fromkeys(members[cluster.key], cluster)
        return homes

    def clusters_of(
        self, kind: ClusterKind, pks: Iterable[int], at: int | None = None
    ) -> dict[int, Cluster]:
        """The group or story of each of some versions that is in one."""
        return self.homes_of(pks, at)[kind]

    def members(self, keys: Iterable[int]) -> dict[int, list[int]]:
        """Keys of the members of some states of groups or stories, ascending."""
        found: dict[int, list[int]] = {}
        with self._database.read() as connection:
            for chunk in chunks(keys):
                query = (
                    select(memberships)
                    .where(memberships.c.cluster_pk.in_(chunk))
                    .order_by(memberships.c.article_pk)
                )
                for row in connection.execute(query):
                    found.setdefault(row.cluster_pk, []).append(row.article_pk)
        return found

    def cluster(self, kind: ClusterKind, identity: str, at: int | None = None) -> Cluster | None:
        """One group or story by its id."""
        query = select(clusters).where(
            clusters.c.kind == kind.value, clusters.c.id == identity, _current(clusters.c, at)
        )
        with self._database.read() as connection:
            row = connection.execute(query).first()
        return None if row is None else _cluster(row)

    def listing(
        self,
        kind: ClusterKind,
        at: int,
        wanted: ClusterFilter,
        order: CoverageOrder,
        offset: int,
        limit: int,
    ) -> tuple[int, list[Cluster]]:
        """One page of groups or stories, and how many there are."""
        chosen = and_(clusters.c.kind == kind.value, _current(clusters.c, at), *_chosen(wanted))
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
        with self._database.read() as connection:
            total = connection.scalar(select(func.count()).select_from(clusters).where(chosen))
            return total or 0, [_cluster(row) for row in connection.execute(query)]

    def days(self, kind: ClusterKind, at: int, wanted: ClusterFilter) -> list[tuple[int, int]]:
        """Days since 1970 on which groups or stories began, and how many did.

        In order of time; those without a date are left out.
        """
        day = (clusters.c.first + _SHIFT * _SECONDS_A_DAY) // _SECONDS_A_DAY - _SHIFT
        query = (
            select(day, func.count())
            .where(clusters.c.kind == kind.value, _current(clusters.c, at), *_chosen(wanted))
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
            .where(_current(clusters.c, at))
            .group_by(clusters.c.kind)
        )
        with self._database.read() as connection:
            found = {ClusterKind(kind): number for kind, number in connection.execute(query)}
        return {kind: found.get(kind, 0) for kind in ClusterKind}

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
                    ClusterKind(row.kind),
                    row.event,
                    row.cluster_id,
                    row.other_id,
                    datetime.fromisoformat(row.at),
                )
                for row in connection.execute(query)
            ]


def _chosen(wanted: ClusterFilter) -> Iterator[ColumnElement[bool]]:
    yield clusters.c.size >= wanted.min_size
    yield clusters.c.origins >= wanted.min_origins
    if wanted.since is not None:
        yield clusters.c.last >= wanted.since
    if wanted.until is not None:
        yield clusters.c.first < wanted.until
    if wanted.providers is not None:
        outlet = tuple_(articles.c.provider_name, articles.c.provider_domain)
        yield exists().where(
            memberships.c.cluster_pk == clusters.c.pk,
            articles.c.pk == memberships.c.article_pk,
            outlet.in_([(one.name, one.domain) for one in wanted.providers]),
        )


def _current(columns: Any, at: int | None) -> ColumnElement[bool]:
    """Whether a version is the current one at a sequence number (None: now)."""
    if at is None:
        open_ended: ColumnElement[bool] = columns.ended_seq.is_(None)
        return open_ended
    return and_(columns.added_seq <= at, or_(columns.ended_seq.is_(None), columns.ended_seq > at))


def _current_among(pks: Iterable[int], connection: Connection, at: int | None) -> set[int]:
    """Those of some versions that are current.

    They are looked up by key alone: given more to go by, or joined with articles, a database may
    look through all that are current instead.
    """
    columns = (articles.c.pk, articles.c.added_seq, articles.c.ended_seq)
    found = [
        row
        for chunk in chunks(pks)
        for row in connection.execute(select(*columns).where(articles.c.pk.in_(chunk)))
    ]
    if at is None:
        return {row.pk for row in found if row.ended_seq is None}
    return {
        row.pk
        for row in found
        if row.added_seq <= at and (row.ended_seq is None or row.ended_seq > at)
    }


def _cluster(row: Any) -> Cluster:
    return Cluster(
        key=row.pk,
        kind=ClusterKind(row.kind),
        id=row.id,
        lead=row.lead_pk,
        title=row.title,
        size=row.size,
        providers=row.providers,
        origins=row.origins,
        first=row.first,
        last=row.last,
    )
