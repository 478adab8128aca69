"""Coverage stays true to the articles, in whatever order, batches and state of health."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, NoReturn

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semsearch.errors import StorageError
from semsearch.index import Index
from semsearch.model.article import Article
from semsearch.relate import update
from semsearch.relate.classify import relation_model
from semsearch.relate.update import RelateProgress
from semsearch.store.catalog.clusters import ClusterKind
from semsearch.store.catalog.coverage import Coverage
from semsearch.store.catalog.relations import RelationStore
from semsearch.store.generations import Keep, Manifest
from semsearch.store.local.generations import LocalGenerations
from tests.support.articles import make_article, make_link, write_json_lines
from tests.support.coverage import groups, report, stories, text_of
from tests.support.encoder import HashingEncoder
from tests.support.indexes import fast_folder, open_index

# Two texts on one event (a, b, c are copies; d, e stand alone), another event, and a lone article.
ARTICLES = [
    *(report(i, "strike") for i in "abc"),
    *(report(i, "strike", f"told by {i}") for i in "de"),
    *(report(i, "ferry") for i in "fg"),
    report("h", "otter"),
]
BATCHES = {
    "new": [tuple(ARTICLES)],
    "changed": [tuple(ARTICLES), (report("b", "otter"), report("h", "ferry"))],
}

Shape = tuple[dict[str, tuple[str, tuple[str, ...]]], dict[str, tuple[str, ...]]]


def encoder() -> HashingEncoder:
    """With few collisions of words."""
    return HashingEncoder(dimension=512)


@pytest.fixture
def index(folder: Path) -> Iterator[Index]:
    opened = open_index(folder, encoder())
    yield opened
    opened.close()


def put(index: Index, *articles: Article) -> None:
    index.add(articles)


def shape(index: Index) -> Shape:
    return groups(index), stories(index)


def members(index: Index) -> tuple[set[tuple[str, ...]], set[tuple[str, ...]]]:
    return {held for _, held in groups(index).values()}, set(stories(index).values())


WHOLE = {tuple("abc"), tuple("fg")}, {tuple("abcde"), tuple("fg")}


def built(*batches: tuple[Article, ...]) -> Shape:
    """Groups and stories of an index into which the batches were put one after the other."""
    with fast_folder() as folder:
        index = open_index(folder / "index", encoder())
        for batch in batches:
            put(index, *batch)
        found = shape(index)
        index.close()
        return found


@cache
def built_of(name: str) -> Shape:
    """What ``built`` gives for some of ``BATCHES``."""
    return built(*BATCHES[name])


# --- what comes in ------------------------------------------------------------------------------


def test_copies_are_groups_and_reports_of_one_event_stories(index: Index) -> None:
    put(index, *ARTICLES)
    assert members(index) == WHOLE
    assert {original for original, _ in groups(index).values()} == {"a", "f"}


def test_articles_that_come_one_by_one_end_up_as_those_that_come_together() -> None:
    together = built_of("new")
    assert built(*((one,) for one in ARTICLES)) == together
    assert built(tuple(ARTICLES[4:]), tuple(ARTICLES[:4])) == together


@given(st.permutations(ARTICLES), st.sets(st.integers(1, 7), max_size=3))
@settings(max_examples=8)
def test_order_and_batches_do_not_matter(order: list[Article], cuts: set[int]) -> None:
    ends = [0, *sorted(cuts), len(order)]
    batches = [tuple(order[start:end]) for start, end in pairwise(ends)]
    found = built(*batches)
    expected = built_of("new")
    assert found[0] == expected[0]
    assert set(found[1].values()) == set(expected[1].values())


def test_articles_years_apart_are_compared_alike_in_whatever_batches() -> None:
    """Meaning is compared within weeks, even when articles of years come together."""
    years = [datetime(year, 3, 5, tzinfo=UTC) for year in (2014, 2024)]
    told = [report(i, "strike", i, published=None) for i in "ab"]
    apart = [
        make_article(one.id, one.title, body=one.body, published=day)
        for one, day in zip(told, years, strict=True)
    ]
    assert built(tuple(apart)) == built(*((one,) for one in apart))


def test_a_copy_is_found_after_years(index: Index) -> None:
    put(index, report("a", "strike", published=datetime(2014, 3, 5, tzinfo=UTC)))
    put(index, report("b", "strike", published=datetime(2024, 3, 5, tzinfo=UTC)))
    found = index.duplicates("b", min_probability=0.0)
    assert [one.article.id for one in found.duplicates] == ["a"]


def test_articles_without_a_date_are_related(index: Index) -> None:
    put(index, report("a", "strike", published=None))
    put(index, report("b", "strike", published=None), report("c", "strike"))
    assert {held for _, held in groups(index).values()} == {tuple("abc")}


# --- what changes -------------------------------------------------------------------------------


def test_indexing_unchanged_files_again_writes_nothing(index: Index, tmp_path: Path) -> None:
    records = [
        {"id": one.id, "title": one.title, "body": one.body, "published": "2024-03-05"}
        for one in ARTICLES
    ]
    path = write_json_lines(tmp_path / "archive.jsonl", records)
    first = index.add_files(path)
    before = shape(index)
    second = index.add_files(path)
    assert (second.sequence, second.generation) == (first.sequence, first.generation)
    assert shape(index) == before
    put(index)
    index.publish()
    assert index.library.snapshot().generation == first.generation


def test_an_article_alone_makes_one_generation(index: Index) -> None:
    for number, event in enumerate(("strike", "ferry", "otter"), start=1):
        written = index.add([report(event, event)])
        assert written.generation == number
        assert written.sequence == index.library.snapshot().sequence


def test_an_article_whose_text_changes_leaves_its_group_and_story(index: Index) -> None:
    put(index, *ARTICLES)
    put(index, report("b", "otter"))
    assert members(index) == (
        {tuple("ac"), tuple("bh"), tuple("fg")},
        {tuple("acde"), tuple("bh"), tuple("fg")},
    )
    put(index, report("b", "strike"))
    assert members(index) == WHOLE


def test_an_article_with_a_new_headline_alone_stays(index: Index) -> None:
    put(index, *ARTICLES)
    before = shape(index)
    put(index, report("b", "strike", title="Quite another headline"))
    assert shape(index) == before


@pytest.mark.parametrize(
    ("gone", "left"),
    [
        ("b", ({tuple("ac"), tuple("fg")}, {tuple("acde"), tuple("fg")})),
        ("f", ({tuple("abc")}, {tuple("abcde")})),
        ("bc", ({tuple("fg")}, {tuple("ade"), tuple("fg")})),
        ("fg", ({tuple("abc")}, {tuple("abcde")})),
        ("h", WHOLE),
        ("abcdefgh", (set(), set())),
    ],
)
def test_deletion_repairs_groups_and_stories(
    index: Index, gone: str, left: tuple[object, object]
) -> None:
    put(index, *ARTICLES)
    index.delete(list(gone))
    assert members(index) == left


def test_when_the_original_goes_the_next_is_named(index: Index) -> None:
    put(index, *ARTICLES)
    index.delete(["a"])
    assert {original for original, _ in groups(index).values()} == {"b", "f"}


def test_a_story_keeps_its_id_while_it_grows_shrinks_and_changes(index: Index) -> None:
    put(index, ARTICLES[3], ARTICLES[4])
    ((identity, _),) = stories(index).items()
    for step in (
        lambda: put(index, *ARTICLES[:3]),
        lambda: put(index, report("d", "strike", "told by d", title="Another headline")),
        lambda: index.delete(["e"]),
    ):
        step()
        assert identity in stories(index)


def test_a_stub_gives_its_place_to_its_article(index: Index) -> None:
    stub = make_link("b", excerpt=text_of("strike")[:300], provider=ARTICLES[1].provider)
    put(index, report("a", "strike"), make_article("x", "A page of links", related=(stub,)))
    put(index, report("b", "strike"), report("c", "strike"))
    assert {held for _, held in groups(index).values()} == {tuple("abc")}
    current = {identity: known.pk for identity, known in index.library.catalog.known("abc").items()}
    of = index.library.coverage.clusters_of(ClusterKind.GROUP, current.values())
    assert set(of) == set(current.values())


# --- versions -----------------------------------------------------------------------------------


def test_each_generation_shows_coverage_of_its_time(index: Index) -> None:
    index.library.generations = LocalGenerations(index.library.folder, keep=Keep(newest=50))
    seen: dict[int, tuple[Members, int]] = {}
    steps: list[Callable[[], object]] = [
        lambda: put(index, *ARTICLES[:2]),
        lambda: put(index, *ARTICLES[2:6]),
        lambda: put(index, *ARTICLES[6:]),
        lambda: put(index, report("b", "otter")),
        lambda: index.delete(["a", "f"]),
    ]
    for step in steps:
        step()
        snapshot = index.library.snapshot()
        seen[snapshot.generation] = at(index, snapshot.sequence), snapshot.sequence
    assert len(seen) == len(steps)
    for held, sequence in seen.values():
        assert at(index, sequence) == held


Members = dict[ClusterKind, dict[str, tuple[str, ...]]]


def at(index: Index, sequence: int) -> Members:
    """Groups and stories at a sequence number, by the ids of articles."""
    catalog, coverage = index.library.catalog, index.library.coverage
    pks = {pk: one for one, pk in catalog.pks_at("abcdefgh", sequence).items()}
    found: Members = {}
    for kind in ClusterKind:
        held = {one.key: one for one in coverage.clusters_of(kind, pks, sequence).values()}
        found[kind] = {
            held[key].id: tuple(sorted(pks[pk] for pk in mine))  # all are of this time
            for key, mine in coverage.members(held).items()
        }
    return found


# --- what goes wrong ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "stage", ["write_sketches", "write_relations", "write", "publish", "half-way"]
)
@pytest.mark.parametrize("indexed", ["new", "changed"])
def test_a_run_that_was_stopped_while_relating_is_caught_up(
    folder: Path, monkeypatch: pytest.MonkeyPatch, stage: str, indexed: str
) -> None:
    monkeypatch.setattr(update, "_BATCH_SIZE", 1)
    index = open_index(folder, encoder())
    *before, last = BATCHES[indexed]
    for batch in before:
        put(index, *batch)
    with monkeypatch.context() as broken:
        stop(broken, stage)
        with pytest.raises(StorageError):
            put(index, *last)
    assert len(index.library.snapshot()) == len(ARTICLES)  # searchable all the same
    index.close()
    index = open_index(folder, encoder())
    index.publish()
    assert shape(index) == built_of(indexed)
    caught_up = index.library.snapshot().generation
    assert index.publish() == caught_up
    index.close()


def stop(broken: pytest.MonkeyPatch, stage: str) -> None:
    """Make the disk refuse at a stage of relating."""
    calls = iter(range(100))

    def refuse(*_: object) -> NoReturn:
        raise StorageError("The disk is full.")

    def refuse_later(relations: RelationStore, *given: Any) -> None:
        if next(calls):
            refuse()
        keep(relations, *given)

    keep = RelationStore.write_relations
    if stage == "half-way":
        broken.setattr(RelationStore, "write_relations", refuse_later)
    elif stage == "publish":
        publish = LocalGenerations.publish

        def refuse_second(generations: LocalGenerations, *given: Any, **named: Any) -> Manifest:
            if next(calls):
                refuse()
            return publish(generations, *given, **named)

        broken.setattr(LocalGenerations, "publish", refuse_second)
    else:
        broken.setattr(Coverage if stage == "write" else RelationStore, stage, refuse)


def test_what_is_written_while_relating_is_behind_is_related_with_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Articles that were never related may change and go before they are."""
    index = open_index(folder, encoder())
    with monkeypatch.context() as broken:
        stop(broken, "write")
        for step in (
            lambda: put(index, *ARTICLES),
            lambda: put(index, report("b", "otter")),
            lambda: index.delete(["f"]),
        ):
            with pytest.raises(StorageError):
                step()
    put(index, report("b", "strike"), report("f", "ferry"))
    assert members(index) == WHOLE
    index.close()


def test_other_coefficients_relate_everything_anew(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(index, *ARTICLES)
    before = shape(index)
    old = index.library.snapshot()
    other = replace(relation_model(), calibration="another")
    monkeypatch.setattr(update, "relation_model", lambda: other)
    seen: list[RelateProgress] = []
    index.publish(seen.append)
    assert seen[-1] == RelateProgress(len(ARTICLES), len(ARTICLES))
    assert shape(index) == before
    assert index.library.snapshot().generation == old.generation + 1
    assert at(index, old.sequence) == at(index, index.library.snapshot().sequence)
