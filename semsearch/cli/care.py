"""Commands that look after an index: doctor, snapshots, another model."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from semsearch.assembly import open_beside
from semsearch.cli.common import (
    ConfigOption,
    IndexOption,
    JsonOption,
    console,
    opened,
    print_json,
    settings_for,
    tell_repair,
)
from semsearch.cli.errors import Exit
from semsearch.cli.progress import Step, steps
from semsearch.config import place_of
from semsearch.errors import ConfigurationError
from semsearch.maintain import doctor as doctoring
from semsearch.maintain import reindex as reindexing
from semsearch.maintain import snapshots

snapshot = typer.Typer(
    name="snapshot",
    help="Copies of an index as it was at one moment.\n\nExample: semsearch snapshot create",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Name = Annotated[
    str, typer.Argument(metavar="NAME|PATH", help="Its name, or the path of a folder.")
]


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command()(doctor)
    app.command()(reindex)
    for name, command in (
        ("create", create),
        ("list", list_),
        ("verify", verify),
        ("restore", restore),
    ):
        snapshot.command(name)(command)
    app.add_typer(snapshot)


def _folder(index_dir: Path | None, config: Path | None) -> Path:
    """The folder of an index that lies in one.

    Raises:
        ConfigurationError: It is, or a part of it, in a server.
    """
    place = place_of(settings_for(index_dir, config))
    if place.catalog or place.milvus:
        raise ConfigurationError(
            "Snapshots are made of an index in a folder, and this one is in a server.",
            "Make them with the database's own tools; the rest is derived by: semsearch rebuild",
        )
    return place.folder


def doctor(
    index_dir: IndexOption = None,
    config: ConfigOption = None,
    *,
    repair: Annotated[
        bool, typer.Option("--repair", help="Derive anew from the catalog what is damaged.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Read everything in an index and say what is wrong, what it means and what mends it.

    Ends with 0 where nothing has to be mended, else with 1.

    Example: semsearch doctor --index indexes/news
    """
    with opened(index_dir, config, check=False) as index:
        examine = doctoring.repair if repair else doctoring.diagnose
        found = examine(index.library)
    if as_json:
        print_json(found)
    else:
        for finding in found.findings:
            console().print(
                escape(f"{finding.what} - {finding.consequence} - Run: {finding.command}"),
                soft_wrap=True,
            )
        for note in found.notes:
            console().print(escape(f"Note: {note}"), soft_wrap=True)
        console().print(
            f"{'Sound' if found.sound else 'Not sound'}: {found.versions:,} versions of articles "
            f"and {found.files:,} files of {found.generations} generations are what was written."
        )
    if not found.sound:
        raise typer.Exit(Exit.FAILED)


def reindex(
    model: Annotated[str, typer.Option("--model", metavar="NAME", help="The new model.")],
    index_dir: IndexOption = None,
    config: ConfigOption = None,
    *,
    switch: Annotated[
        bool, typer.Option("--switch", help="Put the new index in the old one's place.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Encode everything with another model, beside the index, while it goes on.

    Run it again to go on where it stopped and to bring over what was written since. When it is
    done, run it with --switch, set model.name, and start the service anew. For an index in a
    folder the service must be stopped before that.

    Example: semsearch reindex --model models/new --index indexes/news
    """
    settings = settings_for(index_dir, config)
    with opened(index_dir, config) as old, steps(silent=as_json) as watch:
        new = open_beside(settings, model, on_repair=tell_repair)
        total = sum(old.library.catalog.counts().values())

        def tell(done: int) -> None:
            watch(Step("encoding", done, total, "articles"))

        try:
            done = (
                reindexing.switch(old.library, new.library, place_of(settings), tell)
                if switch
                else reindexing.reindex(old.library, new.library, tell)
            )
        finally:
            new.close()
    if as_json:
        print_json(done)
        return
    console().print(
        f"{done.articles:,} articles, {done.carried:,} of them brought over now "
        f"({done.encoded:,} passages encoded)."
    )
    console().print(
        escape(
            f"The index is made with {done.model} now: set model.name to it and start the service."
            if done.switched
            else "Run it again with --switch to change over; for an index in a folder, stop the "
            "service first."
        ),
        soft_wrap=True,
    )


def create(
    name: Annotated[
        str | None, typer.Argument(help="What it is called.", show_default=False)
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option(
            "--to",
            metavar="PATH",
            help="A new folder; by default in the index.",
            show_default=False,
        ),
    ] = None,
    index_dir: IndexOption = None,
    config: ConfigOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Make a snapshot; the index may be read and written meanwhile.

    Example: semsearch snapshot create before-import --index indexes/news
    """
    _folder(index_dir, config)
    with opened(index_dir, config) as index:
        made = snapshots.create(index.library, name, to)
    if as_json:
        print_json(made)
    else:
        console().print(f"Made {escape(made.path)} ({made.articles:,} articles).", soft_wrap=True)


def list_(
    index_dir: IndexOption = None, config: ConfigOption = None, *, as_json: JsonOption = False
) -> None:
    """The snapshots in an index folder, oldest first.

    Example: semsearch snapshot list --index indexes/news
    """
    found = snapshots.listed(_folder(index_dir, config))
    if as_json:
        print_json(found)
        return
    table = Table()
    for column in ("name", "created", "articles", "stubs", "write", "model", "MB"):
        table.add_column(column)
    for one in found:
        table.add_row(
            escape(one.name),
            one.created,
            f"{one.articles:,}",
            f"{one.stubs:,}",
            str(one.sequence),
            escape(one.model),
            f"{one.size / 1e6:,.1f}",
        )
    console().print(table if found else "There is no snapshot.")


def verify(
    name: Name,
    index_dir: IndexOption = None,
    config: ConfigOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Read every file of a snapshot and compare it with its checksum.

    Example: semsearch snapshot verify before-import --index indexes/news
    """
    sound = snapshots.verify(_folder(index_dir, config), name)
    if as_json:
        print_json(sound)
    else:
        console().print(f"{escape(sound.path)} is what was written.", soft_wrap=True)


def restore(
    name: Name,
    index_dir: IndexOption = None,
    config: ConfigOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Make an index what a snapshot holds; nobody may read or write it meanwhile.

    The catalog that was there stays beside the new one as catalog.db.replaced.

    Example: semsearch snapshot restore before-import --index indexes/news
    """
    restored = snapshots.restore(_folder(index_dir, config), name)
    if as_json:
        print_json(restored)
    else:
        console().print(f"Restored {restored.articles:,} articles of {restored.created}.")
