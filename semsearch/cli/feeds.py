"""Feeds: add, list, change, remove, poll; OPML in and out."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from semsearch.cli.common import CommonOptions, Exit, command, console, print_json, stderr
from semsearch.cli.render import fixed, folded, listing, numeric
from semsearch.errors import StorageError
from semsearch.export.formatting import moment
from semsearch.model.feeds import (
    Feed,
    FeedList,
    FeedPoll,
    FeedPolls,
    FeedsImported,
    PollOutcome,
    interval_of,
)

commands = typer.Typer(
    name="feeds",
    help="Feeds that bring articles in by themselves.\n\n"
    "Example: semsearch feeds add https://harbourledger.example/rss --every 15m",
    no_args_is_help=True,
    rich_markup_mode=None,
)
FeedArgument = Annotated[str, typer.Argument(metavar="ID|URL", help="Its id or its address.")]
_ELSEWHERE = "Another process, such as semsearch serve, polls the feeds of this index"


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.add_typer(commands)


@command(commands)
def add(
    options: CommonOptions,
    url: Annotated[str, typer.Argument(metavar="URL", help="Address of the feed.")],
    every: Annotated[
        str, typer.Option(metavar="TIME", help="How often it is polled: 15m, 2h, 1d.")
    ] = "15m",
    provider: Annotated[
        str, typer.Option(metavar="NAME", help="Outlet of entries that do not name their source.")
    ] = "",
    *,
    full_text: Annotated[
        bool, typer.Option("--full-text", help="Fetch the page of each new entry, too.")
    ] = False,
) -> None:
    """Add a feed and read it once: RSS, Atom, RDF or JSON Feed.

    From then on semsearch serve, or semsearch feeds poll, reads it whenever it is due.

    Example: semsearch feeds add https://harbourledger.example/rss --every 30m --full-text
    """
    with options.opened(create=True) as index:
        feed = index.add_feed(url, every=every, provider=provider, full_text=full_text)
        done = index.poll_feeds(feed.id)
        feed = index.feed(feed.id)
    if options.as_json:
        print_json(feed)
        return
    _say(f"Added {feed.id}, polled every {interval_of(feed.every)}.")
    if done.elsewhere:
        _say(f"{_ELSEWHERE}; it reads this one now.")
    for poll in done.polls:
        _say(_line(poll))
    for address in feed.found:
        _say(f"  semsearch feeds add {address}")


@command(commands, "list")
def list_feeds(options: CommonOptions) -> None:
    """Every feed with its state, and what is wrong with those that fail.

    Example: semsearch feeds list --index indexes/news
    """
    with options.opened() as index:
        options.print(index.feeds(), _table)


@command(commands)
def change(
    options: CommonOptions,
    feed: FeedArgument,
    every: Annotated[str | None, typer.Option(metavar="TIME", help="How often.")] = None,
    provider: Annotated[
        str | None, typer.Option(metavar="NAME", help="Outlet of its entries.")
    ] = None,
    url: Annotated[str | None, typer.Option(metavar="URL", help="Its new address.")] = None,
    *,
    full_text: Annotated[
        bool | None,
        typer.Option("--full-text/--no-full-text", help="Fetch the page of each new entry."),
    ] = None,
) -> None:
    """Change a feed; one that was stopped is polled again.

    Example: semsearch feeds change https://harbourledger.example/rss --every 1h
    """
    with options.opened() as index:
        changed = index.change_feed(
            feed, url=url, every=every, provider=provider, full_text=full_text
        )
    options.print(changed, lambda it: f"Changed {it.id}; it is due now.")


@command(commands)
def remove(
    options: CommonOptions,
    feed: FeedArgument,
) -> None:
    """Remove a feed; the articles that it brought in stay.

    Example: semsearch feeds remove https://harbourledger.example/rss
    """
    with options.opened() as index:
        removed = index.remove_feed(feed)
    options.print(removed, lambda it: f"Removed {it.id}; its articles stay.")


@command(commands)
def poll(
    options: CommonOptions,
    feeds: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ID|URL]...", help="These, due or not. [default: those due]"),
    ] = None,
    *,
    once: Annotated[
        bool, typer.Option("--once", help="Poll those that are due, or named, and end.")
    ] = False,
) -> None:
    """Poll feeds that are due, until it is interrupted or, with --once, once.

    A running semsearch serve does the same by itself; then this only tells it what is named.

    Example: semsearch feeds poll --once --index indexes/news
    """
    names = feeds or []
    with options.opened() as index:
        if names or once or options.as_json:
            done = index.poll_feeds(*names, on_poll=_shown(silent=options.as_json))
            options.print(done, _summary)
            if any(each.outcome is PollOutcome.FAILED for each in done.polls):
                raise typer.Exit(Exit.FAILED)
            return
        if not index.poll_feeds_forever(_shown(silent=False)):
            _say(f"{_ELSEWHERE}; there is nothing to do here.")


@command(commands, "import")
def import_feeds(
    options: CommonOptions,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", exists=True, help="OPML, as feed readers export it.")
    ],
) -> None:
    """Add all feeds of an OPML file that are not there yet.

    Example: semsearch feeds import subscriptions.opml
    """
    try:
        data = file.read_bytes()
    except OSError as error:
        raise StorageError(f"{file}: {error.strerror}.") from None
    with options.opened(create=True) as index:
        options.print(index.import_feeds(data), _imported)


@command(commands, "export")
def export_feeds(options: CommonOptions) -> None:
    """Write all feeds to stdout as OPML, which every feed reader takes.

    Example: semsearch feeds export > feeds.opml
    """
    with options.opened() as index:
        if options.as_json:
            print_json(index.feeds())
        else:
            sys.stdout.write(index.export_feeds())


def _say(text: str) -> None:
    console().print(text, markup=False, soft_wrap=True)


def _shown(*, silent: bool) -> Callable[[FeedPoll], None]:
    """Says what became of a poll, while others go on."""

    def show(done: FeedPoll) -> None:
        if not silent:
            stderr().print(_line(done), markup=False, soft_wrap=True)

    return show


def _line(done: FeedPoll) -> str:
    counts = [
        f"{len(ids):,} {name}"
        for name, ids in (("added", done.added), ("updated", done.updated))
        if ids
    ]
    counts += [f"{done.kept:,} kept as they were"] if done.kept else []
    counts += [f"{len(done.skipped):,} skipped"] if done.skipped else []
    what = ", ".join(counts) or ("nothing new" if done.outcome is PollOutcome.UNCHANGED else "")
    return ": ".join(part for part in (done.url, what or done.outcome, done.note) if part)


def _summary(done: FeedPolls) -> str:
    if done.elsewhere:
        return f"{_ELSEWHERE}; it polls those that were named now."
    if not done.polls:
        return "No feed is due."
    failed = sum(each.outcome is PollOutcome.FAILED for each in done.polls)
    added = sum(len(each.added) for each in done.polls)
    return f"{len(done.polls):,} polled, {added:,} articles added, {failed:,} failed."


def _imported(done: FeedsImported) -> str:
    lines = [f"{len(done.added):,} feeds added, {len(done.known):,} were there before."]
    lines += [f"Line {one.line}: {one.path}: {one.reason}" for one in done.skipped]
    return "\n".join(lines)


def _table(feeds: FeedList) -> Table | str:
    if not feeds.feeds:
        return "There are no feeds. Add one with: semsearch feeds add URL"
    table = listing(
        fixed("id"),
        folded("feed", 3),
        fixed("every"),
        fixed("state"),
        fixed("last read"),
        fixed("next"),
        numeric("articles"),
        folded("note", 2),
    )
    for feed in feeds.feeds:
        table.add_row(
            feed.id,
            escape("\n".join(filter(None, (feed.provider or feed.title, feed.url)))),
            interval_of(feed.every),
            _state(feed),
            moment(feed.read) if feed.read else "never",
            moment(feed.next) if feed.next else "never",
            f"{feed.articles:,}",
            escape(" ".join([feed.note, *feed.found])),
        )
    return table


def _state(feed: Feed) -> str:
    return f"{feed.state} ({feed.failures})" if feed.failures else str(feed.state)
