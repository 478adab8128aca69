"""Commands for standing questions: watches, alerts."""

import json
from typing import Annotated

import typer
from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from semsearch.cli.common import (
    CommonOptions,
    Exit,
    FormatOption,
    ProviderOption,
    command,
    print_json,
    stderr,
)
from semsearch.errors import InvalidFilterError
from semsearch.export.plain import clean
from semsearch.model.filter_tree import moment_of
from semsearch.model.search import Confidence
from semsearch.model.watch import (
    Alert,
    AlertQuery,
    Alerts,
    Delivery,
    DeliveryState,
    Replay,
    Tested,
    Watch,
    WatchKind,
    WatchSpec,
)

commands = typer.Typer(
    name="watches",
    help="Standing questions: articles are judged as they arrive, and what answers is reported.\n\n"
    'Example: semsearch watches add "Will the dockers of Brackwater strike again?"',
    no_args_is_help=True,
    rich_markup_mode=None,
)

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="The name or id of a watch.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.add_typer(commands)
    command(app)(alerts)


@command(commands)
def add(
    options: CommonOptions,
    question: Annotated[
        str | None, typer.Argument(metavar="[QUESTION]", help="In any words, read as a search.")
    ] = None,
    name: Annotated[
        str, typer.Option("--name", metavar="N", help="A short name; by default the question.")
    ] = "",
    similar: Annotated[
        str, typer.Option("--similar", metavar="ID", help="Wait for articles like this one.")
    ] = "",
    story: Annotated[
        str, typer.Option("--story", metavar="ID", help="Wait for news of this story.")
    ] = "",
    provider: ProviderOption = None,
    tree: Annotated[
        str | None,
        typer.Option("--filter", metavar="JSON", help="A filter tree, as POST /v1/search takes."),
    ] = None,
    min_confidence: Annotated[
        Confidence, typer.Option("--min-confidence", help="low: also what may answer.")
    ] = Confidence.HIGH,
    to: Annotated[
        list[str] | None,
        typer.Option(
            "--to",
            metavar="PLACE",
            help="webhook:URL, mail:ADDRESS, file:PATH or command:NAME; repeatable.",
        ),
    ] = None,
    *,
    every_article: Annotated[
        bool,
        typer.Option("--every-article", help="Report every article, not every event once."),
    ] = False,
) -> None:
    """Make a watch: articles that are written from now on are judged.

    Example: semsearch watches add "Who buys the Brackwater ferry line?" --name ferry
    """
    spec = WatchSpec(
        name=name,
        question=question or "",
        similar=similar,
        story=story,
        provider=tuple(provider or ()),
        filter=None if tree is None else _tree(tree),
        min_confidence=min_confidence,
        new_only=not every_article,
        to=tuple(to or ()),
    )
    with options.opened() as index:
        made = index.add_watch(spec)
    if options.as_json:
        print_json(made)
        return
    options.print(made.watch, _watch)
    if made.secret:
        stderr().print(f"Its webhooks are signed with {made.secret}, shown only now.", markup=False)


def _tree(text: str) -> dict[str, object]:
    try:
        tree = json.loads(text)
    except ValueError:
        raise InvalidFilterError("--filter is not JSON.") from None
    if not isinstance(tree, dict):
        raise InvalidFilterError("--filter must be a JSON object.")
    return tree


@command(commands, "list")
def list_watches(options: CommonOptions) -> None:
    """Every watch, with how many alerts it has.

    Example: semsearch watches list
    """
    with options.opened() as index:
        watches = index.watches()
    options.print(watches, _table)


@command(commands)
def show(options: CommonOptions, name: NameArgument) -> None:
    """A watch, and how its question was read.

    Example: semsearch watches show ferry
    """
    with options.opened() as index:
        watch = index.watch(name)
    options.print(watch, _watch)


@command(commands)
def remove(options: CommonOptions, name: NameArgument) -> None:
    """Remove a watch with all its alerts.

    Example: semsearch watches remove ferry
    """
    with options.opened() as index:
        gone = index.remove_watch(name)
    options.print(gone, lambda it: f"Removed {it.name} with its alerts.")


@command(commands, "test")
def try_places(options: CommonOptions, name: NameArgument) -> None:
    """Send an invented alert to the places of a watch; the exit code is 1 where one fails.

    Example: semsearch watches test ferry
    """
    with options.opened() as index:
        tested = index.test_watch(name)
    options.print(tested, _tested)
    if not all(one.ok for one in tested):
        raise typer.Exit(Exit.FAILED)


@command(commands)
def replay(
    options: CommonOptions,
    name: NameArgument,
    since: Annotated[
        str, typer.Option("--from", metavar="DATE", help="Published on this day or later.")
    ],
    until: Annotated[
        str, typer.Option("--to", metavar="DATE", help="Published on this day or earlier.")
    ],
    form: FormatOption = None,
) -> None:
    """What a watch would have reported over a period; nothing is written.

    Example: semsearch watches replay ferry --from 2024-03-01 --to 2024-03-14
    """
    with options.opened() as index:
        found = index.replay_watch(name, since, until)
    options.print_as(found, _replay, form)


@command(commands)
def send(options: CommonOptions) -> None:
    """Send the alerts that are due; a running service does so by itself.

    Example: semsearch watches send
    """
    with options.opened() as index:
        tried = index.deliver_alerts()
    options.print(tried, _sent)


def alerts(
    options: CommonOptions,
    watch: Annotated[
        str, typer.Option("--watch", metavar="NAME", help="Only of this watch (name or id).")
    ] = "",
    since: Annotated[
        str | None, typer.Option("--since", metavar="DATE", help="Made on this day or later.")
    ] = None,
    limit: Annotated[
        int, typer.Option("-k", metavar="N", min=1, max=1000, help="How many, newest first.")
    ] = 100,
    form: FormatOption = None,
    *,
    unread: Annotated[
        bool, typer.Option("--unread", help="Only those that nobody has marked as read.")
    ] = False,
) -> None:
    """What watches have reported, newest first: one alert for each event.

    Example: semsearch alerts --watch ferry --since 2024-03-01
    """
    query = AlertQuery(watch=watch, since=moment_of(since), unread=unread, limit=limit)
    with options.opened() as index:
        found = index.alerts(query)
    options.print_as(found, _alerts, form)


# --- for people ---------------------------------------------------------------------------------


def _table(watches: tuple[Watch, ...]) -> RenderableType:
    if not watches:
        return 'There are no watches. Make one: semsearch watches add "QUESTION"'
    table = Table("id", "name", "waits for", "alerts", "unread", "last alert", box=None)
    for watch in watches:
        last = "never" if watch.last_alert is None else f"{watch.last_alert:%Y-%m-%d %H:%M}"
        table.add_row(
            watch.id,
            escape(clean(watch.name)),
            escape(clean(_waits_for(watch))),
            str(watch.alerts),
            str(watch.unread),
            last,
        )
    return table


def _waits_for(watch: Watch) -> str:
    match watch.kind:
        case WatchKind.QUESTION:
            return watch.question
        case WatchKind.SIMILAR:
            return f"articles like {watch.similar}"
        case WatchKind.STORY:
            return f"news of story {watch.story}"


def _watch(watch: Watch) -> RenderableType:
    lines = [
        Text(clean(watch.name), style="bold"),
        Text(f"id {watch.id}, made {watch.created:%Y-%m-%d %H:%M} UTC"),
        Text(f"waits for: {clean(_waits_for(watch))}"),
        *(Text(clean(note)) for note in watch.interpreted),
    ]
    if watch.provider:
        lines.append(Text(f"only from {clean(', '.join(watch.provider))}"))
    if watch.filter is not None:
        lines.append(Text(f"filter: {clean(json.dumps(watch.filter))}"))
    lines += [
        Text(
            "reports what surely answers"
            if watch.min_confidence is Confidence.HIGH
            else "reports what surely answers and what may answer"
        ),
        Text("an event once, and again for new facts only" if watch.new_only else "every article"),
        *(Text(f"sends to {clean(place)}") for place in watch.to),
        *(
            Text(f"{clean(place)} is gone for good (410): no more goes there")
            for place in watch.gone
        ),
        Text(f"{watch.alerts} alerts, {watch.unread} unread"),
    ]
    if watch.waiting or watch.dead:
        lines.append(Text(f"{watch.waiting} still to be sent, {watch.dead} given up"))
    return Group(*lines)


def _tested(tested: tuple[Tested, ...]) -> RenderableType:
    if not tested:
        return "It sends to no place: its alerts are only listed."
    return Group(
        *(Text(f"{clean(one.to)}: {'sent' if one.ok else clean(one.error)}") for one in tested)
    )


def _replay(found: Replay) -> RenderableType:
    table = Table("published", "outlet", "score", "sure", "reports", "headline", box=None)
    for alert in found.alerts:
        table.add_row(
            "" if alert.published is None else f"{alert.published:%Y-%m-%d %H:%M}",
            escape(clean(alert.provider.name or alert.provider.domain)),
            f"{alert.score:.3f}",
            alert.confidence.value,
            str(len(alert.reports)),
            escape(clean(("(new facts) " if alert.again else "") + alert.title)),
        )
    number = len(found.alerts)
    said = f"{number} alert{'' if number == 1 else 's'} from {found.judged:,} articles."
    if found.undated:
        said += f" {found.undated:,} articles of the archive have no date and were not judged."
    return Group(table, Text(said)) if number else Text(said)


def _sent(tried: tuple[Delivery, ...]) -> RenderableType:
    if not tried:
        return "Nothing is due."
    lines = []
    for one in tried:
        outcome = {
            DeliveryState.SENT: "sent",
            DeliveryState.WAITING: f"{one.error}; tried again later",
            DeliveryState.DEAD: f"{one.error}; given up",
            DeliveryState.GONE: f"{one.error}; no more goes there",
        }[one.state]
        lines.append(Text(f"{clean(one.to)}: {clean(outcome)}"))
    return Group(*lines)


def _alerts(found: Alerts) -> RenderableType:
    if not found.alerts:
        return "No alerts."
    parts: list[RenderableType] = [_alert(alert) for alert in found.alerts]
    if found.next_before is not None:
        parts.append(Text("There are older ones: ask for more with -k.", style="dim"))
    return Group(*parts)


def _alert(alert: Alert) -> RenderableType:
    outlet = alert.provider.name or alert.provider.domain or "unknown outlet"
    more = len(alert.reports) - 1
    joined = f", {more} more {'report' if more == 1 else 'reports'}" if more > 0 else ""
    day = "no date" if alert.published is None else f"published {alert.published:%Y-%m-%d}"
    again = ", new facts beyond what was reported before" if alert.again else ""
    head = Text.assemble(
        (clean(alert.title or "(no headline)"), "bold"),
        f"\n{alert.at:%Y-%m-%d %H:%M} UTC, {clean(alert.watch_name)}: {clean(outlet)}, {day}, "
        f"article {clean(alert.article)}, score {alert.score:.3f}, "
        f"confidence {alert.confidence.value}{joined}{again}",
    )
    new = [Text(f"  {clean(' '.join(sentence.text.split()))}") for sentence in alert.new]
    return Group(head, *new, Text(""))
