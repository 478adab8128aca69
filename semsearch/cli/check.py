"""The command that checks a draft against the archive."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from semsearch.cli.common import CommonOptions, Format, ReportFormat, command, stderr
from semsearch.errors import InvalidArticleError


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    command(app)(check)


def check(
    options: CommonOptions,
    draft: Annotated[
        str,
        typer.Argument(
            metavar="FILE|-", help="The draft, as plain text, Markdown or HTML; - for stdin."
        ),
    ],
    form: Annotated[
        ReportFormat | None,
        typer.Option(
            "--format",
            help="html stands alone and prints well; csv (csv-bom for Excel) and parquet hold a "
            "table; ris, bibtex and csl-json cite the articles. [default: table]",
            show_default=False,
        ),
    ] = None,
) -> None:
    """What the archive holds of a draft: quotations word for word, figures, sentences, copies.

    Example: semsearch check draft.txt
    """
    text = _read(draft)
    with options.opened() as index:
        found = index.check(text)
    if form is ReportFormat.HTML:
        from semsearch.web import checked as written  # noqa: PLC0415 - templates are read

        sys.stdout.write(written.html(text, found) + "\n")
    else:
        from semsearch.cli.render_check import checked  # noqa: PLC0415 - only this command

        options.print_as(found, checked, None if form is None else Format(form))


def _read(name: str) -> str:
    """The text of a file or of stdin (-).

    Raises:
        InvalidArticleError: It is no text, or there is no such file.
    """
    from semsearch.check.drafts import read_draft  # noqa: PLC0415 - it reads all formats

    if name == "-":
        data = sys.stdin.buffer.read()
    elif Path(name).is_file():
        data = Path(name).read_bytes()
    else:
        raise InvalidArticleError(f"There is no file {name}.")
    text, notes = read_draft(data, name)
    for note in notes:
        stderr().print(note, markup=False)
    return text
