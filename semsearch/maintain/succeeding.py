"""How a new index takes the place of the old one: each kind of index in one step of its own.

The writer's lock of the old index is held; the new one lies beside it and holds everything.
"""

import shutil
from collections.abc import Callable

from semsearch.library import Library
from semsearch.store.backup.backing_up import make_backup
from semsearch.store.backup.backups import read_backup
from semsearch.store.backup.restoring import replace_generations, replace_index
from semsearch.store.catalog.cutover import replace_catalog
from semsearch.store.manifest import Manifest
from semsearch.store.milvus.generations import MilvusGenerations
from semsearch.store.milvus.retiring import REPLACED_KEY

Succeed = Callable[[Library, Library, Manifest], None]


def in_a_folder(old: Library, new: Library, manifest: Manifest) -> None:
    """Catalog and generations are files: both are exchanged as when a snapshot is restored.

    Raises:
        IndexLockedError: Somebody reads the index: the service must be stopped.
        StorageError: The operating system refused.
    """
    held = new.snapshot()
    draft = old.folder / f".{new.folder.name}.switching.tmp"
    shutil.rmtree(draft, ignore_errors=True)
    try:
        make_backup(new.folder, manifest, draft, new.folder.name)
        del held
        new.close()
        old.close()
        replace_index(draft, read_backup(draft), old.folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def beside_a_database(old: Library, new: Library, manifest: Manifest) -> None:
    """Generations are files and the catalog is elsewhere.

    Raises:
        As ``in_a_folder``.
    """
    new.close()
    old.close()
    replace_generations(
        new.folder,
        manifest,
        old.folder,
        lambda: replace_catalog(old.catalog.database, new.catalog.database, {}),
    )


def in_milvus(old: Library, new: Library, manifest: Manifest) -> None:
    """What is shown is named in the catalog, so one transaction of its database exchanges all.

    Servers go on: they notice with the next question.

    Raises:
        IndexLockedError: A transaction that does not end reads the catalog.
        StorageError: The database refused.
    """
    del manifest
    ours, theirs = _milvus(old), _milvus(new)
    theirs.succeed(ours.current_number() or 0)
    new.close()
    replace_catalog(old.catalog.database, new.catalog.database, {REPLACED_KEY: ours.place()})
    ours.tidy()


def _milvus(library: Library) -> MilvusGenerations:
    assert isinstance(library.generations, MilvusGenerations)  # noqa: S101 - assembly chose
    return library.generations
