"""The tables of a coverage report."""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.text import Text

from semsearch.evaluation.clusters import ClusterFigures
from semsearch.evaluation.coverage import CoverageReport
from semsearch.evaluation.pairs import PairFigures
from semsearch.evaluation.rendering import Sheet, cell, table, table_lines

_SHOWN = 10


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
