"""Commands that answer: search, similar, show."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from semsearch.cli import render
from semsearch.cli.common import (
    CommonOptions,
    FormatOption,
    FromOption,
    ProviderOption,
    ToOption,
    TopicOption,
    command,
    filters_of,
)
from semsearch.config import place_of
from semsearch.errors import InvalidArticleError
from semsearch.model.article import Article
from semsearch.model.filter_tree import moment_of
from semsearch.model.search import Collapse, Confidence, Mode, Query, Sort, steps_of

KOption = Annotated[int, typer.Option("-k", metavar="N", help="How many.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    for each in (search, similar, show):
        command(app)(each)


def search(
    options: CommonOptions,
    question: Annotated[str, typer.Argument(help="In any words.")],
    k: KOption = 10,
    provider: ProviderOption = None,
    topic: TopicOption = None,
    language: Annotated[
        list[str] | None,
        typer.Option(
            "--language", metavar="CODE", help="Only in this language (code or name); repeatable."
        ),
    ] = None,
    since: FromOption = None,
    until: ToOption = None,
    mode: Annotated[Mode, typer.Option(help="Which evidence ranks.")] = Mode.HYBRID,
    sort: Annotated[
        Sort, typer.Option(help="Of those that answer, the newest or oldest first.")
    ] = Sort.RELEVANCE,
    collapse: Annotated[Collapse, typer.Option(help="Fold hits.")] = Collapse.NONE,
    asked_at: Annotated[
        str | None,
        typer.Option(
            "--asked-at", metavar="DATE", help='What "this week" counts from: today by default.'
        ),
    ] = None,
    read: Annotated[
        list[str] | None,
        typer.Option(
            "--read",
            metavar="STEP",
            help="Steps of reading the question (phrase, exclusion, provider, topic, date, now,"
            " newest, spelling, acronym) or none; repeatable. All by default.",
        ),
    ] = None,
    min_score: Annotated[
        float | None, typer.Option("--min-score", help="Leave out hits of a lower score.")
    ] = None,
    min_confidence: Annotated[
        Confidence,
        typer.Option("--min-confidence", help="No hits where an answer here is less sure."),
    ] = Confidence.NONE,
    page_token: Annotated[
        str | None, typer.Option("--page", metavar="TOKEN", help="next_page_token of an answer.")
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", metavar="SNAPSHOT", help="Ask the archive as it was then."),
    ] = None,
    form: FormatOption = None,
    *,
    prefer_quality: Annotated[
        bool, typer.Option("--prefer-quality", help="Let quality count a little.")
    ] = False,
    diversity: Annotated[
        bool, typer.Option("--diversity", help="Different outlets before more of the same.")
    ] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Say how each score came.")] = False,
) -> None:
    """Ask; ranked articles with the passage that answers, and one row per outlet.

    Example: semsearch search "Why did the dockers walk out?" --from 2024-03-01 -k 5
    """
    from semsearch.maintain import snapshots  # noqa: PLC0415

    query = Query(
        question,
        k=k,
        filters=replace(filters_of(provider, topic, since, until), language=tuple(language or ())),
        mode=mode,
        sort=sort,
        collapse=collapse,
        asked_at=moment_of(asked_at),
        steps=steps_of(read),
        prefer_quality=prefer_quality,
        diversity=diversity,
        min_score=min_score,
        min_confidence=min_confidence,
        page_token=page_token,
        explain=explain,
    )
    if as_of is not None:
        folder = snapshots.find(place_of(options.settings()).folder, as_of)
        options = replace(options, index=folder)
    with options.opened() as index:
        results = index.search(query)
    options.print_as(results, render.search_results, form)


def similar(
    options: CommonOptions,
    item: Annotated[str, typer.Argument(metavar="ID|FILE|-", help="An article id or a text.")],
    k: KOption = 10,
    provider: ProviderOption = None,
    topic: TopicOption = None,
    since: FromOption = None,
    until: ToOption = None,
    collapse: Annotated[
        Collapse, typer.Option(help="Show copies, or articles of one story, as one.")
    ] = Collapse.NONE,
    form: FormatOption = None,
) -> None:
    """Articles like one in the index, a file, or the text on stdin (-).

    Example: semsearch similar draft.txt -k 5
    """
    filters = filters_of(provider, topic, since, until)
    article = article_or_id(item)
    with options.opened() as index:
        results = index.similar(article, k=k, filters=filters, collapse=collapse)
    options.print_as(results, render.similar_results, form)


def show(
    options: CommonOptions,
    identity: Annotated[str, typer.Argument(metavar="ID", help="An article id.")],
    form: FormatOption = None,
) -> None:
    """One article whole.

    Example: semsearch show 7f0d5dbae9d3fb58c171
    """
    with options.opened() as index:
        article = index.get(identity)
    options.print_as(article, render.article, form)


def article_or_id(item: str) -> Article | str:
    """The article in a file or on stdin (-); what names neither is an id.

    Raises:
        InvalidArticleError: The article cannot be read.
    """
    if item != "-" and not Path(item).is_file():
        return item
    from semsearch.index import Index  # noqa: PLC0415 - it imports the engines

    if item != "-":
        return Index.read(Path(item))
    try:
        return Index.read(sys.stdin.buffer.read().decode())
    except UnicodeDecodeError:
        raise InvalidArticleError("The text on stdin is not valid UTF-8.") from None
