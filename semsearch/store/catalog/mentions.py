"""Keep what articles say of those they link to once, with which versions say it.

``related`` of a version holds the keys of what it says, in its order. Catalogs up to format 3 held
there the values themselves, and up to format 4 ``links`` had the id of the article linked to in
words, once more in an index.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, insert, select, text, update

from semsearch.store.catalog.database import pages, select_in
from semsearch.store.catalog.rows import mention_hash
from semsearch.store.catalog.schema import articles, links, mentions
from semsearch.store.catalog.statements import read_setting, write_setting

_NEXT_KEY = "mentions"  # the setting that holds it


def mention_keys(connection: Connection, values: Iterable[Mapping[str, Any]]) -> list[int]:
    """The keys of things said, in their order; those that nobody has said are written."""
    given = list(values)
    digests = [mention_hash(value) for value in given]
    said = dict(zip(digests, given, strict=True))
    query = select(mentions.c.hash, mentions.c.pk)
    stored = select_in(connection, query, mentions.c.hash, said)
    keys = {row.hash: row.pk for row in stored}
    missing = {digest: value for digest, value in said.items() if digest not in keys}
    if missing:
        first = int(read_setting(connection, _NEXT_KEY) or 1)  # none is given twice
        keys |= {digest: number for number, digest in enumerate(missing, first)}
        write_setting(connection, _NEXT_KEY, str(first + len(missing)))
        connection.execute(
            insert(mentions),
            [
                {"pk": keys[digest], "hash": digest, "target_id": value["id"], "value": value}
                for digest, value in missing.items()
            ],
        )
    return [keys[digest] for digest in digests]


def insert_links(connection: Connection, related: Mapping[int, Iterable[int]]) -> None:
    """Write the keys of what some versions say, in the order in which they lie on the disk."""
    rows = sorted({(key, pk) for pk, keys in related.items() for key in keys})
    if rows:
        connection.execute(
            insert(links), [{"mention_pk": key, "article_pk": pk} for key, pk in rows]
        )


def rewrite_links(connection: Connection) -> None:
    """Write what a catalog of an older format says of links as this format does."""
    connection.execute(text("DROP TABLE IF EXISTS links"))
    links.create(connection)
    query = select(articles.c.pk, articles.c.related)
    for pks in pages(connection, articles.c.pk):
        rows = connection.execute(query.where(articles.c.pk.in_(pks))).all()
        insert_links(connection, {row.pk: _as_keys(connection, *row) for row in rows})


def _as_keys(
    connection: Connection, pk: int, related: Sequence[int] | Sequence[Mapping[str, Any]]
) -> list[int]:
    """The keys of what a version says, which are written into its row where values stood there."""
    values = [one for one in related if not isinstance(one, int)]
    if not values:
        return [one for one in related if isinstance(one, int)]
    keys = mention_keys(connection, values)
    connection.execute(update(articles).where(articles.c.pk == pk).values(related=keys))
    return keys
