#!/usr/bin/env python
"""Measure relations on pairs that were read, and stories on articles with a field `story`.

research/measure_coverage.py PATH... [--pairs FILE] [--markdown | --json]. Prints F1 of duplicates
and of stories, five classes and calibration, beside single thresholds; B-cubed F1 and ARI of
stories, beside a single threshold and HDBSCAN. No index is needed or made.
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Group, RenderableType
from rich.text import Text

from research.pair_measures import LabelledPair, PairFigures, evaluate_pairs, read_pairs
from research.story_measures import ClusterFigures, evaluate_stories
from semsearch.assembly import build_encoder
from semsearch.cli.common import ConfigOption, JsonOption, console, print_json
from semsearch.config import load_settings
from semsearch.encode.encoder import Encoder
from semsearch.errors import InvalidRequestError
from semsearch.evaluation.rendering import Sheet, cell, table, table_lines
from semsearch.ingest.files import SourceFile, find_files
from semsearch.ingest.reading import ReadOptions, read_file
from semsearch.model.article import Article
from semsearch.relate.classify import relation_model
from semsearch.relate.profile import Profile
from semsearch.text.passages import split_article

_SHOWN = 10
STORY = "story"
_TOGETHER = 64
_LEAST = 3


@dataclass(frozen=True, slots=True)
class CoverageReport:
    """What was found.

    Attributes:
        articles: How many were read.
        missing: Articles of pairs that are not among them; their pairs are left out.
        pairs: On the pairs; None where there are none.
        stories: On the articles whose ``story`` is given, ours first; empty where none has one.
        labelled: How many these are.
        calibration: The data that the probabilities were fitted on.
    """

    articles: int
    missing: tuple[str, ...]
    pairs: PairFigures | None
    stories: tuple[ClusterFigures, ...]
    labelled: int
    calibration: str
    seconds: float


def evaluate_coverage(
    paths: Sequence[Path], pairs: Sequence[LabelledPair], encoder: Encoder
) -> CoverageReport:
    """Measure relations and stories.

    Args:
        paths: Files and folders of articles; an article whose source has a field ``story`` is
            labelled with it.
        pairs: Pairs that were read; may be none.
        encoder: As the index uses it.

    Raises:
        NotFoundError: A path is not there.
        InvalidRequestError: There is nothing to measure.
    """
    started = time.perf_counter()
    wanted = {article for pair in pairs for article in (pair.a, pair.b)}
    count = 0
    kept: dict[str, Article] = {}
    for article in _articles(paths):
        count += 1
        if article.id in wanted or STORY in article.extra:
            kept.setdefault(article.id, article)
    labelled = [one for one in kept.values() if STORY in one.extra]
    judged = [pair for pair in pairs if pair.a in kept and pair.b in kept]
    if not judged and len(labelled) < _LEAST:
        raise InvalidRequestError(
            "There is nothing to measure.",
            "Name pairs with --pairs FILE, or articles that have a field story.",
        )
    profiles = dict(_profiles(kept.values(), encoder))
    return CoverageReport(
        articles=count,
        missing=tuple(sorted(wanted - kept.keys())),
        pairs=evaluate_pairs(judged, profiles) if judged else None,
        stories=tuple(
            evaluate_stories(
                [profiles[one.id] for one in labelled], [str(one.extra[STORY]) for one in labelled]
            )
            if len(labelled) >= _LEAST
            else ()
        ),
        labelled=len(labelled),
        calibration=relation_model().calibration,
        seconds=round(time.perf_counter() - started, 3),
    )


def _articles(paths: Sequence[Path]) -> Iterator[Article]:
    for file in find_files(paths):
        if isinstance(file, SourceFile):
            for record in read_file(file, ReadOptions()):
                if isinstance(record, Article) and not record.stub:
                    yield record


def _profiles(articles: Iterable[Article], encoder: Encoder) -> Iterator[tuple[str, Profile]]:
    rest = iter(articles)
    while some := list(islice(rest, _TOGETHER)):
        pieces = [
            split_article(one, encoder.count_tokens, encoder.passage_budget, overlap=1)
            for one in some
        ]
        vectors = encoder.encode_documents([piece.text for those in pieces for piece in those])
        start = 0
        for article, those in zip(some, pieces, strict=True):
            rows = vectors[start : start + len(those)]
            yield article.id, Profile.of(article, [piece.passage for piece in those], rows)
            start += len(those)


def terminal(report: CoverageReport) -> RenderableType:
    """For people at a terminal."""
    told = [Text(sentence) for sentence in summary(report)]
    return Group(*told, *(table(sheet) for sheet in sheets(report)))


def markdown(report: CoverageReport) -> str:
    """For a file."""
    lines = ["# Duplicate coverage", "", *summary(report)]
    for sheet in sheets(report):
        lines += table_lines(sheet)
    return "\n".join(lines) + "\n"


def summary(report: CoverageReport) -> list[str]:
    """What was measured, in sentences, with what speaks against the figures."""
    told = [
        (
            f"{report.articles:,} articles read; intervals are 95 % bootstrap over pairs or "
            f"articles; probabilities were fitted on {report.calibration}."
        )
    ]
    if report.pairs is not None and report.pairs.undecidable:
        told.append(
            f"{report.pairs.undecidable} pairs are undecidable for want of text; they count as "
            f"their likeliest class."
        )
    if report.missing:
        dots = ", ..." if len(report.missing) > _SHOWN else ""
        told.append(
            f"Not among the articles: {len(report.missing)} articles of pairs "
            f"({', '.join(report.missing[:_SHOWN])}{dots}); their pairs are left out."
        )
    return told


def sheets(report: CoverageReport) -> Iterator[Sheet]:
    """All tables."""
    if report.pairs is not None:
        yield from _pair_sheets(report.pairs)
    if report.stories:
        yield Sheet(
            f"Stories of {report.labelled} articles",
            ("system", "B-cubed P", "B-cubed R", "B-cubed F1", "ARI", "stories", "largest"),
            tuple(_cluster_row(one) for one in report.stories),
        )


def _pair_sheets(found: PairFigures) -> Iterator[Sheet]:
    yield Sheet(
        f"Relations of {found.pairs} pairs",
        ("system", "duplicate F1", "story or closer F1"),
        (
            ("ours", cell(found.duplicate), cell(found.story)),
            *(
                (f"{one.signal}, best threshold", cell(one.f1), cell(other.f1))
                for one, other in zip(found.baselines, found.story_baselines, strict=True)
            ),
        ),
    )
    yield Sheet(
        "Five classes",
        ("", "F1"),
        (
            ("mean", cell(found.macro)),
            *((name, f"{value:.3f}") for name, value in found.classes.items()),
        ),
    )
    yield Sheet(
        "Calibration of p_duplicate",
        ("", ""),
        (
            ("expected calibration error", cell(found.calibration_error)),
            ("Brier score", cell(found.brier)),
        ),
    )
    yield Sheet(
        "Reliability of p_duplicate",
        ("pairs", "said", "was"),
        tuple((str(one.pairs), f"{one.said:.2f}", f"{one.was:.2f}") for one in found.bins),
    )


def _cluster_row(one: ClusterFigures) -> tuple[str, ...]:
    figures = (cell(one.precision), cell(one.recall), cell(one.f1))
    return one.system, *figures, f"{one.ari:.3f}", str(one.stories), str(one.largest)


def main(
    articles: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Of articles.")],
    pairs: Annotated[
        Path | None,
        typer.Option(metavar="FILE", exists=True, help="Table with id_a, id_b and label."),
    ] = None,
    config: ConfigOption = None,
    *,
    as_markdown: Annotated[bool, typer.Option("--markdown", help="Markdown on stdout.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Measure relations on pairs that were read, and stories on articles with a field `story`."""
    encoder = build_encoder(load_settings(config).model)
    report = evaluate_coverage(articles, read_pairs(pairs) if pairs else [], encoder)
    if as_json:
        print_json(report)
    elif as_markdown:
        print(markdown(report), end="")
    else:
        console().print(terminal(report))


if __name__ == "__main__":
    typer.run(main)
