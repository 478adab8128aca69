"""What all commands share: options, opening the index, printing."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import TypeAdapter
from rich.console import Console
from rich.markup import escape

from semsearch.assembly import open_index
from semsearch.cli.errors import Exit
from semsearch.config import Settings, load_settings
from semsearch.encode.encoder import Encoder
from semsearch.index import Index
from semsearch.library import Repair
from semsearch.model.filter_tree import moment_of
from semsearch.model.filters import Filters

IndexOption = Annotated[
    Path | None, typer.Option("--index", metavar="DIR", help="Index folder.", show_default=False)
]
ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="Settings in YAML.", show_default=False),
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="One JSON document on stdout, nothing else.")
]
ProviderOption = Annotated[
    list[str] | None,
    typer.Option("--provider", metavar="D", help="Only this outlet (domain or name); repeatable."),
]
TopicOption = Annotated[
    list[str] | None, typer.Option("--topic", metavar="T", help="Only this topic; repeatable.")
]
FromOption = Annotated[
    str | None, typer.Option("--from", metavar="DATE", help="Published on this day or later.")
]
ToOption = Annotated[
    str | None, typer.Option("--to", metavar="DATE", help="Published on this day or earlier.")
]

_PIPE_WIDTH = 200


@cache
def console() -> Console:
    """Stdout; in a pipe lines are not broken to fit a screen."""
    width = None if sys.stdout.isatty() or "COLUMNS" in os.environ else _PIPE_WIDTH
    return Console(highlight=False, width=width)


@cache
def stderr() -> Console:
    """Stderr."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def settings_for(index: Path | None, config: Path | None, *, whole: bool = False) -> Settings:
    """The settings with the index that was named on the command line.

    Args:
        index: Its folder; None: the configured one.
        config: A file of settings.
        whole: The folder is all there is of it, whatever catalog is configured.

    Raises:
        ConfigurationError: A setting is wrong.
    """
    settings = load_settings(config)
    if index is None:
        return settings
    return settings.model_copy(update={"index": index} | ({"catalog": ""} if whole else {}))


@contextmanager
def opened(
    index: Path | None,
    config: Path | None,
    *,
    create: bool = False,
    upgrade: bool = False,
    check: bool = True,
    whole: bool = False,
    encoder: Encoder | None = None,
) -> Iterator[Index]:
    """The index, closed afterwards; a repair is told on stderr. See ``settings_for``."""
    found = open_index(
        settings_for(index, config, whole=whole),
        create=create,
        upgrade=upgrade,
        check=check,
        encoder=encoder,
        on_repair=tell_repair,
    )
    try:
        yield found
    except KeyboardInterrupt:
        stderr().print("semsearch: interrupted; what was written stays, run it again to go on.")
        raise typer.Exit(Exit.INTERRUPTED) from None
    finally:
        found.close()


def tell_repair(repair: Repair) -> None:
    """Say that a damaged generation was replaced."""
    stderr().print(
        escape(f"{repair.damage} Rebuilt from the catalog as generation {repair.generation}.")
    )


def filters_of(
    provider: list[str] | None, topic: list[str] | None, since: str | None, until: str | None
) -> Filters:
    """Command line filters as the engine takes them.

    Raises:
        InvalidFilterError: A date cannot be read.
    """
    return Filters(
        provider=tuple(provider or ()),
        topic=tuple(topic or ()),
        since=moment_of(since),
        until=moment_of(until, after=True),
    )


def print_json(value: Any) -> None:
    """One JSON document on stdout."""
    sys.stdout.write(TypeAdapter(type(value)).dump_json(value, indent=1).decode() + "\n")


def print_json_line(value: dict[str, object]) -> None:
    """One line of JSON Lines on stdout."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, sort_keys=True) + "\n")
