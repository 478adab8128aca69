"""Commands that fill an index and say what it holds: index, delete, purge, status, export."""

import json
import shlex
import sys
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from semsearch.cli import render
from semsearch.cli.common import CommonOptions, Exit, command, console
from semsearch.cli.progress import relating, watching
from semsearch.temporary import temporary_folder


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    for each in (index, delete, purge, status, rebuild, export):
        command(app)(each)


def index(
    options: CommonOptions,
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH...", exists=True, help="Files and folders.")
    ],
    provider: Annotated[
        str, typer.Option(metavar="NAME", help="Outlet of articles that name none.")
    ] = "",
    *,
    no_stubs: Annotated[
        bool, typer.Option("--no-stubs", help="Leave out articles known only from links.")
    ] = False,
    strict: Annotated[
        bool,
        typer.Option(
            "--strict", help="Exit with 2 when something was skipped, or one id had two texts."
        ),
    ] = False,
    prune: Annotated[
        bool, typer.Option("--prune", help="Remove articles of these paths that are gone.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be done.")
    ] = False,
    fields: Annotated[
        list[str] | None,
        typer.Option(
            "--field",
            metavar="FIELD=NAME",
            help="What a field is called in your records: body=maintext. May be given repeatedly.",
        ),
    ] = None,
    encoding: Annotated[
        str,
        typer.Option(metavar="NAME", help="Encoding of texts that are not UTF-8: cp1252."),
    ] = "",
    ray: Annotated[
        str,
        typer.Option(
            metavar="ADDRESS", help="Read and encode on this Ray cluster; local: on this machine."
        ),
    ] = "",
) -> None:
    """Read articles into an index; what is known already is not encoded again.

    Example: semsearch index ~/archive --index indexes/news
    """
    from semsearch.assembly import build_on_ray, index_exists  # noqa: PLC0415 - all engines

    with ExitStack() as stack:
        settings = options.settings()
        leave_nothing = dry_run and not index_exists(settings)
        on_ray = build_on_ray(settings.model, ray) if ray else None
        if leave_nothing:
            options = replace(options, index=stack.enter_context(temporary_folder()))
        index = stack.enter_context(
            options.opened(
                create=True,
                whole=leave_nothing,
                encoder=on_ray.encoder if on_ray else None,
            )
        )
        index.clear_leftovers()
        report = index.add_files(
            *paths,
            provider=provider.strip(),
            stubs=not no_stubs,
            prune=prune,
            dry_run=dry_run,
            fields=_names(fields or ()),
            encoding=encoding.strip(),
            reader=on_ray.reader if on_ray else None,
            on_progress=stack.enter_context(watching(silent=options.as_json)),
        )
    options.print(report, render.report)
    if report.articles_total and not (options.as_json or dry_run):
        where = f" --index {shlex.quote(str(options.index))}" if options.index else ""
        console().print(f'Ask it: semsearch search "..."{where}', markup=False, soft_wrap=True)
        console().print(f"Open its pages: semsearch serve{where}", markup=False, soft_wrap=True)
    nothing = not report.records and not report.pruned
    if nothing or (strict and (report.skipped or report.collisions)):
        raise typer.Exit(Exit.USAGE)


def _names(given: Iterable[str]) -> dict[str, list[str]]:
    names: dict[str, list[str]] = {}
    for option in given:
        field, sign, name = option.partition("=")
        if not sign:
            raise typer.BadParameter(f"--field takes FIELD=NAME, not {option}.")
        names.setdefault(field, []).append(name)
    return names


def delete(
    options: CommonOptions,
    ids: Annotated[list[str], typer.Argument(metavar="ID...", help="Article ids.")],
) -> None:
    """Remove articles from the index.

    Example: semsearch delete 7f0d5dbae9d3fb58c171
    """
    with options.opened() as index:
        written = index.delete(ids)
    options.print(
        written, lambda done: f"Removed {len(done.removed)} (generation {done.generation})."
    )


def purge(
    options: CommonOptions,
    ids: Annotated[list[str], typer.Argument(metavar="ID...", help="Article ids.")],
) -> None:
    """Remove articles with all traces, at once, and say what stays where.

    After delete a text stays in files of the index for a while; purge derives the index without it
    and overwrites it in the catalog. Snapshots stay as they are and are named.

    Example: semsearch purge 7f0d5dbae9d3fb58c171
    """
    with options.opened() as index:
        purged = index.purge(ids)
    options.print(purged, render.purged)


def status(options: CommonOptions) -> None:
    """Counts, sizes and the model of an index.

    Example: semsearch status --index indexes/news
    """
    with options.opened() as index:
        now = index.status()
    options.print(now, render.status)


def rebuild(options: CommonOptions) -> None:
    """Derive everything but the catalog anew; no passage is encoded.

    An index of an older format is brought up to date, and what is new in it is related.

    Example: semsearch rebuild --index indexes/news
    """
    with options.opened() as index, relating(silent=options.as_json) as on_progress:
        now = index.rebuild(on_progress)
    options.print(now, lambda it: f"Rebuilt as generation {it.generation}.")


def export(options: CommonOptions) -> None:
    """Write every article to stdout as JSON Lines, ready to be indexed again.

    Stubs are left out: they come back with the articles that mention them. With --json the same
    records stand in one JSON list.

    Example: semsearch export --index indexes/news > news.jsonl
    """
    with options.opened() as index:
        if options.as_json:
            sys.stdout.write("[")
        for place, record in enumerate(index.records()):
            if options.as_json and place:
                sys.stdout.write(",")
            sys.stdout.write(json.dumps(record, ensure_ascii=False, sort_keys=True) + "\n")
        if options.as_json:
            sys.stdout.write("]\n")
