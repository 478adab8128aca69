#!/usr/bin/env python
"""Measure stories on windows that nothing was fitted on: research/measure_windows.py DATA WORK.

DATA is the folder of the development sets, WORK keeps vectors (made on the first run). Prints, in
Markdown, how the stories of the shipped weights agree with each of two readers, how the second
reader agrees with the first, and both again without the articles of which one of them was unsure;
last, how many stories of one outlet and of several are one event to the first reader.
"""

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from research.event_pairs import EventPairs, profiled
from research.event_windows import Window, later_windows, second_reading, windows
from research.story_measures import GroupCounts, GroupFigures, Labels, group_counts, group_figures
from semsearch.evaluation.measures import Estimate
from semsearch.relate.same_event import event_model
from semsearch.relate.stories import MIN_LINKAGE

_DRAWS = 1000
_PAIR = 2


@dataclass(frozen=True, slots=True)
class Read:
    """A window, its events as two readers have them, and of which articles both were sure."""

    window: Window
    first: Sequence[str]
    second: Sequence[str]
    sure: Sequence[bool]

    @classmethod
    def of(cls, window: Window) -> "Read":
        """A window with both of its readings."""
        again = second_reading(window)
        return cls(
            window,
            [one.event for one in window.verdicts],
            [one.event for one in again],
            [a.sure and b.sure for a, b in zip(window.verdicts, again, strict=True)],
        )

    def compared(self, found: Labels, gold: Sequence[str], *, only_sure: bool) -> GroupCounts:
        """How far one grouping agrees with another that is taken for true."""
        kept = np.array(self.sure) if only_sure else np.ones(len(gold), bool)
        return group_counts(np.array(found)[kept].tolist(), np.array(gold)[kept].tolist())


def main() -> None:
    data, work = Path(sys.argv[1]), Path(sys.argv[2])
    work.mkdir(parents=True, exist_ok=True)
    print("| | B-cubed F1 | pairs right | pairs found | stories of three and more that are one |")
    print("|---|---|---|---|---|")
    later = [Read.of(one) for one in later_windows(data)]
    ours = [stories_of(one.window, one.first, work) for one in later]
    for read, found in zip(later, ours, strict=True):
        print_row(read.window.name, [read.compared(found, read.first, only_sure=False)])
    for label, only_sure in (("all", False), ("all, where both readers were sure", True)):
        both = list(zip(later, ours, strict=True))
        print_row(
            f"{label}, first reader",
            [read.compared(found, read.first, only_sure=only_sure) for read, found in both],
        )
        print_row(
            f"{label}, second reader",
            [read.compared(found, read.second, only_sure=only_sure) for read, found in both],
        )
    every = [*later, *(Read.of(one) for one in windows(data))]
    for read in every:
        print_row(
            f"second reader, {read.window.name}",
            [read.compared(read.second, read.first, only_sure=False)],
        )
    for label, only_sure in (("all", False), ("all, where both were sure", True)):
        print_row(
            f"second reader, {label}",
            [read.compared(read.second, read.first, only_sure=only_sure) for read in every],
        )
    print_by_outlets(later, ours)


def stories_of(window: Window, gold: Sequence[str], work: Path) -> list[int]:
    """The story of each article with the weights that are shipped."""
    pairs = EventPairs(profiled(window.articles, work, leads_only=True), gold)
    return pairs.clusters(pairs.probabilities(event_model()), MIN_LINKAGE)


def print_by_outlets(later: Sequence[Read], ours: Sequence[Labels]) -> None:
    stories: Counter[tuple[bool, bool]] = Counter()
    pure: Counter[tuple[bool, bool]] = Counter()
    for read, found in zip(later, ours, strict=True):
        members: dict[object, list[int]] = {}
        for place, story in enumerate(found):
            members.setdefault(story, []).append(place)
        for places in members.values():
            if len(places) < _PAIR:
                continue
            outlets = {read.window.articles[place].provider.key for place in places}
            kind = len(outlets) == 1, len(places) > _PAIR
            stories[kind] += 1
            pure[kind] += len({read.first[place] for place in places}) == 1
    print("\n| stories that are one event | of two articles | of three or more |\n|---|---|---|")
    for label, one in (("several outlets", False), ("one outlet", True)):
        cells = [f"{pure[one, large]} of {stories[one, large]}" for large in (False, True)]
        print(f"| {label} | {' | '.join(cells)} |")


def print_row(name: str, counts: Iterable[GroupCounts]) -> None:
    found = group_figures(list(counts), draws=_DRAWS)
    print(f"| {name} | {' | '.join(_cells(found))} |", flush=True)


def _cells(found: GroupFigures) -> list[str]:
    return [_cell(one) for one in (found.f1, found.right, found.found, found.pure)]


def _cell(one: Estimate) -> str:
    return f"{one.mean:.3f} ({one.low:.3f}-{one.high:.3f}), {one.questions}"


if __name__ == "__main__":
    main()
