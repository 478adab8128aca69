"""Commands about who reports the same."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from semsearch.assembly import index_exists
from semsearch.cli import render_coverage as render
from semsearch.cli.ask import given_article
from semsearch.cli.common import (
    ConfigOption,
    FromOption,
    IndexOption,
    JsonOption,
    ToOption,
    console,
    opened,
    print_json,
    settings_for,
)
from semsearch.index import Index
from semsearch.model.article import Article
from semsearch.model.coverage import CoverageOrder, CoverageQuery
from semsearch.model.filter_tree import moment_of

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
    for command in (relate, duplicates, stories):
        app.command()(command)


def relate(
    a: Annotated[str, typer.Argument(metavar="A", help="An article id, a file or - for stdin.")],
    b: Annotated[str, typer.Argument(metavar="B", help="Another.")],
    index_dir: IndexOption = None,
    config: ConfigOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """What two articles are to each other, and why; files need no index.

    Example: semsearch relate draft.md 7f0d5dbae9d3fb58c171
    """
    sides = tuple(given_article(item) or item for item in (a, b))
    with comparing(index_dir, config, sides) as index:
        (relation,) = index.relate_pairs([(sides[0], sides[1])]).relations
    if as_json:
        print_json(relation)
    else:
        console().print(render.relation(relation, a, b))


@contextmanager
def comparing(
    index_dir: Path | None, config: Path | None, sides: tuple[str | Article, ...]
) -> Iterator[Index]:
    """The index; where only files are compared, an empty one."""
    if any(isinstance(side, str) for side in sides) or index_exists(
        settings_for(index_dir, config)
    ):
        with opened(index_dir, config) as index:
            yield index
    else:
        with (
            TemporaryDirectory() as empty,
            opened(Path(empty), config, create=True, whole=True) as index,
        ):
            yield index


def duplicates(
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
    index_dir: IndexOption = None,
    config: ConfigOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Articles with one text: every group, or those of an article or a text.

    Example: semsearch duplicates press-release.txt
    """
    if item is not None:
        given = given_article(item)
        with opened(index_dir, config) as index:
            if given is None:
                found = index.duplicates(item, min_probability=min_probability)
            else:
                found = index.duplicates(given, min_probability=min_probability)
        if as_json:
            print_json(found)
        else:
            console().print(render.duplicates(found))
        return
    query = _query(sort, k, provider, since, until, min_size, 1, page_token)
    with opened(index_dir, config) as index:
        groups = index.groups(query)
    if as_json:
        print_json(groups)
    else:
        console().print(render.groups(groups))


def stories(
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
    index_dir: IndexOption = None,
    config: ConfigOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Events that several articles report: every story, or one with its articles.

    Example: semsearch stories --sort origins --from 2024-03-01
    """
    with opened(index_dir, config) as index:
        if identity is not None:
            shown = index.story(identity)
        else:
            query = _query(sort, k, provider, since, until, min_size, min_origins, page_token)
            listed = index.stories(query)
    if identity is not None:
        if as_json:
            print_json(shown)
        else:
            console().print(render.story(shown))
    elif as_json:
        print_json(listed)
    else:
        console().print(render.stories(listed))


def _query(
    order: CoverageOrder,
    k: int,
    provider: str,
    since: str | None,
    until: str | None,
    min_size: int,
    min_origins: int,
    page_token: str | None,
) -> CoverageQuery:
    return CoverageQuery(
        order=order,
        k=k,
        provider=provider,
        since=moment_of(since),
        until=moment_of(until, after=True),
        min_size=min_size,
        min_origins=min_origins,
        page_token=page_token,
    )
