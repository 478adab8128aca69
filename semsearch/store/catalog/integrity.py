"""Is the catalog's database itself sound?"""

from collections.abc import Sequence

from sqlalchemy import func, select, text

from semsearch.store.catalog.catalog_reader import CatalogReader
from semsearch.store.catalog.database import Database, chunks
from semsearch.store.catalog.schema import articles, passages, vectors

_MOST = 20


def structure_faults(database: Database) -> list[str]:
    """What the database finds wrong with its own file, at most 20 lines.

    A server looks after its files itself.

    Raises:
        DamagedIndexError, StorageError: It cannot even look.
    """
    if database.dialect != "sqlite":
        return []
    with database.read() as connection:
        lines = connection.scalars(text(f"PRAGMA integrity_check({_MOST})"))
        return [line for line in lines if line != "ok"]


def content_faults(catalog: CatalogReader) -> list[str]:
    """What cannot be, whatever was written."""
    faults = []
    with catalog.database.read() as connection:
        last = connection.execute(
            select(func.max(articles.c.added_seq), func.max(articles.c.ended_seq))
        ).one()
        highest = max(last[0] or 0, last[1] or 0)
        if highest > catalog.sequence:
            faults.append(
                f"write {highest} is there, but the last is said to be {catalog.sequence}"
            )
        bare = connection.scalar(
            select(func.count())
            .select_from(passages)
            .outerjoin(vectors, vectors.c.text_hash == passages.c.text_hash)
            .where(vectors.c.text_hash.is_(None))
        )
        if bare:
            faults.append(f"{bare} passages have no vector")
    return faults


def ids_of(database: Database, pks: Sequence[int]) -> dict[int, str]:
    """The article ids of some versions."""
    with database.read() as connection:
        return {
            row.pk: row.id
            for chunk in chunks(pks)
            for row in connection.execute(
                select(articles.c.pk, articles.c.id).where(articles.c.pk.in_(chunk))
            )
        }
