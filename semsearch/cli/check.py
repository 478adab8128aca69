"""The command that checks a draft against the archive."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from semsearch.cli.common import (
    ConfigOption,
    FormatOption,
    IndexOption,
    JsonOption,
    opened,
    print_as,
)
from semsearch.cli.render_check import checked
from semsearch.errors import InvalidArticleError, UnreadableError
from semsearch.ingest.formats.encodings import decoded


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command()(check)


def check(
    draft: Annotated[
        str, typer.Argument(metavar="FILE|-", help="The draft, as plain text; - for stdin.")
    ],
    form: FormatOption = None,
    index_dir: IndexOption = None,
    config: ConfigOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """What the archive holds of a draft: its quotations word for word, with their sources.

    Example: semsearch check draft.txt
    """
    text = read_draft(draft)
    with opened(index_dir, config) as index:
        found = index.check(text)
    print_as(found, checked, form, as_json=as_json)


def read_draft(name: str) -> str:
    """The text of a file or of stdin (-).

    Raises:
        InvalidArticleError: It is no text, or there is no such file.
    """
    try:
        if name == "-":
            return sys.stdin.read()
        if not Path(name).is_file():
            raise InvalidArticleError(f"There is no file {name}.")
        return decoded(Path(name).read_bytes()).text
    except UnicodeDecodeError:
        raise InvalidArticleError("The text on stdin is not valid UTF-8.") from None
    except UnreadableError as error:
        raise InvalidArticleError(f"The draft cannot be read: {error.reason}.") from None
