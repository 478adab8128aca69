#!/usr/bin/env python
"""Measure how sentences of providers are aligned, and frames assigned, on items that were read.

research/measure_framing.py DIR [--markdown | --json]. DIR holds alignment_*.tsv and
sentences_*.jsonl.xz; a folder `frames` beside it holds sentences with their frames. No index is
needed or made.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Group, RenderableType
from rich.text import Text

from research.framing_measures import FramingReport, Measured, evaluate_framing
from semsearch.assembly import build_encoder
from semsearch.cli.common import ConfigOption, JsonOption, console, print_json
from semsearch.config import load_settings
from semsearch.evaluation.rendering import Sheet, table, table_lines


def terminal(report: FramingReport) -> RenderableType:
    """For people at a terminal."""
    return Group(Text(summary(report)), *(table(sheet) for sheet in sheets(report)))


def markdown(report: FramingReport) -> str:
    """For a file."""
    lines = ["# Comparing providers", "", summary(report)]
    for sheet in sheets(report):
        lines += table_lines(sheet)
    return "\n".join(lines) + "\n"


def summary(report: FramingReport) -> str:
    """What was measured, in a sentence."""
    return (
        f"{report.items} items of {report.stories} stories; intervals are 95 % bootstrap over "
        f"stories. Items that the weights were fitted on flatter them."
    )


def sheets(report: FramingReport) -> Iterator[Sheet]:
    """All tables."""
    yield _sheet("Sentences aligned", report.alignment)
    if report.frames:
        yield _sheet("Frames of sentences", report.frames)


def _sheet(title: str, measures: Mapping[str, Measured]) -> Sheet:
    rows = tuple((name.replace("_", " "), *_row(one)) for name, one in measures.items())
    return Sheet(title, ("measure", "value", "95 % interval", "n"), rows)


def _row(one: Measured) -> tuple[str, str, str]:
    if one.value is None:
        return "-", "", str(one.n)
    interval = "" if one.low is None or one.high is None else f"{one.low:.3f}-{one.high:.3f}"
    return f"{one.value:.3f}", interval, str(one.n)


def main(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", exists=True, help="alignment_*.tsv and sentences.")
    ],
    config: ConfigOption = None,
    *,
    as_markdown: Annotated[bool, typer.Option("--markdown", help="Markdown on stdout.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Measure how sentences are aligned, and frames assigned, on items that were read."""
    report = evaluate_framing(folder, build_encoder(load_settings(config).model))
    if as_json:
        print_json(report)
    elif as_markdown:
        print(markdown(report), end="")
    else:
        console().print(terminal(report))


if __name__ == "__main__":
    typer.run(main)
