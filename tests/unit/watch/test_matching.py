"""Nothing that counts is missed when watches are found by one matrix and one inverted index."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from semsearch.index import Index
from semsearch.model.search import Confidence
from semsearch.model.watch import WatchSpec
from semsearch.store.catalog.watch_rows import StoredWatch
from semsearch.watch.assessing import assess_answer, prepared, read_question
from semsearch.watch.judging import Judge
from semsearch.watch.reading import read_watch
from tests.support.articles import WORDS, make_article
from tests.support.indexes import filled_index

NOW = datetime(2024, 3, 5, tzinfo=UTC)


def text(number: int, words: int) -> str:
    return " ".join(WORDS[(number * step + 3 * step) % len(WORDS)] for step in range(words))


@pytest.fixture(scope="module", params=[12, 260])  # without and with whitening
def archive(request: pytest.FixtureRequest) -> Iterator[Index]:
    with filled_index(
        make_article(
            f"a{n}", text(n, 4).capitalize(), body=f"{text(n + 1, 12)}. {text(n + 2, 30)}."
        )
        for n in range(request.param)
    ) as index:
        yield index


@pytest.mark.parametrize("confidence", [Confidence.HIGH, Confidence.LOW])
def test_every_watch_that_counts_is_found(archive: Index, confidence: Confidence) -> None:
    library, searcher = archive.library, archive._components.searcher
    watches = [
        read_watch(
            library,
            searcher,
            StoredWatch(
                f"w{n}",
                WatchSpec(name=f"w{n}", question=text(n, 3 + n % 4), min_confidence=confidence),
                NOW,
            ),
            NOW,
        )
        for n in range(20)
    ]
    judge = Judge(library, searcher)
    judge.load([replace(one, since=-1) for one in watches])
    snapshot = library.snapshot()
    pks = library.catalog.pks_added(0, snapshot.sequence)[:12]
    questions = {}
    for watch in watches:
        reading = read_question(library, searcher, watch.spec, snapshot, NOW)
        questions[watch.id] = prepared(searcher, reading, snapshot)
    least = {confidence, Confidence.HIGH}
    counted = 0
    for arrived in judge.arrivals(pks, snapshot):
        near = judge._matching(snapshot).near(
            arrived.article, arrived.columns, arrived.written, snapshot
        )
        for identity, question in questions.items():
            found = assess_answer(question, arrived.pk, arrived.article, searcher)
            assert found is not None
            if found[0].confidence in least:
                counted += 1
                assert identity in near
    assert counted >= 5
