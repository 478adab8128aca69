"""Command that contrasts how providers tell one story."""

import sys
from enum import StrEnum
from typing import Annotated

import typer

from semsearch.cli.ask import given_article
from semsearch.cli.common import (
    ConfigOption,
    IndexOption,
    JsonOption,
    console,
    opened,
    print_json,
)
from semsearch.cli.coverage import comparing
from semsearch.cli.render_comparison import comparison
from semsearch.compare.comparer import Detail
from semsearch.model.comparison import Comparison
from semsearch.model.search import Query


class Format(StrEnum):
    """How a comparison is written."""

    TABLE = "table"
    JSON = "json"
    MD = "md"
    HTML = "html"
    CSV = "csv"


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command()(compare)


def compare(
    items: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ID|FILE]...", help="Two or more article ids or files."),
    ] = None,
    story: Annotated[
        str | None, typer.Option("--story", metavar="ID", help="The articles of a story.")
    ] = None,
    question: Annotated[
        str | None,
        typer.Option("--query", metavar="Q", help="Up to 20 articles that answer."),
    ] = None,
    detail: Annotated[
        Detail, typer.Option(help="sentences: every sentence against every article.")
    ] = Detail.SUMMARY,
    form: Annotated[
        Format | None,
        typer.Option(
            "--format",
            help="html stands alone; csv: aligned sentences. [default: table]",
            show_default=False,
        ),
    ] = None,
    index_dir: IndexOption = None,
    config: ConfigOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """How providers tell one story: what they share, what differs, what is not found where.

    Example: semsearch compare --story 042cedc8b4e1b010 --format html > report.html
    """
    if sum(map(bool, (items, story, question))) != 1:
        raise typer.BadParameter("Give articles, --story or --query, one of the three.")
    if as_json and form not in (None, Format.JSON):
        raise typer.BadParameter(f"--json and --format {form} exclude each other: give one.")
    if items:
        sides = tuple(given_article(one) or one for one in items)
        with comparing(index_dir, config, sides) as index:
            found = index.compare(*sides, detail=detail)
    else:
        with opened(index_dir, config) as index:
            if story:
                found = index.compare(story=story, detail=detail)
            else:
                found = index.compare(question=Query(question or ""), detail=detail)
    _write(found, Format.JSON if as_json else form or Format.TABLE)


def _write(found: Comparison, form: Format) -> None:
    """The comparison on stdout. Reports bring libraries of their own, loaded where one is made."""
    match form:
        case Format.TABLE:
            console().print(comparison(found))
        case Format.JSON:
            print_json(found)
        case Format.MD:
            from semsearch.web.exports import markdown  # noqa: PLC0415

            sys.stdout.write(markdown(found))
        case Format.HTML:
            from semsearch.web.exports import html  # noqa: PLC0415

            sys.stdout.write(html(found))
        case Format.CSV:
            from semsearch.web.exports import csv_table  # noqa: PLC0415

            sys.stdout.write(csv_table(found))
