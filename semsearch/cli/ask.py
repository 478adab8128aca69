"""Commands that answer: search, similar, show."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from semsearch.cli import render
from semsearch.cli.common import (
    ConfigOption,
    FormatOption,
    FromOption,
    IndexOption,
    JsonOption,
    ProviderOption,
    ToOption,
    TopicOption,
    filters_of,
    opened,
    print_as,
    settings_for,
)
from semsearch.config import place_of
from semsearch.errors import InvalidArticleError
from semsearch.model.article import Article
from semsearch.model.filter_tree import moment_of
from semsearch.model.search import Collapse, Confidence, Mode, Query, Sort, steps_of

KOption = Annotated[int, typer.Option("-k", metavar="N", help="How many.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    for command in (search, similar, show):
        app.command()(command)


def search(
    question: Annotated[str, typer.Argument(help="In any words.")],
    k: KOption = 10,
    provider: ProviderOption = None,
    topic: TopicOption = None,
    language: Annotated[
        list[str] | None,
        typer.Option("--language", metavar="CODE", help="Only in this language; repeatable."),
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
    index_dir: IndexOption = None,
    config: ConfigOption = None,
    *,
    prefer_quality: Annotated[
        bool, typer.Option("--prefer-quality", help="Let quality count a little.")
    ] = False,
    diversity: Annotated[
        bool, typer.Option("--diversity", help="Different outlets before more of the same.")
    ] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Say how each score came.")] = False,
    as_json: JsonOption = False,
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
        index_dir = snapshots.find(place_of(settings_for(index_dir, config)).folder, as_of)
    with opened(index_dir, config) as index:
        results = index.search(query)
    print_as(results, render.search_results, form, as_json=as_json)


def similar(
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
    index_dir: IndexOption = None,
    config: ConfigOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Articles like one in the index, a file, or the text on stdin (-).

    Example: semsearch similar draft.txt -k 5
    """
    filters = filters_of(provider, topic, since, until)
    article = article_or_id(item)
    with opened(index_dir, config) as index:
        results = index.similar(article, k=k, filters=filters, collapse=collapse)
    print_as(results, render.similar_results, form, as_json=as_json)


def show(
    identity: Annotated[str, typer.Argument(metavar="ID", help="An article id.")],
    form: FormatOption = None,
    index_dir: IndexOption = None,
    config: ConfigOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """One article whole.

    Example: semsearch show 7f0d5dbae9d3fb58c171
    """
    with opened(index_dir, config) as index:
        article = index.get(identity)
    print_as(article, render.article, form, as_json=as_json)


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
        return Index.read(sys.stdin.read())
    except UnicodeDecodeError:
        raise InvalidArticleError("The text on stdin is not valid UTF-8.") from None
