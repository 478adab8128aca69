"""The command that moves an index to other engines."""

import os
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer
import yaml

from semsearch.assembly import catalog_url, open_index
from semsearch.cli.common import (
    ConfigOption,
    IndexOption,
    JsonOption,
    console,
    print_json,
    settings_for,
)
from semsearch.cli.progress import Step, steps
from semsearch.config import DEFAULT_FILE, Settings, place_of
from semsearch.errors import ConfigurationError, ConflictError
from semsearch.maintain.migrate import TOP, Migrated, RecordedEncoder, derive_and_verify
from semsearch.store.backup.backup import CATALOG
from semsearch.store.catalog.database import Database
from semsearch.store.catalog.migration import copy_catalog
from semsearch.store.files import make_folder


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command()(migrate)


def migrate(
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
    index_dir: IndexOption = None,
    config: ConfigOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Move an index to other engines, or back into a folder; nothing is encoded again.

    The index that is moved stays as it is. A move that was interrupted goes on when it is started
    again. At the end both are compared: counts, checksums, and the answers to 200 questions.

    Example: semsearch migrate --index indexes/news --to postgresql+psycopg://news@db/news
    --to milvus+http://milvus:19530 --target indexes/news-cluster
    """
    settings = settings_for(index_dir, config)
    moved = _settings_of_target(settings, target, to or [])
    encoder = RecordedEncoder()
    with ExitStack() as stack:
        source = open_index(settings, encoder=encoder)
        stack.callback(source.close)
        watch = stack.enter_context(steps(silent=as_json))
        stack.enter_context(source.library.writing())
        snapshot = source.library.snapshot()
        if snapshot.sequence < source.library.catalog.sequence:
            source.library.publish()
        database = Database(catalog_url(place_of(moved)))
        stack.callback(database.close)
        with database.writer():
            tables = copy_catalog(
                source.library.catalog.database,
                database,
                lambda table, done, total: watch(Step(f"copy {table}", done, total, "rows")),
            )
        there = open_index(moved, encoder=encoder)
        stack.callback(there.close)
        report = derive_and_verify(
            source.library,
            there.library,
            tables,
            encoder,
            lambda done, total: watch(Step("compare", done, total, "questions")),
        )
    if as_json:
        print_json(report)
    else:
        console().print(_told(report, target), markup=False)


def _told(report: Migrated, target: Path) -> str:
    return (
        f"Moved {report.articles:,} articles ({report.rows:,} rows, checksums equal). "
        f"Of {report.questions} questions {report.same} have the same {TOP} articles in the same "
        f"order, the mean overlap is {report.overlap:.4f}.\n"
        f"Open it with: --index {target}"
    )


def _settings_of_target(settings: Settings, target: Path, urls: list[str]) -> Settings:
    """The settings of the moved index, written into its folder, too.

    Raises:
        ConfigurationError: An address is of no known kind, or two are of one.
        ConflictError: The folder opens another index already.
    """
    named: dict[str, str] = {}
    for url in urls:
        key = "catalog" if url.startswith(("postgresql", "sqlite")) else "index"
        if key == "index" and not url.startswith("milvus+"):
            raise ConfigurationError(
                f"--to {url.partition(':')[0]}: neither PostgreSQL nor Milvus.",
                "Addresses begin with postgresql+psycopg:, milvus+http:, milvus+https: "
                "or milvus+file:.",
            )
        if key in named:
            raise ConfigurationError(f"--to names two places for the {key}.")
        named[key] = url
    if place_of(settings).folder.resolve() == target.resolve():
        raise ConflictError("The target is the index itself.", "Name another folder: --target DIR.")
    make_folder(target)
    file = target / DEFAULT_FILE
    sections = {"model", "passages", "vectors", "milvus"}
    kept = {
        **settings.model_dump(mode="json", include=sections, exclude_defaults=True),
        "index": str(target.resolve()),
        "catalog": f"sqlite:///{target.resolve() / CATALOG}",
        **named,
    }
    text = yaml.safe_dump(kept, sort_keys=True, allow_unicode=True)
    if file.exists() and file.read_text("utf-8") != text:
        raise ConflictError(f"{file} names other places.", "Name an empty folder: --target DIR.")
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)  # it may hold secrets
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text)
    return settings.model_copy(update={"index": target, "catalog": ""})
