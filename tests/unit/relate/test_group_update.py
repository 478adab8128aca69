"""Groups found as articles come and go are those found among all of them at once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from semsearch.relate.group_update import MIN_DUPLICATE, update_groups
from semsearch.relate.groups import Group, Node, Pair, duplicate_groups
from semsearch.store.catalog.catalog import Catalog
from semsearch.store.catalog.clusters import ClusterKind
from semsearch.store.catalog.coverage import Coverage
from semsearch.store.catalog.relations import Edge
from tests.support.articles import make_article
from tests.support.encoder import HashingEncoder
from tests.support.indexes import fast_folder, open_catalog
from tests.support.store import current_pks, write

ENCODER = HashingEncoder()
IDS = "abcdefg"

# What two articles are, by the pair of their ids: one text, one event, another event.
DUPLICATES, STORY, OTHER = (0.8, 0.9), (0.1, 0.7), (0.0, 0.0)
Verdicts = dict[tuple[str, str], tuple[float, float]]


def verdicts() -> st.SearchStrategy[Verdicts]:
    pairs = list(combinations(IDS, 2))
    kinds = st.sampled_from([DUPLICATES, DUPLICATES, STORY, OTHER])
    return st.lists(kinds, min_size=len(pairs), max_size=len(pairs)).map(
        lambda drawn: dict(zip(pairs, drawn, strict=True))
    )


@dataclass(frozen=True)
class World:
    """An index without an engine: relations come from verdicts."""

    catalog: Catalog
    coverage: Coverage
    verdicts: Verdicts

    def judge(self, pairs: Collection[tuple[int, int]]) -> list[Edge]:
        names = {
            pk: head.id for pk, head in self.catalog.heads({p for q in pairs for p in q}).items()
        }
        found = []
        for low, high in pairs:
            one, other = sorted((names[low], names[high]))
            duplicate, story = self.verdicts[one, other]
            found.append(Edge(low, high, duplicate, story))
        return found

    def step(self, put: Sequence[str], gone: Sequence[str], text: str) -> None:
        """Some articles come or change, others go; then what is new is related."""
        since = self.coverage.related_until
        articles = [make_article(i, f"Notice {i}", body=text) for i in put]
        until = write(self.catalog, ENCODER, articles, delete=gone)
        added = self.catalog.pks_added(since, until)
        current = current_pks(self.catalog, IDS).values()
        pairs = {(min(new, one), max(new, one)) for new in added for one in current if new != one}
        worth = [edge for edge in self.judge(sorted(pairs)) if edge.p_story >= MIN_DUPLICATE]
        self.coverage.relations.write_relations(worth, added)
        ended = self.catalog.pks_ended(since, until)
        self.coverage.write(
            update_groups(self.catalog, self.coverage, set(added), set(ended), self.judge)
        )

    def groups(self) -> dict[tuple[str, ...], str]:
        """Members and the original of each group."""
        pks = current_pks(self.catalog, IDS)
        names = {pk: identity for identity, pk in pks.items()}
        held = {
            one.key: one for one in self.coverage.clusters_of(ClusterKind.GROUP, names).values()
        }
        assert self.coverage.counts(self.catalog.sequence)[ClusterKind.GROUP] == len(held)
        return {
            tuple(sorted(names[pk] for pk in members)): names[held[key].lead]
            for key, members in self.coverage.members(held).items()
        }

    def expected(self, ids: Collection[str]) -> dict[tuple[str, ...], str]:
        nodes = [Node(i, make_article(i).published) for i in ids]
        pairs = [Pair(a, b, *self.verdicts[a, b]) for a, b in combinations(sorted(ids), 2)]
        groups: tuple[Group, ...] = duplicate_groups(nodes, pairs, MIN_DUPLICATE)
        return {tuple(sorted(group.members)): group.original for group in groups}


@given(
    verdicts(),
    st.lists(
        st.tuples(
            st.lists(st.sampled_from(IDS), max_size=3, unique=True),
            st.lists(st.sampled_from(IDS), max_size=1),
        ),
        min_size=1,
        max_size=6,
    ),
)
@settings(max_examples=60)
def test_groups_do_not_depend_on_the_way_to_them(
    told: Verdicts, steps: list[tuple[list[str], list[str]]]
) -> None:
    with fast_folder() as folder:
        catalog = open_catalog(folder)
        world = World(catalog, Coverage(catalog.database), told)
        held: set[str] = set()
        for number, (put, gone) in enumerate(steps):
            away = [one for one in gone if one in held and one not in put]
            world.step(put, away, f"Text {number}.")
            held = (held | set(put)) - set(away)
            assert world.groups() == world.expected(held)
        catalog.close()
