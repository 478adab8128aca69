"""Access keys of the HTTP service."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from semsearch.api.keys import AccessKey, Scope, key_ring
from semsearch.cli.common import CommonOptions, command, console, print_json, stderr
from semsearch.model.filter_tree import moment_of

commands = typer.Typer(
    name="keys",
    help="Keys that let programs and people into the HTTP service.\n\n"
    "Example: semsearch keys create reader",
    no_args_is_help=True,
    rich_markup_mode=None,
)


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.add_typer(commands)


@dataclass(frozen=True, slots=True)
class ShownKey:
    """A key as it may be shown; ``key`` itself only when it is made."""

    id: str
    name: str
    scopes: tuple[Scope, ...]
    state: str
    created: str
    expires: str | None
    revoked: str | None
    key: str | None = None


@command(commands)
def create(
    options: CommonOptions,
    name: Annotated[str, typer.Argument(help="Who or what the key is for.")],
    scope: Annotated[
        list[Scope] | None,
        typer.Option(
            help="read: ask; write: change articles; admin: /metrics. Repeatable. [default: read]",
            show_default=False,
        ),
    ] = None,
    expires: Annotated[
        str | None, typer.Option(metavar="DATE", help="Last day on which it is valid.")
    ] = None,
) -> None:
    """Make a key and show it, once.

    From the first key on, the service lets in only who has one; it need not be restarted.

    Example: semsearch keys create newsroom --scope read --scope write --expires 2026-12-31
    """
    now = datetime.now(UTC)
    until = moment_of(expires, after=True)
    if not name.strip() or not name.isprintable():
        raise typer.BadParameter("A key needs a name that can be printed.")
    if until is not None and until <= now:
        raise typer.BadParameter(f"{expires} is over: a key would never be valid.")
    ring = key_ring(options.settings())
    made, token = ring.create(name, scope or [Scope.READ], now, until)
    if options.as_json:
        print_json(_shown(made, now, token))
        return
    console().print(token, markup=False, soft_wrap=True)
    stderr().print(
        f"The key {made.id} of {name} ({', '.join(made.scopes)}) is shown only now.", markup=False
    )


@command(commands, "list")
def list_keys(options: CommonOptions) -> None:
    """Every key with what it opens; never the key itself.

    Example: semsearch keys list --index indexes/news
    """
    now = datetime.now(UTC)
    keys = key_ring(options.settings()).keys() or ()
    options.print(tuple(_shown(key, now) for key in keys), _table)


def _table(keys: tuple[ShownKey, ...]) -> Table:
    table = Table("id", "name", "scopes", "state", "created", "expires", box=None)
    for key in keys:
        table.add_row(
            key.id,
            escape(key.name),
            ", ".join(key.scopes),
            key.state,
            key.created[:10],
            "never" if key.expires is None else _last_day(key.expires),
        )
    return table


def _last_day(expires: str) -> str:
    return (datetime.fromisoformat(expires) - timedelta(seconds=1)).date().isoformat()


@command(commands)
def revoke(
    options: CommonOptions,
    key: Annotated[str, typer.Argument(metavar="ID|NAME", help="Its id or its name.")],
) -> None:
    """End a key for good; a running service refuses it from the next request on.

    Example: semsearch keys revoke newsroom
    """
    now = datetime.now(UTC)
    revoked = _shown(key_ring(options.settings()).revoke(key, now), now)
    options.print(revoked, lambda it: f"Revoked {it.id} ({it.name}).")


def _shown(key: AccessKey, now: datetime, token: str | None = None) -> ShownKey:
    state = "revoked" if key.revoked else "active" if key.active(now) else "expired"
    values = {name: value for name, value in asdict(key).items() if name != "sha256"}
    return ShownKey(**values, state=state, key=token)
