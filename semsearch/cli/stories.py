"""Commands about articles that report the same: relate, duplicates, stories, compare."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from semsearch.cli import render_stories as render
from semsearch.cli.ask import article_or_id
from semsearch.cli.common import (
    CommonOptions,
    Format,
    FormatOption,
    FromOption,
    ReportFormat,
    ToOption,
    command,
    say_beside,
)
from semsearch.cli.render_comparison import comparison as render_comparison
from semsearch.model.article import Article
from semsearch.model.clusters import CoverageOrder, CoverageQuery
from semsearch.model.comparison import Comparison, Detail
from semsearch.model.filter_tree import moment_of
from semsearch.model.search import Query
from semsearch.temporary import temporary_folder

if TYPE_CHECKING:
    from semsearch.index import Index

_MOST = 1_000_000_000

KOption = Annotated[int, typer.Option("-k", metavar="N", help="How many a page.")]
ProviderOption = Annotated[
    str, typer.Option("--provider", metavar="D", help="With an article by this outlet.")
]
SortOption = Annotated[CoverageOrder, typer.Option("--sort", help="Largest or newest first.")]
PageOption = Annotated[
    str | None, typer.Option("--page", metavar="TOKEN", help="next_page_token of a list.")
]
SizeOption = Annotated[
    int, typer.Option("--min-size", metavar="N", min=2, max=_MOST, help="Articles.")
]


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    for each in (relate, duplicates, stories, compare):
        command(app)(each)


def relate(
    options: CommonOptions,
    a: Annotated[str, typer.Argument(metavar="A", help="An article id, a file or - for stdin.")],
    b: Annotated[str, typer.Argument(metavar="B", help="Another.")],
    form: FormatOption = None,
) -> None:
    """What two articles are to each other, and why; files need no index.

    Example: semsearch relate draft.md 7f0d5dbae9d3fb58c171
    """
    sides = [article_or_id(item) for item in (a, b)]
    with index_for(sides, options) as index:
        relation = index.relate(*sides)
    options.print_as(relation, lambda found: render.relation(found, a, b), form)


@contextmanager
def index_for(articles: list[Article | str], options: CommonOptions) -> Iterator["Index"]:
    """The index; where there is none and every article is given as a file, an empty one."""
    from semsearch.assembly import index_exists  # noqa: PLC0415 - it imports all engines

    only_files = articles and not any(isinstance(article, str) for article in articles)
    if not only_files or index_exists(options.settings()):
        with options.opened() as index:
            yield index
    else:
        with (
            temporary_folder() as empty,
            replace(options, index=empty).opened(create=True, whole=True) as index,
        ):
            yield index


def duplicates(
    options: CommonOptions,
    item: Annotated[
        str | None,
        typer.Argument(metavar="[ID|FILE|-]", help="An article id or a text; none: every group."),
    ] = None,
    min_probability: Annotated[
        float,
        typer.Option("--min-probability", metavar="P", min=0, max=1, help="Of an item's text."),
    ] = 0.5,
    k: KOption = 20,
    provider: ProviderOption = "",
    since: FromOption = None,
    until: ToOption = None,
    sort: SortOption = CoverageOrder.SIZE,
    min_size: SizeOption = 2,
    page_token: PageOption = None,
    form: FormatOption = None,
) -> None:
    """Copies and edited copies: every group, or those of an article or a text.

    Example: semsearch duplicates press-release.txt
    """
    if item is not None:
        article = article_or_id(item)
        with options.opened() as index:
            matches = index.duplicates(article, min_probability=min_probability)
        options.print_as(matches, render.duplicates, form)
        return
    query = CoverageQuery(
        order=sort,
        k=k,
        provider=provider,
        since=moment_of(since),
        until=moment_of(until, after=True),
        min_size=min_size,
        page_token=page_token,
    )
    with options.opened() as index:
        groups = index.groups(query)
    options.print_as(groups, render.groups, form)


def stories(
    options: CommonOptions,
    identity: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="A story id; none: every story.")
    ] = None,
    k: KOption = 20,
    provider: ProviderOption = "",
    since: FromOption = None,
    until: ToOption = None,
    sort: SortOption = CoverageOrder.SIZE,
    min_size: SizeOption = 2,
    min_origins: Annotated[
        int,
        typer.Option("--min-origins", metavar="N", min=1, max=_MOST, help="Independent texts."),
    ] = 1,
    page_token: PageOption = None,
    form: FormatOption = None,
) -> None:
    """Events that several articles report: every story, or one with its articles.

    Example: semsearch stories --sort origins --from 2024-03-01
    """
    if identity is not None:
        with options.opened() as index:
            story = index.story(identity)
        options.print_as(story, render.story, form)
        return
    query = CoverageQuery(
        order=sort,
        k=k,
        provider=provider,
        since=moment_of(since),
        until=moment_of(until, after=True),
        min_size=min_size,
        min_origins=min_origins,
        page_token=page_token,
    )
    with options.opened() as index:
        page = index.stories(query)
    options.print_as(page, render.stories, form)


def compare(
    options: CommonOptions,
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
        ReportFormat | None,
        typer.Option(
            "--format",
            help="html stands alone; csv (csv-bom for Excel) and parquet: aligned sentences; "
            "ris, bibtex and csl-json cite the articles. [default: table]",
            show_default=False,
        ),
    ] = None,
) -> None:
    """How outlets tell one story: what they share, and what is not found where.

    Example: semsearch compare --story 042cedc8b4e1b010 --format html > report.html
    """
    if sum(map(bool, (items, story, question))) != 1:
        raise typer.BadParameter("Give articles, --story or --query, one of the three.")
    articles = [article_or_id(item) for item in items or ()]
    with index_for(articles, options) as index:
        comparison = index.compare(
            *articles,
            story=story or "",
            question=Query(question) if question else "",
            detail=detail,
        )
    if form in (ReportFormat.HTML, ReportFormat.CSV, ReportFormat.CSV_BOM):
        from semsearch.web import exports  # noqa: PLC0415 - plots bring libraries of their own

        write: dict[ReportFormat, Callable[[Comparison], str]] = {
            ReportFormat.HTML: exports.html,
            ReportFormat.CSV: exports.csv_table,
            ReportFormat.CSV_BOM: partial(exports.csv_table, bom=True),
        }
        if form is not ReportFormat.HTML:  # which says it itself
            say_beside(comparison)
        sys.stdout.write(write[form](comparison))
    else:
        other = None if form is None else Format(form)
        options.print_as(comparison, render_comparison, other)
