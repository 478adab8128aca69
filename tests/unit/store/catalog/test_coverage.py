"""Coverage in the catalog: what is kept about sketches, relations, groups and stories."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from semsearch.model.article import Provider
from semsearch.model.clusters import CoverageOrder
from semsearch.store.catalog.catalog import Catalog
from semsearch.store.catalog.clusters import (
    Cluster,
    ClusterFilter,
    ClusterKind,
    CoverageBatch,
    NewCluster,
)
from semsearch.store.catalog.coverage import Coverage
from semsearch.store.catalog.relations import COMMON, Edge
from semsearch.store.catalog.schema import metadata
from tests.support.articles import GAZETTE, HERALD, make_article
from tests.support.encoder import HashingEncoder
from tests.support.indexes import fast_folder, open_catalog
from tests.support.store import current_pks, write

ENCODER = HashingEncoder()
GROUP, STORY = ClusterKind.GROUP, ClusterKind.STORY


@pytest.fixture
def coverage(catalog: Catalog) -> Coverage:
    return Coverage(catalog.database)


def put(catalog: Catalog, *ids: str, text: str = "") -> dict[str, int]:
    """Write articles and give their keys."""
    write(catalog, ENCODER, [make_article(i, f"Notice {i} {text}") for i in ids])
    return current_pks(catalog, ids)


def cluster(
    identity: str, *members: int, kind: ClusterKind = GROUP, **values: object
) -> NewCluster:
    base = NewCluster(kind, identity, members[0], f"Title {identity}", 1, 1, None, None, members)
    return replace(base, **values)  # type: ignore[arg-type]


def edge(low: int, high: int, p_duplicate: float = 0.9) -> Edge:
    return Edge(low, high, p_duplicate, p_duplicate)


def rows(catalog: Catalog, table: str, where: str = "true") -> int:
    with catalog.database.read() as connection:
        query = select(func.count()).select_from(metadata.tables[table]).where(text(where))
        return connection.scalar(query) or 0


# --- sketches -----------------------------------------------------------------------------------


def test_versions_find_each_other_by_equal_keys(catalog: Catalog, coverage: Coverage) -> None:
    a, b, c = put(catalog, "a", "b", "c").values()
    coverage.relations.write_sketches({a: (1, 2, 2), b: (2, 3), c: (2**63 - 1,)})
    assert coverage.relations.sharing([1, 2, 4]) == {1: [a], 2: [a, b]}
    assert coverage.relations.sharing([2**63 - 1]) == {2**63 - 1: [c]}
    assert coverage.relations.sharing([]) == {}


def test_a_sketch_is_written_in_place_of_an_earlier_one(
    catalog: Catalog, coverage: Coverage
) -> None:
    a, b = put(catalog, "a", "b").values()
    coverage.relations.write_sketches({a: (1, 2), b: (2,)})
    coverage.relations.write_sketches({a: (2, 3)})
    assert coverage.relations.sharing([1, 2, 3]) == {2: [a, b], 3: [a]}


def test_who_shares_a_key_depends_on_when_it_is_asked(catalog: Catalog, coverage: Coverage) -> None:
    first = put(catalog, "a", "b")
    second = put(catalog, "a", text="changed")
    coverage.relations.write_sketches(dict.fromkeys((*first.values(), *second.values()), (7,)))
    assert coverage.relations.sharing([7]) == {7: [first["b"], second["a"]]}
    assert coverage.relations.sharing([7], at=1) == {7: [first["a"], first["b"]]}


def test_sketches_of_a_format_before_are_removed_with_their_versions(
    catalog: Catalog, coverage: Coverage
) -> None:
    a, b = put(catalog, "a", "b").values()
    coverage.relations.write_sketches({a: (1, 2**62), b: (2,)})
    with catalog.database.write() as connection:  # as format 4 had it
        connection.execute(text("DROP TABLE sketched"))
        connection.execute(text("CREATE INDEX sketches_article ON sketches (article_pk)"))
    catalog.write_setting("format", "4")
    catalog.bring_up_to_date()
    write(catalog, ENCODER, delete=["a"])
    catalog.collect(catalog.sequence)
    assert coverage.relations.sharing([1, 2, 2**62]) == {2: [b]}
    assert (rows(catalog, "sketches"), rows(catalog, "sketched")) == (1, 1)


@pytest.mark.parametrize("batch", [1, 7, 1_000])
def test_of_a_common_key_no_more_rows_are_kept_than_say_so(
    catalog: Catalog, coverage: Coverage, batch: int
) -> None:
    pks = list(put(catalog, *(f"a{number:03}" for number in range(COMMON + 20))).values())
    for start in range(0, COMMON - 1, batch):
        coverage.relations.write_sketches(
            dict.fromkeys(pks[start : min(start + batch, COMMON - 1)], (5,))
        )
    assert coverage.relations.sharing([5]) == {5: pks[: COMMON - 1]}
    for start in range(COMMON - 1, len(pks), batch):
        coverage.relations.write_sketches(dict.fromkeys(pks[start : start + batch], (5, 6)))
    assert rows(catalog, "sketches", "key = 5") == COMMON
    assert coverage.relations.sharing([5, 6]) == {6: pks[COMMON - 1 :]}


# --- relations ----------------------------------------------------------------------------------


def test_a_relation_holds_while_both_versions_are_current(
    catalog: Catalog, coverage: Coverage
) -> None:
    pks = put(catalog, "a", "b", "c")
    a, b, c = pks.values()
    between = Edge(a, b, 0.7, 0.8, first=b)
    coverage.relations.write_relations([between, edge(b, c)], [a, b, c])
    at = coverage.write(CoverageBatch([cluster("g", a, b)]))
    assert coverage.relations.edges_of([b]) == [between, edge(b, c)]
    assert coverage.relations.edges_of([a, b, c], p_duplicate=0.8) == [edge(b, c)]
    assert coverage.relations.edges_of([a], at - 1) == []  # not yet found then
    put(catalog, "a", text="changed")
    assert coverage.relations.edges_of([a, b]) == [edge(b, c)]
    assert coverage.relations.edges_of([a], at) == [between]


def test_relations_of_a_version_are_written_in_place_of_earlier_ones(
    catalog: Catalog, coverage: Coverage
) -> None:
    a, b, c = put(catalog, "a", "b", "c").values()
    coverage.relations.write_relations([edge(a, b), edge(b, c)], [a, b])
    coverage.relations.write_relations([edge(a, c)], [a])
    assert coverage.relations.edges_of([a, b, c]) == [edge(a, c), edge(b, c)]


def test_thousands_of_relations_are_read_at_once(catalog: Catalog, coverage: Coverage) -> None:
    pks = list(put(catalog, *(f"a{number:04}" for number in range(1_203))).values())
    edges = [edge(low, high) for low, high in pairwise(pks)]
    coverage.relations.write_relations(edges, pks)
    assert coverage.relations.edges_of(pks) == edges


# --- groups and stories -------------------------------------------------------------------------


@dataclass
class Truth:
    """Groups and stories as dictionaries, one for each sequence number."""

    states: list[dict[tuple[ClusterKind, str], NewCluster]] = field(default_factory=lambda: [{}])

    def write(self, batch: CoverageBatch) -> None:
        ended = set(batch.ended)
        state = {key: held for key, held in self.states[-1].items() if key not in ended}
        state |= {(new.kind, new.id): new for new in batch.changed}
        if batch.changed or batch.ended:
            self.states.append(state)


ids = st.sampled_from("abcd")
kinds = st.sampled_from(ClusterKind)
moments = st.none() | st.integers(-5, 5)


@st.composite
def clusters(draw: st.DrawFn) -> NewCluster:
    members = draw(st.sets(st.integers(1, 9), min_size=2, max_size=5))
    dates = sorted(one for one in (draw(moments), draw(moments)) if one is not None)
    return NewCluster(
        draw(kinds),
        draw(ids),
        draw(st.sampled_from(sorted(members))),
        draw(st.sampled_from(["", "Otter"])),
        draw(st.integers(1, 3)),
        draw(st.integers(1, 3)),
        dates[0] if dates else None,
        dates[-1] if dates else None,
        tuple(sorted(members)),
    )


@st.composite
def batches(draw: st.DrawFn) -> CoverageBatch:
    changed = draw(st.lists(clusters(), max_size=3, unique_by=lambda new: (new.kind, new.id)))
    taken = {(new.kind, new.id) for new in changed}
    ended = draw(st.lists(st.tuples(kinds, ids), max_size=2))
    return CoverageBatch(changed, [one for one in ended if one not in taken])


def shown(one: Cluster, members: Mapping[int, list[int]]) -> NewCluster:
    assert one.size == len(members[one.key])
    return NewCluster(
        one.kind, one.id, one.lead, one.title, one.providers, one.origins, one.first, one.last,
        tuple(members[one.key]),
    )  # fmt: skip


@given(written=st.lists(batches(), min_size=1, max_size=5))
@settings(max_examples=25)
def test_each_sequence_number_shows_groups_and_stories_of_its_time(
    written: list[CoverageBatch],
) -> None:
    with fast_folder() as folder:
        catalog = open_catalog(folder)
        coverage, truth = Coverage(catalog.database), Truth()
        for batch in written:
            truth.write(batch)
            assert coverage.write(batch) == catalog.sequence == len(truth.states) - 1
            assert coverage.related_until == catalog.sequence
        for at, state in enumerate(truth.states):
            for kind in ClusterKind:
                expected = {one.id: one for one in state.values() if one.kind is kind}
                check_listings(coverage, kind, at, expected)
                for identity in "abcd":
                    found = coverage.cluster(kind, identity, at)
                    assert (None if found is None else found.id) == (
                        identity if identity in expected else None
                    )
                of_nine = coverage.clusters_of(kind, [9], at)
                assert {one.id for one in of_nine.values()} <= {
                    one.id for one in expected.values() if 9 in one.members
                }
        assert coverage.counts(catalog.sequence) == {
            kind: sum(one.kind is kind for one in truth.states[-1].values()) for kind in ClusterKind
        }
        catalog.close()


def check_listings(
    coverage: Coverage, kind: ClusterKind, at: int, expected: Mapping[str, NewCluster]
) -> None:
    filters = (
        ClusterFilter(),
        ClusterFilter(min_size=4),
        ClusterFilter(min_origins=2),
        ClusterFilter(since=0),
        ClusterFilter(until=0),
        ClusterFilter(since=-2, until=2, min_size=3),
    )
    for wanted in filters:
        chosen = {
            one.id
            for one in expected.values()
            if len(one.members) >= wanted.min_size
            and one.origins >= wanted.min_origins
            and (wanted.since is None or (one.last is not None and one.last >= wanted.since))
            and (wanted.until is None or (one.first is not None and one.first < wanted.until))
        }
        for order in CoverageOrder:
            total, found = coverage.listing(kind, at, wanted, order, 0, 100)
            members = coverage.members(one.key for one in found)
            assert total == len(chosen)
            assert {one.id: shown(one, members) for one in found} == {
                identity: expected[identity] for identity in chosen
            }
            assert found == sorted(found, key=lambda one: rank(one, order))
            if wanted in (filters[0], filters[-1]):
                pages = [coverage.listing(kind, at, wanted, order, n, 1)[1] for n in range(total)]
                assert [one for page in pages for one in page] == found


def rank(one: Cluster, order: CoverageOrder) -> tuple[object, ...]:
    first: object = {
        CoverageOrder.SIZE: -one.size,
        CoverageOrder.ORIGINS: -one.origins,
        CoverageOrder.RECENT: (one.last is None, -(one.last or 0)),
    }[order]
    return first, -one.size, one.id


def test_a_listing_is_narrowed_to_the_outlets_of_the_members(
    catalog: Catalog, coverage: Coverage
) -> None:
    outlets = {"a": GAZETTE, "b": HERALD, "c": Provider("Straße Heute"), "d": Provider()}
    write(catalog, ENCODER, [make_article(i, provider=one) for i, one in outlets.items()])
    a, b, c, d = current_pks(catalog, "abcd").values()
    at = coverage.write(CoverageBatch([cluster("ab", a, b), cluster("bc", b, c, d)]))

    def found(*wanted: Provider) -> set[str]:
        chosen = ClusterFilter(providers=wanted)
        total, listed = coverage.listing(GROUP, at, chosen, CoverageOrder.SIZE, 0, 10)
        assert total == len(listed)
        return {one.id for one in listed}

    assert found(GAZETTE) == {"ab"}
    assert found(HERALD) == {"ab", "bc"}
    assert found(GAZETTE, Provider("Straße Heute")) == {"ab", "bc"}
    assert found(Provider("Senn Herald")) == found() == set()


def test_what_happened_to_a_story_is_told_as_far_as_a_generation_goes(
    catalog: Catalog, coverage: Coverage
) -> None:
    a, b = put(catalog, "a", "b").values()
    first = coverage.write(CoverageBatch([cluster("s", a, b, kind=STORY)]))
    second = coverage.write(
        CoverageBatch([cluster("t", a, b, kind=STORY)], [(STORY, "s")], [("merged", "s", "t")])
    )
    assert coverage.events_of("s", first) == []
    (event,) = coverage.events_of("s", second)
    assert (event.event, event.id, event.other) == ("merged", "s", "t")
    assert coverage.events_of("t", second) == [event]
    assert event.at.tzinfo is not None


def test_ends_of_one_kind_leave_the_other_alone(catalog: Catalog, coverage: Coverage) -> None:
    a, b = put(catalog, "a", "b").values()
    both = [cluster("x", a, b), cluster("x", a, b, kind=STORY)]
    coverage.write(CoverageBatch(both))
    coverage.write(CoverageBatch(ended=[(GROUP, "x")]))
    assert coverage.cluster(GROUP, "x") is None
    assert coverage.cluster(STORY, "x") is not None


# --- keeping house ------------------------------------------------------------------------------


def test_forgetting_keeps_what_older_generations_show(catalog: Catalog, coverage: Coverage) -> None:
    a, b = put(catalog, "a", "b").values()
    coverage.relations.write_sketches({a: (1,), b: (1,)})
    coverage.relations.write_relations([edge(a, b)], [a, b])
    at = coverage.write(CoverageBatch([cluster("g", a, b)]))
    coverage.reset()
    assert coverage.related_until == 0
    assert (coverage.relations.sharing([1]), coverage.relations.edges_of([a])) == ({}, [])
    assert coverage.cluster(GROUP, "g") is None
    assert coverage.cluster(GROUP, "g", at) is not None


def test_collecting_removes_what_only_removed_versions_had(
    catalog: Catalog, coverage: Coverage
) -> None:
    a, b = put(catalog, "a", "b").values()
    coverage.relations.write_sketches({a: (1,), b: (1,)})
    coverage.relations.write_relations([edge(a, b)], [a, b])
    held = coverage.write(CoverageBatch([cluster("g", a, b)]))
    write(catalog, ENCODER, delete=["a", "b"])
    gone = catalog.sequence
    assert catalog.collect(gone) == 0  # nobody has seen them go: the group still stands
    assert coverage.members([coverage.clusters_of(GROUP, [a], held)[a].key])
    ended = coverage.write(CoverageBatch(ended=[(GROUP, "g")]))
    assert catalog.collect(gone) == 2
    assert rows(catalog, "clusters") == 1
    assert [rows(catalog, name) for name in ("sketches", "sketched", "relations")] == [0, 0, 0]
    catalog.collect(ended)
    assert (rows(catalog, "clusters"), rows(catalog, "memberships")) == (0, 0)
