"""Whatever is done to an index, it answers as the exact oracle does."""

from collections.abc import Mapping
from contextlib import ExitStack
from datetime import UTC, datetime

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from semsearch.index import Index
from semsearch.model.filters import AnyOf, Attribute, Condition, Filters, Not, OneOf
from semsearch.model.search import Mode, Query, SearchResults
from tests.support.answers import TOLERANCE, check_answer, check_parts, timeless
from tests.support.articles import WORDS, address, read, write_json_lines
from tests.support.encoder import HashingEncoder
from tests.support.indexes import fast_folder, held, open_index
from tests.support.oracle import WEIGHTS, ExactIndex

Fields = Mapping[str, object]

_OUTLETS = [("Lisk Gazette", "gazette.example"), ("Senn Herald", "www.Herald.example")]


def texts(most: int) -> st.SearchStrategy[str]:
    """Some of the words as sentences of eight."""
    return st.lists(st.sampled_from(WORDS), max_size=most).map(
        lambda words: " ".join(
            word.capitalize() if place % 8 == 0 else f"{word}." if place % 8 == 7 else word
            for place, word in enumerate(words)
        )
    )


@st.composite
def links(draw: st.DrawFn) -> Fields:
    return {
        "title": f"Mention {draw(st.sampled_from(WORDS))}",
        "webUrl": address(draw(st.integers(0, 9))),
        "excerpt": draw(texts(5)),
        "quality": draw(st.sampled_from([None, 10, 60])),
    }


@st.composite
def records(draw: st.DrawFn) -> Fields:
    number = draw(st.integers(0, 9))
    if draw(st.integers(0, 9)) == 0:
        return {"title": "Withdrawn", "webUrl": address(number), "removed": True}
    name, domain = draw(st.sampled_from(_OUTLETS))
    return {
        "title": f"Notice {draw(st.sampled_from(WORDS))}",
        "webUrl": address(number),
        "excerpt": draw(texts(12)),
        "body": draw(st.one_of(st.just(""), texts(100))),
        "provider": {"name": name, "domain": domain},
        "publishedDateTime": f"2024-03-0{draw(st.integers(1, 9))}T12:00:00Z",
        "topics": draw(st.lists(st.sampled_from(["Sea", "trade", "Weather"]), max_size=2)),
        "quality": draw(st.sampled_from([None, 10, 60])),
        "related": draw(st.lists(links(), max_size=2)),
    }


FILTERS = [
    Filters(),
    Filters(provider=("HERALD.example",)),
    Filters(topic=("sea",), min_quality=20),
    Filters(since=datetime(2024, 3, 3, tzinfo=UTC), until=datetime(2024, 3, 6, tzinfo=UTC)),
    Filters(stub=True),
    Filters(
        tree=AnyOf(
            (Not(OneOf(Attribute.TOPIC, ("sea", "trade"))), OneOf(Attribute.PROVIDER, ("none",)))
        )
    ),
]


class IndexMachine(RuleBasedStateMachine):
    """An index and its oracle, written to and asked side by side."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.folder = self.stack.enter_context(fast_folder())
        self.archive = self.folder / "archive"
        self.archive.mkdir()
        self.encoder = HashingEncoder()
        self.oracle = ExactIndex(HashingEncoder())
        self.on_disk: dict[str, tuple[Fields, ...]] = {}
        self.generation = 0
        self.written = False
        self.index: Index = open_index(self.folder / "index", self.encoder)

    def teardown(self) -> None:
        self.index.close()
        self.stack.close()

    @initialize(given=st.lists(records(), min_size=1, max_size=6))
    def first_articles(self, given: list[Fields]) -> None:
        self.put(given)

    @rule(given=st.lists(records(), min_size=1, max_size=3))
    def put(self, given: list[Fields]) -> None:
        articles = [read(fields) for fields in given]
        self.index.add(articles)
        self.oracle.put(articles)

    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        if self.oracle.articles:
            known = sorted(self.oracle.articles)
            chosen = data.draw(st.lists(st.sampled_from(known), min_size=1, max_size=2))
            self.index.delete(chosen)
            self.oracle.delete(chosen)

    @rule(name=st.sampled_from("abc"), given=st.lists(records(), min_size=1, max_size=3))
    def write_file(self, name: str, given: list[Fields]) -> None:
        path = write_json_lines(self.archive / f"{name}.jsonl", given)
        self.on_disk[str(path)] = tuple(given)

    @rule(name=st.sampled_from("abc"))
    def remove_file(self, name: str) -> None:
        path = self.archive / f"{name}.jsonl"
        path.unlink(missing_ok=True)
        self.on_disk.pop(str(path), None)

    @rule(prune=st.booleans())
    def index_folder(self, prune: bool) -> None:  # noqa: FBT001 - hypothesis names it
        files = {path: tuple(map(read, given)) for path, given in self.on_disk.items()}
        report = self.index.add_files(self.archive, prune=prune)
        self.oracle.index(files, prune=prune)
        assert report.files == len(files)
        assert report.skipped == ()
        seen = report.added + report.updated + report.unchanged + report.removed
        assert seen == sum(map(len, files.values()))
        assert report.articles_total == len(self.oracle.full)
        assert report.stubs_total == len(self.oracle.stubs)

    @rule()
    def reopen(self) -> None:
        self.index.close()
        self.index = open_index(self.folder / "index", self.encoder)

    @rule()
    def rebuild(self) -> None:
        encoded = self.encoder.encoded
        with self.index.library.writing():
            manifest = self.index.library.rebuild()
        assert manifest.generation > self.generation
        assert self.encoder.encoded == encoded

    @invariant()
    def the_catalog_holds_what_was_written(self) -> None:
        assert held(self.index) == self.oracle.articles

    @invariant()
    def the_generation_never_falls(self) -> None:
        snapshot = self.index.library.snapshot()
        assert snapshot.generation >= self.generation
        assert snapshot.sequence == self.index.library.catalog.sequence
        self.generation = snapshot.generation
        assert len(snapshot) == len(self.oracle.articles)

    @invariant()
    def answers_are_those_of_the_oracle(self) -> None:
        for place, filters in enumerate(FILTERS):
            condition = filters.condition()
            matching = self.oracle.matching(condition)
            library = self.index.library
            pks = library.catalog.pks_at(list(self.oracle.articles), library.catalog.sequence)
            passing = library.snapshot().vectors.satisfying(list(pks.values()), condition)
            assert passing == {pks[one] for one in matching}
            words = [WORDS[place], WORDS[-1 - place]]
            question = " ".join(words)
            for mode in Mode:
                query = Query(question, k=100, filters=filters, mode=mode)
                results = self.index.search(query)
                check_answer(results, matching)
                assert results.next_page_token is None
                assert timeless(self.index.search(query)) == timeless(results)
                self.check(results, mode, words, question, condition)

    def check(
        self,
        results: SearchResults,
        mode: Mode,
        words: list[str],
        question: str,
        condition: Condition,
    ) -> None:
        """Parts by vectors are exact; of those by words, whether they are there."""
        near = self.oracle.dense_parts(question, condition)
        worded = self.oracle.lexical_parts(words, condition)
        if mode is Mode.DENSE:
            check_parts(results, near)
            return
        holding = self.oracle.lexical(words, condition)
        expected = holding if mode is Mode.LEXICAL else holding | set(near)
        assert {hit.article.id for hit in results.hits} == expected
        for hit in results.hits:
            lexical = {name: value for name, value in hit.score_parts.items() if "_" in name}
            assert {name for name, value in lexical.items() if value > 0} == {
                name for name, value in worded[hit.article.id].items() if value > 0
            }
            assert all(0 <= value < getattr(WEIGHTS, name) for name, value in lexical.items())
            if mode is Mode.HYBRID:
                dense = {name: hit.score_parts[name] for name in hit.score_parts.keys() - lexical}
                assert dense == pytest.approx(near[hit.article.id], abs=TOLERANCE)

    @invariant()
    def facets_count_every_article(self) -> None:
        snapshot = self.index.library.snapshot()
        articles = self.oracle.articles.values()
        topics = [topic for article in articles for topic in article.topics]
        assert dict(snapshot.topics) == {name: topics.count(name) for name in topics}
        providers = [article.provider for article in articles]
        assert dict(snapshot.providers) == {name: providers.count(name) for name in providers}
        assert len(snapshot) == len(articles)


TestIndex = IndexMachine.TestCase
TestIndex.settings = settings(max_examples=7, stateful_step_count=10, deadline=None, database=None)
