"""Purge articles: remove all that an index holds of them at once, and say what stays elsewhere.

end them -> publish and relate what is left -> derive a generation from the catalog alone, drop all
others -> overwrite their versions in the catalog -> look for copies that are not touched
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from semsearch.errors import NoSuchArticleError, StorageError
from semsearch.indexing.indexer import Indexer
from semsearch.ingest.identity import address_id
from semsearch.library import Library
from semsearch.maintain.snapshots import clear_leftovers
from semsearch.store.backup.backup import CATALOG, FOLDER, knows
from semsearch.store.catalog.schema import metadata
from semsearch.temporary import clear_temporary_folders

_REPLACED = "catalog.db.replaced"
_NAMED = 5


@dataclass(frozen=True, slots=True)
class Remainder:
    """What stays of a purged article.

    Attributes:
        what: Of it, in words.
        where: A path, or another place in words.
        until: When it goes, or what removes it.
    """

    what: str
    where: str
    until: str


@dataclass(frozen=True, slots=True)
class Purged:
    """What purging did.

    Attributes:
        purged: The ids.
        versions: How many versions of them were overwritten.
        generation: The generation that was derived without them.
        remains: What stays where.
    """

    purged: tuple[str, ...]
    versions: int
    sequence: int
    generation: int
    remains: tuple[Remainder, ...]


def purge(library: Library, indexer: Indexer, ids: Sequence[str]) -> Purged:
    """Remove all that the index holds of some articles; see ``Index.purge``."""
    ids = tuple(dict.fromkeys(ids))
    catalog = library.catalog
    clear_temporary_folders()
    clear_leftovers(library.folder)
    with library.writing():
        known = catalog.versions_of(ids)
        deleted = catalog.tombstones(ids)
        for identity in ids:
            if identity not in known and identity not in deleted:
                raise NoSuchArticleError(f"There is no article {identity}.")
        current = catalog.known(ids)
        if current:
            indexer.delete(sorted(current))
        indexer.publish()
        manifest = library.rebuild()
        still_read = library.generations.drop_older()
        versions = catalog.purge(ids)
        remains = [
            Remainder(
                "the id and checksums, so that it does not come back and no copy is reported again",
                catalog.database.place,
                "the article is sent again",
            )
        ]
        if still_read:
            remains.append(
                Remainder(
                    f"{still_read} older generations",
                    "files that are open in another process, such as a running service",
                    "it answers its next question, or ends",
                )
            )
        try:
            freed = catalog.database.overwrite_freed(metadata.sorted_tables)
        except StorageError as error:
            freed = f"in freed pages, if it was updated or deleted before ({error.message})"
        if freed:
            remains.append(Remainder("bytes", catalog.database.place, freed))
        versions_known = [version for identity in ids for version in known.get(identity, ())]
        remains += [
            Remainder("what it was read from", source, "the file is removed")
            for source in sorted({source for source, _ in versions_known if source})
            if Path(source).exists()
        ]
        addresses = {address_id(url) for _, url in versions_known} - {""}
        remains += _elsewhere(library, ids, addresses)
    return Purged(ids, versions, catalog.sequence, manifest.generation, tuple(remains))


def _elsewhere(library: Library, ids: Sequence[str], linked: set[str]) -> Iterator[Remainder]:
    """Copies that purging does not touch; ``linked``: what else links may call the articles."""
    mentioning = library.catalog.mentioning({*ids, *linked})
    if mentioning:
        named = ", ".join(mentioning[:_NAMED]) + (", ..." if len(mentioning) > _NAMED else "")
        yield Remainder(
            "title and excerpt, as others quote them",
            f"related of {len(mentioning)} articles: {named}",
            "those are sent without them, or purged",
        )
    for path in sorted((library.folder / FOLDER).glob("*")):
        if (path / CATALOG).is_file() and knows(path / CATALOG, ids):
            yield Remainder("what it held then", f"snapshot {path.name}", f"rm -r {path}")
    for name, until in ((_REPLACED, "rm {}"), (f"next/{CATALOG}", "semsearch reindex, or rm -r")):
        path = library.folder / name
        if path.is_file() and knows(path, ids):
            yield Remainder("what it held then", str(path), until.format(path))
    if library.generations.capabilities()["vectors"].startswith("Milvus"):
        yield Remainder(
            "vectors and words", "Milvus", "it collects dropped collections (3 h by default)"
        )
    yield Remainder(
        "copies", "snapshots elsewhere, backups and freed blocks of disks", "they are removed"
    )
