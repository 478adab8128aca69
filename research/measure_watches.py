#!/usr/bin/env python
"""Measure watches in order of time, beside a plain cosine threshold and words alone.

research/measure_watches.py ecbplus DATA INDEX    stories of ecbplus_dev, mixed at random
research/measure_watches.py realtimeqa DATA INDEX questions of realtimeqa_q, two weeks around each

INDEX is an index of that archive, made with `semsearch index --no-stubs`. The two others are given
the threshold that does best on the same data, and the stories of the index: both report an event
once. Nothing is written.
"""

import json
import lzma
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

import semsearch
from semsearch.ask.fusion import Ranked
from semsearch.ask.retrieval import Found, score_exactly
from semsearch.index import Index
from semsearch.model.search import Confidence
from semsearch.model.watch import WatchSpec
from semsearch.store.catalog.clusters import ClusterKind
from semsearch.store.catalog.watch_rows import StoredWatch
from semsearch.store.snapshot import Snapshot
from semsearch.text.sentences import article_sentences
from semsearch.watch.assessing import Assessment, prepared, read_question
from semsearch.watch.judging import Judge
from semsearch.watch.reading import read_watch
from semsearch.watch.replay import judge_in_order
from semsearch.watch.reporting import Arrived, Memory

_SEEDS = 3
_WEEKS = 2.0
_MOST_A_WEEK = 3.0
_DAYS = 7


@dataclass(frozen=True, slots=True)
class Case:
    """A question, the articles that come, in order, and those that are meant."""

    name: str
    question: str
    order: tuple[str, ...]
    gold: frozenset[str]
    now: datetime


def watch_of(index: Index, case: Case, confidence: Confidence) -> StoredWatch:
    spec = WatchSpec(name=case.name, question=case.question, min_confidence=confidence)
    bare = StoredWatch(case.name, spec, case.now)
    return read_watch(index.library, index._components.searcher, bare, case.now)  # noqa: SLF001


def scores(index: Index, cases: Sequence[Case], of: Callable[[Ranked, float], float]) -> Any:
    """For each case the score of each article by one kind of evidence alone."""
    library, searcher = index.library, index._components.searcher  # noqa: SLF001
    snapshot = library.snapshot()
    found: dict[str, dict[str, float]] = {}
    for case in cases:
        pks = library.catalog.pks_at(case.order, snapshot.sequence)
        names = {pk: name for name, pk in pks.items()}
        reading = read_question(
            library, searcher, WatchSpec(question=case.question), snapshot, case.now
        )
        question = prepared(searcher, reading, snapshot)
        evidence = score_exactly(question, Found(tuple(names), (), len(names)), searcher.weights)
        found[case.name] = {
            names[one.pk]: of(
                one, max(cosine for _, cosine in evidence.candidates.passages(one.row))
            )
            for one in evidence.ranking
        }
    return found


def by_cosine(_: Ranked, cosine: float) -> float:
    return cosine


def by_words(one: Ranked, _: float) -> float:
    return sum(value for name, value in one.parts.items() if name.startswith("lexical"))


def thresholded(
    case: Case, scored: Mapping[str, float], least: float, home: Mapping[str, str]
) -> list[str]:
    """The articles that a plain threshold reports, each event of the index once."""
    alerts: list[str] = []
    seen: set[str] = set()
    for name in case.order:
        if scored.get(name, -1.0) >= least and home.get(name, name) not in seen:
            alerts.append(name)
            seen.add(home.get(name, name))
    return alerts


def homes(index: Index, names: Sequence[str]) -> dict[str, str]:
    library = index.library
    at = library.snapshot().sequence
    pks = library.catalog.pks_at(names, at)
    stories = library.coverage.clusters_of(ClusterKind.STORY, pks.values(), at)
    return {name: stories[pk].id for name, pk in pks.items() if pk in stories}


# --- stories --------------------------------------------------------------------------------------


def stories(data: Path, index: Index) -> None:
    with lzma.open(data / "ecbplus_dev.jsonl.xz", "rt") as lines:
        rows = [json.loads(line) for line in lines]
    story = {row["id"]: row["story"] for row in rows}
    held = index.articles([row["id"] for row in rows])
    members: dict[str, list[str]] = defaultdict(list)
    for name in sorted(held):
        members[story[name]].append(name)
    everything = sorted(held)
    results: dict[str, list[tuple[float, ...]]] = defaultdict(list)
    for seed in range(_SEEDS):
        rng = Random(seed)
        order = rng.sample(everything, len(everything))
        cases = []
        for name, own in sorted(members.items()):
            whole = [
                one for one in own if any(s.field == "body" for s in article_sentences(held[one]))
            ]
            chosen = rng.choice(whole)
            article = held[chosen]
            spans = article_sentences(article)
            first = next(one for one in spans if one.field == "body")
            text = unquoted(article.text(first.field)[first.start : first.end])
            rest = tuple(one for one in order if one != chosen)
            gold = frozenset(own) - {chosen}
            cases.append(Case(name, text, rest, gold, datetime.now(UTC)))
        for confidence in (Confidence.HIGH, Confidence.LOW):
            alerts = story_alerts(index, cases, order, confidence)
            results[f"watch, {confidence.value}"].append(story_figures(cases, alerts))
        home = homes(index, everything)
        for name, of in (("cosine", by_cosine), ("words", by_words)):
            scored = scores(index, cases, of)
            every = np.array([value for one in scored.values() for value in one.values()])
            best = max(
                (
                    story_figures(
                        cases,
                        {c.name: thresholded(c, scored[c.name], t, home) for c in cases},
                    )
                    for t in np.quantile(every, np.linspace(0.95, 0.9999, 60))
                ),
                key=lambda figures: min(figures[0], figures[1]),
            )
            results[name].append(best)
    print("| | stories alerted | about that very story | alerted twice | alerts |")
    print("|---|---|---|---|---|")
    for name, figures in results.items():
        mean = np.mean(figures, axis=0)
        print(f"| {name} | {mean[0]:.3f} | {mean[1]:.3f} | {mean[2]:.3f} | {mean[3]:.0f} |")


def unquoted(sentence: str) -> str:
    """A sentence as a question: what stands in quotation marks would be asked for word for word."""
    plain = sentence.translate(dict.fromkeys(map(ord, '"“”‘’«»'), " "))
    return " ".join(plain.replace(" '", " ").replace("' ", " ").replace(" -", " ").split())


def story_alerts(
    index: Index, cases: Sequence[Case], order: Sequence[str], confidence: Confidence
) -> dict[str, list[str]]:
    library = index.library
    pks = library.catalog.pks_at(order, library.snapshot().sequence)
    watches = [watch_of(index, case, confidence) for case in cases]
    left_out = {case.name: set(order) - set(case.order) for case in cases}
    judge = _Judge(library, index._components.searcher)  # noqa: SLF001
    judge.left_out = left_out
    judge.load([replace(watch, since=-1) for watch in watches])
    snapshot, memory = library.snapshot(), Memory(durable=False)
    for arrived in judge.arrivals([pks[name] for name in order], snapshot):
        judge.judge(arrived, snapshot, memory)
    alerts: dict[str, list[str]] = {case.name: [] for case in cases}
    for alert, _ in memory.alerts:
        alerts[alert.watch].append(alert.article)
    return alerts


class _Judge(Judge):
    """Judges no watch by the report that it was made of: the others would join its alert."""

    left_out: Mapping[str, set[str]]

    def _assessed(
        self, arrived: Arrived, snapshot: Snapshot
    ) -> Iterator[tuple[StoredWatch, Assessment]]:
        for watch, assessment in super()._assessed(arrived, snapshot):
            if arrived.article.id not in self.left_out[watch.id]:
                yield watch, assessment


def story_figures(
    cases: Sequence[Case], alerts: Mapping[str, Sequence[str]]
) -> tuple[float, float, float, float]:
    right = [sum(one in case.gold for one in alerts[case.name]) for case in cases]
    number = sum(len(alerts[case.name]) for case in cases)
    return (
        float(np.mean([one > 0 for one in right])),
        sum(right) / max(number, 1),
        float(np.mean([one > 1 for one in right])),
        number,
    )


# --- questions ------------------------------------------------------------------------------------


def _same(moment: datetime) -> datetime:
    return moment


def day(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("/", "-")[:10]).replace(tzinfo=UTC)


def of_watches(index: Index, cases: Sequence[Case]) -> None:
    """Print what watches report; those of one day are replayed together."""
    by_day: dict[datetime, list[Case]] = defaultdict(list)
    for case in cases:
        by_day[case.now].append(case)
    told: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for now, same in sorted(by_day.items()):
        pks = index.library.catalog.pks_at(same[0].order, index.library.snapshot().sequence)
        both = [
            replace(watch_of(index, case, confidence), id=f"{case.name} {confidence.value}")
            for case in same
            for confidence in (Confidence.HIGH, Confidence.LOW)
        ]
        found = judge_in_order(
            index.library,
            index._components.searcher,  # noqa: SLF001
            both,
            [pks[name] for name in same[0].order],
            partial(_same, now),
        )
        for alert, joined in found.alerts:
            told[alert.watch].append(joined)
    for confidence in (Confidence.HIGH, Confidence.LOW):
        alerts_of = {case.name: told[f"{case.name} {confidence.value}"] for case in cases}
        number = sum(map(len, alerts_of.values()))
        reported = sum(
            any(case.gold & set(joined) for joined in alerts_of[case.name]) for case in cases
        )
        week = number / len(cases) / _WEEKS
        print(f"| watch, {confidence.value} | {reported / len(cases):.3f} | {week:.2f} |")


def questions(data: Path, index: Index) -> None:
    folder = data / "realtimeqa_q"
    asked = [json.loads(line) for line in (folder / "queries_dev.jsonl").open()]
    gold: dict[str, set[str]] = defaultdict(set)
    for line in (folder / "qrels_dev.tsv").open():
        question, _, article, _ = line.split("\t")
        gold[question].add(article)
    held = index.articles(index.ids())
    dated = sorted((a.published, a.id) for a in held.values() if a.published is not None)
    cases = []
    for one in asked:
        first, last = day(one["date"]) - timedelta(_DAYS), day(one["date"]) + timedelta(_DAYS + 1)
        order = tuple(name for at, name in dated if first <= at < last)
        meant = frozenset(gold[one["id"]] & set(order))
        if meant:
            cases.append(Case(one["id"], one["text"], order, meant, day(one["date"])))
    print(f"{len(cases)} of {len(asked)} questions have their article in the two weeks.")
    print("| | recall | alerts a question and week |")
    print("|---|---|---|")
    of_watches(index, cases)
    home = homes(index, list(held))
    for name, of in (("cosine", by_cosine), ("words", by_words)):
        scored = scores(index, cases, of)
        every = np.array([value for one in scored.values() for value in one.values()])
        figures = []
        for least in np.quantile(every, np.linspace(0.5, 0.999, 120)):
            alerts = {c.name: thresholded(c, scored[c.name], least, home) for c in cases}
            events_of = [{home.get(one, one) for one in alerts[c.name]} for c in cases]
            hits = [
                any(home.get(one, one) in events for one in case.gold)
                for case, events in zip(cases, events_of, strict=True)
            ]
            recall = sum(hits) / len(hits)
            week = sum(map(len, alerts.values())) / len(cases) / _WEEKS
            if week <= _MOST_A_WEEK:
                figures.append((recall, week))
        recall, week = max(figures)
        print(f"| {name} | {recall:.3f} | {week:.2f} |")


def main(what: str, data: Path, folder: Path) -> None:
    with semsearch.open(folder) as index:
        (stories if what == "ecbplus" else questions)(data, index)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
