"""What goes when nothing sees it any more: states, versions, and what Milvus holds of them."""

import time

from sqlalchemy import delete, select

from semsearch.errors import EngineUnavailableError
from semsearch.store.catalog.catalog import Catalog
from semsearch.store.catalog.search_schema import generations, geometries
from semsearch.store.local.generations import Keep
from semsearch.store.milvus import outbox
from semsearch.store.milvus.client import Milvus
from semsearch.store.milvus.words import words_of

NAME_KEY = "collection"
"""The setting that names an index in Milvus; its collections are called so, with a number."""

REPLACED_KEY = "replaced"
"""The setting that names the index whose place was taken; its collections go."""


def index_of(collection: str) -> str:
    """The name of the index that a collection belongs to."""
    return collection.rpartition("_")[0]


def retire(milvus: Milvus, catalog: Catalog, keep: Keep) -> None:
    """Remove states that are no longer kept, then what only they could see."""
    database = catalog.database
    with database.read() as connection:
        rows = connection.execute(select(generations).order_by(generations.c.number.desc())).all()
    now = time.time()
    kept = [
        row
        for place, row in enumerate(rows)
        if place < keep.newest or (now - row.published_at < keep.seconds and place < keep.at_most)
    ]
    oldest = min(row.sequence for row in kept)
    with database.write() as connection:
        connection.execute(delete(generations).where(generations.c.number < kept[-1].number))
        connection.execute(
            delete(geometries).where(geometries.c.number < min(row.geometry for row in kept))
        )
        outbox.forget(connection, oldest)
    catalog.collect(oldest)
    _clear(milvus, catalog, oldest, {row.collection for row in kept})


def _clear(milvus: Milvus, catalog: Catalog, oldest: int, collections: set[str]) -> None:
    """Remove from Milvus what no state sees; if it does not answer, the next time."""
    mine = {catalog.setting(NAME_KEY), catalog.setting(REPLACED_KEY)}
    kept = collections | {words_of(name) for name in collections}
    try:
        for name in milvus.collections():
            if name in kept:
                milvus.delete(name, f"ended <= {oldest}")
            elif index_of(name) in mine:
                milvus.drop(name)
    except EngineUnavailableError:
        return
