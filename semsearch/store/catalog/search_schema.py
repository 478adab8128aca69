"""Search schema: tables beside the catalog for an engine that finds candidates by vectors alone.

They say of each article what filters and word search need, and of each published state of the
engine what it consists of. All of it is derived from the catalog and made again by ``rebuild``.
Rows of ``documents`` are visible to a generation at sequence number S as versions of articles are:
``added_seq <= S < ended_seq``.
"""

from enum import IntEnum

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    text,
)

OPEN = 2**62
"""``ended_seq`` of what is current, ``-OPEN`` where a number is unknown: engines differ in how
they take the largest of 64 bits, and in whether they know NULL."""


class Counted(IntEnum):
    """What ``statistics`` counts."""

    TITLE = 0  # articles with an index term in their title
    LEAD = 1
    BODY = 2
    SPELLING = 3  # articles with a word as it is written
    PROVIDER = 4
    TOPIC = 5
    LENGTH = 6  # terms of a field in all articles
    TOTAL = 7  # articles, stubs, passages


search_metadata = MetaData()

# An article as search needs it; texts of attributes are codes (``store.milvus.documents``).
documents = Table(
    "documents",
    search_metadata,
    Column("article_pk", BigInteger, primary_key=True, autoincrement=False),
    Column("added_seq", BigInteger, nullable=False),
    Column("ended_seq", BigInteger, nullable=False),
    Column("published", BigInteger, nullable=False),
    Column("quality", BigInteger, nullable=False),
    Column("stub", BigInteger, nullable=False),
    Column("domain", BigInteger, nullable=False),
    Column("name", BigInteger, nullable=False),
    Column("category", BigInteger, nullable=False),
    Column("type", BigInteger, nullable=False),
    Column("language", BigInteger, nullable=False),
    Column("lengths", LargeBinary, nullable=False),
    Column("words", LargeBinary, nullable=False),
)
Index("documents_ended", documents.c.ended_seq)
Index("documents_published", documents.c.published)

document_topics = Table(
    "document_topics",
    search_metadata,
    Column("article_pk", BigInteger, primary_key=True, autoincrement=False),
    Column("code", BigInteger, primary_key=True, autoincrement=False),
)
Index("document_topics_code", document_topics.c.code)

# What a number is at S is the sum of all rows up to S. ``key`` stands for ``value``.
statistics = Table(
    "statistics",
    search_metadata,
    Column("kind", SmallInteger, primary_key=True, autoincrement=False),
    Column("key", BigInteger, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("value", Text, nullable=False),
    Column("number", BigInteger, nullable=False),
)
Index("statistics_seq", statistics.c.seq)

geometries = Table(
    "geometries",
    search_metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("data", LargeBinary, nullable=False),
)

# Published states, newest last; the newest is what new questions see.
generations = Table(
    "generations",
    search_metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("sequence", BigInteger, nullable=False),
    Column("collection", Text, nullable=False),
    Column("geometry", BigInteger, nullable=False),
    Column("encoder", Text, nullable=False),
    Column("articles", Integer, nullable=False),
    Column("stubs", Integer, nullable=False),
    Column("passages", BigInteger, nullable=False),
    Column("published_at", BigInteger, nullable=False),
)

# Articles that the engine refuses whatever is tried; words still find them.
set_aside = Table(
    "set_aside",
    search_metadata,
    Column("article_pk", BigInteger, primary_key=True, autoincrement=False),
    Column("reason", Text, nullable=False),
)

# Which articles hold words; see ``store.milvus.search_tables``.
_FULLTEXT = {
    "postgresql": """
        CREATE TABLE IF NOT EXISTS fulltext
            (article_pk BIGINT PRIMARY KEY, terms TSVECTOR NOT NULL);
        CREATE INDEX IF NOT EXISTS fulltext_terms ON fulltext USING gin (terms)
    """,
    "sqlite": """
        CREATE VIRTUAL TABLE IF NOT EXISTS fulltext USING fts5(terms, detail=none, tokenize='ascii')
    """,
}


def create_search_tables(connection: Connection) -> None:
    """Make the tables where they are missing."""
    search_metadata.create_all(connection)
    for statement in _FULLTEXT[connection.dialect.name].split(";"):
        connection.execute(text(statement))
