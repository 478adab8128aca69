"""What commands share: exit codes, options, opening the index, printing."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum
from functools import cache
from inspect import Parameter, Signature, signature
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


class ReportFormat(StrEnum):
    """How a report is written: a comparison, or a checked draft."""

    TABLE = "table"
    JSON = "json"
    MD = "md"
    HTML = "html"
    CSV = "csv"
    CSV_BOM = "csv-bom"
    PARQUET = "parquet"
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


@dataclass(frozen=True, slots=True)
class CommonOptions:
    """What nearly every command is told.

    Attributes:
        index: The folder of the index; None: the configured one.
        config: A file of settings; None: the usual one.
        as_json: Whether the answer is one JSON document.
    """

    index: Path | None
    config: Path | None
    as_json: bool = False

    def settings(self, *, whole: bool = False) -> Settings:
        """The settings with the index that was named.

        ``whole``: the folder is all there is of it, whatever catalog is configured.

        Raises:
            ConfigurationError: A setting is wrong.
        """
        settings = load_settings(self.config)
        if self.index is None:
            return settings
        update = {"index": self.index} | ({"catalog": ""} if whole else {})
        return settings.model_copy(update=update)

    @contextmanager
    def opened(
        self,
        *,
        create: bool = False,
        check: bool = True,
        whole: bool = False,
        encoder: "Encoder | None" = None,
    ) -> Iterator["Index"]:
        """Open the index, report a repair on stderr, and close it. See ``settings``.

        Raises:
            As ``assembly.open_index``.
        """
        from semsearch.assembly import open_index  # noqa: PLC0415 - it imports all engines

        with open_index(
            self.settings(whole=whole),
            create=create,
            check=check,
            encoder=encoder,
            on_repair=report_repair,
        ) as index:
            try:
                yield index
            except KeyboardInterrupt:
                stays = "what was written stays, run it again to go on"
                stderr().print(f"semsearch: interrupted; {stays}.")
                raise typer.Exit(Exit.INTERRUPTED) from None

    def print(self, value: T, render: Callable[[T], RenderableType]) -> None:
        """A result on stdout: JSON, or as people read it. Plain text is not wrapped or styled."""
        if self.as_json:
            print_json(value)
            return
        rendered = render(value)
        plain = isinstance(rendered, str)
        console().print(rendered, markup=not plain, soft_wrap=plain)

    def print_as(
        self, value: T, render: Callable[[T], RenderableType], form: Format | None
    ) -> None:
        """A result on stdout in the form that was asked for.

        Raises:
            InvalidRequestError: It has no such form.
        """
        if form in (None, Format.TABLE, Format.JSON):
            replace(self, as_json=self.as_json or form is Format.JSON).print(value, render)
            return
        from semsearch.export.forms import Form, exported  # noqa: PLC0415 - most print a table

        content = exported(value, Form(form))
        if form is not Format.MD:  # which says it itself
            say_beside(value)
        if form is Format.PARQUET:
            sys.stdout.buffer.write(content)
        else:
            sys.stdout.write(content.decode())

    def check_form(self, form: StrEnum | None) -> None:
        """Refuse a form that cannot be written here, before anything is asked.

        Raises:
            InvalidRequestError: It is Parquet, and stdout is a terminal.
        """
        if self.as_json and form not in (None, Format.JSON):
            raise typer.BadParameter(f"--json and --format {form} exclude each other: give one.")
        if form == Format.PARQUET and sys.stdout.isatty():
            raise InvalidRequestError(
                "Parquet is nothing to read here.", "Send it to a file: > FILE"
            )


def say_beside(result: object) -> None:
    """Say on stderr what a table or citations of a result have no place for."""
    from semsearch.cli.render import beside_a_file  # noqa: PLC0415 - as above

    for line in beside_a_file(result):
        stderr().print(line, markup=False)


def command(
    app: typer.Typer, name: str | None = None
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make a command of a function that takes ``CommonOptions`` first.

    On the command line they are --index, --config and --json, behind the function's own.
    """

    def register(function: Callable[..., None]) -> Callable[..., None]:
        def run(
            *,
            index_dir: IndexOption = None,
            config: ConfigOption = None,
            as_json: JsonOption = False,
            **own: Any,
        ) -> None:
            options = CommonOptions(index_dir, config, as_json)
            options.check_form(own.get("form"))
            function(options, **own)

        _, *own = signature(function, eval_str=True).parameters.values()
        *common, _ = signature(run).parameters.values()
        options = [one.replace(kind=Parameter.KEYWORD_ONLY) for one in (*own, *common)]
        run.__name__, run.__doc__ = function.__name__, function.__doc__
        run.__signature__ = Signature(options)  # type: ignore[attr-defined]
        run.__annotations__ = {one.name: one.annotation for one in options}
        app.command(name)(run)
        return function

    return register


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


def print_json(value: Any) -> None:
    """One JSON document on stdout."""
    sys.stdout.write(TypeAdapter(type(value)).dump_json(value, indent=1).decode() + "\n")
