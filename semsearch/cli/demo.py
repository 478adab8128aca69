"""The quickstart: index the sample corpus, answer a question, serve."""

from importlib.resources import as_file, files
from pathlib import Path
from typing import Annotated

import typer

from semsearch.cli import render
from semsearch.cli.common import ConfigOption, console, opened
from semsearch.cli.progress import watching
from semsearch.cli.serve import run
from semsearch.model.search import Query

QUESTION = "Why did the dockers walk out at Brackwater?"


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command()(demo)


def demo(
    index_dir: Annotated[Path, typer.Option("--index", metavar="DIR", help="Index folder.")] = Path(
        "indexes/sample"
    ),
    config: ConfigOption = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on.")] = 8000,
    *,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Stop after the answer.")] = False,
) -> None:
    """Index the bundled sample corpus, answer one question and serve it.

    Example: semsearch demo --no-serve
    """
    with (
        as_file(files("semsearch.sample") / "articles") as corpus,
        opened(index_dir, config, create=True) as index,
    ):
        with watching(silent=False) as watch:
            done = index.add_files(corpus, on_progress=watch)
        console().print(render.report(done))
        console().rule(QUESTION)
        console().print(render.search_results(index.search(Query(QUESTION, k=3))))
    if not no_serve:
        run(index_dir, config, port=port)
