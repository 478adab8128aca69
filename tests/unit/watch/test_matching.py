"""Nothing that counts is missed when watches are found by one matrix and one inverted index."""

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

NOW = datetime(2024, 3, 5, tzinfo=UTC)


@pytest.mark.parametrize("articles", [12, 260])  # without and with whitening
@pytest.mark.parametrize("confidence", [Confidence.HIGH, Confidence.LOW])
def test_every_watch_that_counts_is_found(
    index: Index, articles: int, confidence: Confidence
) -> None:
    def text(number: int, words: int) -> str:
        return " ".join(WORDS[(number * step + 3 * step) % len(WORDS)] for step in range(words))

    index.add(
        make_article(
            f"a{n}", text(n, 4).capitalize(), body=f"{text(n + 1, 12)}. {text(n + 2, 30)}."
        )
        for n in range(articles)
    )
    library, searcher = index.library, index._components.searcher
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
    counted = 0
    for arrived in judge.arrivals(pks, snapshot):
        near = judge._matching(snapshot).near(
            arrived.article, arrived.columns, arrived.written, snapshot
        )
        for watch in watches:
            reading = read_question(library, searcher, watch.spec, snapshot, NOW)
            question = prepared(index._components.searcher, reading, snapshot)
            found = assess_answer(question, arrived.pk, arrived.article, searcher)
            assert found is not None
            least = (
                (Confidence.HIGH,)
                if confidence is Confidence.HIGH
                else (Confidence.HIGH, Confidence.LOW)
            )
            if found[0].confidence in least:
                counted += 1
                assert watch.id in near
    assert counted >= 5
