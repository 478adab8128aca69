"""What commands share: exit codes, options, opening the index, printing."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from enum import IntEnum, StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from pydantic import TypeAdapter
from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from semsearch import errors
from semsearch.config import Settings, load_settings
from semsearch.errors import InvalidRequestError
from semsearch.export.plain import clean
from semsearch.model.filter_tree import moment_of
from semsearch.model.filters import Filters

if TYPE_CHECKING:  # a command imports the engines when it opens an index
    from semsearch.encode.encoder import Encoder
    from semsearch.index import Index
    from semsearch.library import Repair

T = TypeVar("T")

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


class Format(StrEnum):
    """How a result is written."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    CSV_BOM = "csv-bom"
    PARQUET = "parquet"
    MD = "md"
    RIS = "ris"
    BIBTEX = "bibtex"
    CSL_JSON = "csl-json"


FormatOption = Annotated[
    Format | None,
    typer.Option(
        "--format",
        help="csv (csv-bom for Excel) and parquet hold a table; md cites its sources; ris, bibtex "
        "and csl-json cite the articles. [default: table]",
        show_default=False,
    ),
]

_PIPE_WIDTH = 200


class Exit(IntEnum):
    """What a command ends with."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    NOT_FOUND = 3
    INTERRUPTED = 130


EXIT: dict[type[errors.SemsearchError], Exit] = {
    errors.InvalidRequestError: Exit.USAGE,
    errors.ConfigurationError: Exit.USAGE,
    errors.NotFoundError: Exit.NOT_FOUND,
    errors.ConflictError: Exit.FAILED,
    errors.DamagedIndexError: Exit.FAILED,
    errors.StorageError: Exit.FAILED,
    errors.EngineUnavailableError: Exit.FAILED,
    errors.ModelUnavailableError: Exit.FAILED,
    errors.InterruptedWorkError: Exit.FAILED,
}
"""The exit code of a class holds for its subclasses unless they have their own."""


def exit_of(error: type[errors.SemsearchError]) -> Exit:
    """The exit code of an error class: its own or that of its nearest ancestor.

    Raises:
        KeyError: Neither is mapped.
    """
    return next(EXIT[ancestor] for ancestor in error.__mro__ if ancestor in EXIT)


def line_of(error: errors.SemsearchError) -> str:
    """The error in one line."""
    message = error.message if error.message.endswith((".", "!", "?")) else f"{error.message}."
    text = f"{message} {error.hint}".strip()
    return "semsearch: " + " ".join(text.split())


class _CleanConsole(Console):
    """A terminal that nothing but this program steers: names of files and texts do not."""

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """The parts of what is shown, without control characters of its texts."""
        for text, style, control in super().render(renderable, options):
            yield Segment(text if control else clean(text), style, control)


@cache
def console() -> Console:
    """Stdout; in a pipe lines are not broken to fit a screen."""
    width = None if sys.stdout.isatty() or "COLUMNS" in os.environ else _PIPE_WIDTH
    return _CleanConsole(highlight=False, width=width)


@cache
def stderr() -> Console:
    """Stderr."""
    return _CleanConsole(stderr=True, highlight=False, soft_wrap=True)


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
    encoder: "Encoder | None" = None,
) -> Iterator["Index"]:
    """Open the index, report a repair on stderr, and close it. See ``settings_for``.

    Raises:
        As ``assembly.open_index``.
    """
    from semsearch.assembly import open_index  # noqa: PLC0415 - it imports all engines

    with open_index(
        settings_for(index, config, whole=whole),
        create=create,
        upgrade=upgrade,
        check=check,
        encoder=encoder,
        on_repair=report_repair,
    ) as opened_index:
        try:
            yield opened_index
        except KeyboardInterrupt:
            stderr().print("semsearch: interrupted; what was written stays, run it again to go on.")
            raise typer.Exit(Exit.INTERRUPTED) from None


def report_repair(repair: "Repair") -> None:
    """Say that a damaged generation was replaced."""
    text = f"{repair.damage} Rebuilt from the catalog as generation {repair.generation}."
    stderr().print(text, markup=False)


def filters_of(
    provider: list[str] | None, topic: list[str] | None, since: str | None, until: str | None
) -> Filters:
    """Command line filters as a query takes them.

    Raises:
        InvalidFilterError: A date cannot be read.
    """
    return Filters(
        provider=tuple(provider or ()),
        topic=tuple(topic or ()),
        since=moment_of(since),
        until=moment_of(until, after=True),
    )


def print_result(value: T, render: Callable[[T], RenderableType], *, as_json: bool) -> None:
    """A result on stdout: as JSON, or as people read it. Plain text is not wrapped or styled."""
    if as_json:
        print_json(value)
        return
    rendered = render(value)
    plain = isinstance(rendered, str)
    console().print(rendered, markup=not plain, soft_wrap=plain)


def print_as(
    value: T, render: Callable[[T], RenderableType], form: Format | None, *, as_json: bool
) -> None:
    """A result on stdout in the form that was asked for.

    Raises:
        InvalidRequestError: It has no such form.
    """
    if as_json and form not in (None, Format.JSON):
        raise typer.BadParameter(f"--json and --format {form} exclude each other: give one.")
    if form in (None, Format.TABLE, Format.JSON):
        print_result(value, render, as_json=as_json or form is Format.JSON)
        return
    from semsearch.export.forms import Form, exported  # noqa: PLC0415 - most print a table

    content = exported(value, Form(form))
    if form is not Format.PARQUET:
        sys.stdout.write(content.decode())
        return
    if sys.stdout.isatty():
        raise InvalidRequestError("Parquet is nothing to read here.", "Send it to a file: > FILE")
    sys.stdout.buffer.write(content)


def print_json(value: Any) -> None:
    """One JSON document on stdout."""
    sys.stdout.write(TypeAdapter(type(value)).dump_json(value, indent=1).decode() + "\n")
