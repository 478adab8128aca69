"""All commands, and how their errors end the process."""

import os
import re
import sys
from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module
from typing import Annotated

import typer

from semsearch import __version__
from semsearch.cli.common import Exit, exit_of, line_of, stderr
from semsearch.errors import SemsearchError

_MODULES = (
    "indexing",
    "maintenance",
    "ask",
    "stories",
    "check",
    "feeds",
    "watches",
    "serve",
    "mcp",
    "keys",
    "evaluate",
    "audit",
)
_ASKING = frozenset({"search", "similar", "show"})  # the commands of the module ask
_HAS_VALUE = re.compile(r"[^-]|$|--[^=]+=|-[^-].")  # or is no option: "--mode=dense", "-k5"
_DASHED = re.compile(r"-(?:[^\s=-][^\s=]*\s|[^\W\d_]{2,}$)")


@cache
def command_line(*modules: str) -> typer.Typer:
    """The commands of some modules; of all where none is named."""
    app = typer.Typer(
        name="semsearch",
        help="Semantic search for news archives: ranked answers, and how each outlet frames them.",
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    for module in modules or _MODULES:
        import_module(f"semsearch.cli.{module}").register(app)
    app.callback()(_root)
    return app


def _version(*, wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"semsearch {__version__}\n")
        raise typer.Exit


def _root(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=lambda wanted: _version(wanted=wanted),
            is_eager=True,
            help="Show the version and exit.",
        ),
    ] = False,
) -> None:
    """Semantic search for news archives: ranked answers, and how each outlet frames them."""


def _questions_last(arguments: Sequence[str], app: Callable[[], typer.Typer]) -> list[str]:
    """The arguments with a question that begins with a dash, as ``-hydrogen energy``, behind --.

    No option has a blank before its value, and none has one dash and a word, so neither is an
    option; behind an option that takes a value it is that value.
    """
    dashed = [place for place, one in enumerate(arguments) if _DASHED.match(one)]
    if not dashed or "--" in arguments:
        return list(arguments)
    before = {place: arguments[place - 1] if place else "" for place in dashed}
    if any(one.startswith("-") for one in before.values()):
        flags = _flags(app())
        dashed = [place for place, one in before.items() if one in flags or _HAS_VALUE.match(one)]
    if not dashed:
        return list(arguments)
    others = [one for place, one in enumerate(arguments) if place not in dashed]
    return [*others, "--", *(arguments[place] for place in dashed)]


def _flags(app: typer.Typer) -> set[str]:
    """The options of all commands that take no value."""
    found, commands = set[str](), [typer.main.get_command(app)]
    while commands:
        command = commands.pop()
        commands += getattr(command, "commands", {}).values()
        for option in command.params:
            if getattr(option, "is_flag", False):
                found.update((*option.opts, *option.secondary_opts))
    return found


def main() -> None:
    """Run the command line; errors become one line on stderr and an exit code."""
    # To load the commands that are not called takes a tenth of the time of a question.
    asks = not _ASKING.isdisjoint(sys.argv[1:2])
    if asks:
        # It takes one small matrix apart, over which several threads wait for each other.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        modules = ["ask"] if asks else []
        sys.argv[1:] = _questions_last(sys.argv[1:], lambda: command_line(*modules))
        command_line(*modules)()
    except SemsearchError as error:
        stderr().print(line_of(error), markup=False)
        sys.exit(exit_of(type(error)))
    except UnicodeEncodeError:  # bytes of an argument that are no text
        stderr().print("semsearch: an argument is not valid UTF-8.", markup=False)
        sys.exit(Exit.USAGE)
    except BrokenPipeError:  # the reader of our output went away, as `head` does
        sys.stderr.close()
        sys.exit(Exit.DONE)
    except OSError as error:
        where = "" if error.filename is None else f"{os.fsdecode(error.filename)}: "
        stderr().print(f"semsearch: {where}{error.strerror or error}.", markup=False)
        sys.exit(Exit.FAILED)
