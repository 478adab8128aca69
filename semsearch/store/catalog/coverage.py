"""Who reports the same: sketches, relations, duplicate groups and stories in the catalog.

All of it is found again from the articles by relating them anew. Readers see it as it was at the
sequence number of their generation.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection, delete, func, insert, or_, select, update

from semsearch.store.catalog.coverage_reader import COMMON, RELATED_UNTIL, CoverageReader
from semsearch.store.catalog.coverage_rows import ClusterKind, CoverageBatch, Edge, NewCluster
from semsearch.store.catalog.database import chunks
from semsearch.store.catalog.schema import (
    cluster_events,
    clusters,
    memberships,
    relations,
    sketches,
)
from semsearch.store.catalog.statements import keep_setting, next_sequence, read_setting


class Coverage(CoverageReader):
    """The part of the catalog that says which articles report the same."""

    def forget(self) -> None:
        """End everything, so that all articles are related anew; older generations keep theirs."""
        with self._database.write() as connection:
            sequence = next_sequence(connection)
            connection.execute(
                update(clusters).where(clusters.c.ended_seq.is_(None)).values(ended_seq=sequence)
            )
            for table in (sketches, relations):
                connection.execute(delete(table))
            keep_setting(connection, RELATED_UNTIL, "0")

    def keep_sketches(self, held: Mapping[int, Sequence[int]]) -> None:
        """Write the sketches of some versions, of common keys no more than tell that they are."""
        holders: dict[int, list[int]] = {}
        for pk, keys in held.items():
            for key in dict.fromkeys(keys):
                holders.setdefault(key, []).append(pk)
        with self._database.write() as connection:
            for chunk in chunks(held):
                connection.execute(delete(sketches).where(sketches.c.article_pk.in_(chunk)))
            counts = _counts(connection, holders)
            rows = [
                {"key": key, "article_pk": pk}
                for key, pks in holders.items()
                for pk in pks[: COMMON - counts.get(key, 0)]
            ]
            if rows:
                connection.execute(insert(sketches), rows)

    def keep_relations(self, edges: Sequence[Edge], pks: Iterable[int]) -> None:
        """Write what new versions are to others, in place of what was written about them."""
        with self._database.write() as connection:
            for chunk in chunks(pks):
                connection.execute(
                    delete(relations).where(
                        or_(relations.c.low_pk.in_(chunk), relations.c.high_pk.in_(chunk))
                    )
                )
            sequence = int(read_setting(connection, "sequence") or 0) + 1
            if edges:
                connection.execute(
                    insert(relations), [{**_edge_values(e), "added_seq": sequence} for e in edges]
                )

    def write(self, batch: CoverageBatch) -> int:
        """Make changed groups and stories visible to the next generation.

        All articles are related from now on. Where nothing changed there is nothing to show, and
        so no new sequence number.

        Returns:
            The sequence number of the last write.
        """
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with self._database.write() as connection:
            if not (batch.changed or batch.ended or batch.events):
                sequence = int(read_setting(connection, "sequence") or 0)
                keep_setting(connection, RELATED_UNTIL, str(sequence))
                return sequence
            sequence = next_sequence(connection)
            gone = [*batch.ended, *((new.kind, new.id) for new in batch.changed)]
            for kind in ClusterKind:
                for chunk in chunks(identity for of, identity in gone if of is kind):
                    connection.execute(
                        update(clusters)
                        .where(clusters.c.kind == kind.value, clusters.c.id.in_(chunk))
                        .where(clusters.c.ended_seq.is_(None))
                        .values(ended_seq=sequence)
                    )
            for new in batch.changed:
                _insert_cluster(connection, new, sequence)
            if batch.events:
                connection.execute(
                    insert(cluster_events),
                    [
                        {
                            "seq": sequence,
                            "at": now,
                            "kind": ClusterKind.STORY.value,
                            "event": event,
                            "cluster_id": identity,
                            "other_id": other,
                        }
                        for event, identity, other in batch.events
                    ],
                )
            keep_setting(connection, RELATED_UNTIL, str(sequence))
            return sequence


def _counts(connection: Connection, keys: Iterable[int]) -> dict[int, int]:
    """In how many versions each sketch key stands, at most ``COMMON``."""
    return {
        key: number
        for chunk in chunks(keys)
        for key, number in connection.execute(
            select(sketches.c.key, func.count())
            .where(sketches.c.key.in_(chunk))
            .group_by(sketches.c.key)
        )
    }


def collect_coverage_of(connection: Connection, pks: Sequence[int]) -> None:
    """Remove what is kept about versions that are removed themselves."""
    connection.execute(delete(sketches).where(sketches.c.article_pk.in_(pks)))
    for side in (relations.c.low_pk, relations.c.high_pk):
        connection.execute(delete(relations).where(side.in_(pks)))


def collect_clusters(connection: Connection, oldest_seq: int) -> None:
    """Remove states of groups and stories that ended at or before ``oldest_seq``."""
    gone = select(clusters.c.pk).where(clusters.c.ended_seq <= oldest_seq)
    for chunk in chunks(list(connection.scalars(gone))):
        connection.execute(delete(memberships).where(memberships.c.cluster_pk.in_(chunk)))
        connection.execute(delete(clusters).where(clusters.c.pk.in_(chunk)))


def _edge_values(edge: Edge) -> dict[str, object]:
    return {
        "low_pk": edge.low,
        "high_pk": edge.high,
        "p_duplicate": edge.p_duplicate,
        "p_story": edge.p_story,
        "first_pk": edge.first,
    }


def _insert_cluster(connection: Connection, new: NewCluster, sequence: int) -> None:
    result = connection.execute(
        insert(clusters).values(
            id=new.id,
            kind=new.kind.value,
            added_seq=sequence,
            lead_pk=new.lead,
            title=new.title,
            size=len(new.members),
            providers=new.providers,
            origins=new.origins,
            first=new.first,
            last=new.last,
        )
    )
    key = result.inserted_primary_key
    pk = int(key[0]) if key is not None else 0
    connection.execute(
        insert(memberships), [{"cluster_pk": pk, "article_pk": member} for member in new.members]
    )
