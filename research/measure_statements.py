#!/usr/bin/env python
"""Measure what checking says of sentences that were read, and of figures whose fate is known.

research/measure_statements.py DATA INDEX [--seed S] [--show N]. DATA is the folder of the
development sets; INDEX is where the articles of the read items are indexed, the first time.

Each item asks whether an article reports what a sentence of another reports. The other is checked
whole, as a draft, and what is said of the sentence and that article is counted. Figures: seven
sentences of an article are a draft, in which one figure is left, changed, or changed and put on
another day.
"""

import json
import lzma
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import typer
from scipy.stats import binomtest

from research.framing_measures import Item, read_items
from semsearch.assembly import open_index
from semsearch.compare.figures import Figure, FigureKind, figures
from semsearch.config import load_settings
from semsearch.index import Index
from semsearch.model.check import DraftCheck, FigureStatus
from semsearch.model.comparison import Status

_SETS = ("framing/basil_dev", "ecbplus_dev", "helsinki_dev")
_AROUND = 3  # sentences before and after the one with the figure
_LEAST = 2 * _AROUND + 1
_OTHER_DAY = "On 3 March 1987, "
_FATES = ("left", "changed", "changed, another day")
_FIELDS = ("id", "title", "excerpt", "body", "provider", "url", "published")


@dataclass(frozen=True, slots=True)
class Drafted:
    """A draft with a figure of known fate, and where that stands in it."""

    text: str
    start: int
    fate: str
    was: str
    article: str


def main(data: Path, index: Path, seed: int = 20, show: int = 0) -> None:
    """Index the articles if need be, and measure."""
    sentences = _sentences(data)
    settings = load_settings(None).model_copy(update={"index": index, "catalog": ""})
    with open_index(settings, create=True) as opened:
        if not opened.ids():
            opened.add(list(_records(data, sentences)), stubs=False)
        _measure_items(opened, read_items(data / "framing"), sentences)
        _measure_figures(opened, list(_drafted(opened, sentences, Random(seed))), show)


def _sentences(data: Path) -> dict[str, list[tuple[int, int]]]:
    with lzma.open(data / "framing" / "sentences_dev.jsonl.xz", "rt", encoding="utf-8") as file:
        return {
            row["id"]: [(one["start"], one["end"]) for one in row["sentences"]]
            for row in map(json.loads, file)
        }


def _records(data: Path, wanted: Mapping[str, object]) -> Iterator[dict[str, object]]:
    for name in _SETS:
        with lzma.open(data / f"{name}.jsonl.xz", "rt", encoding="utf-8") as file:
            for row in map(json.loads, file):
                if row["id"] in wanted:
                    yield {field: row[field] for field in _FIELDS if row.get(field)}


def _measure_items(
    index: Index, items: Sequence[Item], sentences: Mapping[str, list[tuple[int, int]]]
) -> None:
    checked: dict[str, tuple[str, DraftCheck]] = {}
    told: Counter[tuple[str, bool]] = Counter()
    for item in items:
        if item.article_a not in checked:
            body = index.get(item.article_a).body
            checked[item.article_a] = body, index.check(body)
        start, end = sentences[item.article_a][item.sentence]
        told[_status(checked[item.article_a][1], start, end, item.article_b), item.reported] += 1
    print(f"{len(items)} items:", dict(sorted(told.items())))
    _share("stated is reported", told[Status.STATED, True], told[Status.STATED, False])
    _share("not found is not reported", told[Status.NOT_FOUND, False], told[Status.NOT_FOUND, True])


def _status(found: DraftCheck, start: int, end: int, article: str) -> str:
    """What is said of a sentence and an article; empty where nothing is."""
    for sentence in found.sentences:
        if min(sentence.end, end) - max(sentence.start, start) > (end - start) / 2:
            for one in sentence.others:
                if one.article == article:
                    return one.status
            return "not looked at"
    return "no statement"


def _drafted(
    index: Index, sentences: Mapping[str, list[tuple[int, int]]], random: Random
) -> Iterator[Drafted]:
    for article, spans in sorted(sentences.items()):
        body = index.get(article).body
        found = [
            (number, figure)
            for number in range(_AROUND, len(spans) - _AROUND)
            for figure in figures(body[slice(*spans[number])])
            if _may_change(body[slice(*spans[number])], figure)
        ]
        if len(spans) < _LEAST or not found:
            continue
        number, figure = random.choice(found)
        for fate in _FATES:
            yield _with_figure(body, spans, number, figure, fate, random, article)


def _may_change(text: str, figure: Figure) -> bool:
    """A count, a sum or a share in digits, in no quotation."""
    return (
        figure.kind in (FigureKind.NUMBER, FigureKind.QUANTITY)
        and any(letter.isdigit() for letter in text[figure.start : figure.end])
        and not any(mark in text for mark in '“”"')
    )


def _with_figure(
    body: str,
    spans: Sequence[tuple[int, int]],
    number: int,
    figure: Figure,
    fate: str,
    random: Random,
    article: str,
) -> Drafted:
    before = " ".join(body[slice(*spans[n])] for n in range(number - _AROUND, number))
    after = " ".join(body[slice(*spans[n])] for n in range(number + 1, number + _AROUND + 1))
    own = body[slice(*spans[number])]
    was = own[figure.start : figure.end]
    start = figure.start
    if fate != "left":
        places = [place for place, letter in enumerate(was) if letter.isdigit()]
        place = places[0]
        digit = str((int(was[place]) + random.randint(1, 8)) % 9 + 1)
        while digit == was[place]:
            digit = str(int(digit) % 9 + 1)
        now = was[:place] + digit + was[place + 1 :]
        own = own[: figure.start] + now + own[figure.end :]
    if fate == "changed, another day":
        own = _OTHER_DAY + own[0].lower() + own[1:]
        start += len(_OTHER_DAY)
    text = f"{before} {own} {after}"
    return Drafted(text, len(before) + 1 + start, fate, was.strip(), article)


def _measure_figures(index: Index, drafts: Sequence[Drafted], show: int) -> None:
    told: Counter[tuple[str, str]] = Counter()
    right = wrong = 0
    mistaken: list[str] = []
    for one in drafts:
        found = index.check(one.text)
        status = next(
            (each.status.value for each in found.figures if each.start <= one.start < each.end),
            "not read",
        )
        told[one.fate, status] += 1
        for each in found.figures:
            if each.status is not FigureStatus.DIFFERS:
                continue
            planted = each.start <= one.start < each.end
            if planted and one.fate == "changed" and each.value.strip() == one.was:
                right += 1
                continue
            wrong += 1
            source = "" if each.source is None else each.source.text
            mistaken.append(f"{one.fate}, {each.text} for {each.value}: {one.article}: {source}")
    print(f"{len(drafts)} drafts:", dict(sorted(told.items())))
    _share("figures told different are", right, wrong)
    for line in mistaken[:show]:
        print(line)


def _share(name: str, right: int, wrong: int) -> None:
    count = right + wrong
    if not count:
        print(f"{name}: none")
        return
    interval = binomtest(right, count).proportion_ci(method="wilson")
    print(
        f"{name}: {right / count:.3f} ({right} of {count}, {interval.low:.2f}-{interval.high:.2f})"
    )


if __name__ == "__main__":
    typer.run(main)
