"""Change the model: every text is encoded anew beside the index, then the two are exchanged.

articles that the new index lacks or holds otherwise -> split -> encode -> commit -> what is gone
-> publish, relate -> cutover

Questions and writes go on with the old model until the cutover. A run that was stopped goes on
where it was, and each run brings over what was written since the one before.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from semsearch.config import Place
from semsearch.errors import EngineUnavailableError, ModelMismatchError
from semsearch.indexing.diff import Changed
from semsearch.indexing.encoding import split_and_encode
from semsearch.indexing.indexer import Indexer
from semsearch.library import Library
from semsearch.store.backup.backup import create_backup, read_backup
from semsearch.store.backup.restore import replace_generations, replace_index
from semsearch.store.catalog.catalog import WriteBatch
from semsearch.store.catalog.cutover import replace_catalog
from semsearch.store.catalog.migration import copy_history
from semsearch.store.catalog.rows import KnownArticle
from semsearch.store.generations import Manifest
from semsearch.store.milvus.generation_writer import REPLACED_KEY
from semsearch.store.milvus.generations import MilvusGenerations

STAGING = "next"
"""Folder, within that of the index, in which the new one is made."""
_CHUNK = 256


@dataclass(frozen=True, slots=True)
class Reindexed:
    """How far the new index is.

    Attributes:
        articles: In the old one, stubs included.
        carried: Written to the new one by this run; ``removed`` likewise.
        encoded: Passages that this run encoded.
        sequence: Last write of the old index when this run began.
        switched: Whether the new one has taken the old one's place.
    """

    model: str
    articles: int
    carried: int
    removed: int
    encoded: int
    sequence: int
    switched: bool = False


def reindex(old: Library, new: Library, watch: Callable[[int], None] = lambda _: None) -> Reindexed:
    """Bring over everything that an index holds and the one beside it does not, yet.

    Args:
        old: The index as it is.
        new: The one that is made beside it with another model.
        watch: Told how many articles have been looked at.

    Raises:
        ModelMismatchError: The new one was begun with a third model, or is of the same.
        IndexLockedError: Another process is at it.
        ModelUnavailableError, StorageError, EngineUnavailableError: What was brought over stays.
    """
    spec, made_with = new.encoder.spec, old.made_with
    if made_with is not None and made_with["weights_sha256"] == spec.weights_sha256:
        raise ModelMismatchError(f"The index is made with {spec.model} already.")
    sequence = old.catalog.sequence
    seen: set[str] = set()
    carried = encoded = 0
    with new.writing():
        new.remember_encoder()
        articles = old.catalog.all_articles()
        while chunk := list(islice(articles, _CHUNK)):
            seen.update(article.id for article in chunk)
            known = old.catalog.known([article.id for article in chunk])
            there = new.catalog.known(known)
            changed = [
                Changed(article, known[article.id].content_hash, known[article.id].source)
                for article in chunk
                if article.id in known and not _same(known[article.id], there.get(article.id))
            ]
            if changed:
                batch = split_and_encode(new, changed)
                new.catalog.write(WriteBatch(articles=batch.articles, vectors=batch.vectors))
                carried += len(changed)
                encoded += batch.encoded
            watch(len(seen))
        gone = [identity for identity in new.catalog.ids() if identity not in seen]
        if gone:
            new.catalog.write(WriteBatch(delete=gone))
        _publish(new)
    return Reindexed(spec.model, len(seen), carried, len(gone), encoded, sequence)


def switch(
    old: Library, new: Library, place: Place, watch: Callable[[int], None] = lambda _: None
) -> Reindexed:
    """Bring over what is left, and put the new index in the place of the old one, in one step.

    Args:
        old: The index as it is.
        new: The one that was made beside it; its folder goes.
        place: Where the old one lies.
        watch: Told how many articles have been looked at.

    Raises:
        IndexLockedError: Somebody writes the index or, where it lies in a folder, reads it: the
            service must be stopped.
        As ``reindex``.
    """
    with old.writing():
        report = reindex(old, new, watch)
        with new.writing():
            copy_history(old.catalog.database, new.catalog.database)
            manifest = _publish(new)
        if place.milvus:
            _exchange_in_milvus(old, new)
        elif place.catalog:
            _exchange_beside_database(old, new, manifest)
        else:
            _exchange_folders(old, new, manifest)
        shutil.rmtree(new.folder, ignore_errors=True)
    return replace(report, switched=True)


def staging_folder(folder: Path) -> Path:
    """Where the new index of an index folder is made."""
    return folder / STAGING


def _publish(index: Library) -> Manifest:
    """Make everything that the new index holds searchable, and relate it.

    Raises:
        EngineUnavailableError: Not all of it is.
    """
    indexer = Indexer(index)
    manifest = indexer.publish()
    if indexer.behind():
        raise EngineUnavailableError("The engine stopped answering before it had everything.")
    return manifest


def _exchange_folders(old: Library, new: Library, manifest: Manifest) -> None:
    """Catalog and generations are files: both are exchanged as when a snapshot is restored.

    Raises:
        IndexLockedError: Somebody reads the index: the service must be stopped.
        StorageError: The operating system refused.
    """
    snapshot = new.snapshot()  # as long as it is open its files stay
    draft = old.folder / f".{new.folder.name}.switching.tmp"
    shutil.rmtree(draft, ignore_errors=True)
    try:
        create_backup(new.folder, manifest, draft, new.folder.name)
        del snapshot
        new.close()
        old.close()
        replace_index(draft, read_backup(draft), old.folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _exchange_beside_database(old: Library, new: Library, manifest: Manifest) -> None:
    """Generations are files and the catalog is elsewhere.

    Raises:
        As ``_exchange_folders``.
    """
    new.close()
    old.close()
    replace_generations(
        new.folder,
        manifest,
        old.folder,
        lambda: replace_catalog(old.catalog.database, new.catalog.database, {}),
    )


def _exchange_in_milvus(old: Library, new: Library) -> None:
    """What is shown is named in the catalog, so one transaction of its database exchanges all.

    Servers go on: they notice with the next question.

    Raises:
        IndexLockedError: A transaction that does not end reads the catalog.
        StorageError: The database refused.
    """
    ours, theirs = old.generations, new.generations
    assert isinstance(ours, MilvusGenerations)  # noqa: S101 - its place says so
    assert isinstance(theirs, MilvusGenerations)  # noqa: S101
    theirs.succeed(ours.current_number() or 0)
    new.close()
    replace_catalog(old.catalog.database, new.catalog.database, {REPLACED_KEY: ours.place()})
    ours.tidy()


def _same(old: KnownArticle, new: KnownArticle | None) -> bool:
    return new is not None and (old.content_hash, old.source) == (new.content_hash, new.source)
