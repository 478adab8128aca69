#!/usr/bin/env python
"""Measure whether a copy or an edited copy of an article raises a second alert.

research/measure_copies.py DATA WORK   WORK holds the index, made when it is not there

Of each read pair of copies and edited copies (pairs/dev.tsv) a watch is made of the title of one,
or of its first sentence, and both articles come, in either order. A watch reports what may answer.
"""

import sys
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import semsearch
from research.measure_watches import unquoted
from research.relation_data import Archive, Key, read_pairs
from semsearch.index import Index
from semsearch.model.article import Article
from semsearch.model.search import Confidence
from semsearch.model.watch import WatchSpec
from semsearch.store.catalog.watch_rows import StoredWatch
from semsearch.text.sentences import article_sentences
from semsearch.watch.reading import read_watch
from semsearch.watch.replay import judge_in_order

_NOW = datetime(2030, 1, 1, tzinfo=UTC)


def name_of(key: Key) -> str:
    return "-".join(key)


def question_of(article: Article) -> str:
    if article.has_own_title:
        return unquoted(article.title)
    first = article_sentences(article)[0]
    return unquoted(article.text(first.field)[first.start : first.end])


def alerts(index: Index, question: str, order: tuple[str, str]) -> int:
    """How many alerts the two articles raise."""
    library, searcher = index.library, index._components.searcher  # noqa: SLF001
    spec = WatchSpec(name="pair", question=question, min_confidence=Confidence.LOW)
    watch = read_watch(library, searcher, StoredWatch("pair", spec, _NOW), _NOW)
    pks = library.catalog.pks_at(order, library.snapshot().sequence)
    found = judge_in_order(library, searcher, [watch], [pks[name] for name in order])
    return len(found.alerts)


def main(data: Path, work: Path) -> None:
    archive = Archive(data, work)
    pairs = [pair for pair in read_pairs(data) if pair.label in ("copy", "edited")]
    with semsearch.open(work / "index", create=True) as index:
        keys = {key for pair in pairs for key in (pair.a, pair.b)}
        if not index.ids():
            index.add(replace(archive[key], id=name_of(key)) for key in sorted(keys))
        told: Counter[tuple[str, int]] = Counter()
        for pair in pairs:
            for first, second in ((pair.a, pair.b), (pair.b, pair.a)):
                question = question_of(archive[pair.a])
                number = alerts(index, question, (name_of(first), name_of(second)))
                told[pair.label, number] += 1
                if number > 1:
                    print(f"{pair.label}: {name_of(first)}, then {name_of(second)}")
    print("| | orders of pairs | no alert | one | a second |")
    print("|---|---|---|---|---|")
    for label in ("copy", "edited"):
        none, one, two = (told[label, times] for times in range(3))
        print(f"| {label} | {none + one + two} | {none} | {one} | {two} |")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
