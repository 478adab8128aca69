#!/usr/bin/env python
"""Draw claims that comparisons of known events make, to be read; score the sheet that comes back.

research/draw_claims.py draw ARCHIVE.jsonl.xz EVENTS.tsv --seed S [--facts 60] [--absences 40]
research/draw_claims.py score SHEET.tsv

EVENTS.tsv has the columns article and event: articles of one event are compared. A claim is drawn
as it is shown: shared facts among the first ten of an event, absences among all, and every pair of
values that differ. ``draw`` writes two things: to standard error the texts, to be read without
scores, and to standard output the sheet, with ids and offsets and an empty column ``right`` (1, 0,
or what is unclear). No text of the archive is in the sheet.
"""

import csv
import json
import lzma
import random
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from scipy.stats import binomtest

from semsearch.assembly import build_encoder
from semsearch.compare.comparison import compare
from semsearch.compare.frames import build_frames, read_frames
from semsearch.compare.sentences import ComparedText, prepare
from semsearch.config import load_settings
from semsearch.encode.encoder import Encoder
from semsearch.export.comparison import FIRST_FACTS
from semsearch.model.article import Article, Provider
from semsearch.model.comparison import Comparison, FactSentence, Span
from semsearch.text.sentences import article_sentences

app = typer.Typer(add_completion=False)


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim with what it cites."""

    kind: str
    event: str
    spans: tuple[Span, ...]
    absent_from: tuple[str, ...] = ()


def claims(event: str, found: Comparison) -> Iterator[Claim]:
    """Everything of the kinds that are drawn."""

    def spans(sentences: tuple[FactSentence, ...]) -> tuple[Span, ...]:
        return tuple(one.sentence for one in sentences)

    for fact in found.shared_facts[:FIRST_FACTS]:
        yield Claim("shared", event, spans(fact.sentences))
    for missing in found.reported_by_others_not_here:
        yield Claim("not here", event, spans(missing.sentences), missing.articles)
    for view in found.providers:
        for span in view.sentences.only_here_sentences:
            yield Claim("only here", event, (span,), view.sentences.against)


def read_events(archive: Path, events: Path) -> dict[str, list[Article]]:
    """The articles of each event of two articles or more."""
    with events.open(encoding="utf-8") as lines:
        event_of = {row["article"]: row["event"] for row in csv.DictReader(lines, delimiter="\t")}
    found: dict[str, list[Article]] = defaultdict(list)
    with lzma.open(archive, "rt", encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            if event := event_of.get(record["id"]):
                found[event].append(_article(record))
    return {event: members for event, members in sorted(found.items()) if len(members) > 1}


def _article(record: dict[str, str | None]) -> Article:
    published = record.get("published") or ""
    return Article(
        id=str(record["id"]),
        title=record.get("title") or "",
        excerpt=record.get("excerpt") or "",
        body=record.get("body") or "",
        provider=Provider(record.get("provider") or "", record.get("provider_domain") or ""),
        published=datetime.fromisoformat(published).replace(tzinfo=UTC) if published else None,
        language="en",
    )


def ready(articles: list[Article], encoder: Encoder) -> list[ComparedText]:
    """Articles ready to be compared, without those that hold no sentence."""
    texts = []
    for article in articles:
        if spans := article_sentences(article):
            held = [article.text(span.field)[span.start : span.end] for span in spans]
            texts.append(prepare(article, spans, np.asarray(encoder.encode_documents(held))))
    return texts


@app.command()
def draw(
    archive: Path,
    events: Path,
    seed: int = 1,
    facts: int = 60,
    absences: int = 40,
) -> None:
    """Draw claims: the sheet on standard output, the texts on standard error."""
    encoder = build_encoder(load_settings().model)
    described = read_frames()
    encoded = encoder.encode_documents([text for frame in described for text in frame.encoded])
    frames = build_frames(described, encoded)
    every: dict[str, list[Claim]] = defaultdict(list)
    by_id: dict[str, Article] = {}
    for event, members in read_events(archive, events).items():
        by_id |= {article.id: article for article in members}
        texts = ready(members, encoder)
        if len(texts) > 1:
            found = compare(texts, frames)
            for claim in claims(event, found):
                every[claim.kind].append(claim)
    chance = random.Random(seed)
    limits = {"shared": facts, "not here": absences, "only here": absences}
    sheet = csv.writer(sys.stdout, delimiter="\t", lineterminator="\n")
    sheet.writerow(("no", "kind", "event", "spans", "absent_from", "right"))
    number = 0
    for kind, some in sorted(every.items()):
        print(f"{len(some)} of the kind {kind}", file=sys.stderr)
        chosen = chance.sample(some, min(limits.get(kind, len(some)), len(some)))
        for claim in chosen:
            number += 1
            where = (f"{s.article}:{s.field}:{s.start}-{s.end}" for s in claim.spans)
            absent = " ".join(claim.absent_from)
            sheet.writerow((number, kind, claim.event, " ".join(where), absent, ""))
            print(f"\n{number} {kind}", file=sys.stderr)
            for span in claim.spans:
                print(f"  {span.article}: {span.text}", file=sys.stderr)
            if claim.absent_from:
                print(f"  not in {absent}", file=sys.stderr)


@app.command()
def score(sheet: Annotated[Path, typer.Argument()]) -> None:
    """Say how many claims of each kind were right, with Wilson's 95 % interval."""
    judged: dict[str, list[bool]] = defaultdict(list)
    with sheet.open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            if row["right"]:
                judged[row["kind"]].append(row["right"] == "1")
    for kind, right in sorted(judged.items()):
        interval = binomtest(sum(right), len(right)).proportion_ci(method="wilson")
        typer.echo(f"{kind}: {sum(right)} of {len(right)} ({interval.low:.2f}-{interval.high:.2f})")


if __name__ == "__main__":
    app()
