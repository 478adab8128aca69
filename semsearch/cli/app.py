"""All commands, and how their errors end the process."""

import sys
from typing import Annotated

import typer

from semsearch import __version__
from semsearch.cli import (
    ask,
    audit,
    check,
    evaluate,
    feeds,
    indexing,
    keys,
    maintenance,
    mcp,
    serve,
    stories,
    watches,
)
from semsearch.cli.common import Exit, exit_of, line_of, stderr
from semsearch.errors import SemsearchError

app = typer.Typer(
    name="semsearch",
    help="Semantic search for news archives: ranked answers, and how each outlet frames them.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for commands in (
    indexing,
    maintenance,
    ask,
    stories,
    check,
    feeds,
    watches,
    serve,
    mcp,
    keys,
    evaluate,
    audit,
):
    commands.register(app)


def _version(*, wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"semsearch {__version__}\n")
        raise typer.Exit


@app.callback()
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


def main() -> None:
    """Run the command line; errors become one line on stderr and an exit code."""
    try:
        app()
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
        stderr().print(f"semsearch: {error.strerror or error}.", markup=False)
        sys.exit(Exit.FAILED)
