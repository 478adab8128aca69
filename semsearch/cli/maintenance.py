"""Commands that look after an index: doctor, snapshots, another model, other engines."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import RenderableType
from rich.markup import escape
from rich.table import Table

from semsearch.cli.common import CommonOptions, Exit, command, report_repair
from semsearch.cli.progress import Step, steps

if TYPE_CHECKING:  # a command imports the engines when it runs
    from semsearch.maintain.doctor import Diagnosis
    from semsearch.maintain.migrate import Migrated
    from semsearch.maintain.reindex import Reindexed
    from semsearch.maintain.snapshots import SnapshotInfo

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
    command(app)(doctor)
    command(app)(reindex)
    command(app)(migrate)
    app.add_typer(snapshot)


def doctor(
    options: CommonOptions,
    *,
    repair: Annotated[
        bool, typer.Option("--repair", help="Derive anew from the catalog what is damaged.")
    ] = False,
) -> None:
    """Read everything in an index and say what is wrong, what it means and what mends it.

    Ends with 0 where nothing has to be mended, else with 1.

    Example: semsearch doctor --index indexes/news
    """
    with options.opened(check=False) as index:
        diagnosis = index.repair() if repair else index.diagnose()
    options.print(diagnosis, _diagnosis)
    if not diagnosis.sound:
        raise typer.Exit(Exit.FAILED)


def _diagnosis(diagnosis: "Diagnosis") -> str:
    lines = [
        f"{finding.what} - {finding.consequence} - Run: {finding.command}"
        for finding in diagnosis.findings
    ]
    lines += [f"Note: {note}" for note in diagnosis.notes]
    lines.append(
        f"{'Sound' if diagnosis.sound else 'Damaged'}: checked {diagnosis.versions:,} versions of "
        f"articles, and {diagnosis.files:,} files of {diagnosis.generations} published states."
    )
    return "\n".join(lines)


def reindex(
    options: CommonOptions,
    model: Annotated[str, typer.Option("--model", metavar="NAME", help="The new model.")],
    *,
    switch: Annotated[
        bool, typer.Option("--switch", help="Put the new index in the old one's place.")
    ] = False,
) -> None:
    """Encode everything with another model, beside the index, while it goes on.

    Run it again to go on where it stopped and to bring over what was written since. When it is
    done, run it with --switch, set model.name, and start the service anew. For an index in a
    folder the service must be stopped before that.

    Example: semsearch reindex --model models/new --index indexes/news
    """
    from semsearch import assembly  # noqa: PLC0415 - it imports all engines

    with options.opened() as index, steps(silent=options.as_json) as on_step:
        done = assembly.reindex(
            options.settings(),
            index,
            model,
            switch=switch,
            on_repair=report_repair,
            on_progress=lambda done, total: on_step(Step("encoding", done, total, "articles")),
        )
    options.print(done, _reindexed)


def _reindexed(done: "Reindexed") -> str:
    next_step = (
        f"The index is made with {done.model} now: set model.name to it and start the service."
        if done.switched
        else "Run it again with --switch to change over; for an index in a folder, stop the "
        "service first."
    )
    return (
        f"{done.articles:,} articles, {done.carried:,} of them brought over now "
        f"({done.encoded:,} passages encoded).\n{next_step}"
    )


def migrate(
    options: CommonOptions,
    target: Annotated[
        Path,
        typer.Option(metavar="DIR", help="Folder that opens the moved index; new, or to go on."),
    ],
    to: Annotated[
        list[str] | None,
        typer.Option(
            metavar="URL",
            help="postgresql+psycopg://... for the catalog, milvus+http://... or milvus+file:PATH "
            "for vectors; repeatable. What is not named lies in the folder.",
        ),
    ] = None,
) -> None:
    """Move an index to other engines, or back into a folder; nothing is encoded again.

    The index that is moved stays as it is. A move that was interrupted goes on when it is started
    again. At the end both are compared: counts, checksums, and the answers to 200 questions.

    Example: semsearch migrate --index indexes/news --to postgresql+psycopg://news@db/news
    --to milvus+http://milvus:19530 --target indexes/news-cluster
    """
    from semsearch import assembly  # noqa: PLC0415 - it imports all engines
    from semsearch.maintain.migrate import settings_of_target  # noqa: PLC0415

    settings = options.settings()
    moved = settings_of_target(settings, target, to or [])
    with steps(silent=options.as_json) as on_step:
        done = assembly.migrate(
            settings,
            moved,
            lambda step, done, total, unit: on_step(Step(step, done, total, unit)),
        )
    options.print(done, lambda it: f"{_migrated(it)}\nOpen it with: --index {target}")


def _migrated(done: "Migrated") -> str:
    return (
        f"Moved {done.articles:,} articles ({done.rows:,} rows, checksums equal). "
        f"Of {done.questions} questions {done.same} have the same 10 articles in the same "
        f"order, the mean overlap is {done.overlap:.4f}."
    )


@command(snapshot)
def create(
    options: CommonOptions,
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
) -> None:
    """Make a snapshot; the index may be read and written meanwhile.

    Example: semsearch snapshot create before-import --index indexes/news
    """
    _folder(options)
    with options.opened() as index:
        made = index.snapshot(name, to)
    options.print(made, lambda it: f"Made {it.path} ({it.articles:,} articles).")


@command(snapshot, "list")
def list_(options: CommonOptions) -> None:
    """The snapshots in an index folder, oldest first.

    Example: semsearch snapshot list --index indexes/news
    """
    from semsearch.maintain import snapshots  # noqa: PLC0415 - it imports the engines

    options.print(snapshots.list_snapshots(_folder(options)), _snapshots)


def _snapshots(listed: "list[SnapshotInfo]") -> RenderableType:
    if not listed:
        return "There is no snapshot."
    table = Table("name", "created", "articles", "stubs", "write", "model", "MB")
    for one in listed:
        table.add_row(
            escape(one.name),
            one.created,
            f"{one.articles:,}",
            f"{one.stubs:,}",
            str(one.sequence),
            escape(one.model),
            f"{one.size / 1e6:,.1f}",
        )
    return table


@command(snapshot)
def verify(
    options: CommonOptions,
    name: Name,
) -> None:
    """Read every file of a snapshot and compare it with its checksum.

    Example: semsearch snapshot verify before-import --index indexes/news
    """
    from semsearch.maintain import snapshots  # noqa: PLC0415 - it imports the engines

    sound = snapshots.verify(_folder(options), name)
    options.print(sound, lambda it: f"{it.path} is whole: every file is as it was written.")


@command(snapshot)
def restore(
    options: CommonOptions,
    name: Name,
) -> None:
    """Make an index what a snapshot holds; nobody may read or write it meanwhile.

    The catalog that was there stays beside the new one as catalog.db.replaced.

    Example: semsearch snapshot restore before-import --index indexes/news
    """
    from semsearch.maintain import snapshots  # noqa: PLC0415 - it imports the engines

    restored = snapshots.restore(_folder(options), name)
    options.print(restored, lambda it: f"Restored {it.articles:,} articles of {it.created}.")


def _folder(options: CommonOptions) -> Path:
    from semsearch.maintain.snapshots import folder_of  # noqa: PLC0415 - it imports the engines

    return folder_of(options.settings())
