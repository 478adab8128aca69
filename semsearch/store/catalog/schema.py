"""Define the tables of the catalog.

A row of ``articles`` is one version of an article and is never changed but for ``ended_seq``
and ``source``, where it was read last: the version is current from ``added_seq`` on until
``ended_seq``. A generation published at sequence number S sees exactly the versions with
``added_seq <= S < ended_seq``, whatever has been written since.
Rows of ``clusters`` are versions in the same sense.

SQLite and PostgreSQL hold the same: whole numbers of 64 bits, text in the order of its bytes.
"""

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    and_,
    or_,
    text,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from semsearch.store.catalog.packing import PackedJSON, PackedText

FORMAT = 6
READ_AS_WELL = ("3", "4", "5")
"""Formats that are read as they are, and are of this one when they are first written to."""
PAGE_SECRET = "page_secret"  # noqa: S105  # pragma: allowlist secret - the setting's name

metadata = MetaData()

# SQLite numbers rows by itself only for a column of exactly type INTEGER.
_Key = BigInteger().with_variant(Integer, "sqlite")

# PostgreSQL would order text as its language does.
_Text = Text().with_variant(Text(collation="C"), "postgresql")

meta = Table(
    "meta",
    metadata,
    Column("key", _Text, primary_key=True),
    Column("value", _Text, nullable=False),
)

articles = Table(
    "articles",
    metadata,
    Column("pk", _Key, primary_key=True, autoincrement=True),
    Column("id", _Text, nullable=False),
    Column("added_seq", BigInteger, nullable=False),
    Column("ended_seq", BigInteger),
    Column("content_hash", _Text, nullable=False),
    Column("source", _Text),
    Column("title", _Text, nullable=False),
    Column("excerpt", _Text, nullable=False),
    Column("body", PackedText, nullable=False),
    Column("provider_name", _Text, nullable=False),
    Column("provider_domain", _Text, nullable=False),
    Column("url", _Text, nullable=False),
    Column("url_key", _Text, nullable=False),
    Column("published", _Text),
    Column("zone_assumed", Boolean, nullable=False),
    Column("topics", JSON, nullable=False),
    Column("category", _Text, nullable=False),
    Column("type", _Text, nullable=False),
    Column("language", _Text, nullable=False),
    Column("quality", BigInteger),
    Column("heat", BigInteger),
    Column("stub", Boolean, nullable=False),
    Column("related", PackedJSON, nullable=False),
    Column("extra", PackedJSON, nullable=False),
    sqlite_autoincrement=True,
)
Index(
    "articles_current",
    articles.c.id,
    unique=True,
    sqlite_where=text("ended_seq IS NULL"),
    postgresql_where=text("ended_seq IS NULL"),
)
# With what is counted beside it, so that no write reads all articles (docs/measured.md).
Index("articles_ended", articles.c.ended_seq, articles.c.stub)
Index("articles_added", articles.c.added_seq)
# Addresses and paths may be longer than what a tree of PostgreSQL takes.
Index("articles_source", articles.c.source, postgresql_using="hash")
Index("articles_url", articles.c.url_key, postgresql_using="hash")


def _spans(name: str) -> Table:
    """Stretches of the texts of versions, each with the hash of what its vector was made from."""
    table = Table(
        name,
        metadata,
        Column("article_pk", BigInteger, primary_key=True),
        Column("position", Integer, primary_key=True),
        Column("field", SmallInteger, nullable=False),
        Column("start", Integer, nullable=False),
        Column("end", Integer, nullable=False),
        Column("text_hash", LargeBinary(16), nullable=False),
        sqlite_with_rowid=False,
    )
    Index(f"{name}_text", table.c.text_hash)
    return table


passages = _spans("passages")
# Sentences as they are compared, of articles that others report with.
sentences = _spans("sentences")

# One vector per distinct text of a passage or sentence: agency copies share theirs.
vectors = Table(
    "vectors",
    metadata,
    Column("text_hash", LargeBinary(16), primary_key=True),
    Column("vector", LargeBinary, nullable=False),
)

# Checksums of versions and of their sentences (``checksums``).
checksums = Table(
    "seals",
    metadata,
    Column("article_pk", BigInteger, primary_key=True),
    Column("part", SmallInteger, primary_key=True),
    Column("checksum", LargeBinary(16), nullable=False),
    sqlite_with_rowid=False,
)

# What articles say of those they link to, each once: of an everyday archive forty articles link to
# one with the same words. ``related`` of an article holds keys of these, in its order; rows of
# format 3 hold the values themselves.
mentions = Table(
    "mentions",
    metadata,
    Column("pk", _Key, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary(16), nullable=False, unique=True),
    Column("target_id", _Text, nullable=False),
    Column("value", PackedJSON, nullable=False),
)
Index("mentions_target", mentions.c.target_id)

# Which versions say it; what a version says stands in its row.
links = Table(
    "links",
    metadata,
    Column("mention_pk", BigInteger, primary_key=True),
    Column("article_pk", BigInteger, primary_key=True),
    sqlite_with_rowid=False,
)

# Deleted articles: neither a mention in another's ``related`` list nor reading the same record
# from its file again brings them back.
tombstones = Table(
    "tombstones",
    metadata,
    Column("id", _Text, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("content_hash", _Text, nullable=False),
)

# Files as last read: unchanged ones are not parsed again.
files = Table(
    "files",
    metadata,
    Column("path", _Text, primary_key=True),
    Column("fingerprint", _Text, nullable=False),
    Column("records", Integer, nullable=False),
    sqlite_with_rowid=False,
)

# --- coverage: derived from the articles, kept because it is costly to find again -------------

# Minimum hashes of the texts' word shingles: articles that share one are compared.
sketches = Table(
    "sketches",
    metadata,
    Column("key", BigInteger, primary_key=True),
    Column("article_pk", BigInteger, primary_key=True),
    sqlite_with_rowid=False,
)

# The keys of a version's sketch once more, in a fifth of the room of an index.
sketched = Table(
    "sketched",
    metadata,
    Column("article_pk", _Key, primary_key=True, autoincrement=False),
    Column("keys", LargeBinary, nullable=False),
)

# What two versions are to each other; it holds as long as both are current. ``first_pk`` is the
# one that the other was made from, where that is known.
relations = Table(
    "relations",
    metadata,
    Column("low_pk", BigInteger, primary_key=True),
    Column("high_pk", BigInteger, primary_key=True),
    Column("added_seq", BigInteger, nullable=False),
    Column("p_duplicate", Float, nullable=False),
    Column("p_story", Float, nullable=False),
    Column("first_pk", BigInteger),
    sqlite_with_rowid=False,
)
Index("relations_high", relations.c.high_pk)

# Duplicate groups and stories of two or more articles; ``first`` and ``last`` are seconds.
clusters = Table(
    "clusters",
    metadata,
    Column("pk", _Key, primary_key=True, autoincrement=True),
    Column("id", _Text, nullable=False),
    Column("kind", _Text, nullable=False),
    Column("added_seq", BigInteger, nullable=False),
    Column("ended_seq", BigInteger),
    Column("lead_pk", BigInteger, nullable=False),
    Column("title", _Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("providers", Integer, nullable=False),
    Column("origins", Integer, nullable=False),
    Column("first", BigInteger),
    Column("last", BigInteger),
)
Index("clusters_id", clusters.c.kind, clusters.c.id)
Index("clusters_ended", clusters.c.ended_seq)

memberships = Table(
    "memberships",
    metadata,
    Column("cluster_pk", BigInteger, primary_key=True),
    Column("article_pk", BigInteger, primary_key=True),
    sqlite_with_rowid=False,
)
Index("memberships_article", memberships.c.article_pk)

# Which stories merged and split, and when.
cluster_events = Table(
    "cluster_events",
    metadata,
    Column("pk", _Key, primary_key=True, autoincrement=True),
    Column("seq", BigInteger, nullable=False),
    Column("at", _Text, nullable=False),
    Column("kind", _Text, nullable=False),
    Column("event", _Text, nullable=False),
    Column("cluster_id", _Text, nullable=False),
    Column("other_id", _Text, nullable=False),
)
Index("cluster_events_cluster", cluster_events.c.cluster_id)
Index("cluster_events_other", cluster_events.c.other_id)


# --- feeds ------------------------------------------------------------------------------------
# Made when they are first written to where a catalog is older (``feeds``). Moments are seconds.

feeds = Table(
    "feeds",
    metadata,
    Column("id", _Text, primary_key=True),
    Column("url", _Text, nullable=False),
    Column("every", Integer, nullable=False),
    Column("provider", _Text, nullable=False),
    Column("full_text", Boolean, nullable=False),
    Column("title", _Text, nullable=False),
    Column("state", _Text, nullable=False),
    Column("note", _Text, nullable=False),
    Column("found", JSON, nullable=False),
    Column("entries", Integer, nullable=False),
    Column("articles", Integer, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("added", BigInteger, nullable=False),
    Column("polled", BigInteger),
    Column("read", BigInteger),
    Column("changed", BigInteger),
    Column("next", BigInteger),
    Column("added_by", _Text, nullable=False),
    # What was fetched last: the server's validators, and the hash of its bytes.
    Column("etag", _Text, nullable=False),
    Column("last_modified", _Text, nullable=False),
    Column("body_hash", _Text, nullable=False),
)
Index("feeds_next", feeds.c.next)

# Entries that a feed has or had, by the hash of what identifies them within it. ``pages_tried``
# counts attempts to fetch an entry's page that may succeed later; ``gone`` is when it left.
feed_entries = Table(
    "feed_entries",
    metadata,
    Column("feed_id", _Text, primary_key=True),
    Column("key", _Text, primary_key=True),
    Column("guid_hash", _Text, nullable=False),
    Column("digest", _Text, nullable=False),
    Column("pages_tried", SmallInteger, nullable=False),
    Column("gone", BigInteger),
    sqlite_with_rowid=False,
)


# --- standing questions: what is asked, what was reported, and where that has still to go --------

# ``spec`` is what was asked for, ``terms`` and ``vector`` (float32, of ``model``) what its question
# was read as, ``anchors`` the ids of the articles that a watch of a story or an article begins
# from. Articles up to ``since_seq`` were there before it.
watches = Table(
    "watches",
    metadata,
    Column("id", _Text, primary_key=True),
    Column("name", _Text, nullable=False, unique=True),
    Column("spec", JSON, nullable=False),
    Column("created", _Text, nullable=False),
    Column("owner", _Text, nullable=False),
    Column("secret", _Text, nullable=False),
    Column("since_seq", BigInteger, nullable=False),
    Column("interpreted", JSON, nullable=False),
    Column("terms", JSON, nullable=False),
    Column("anchors", JSON, nullable=False),
    Column("model", _Text, nullable=False),
    Column("vector", LargeBinary),
)

# An alert never changes but for ``read_at``; ``content`` is what is shown of it.
alerts = Table(
    "alerts",
    metadata,
    Column("pk", _Key, primary_key=True, autoincrement=True),
    Column("id", _Text, nullable=False, unique=True),
    Column("watch_id", _Text, nullable=False),
    Column("article_id", _Text, nullable=False),
    Column("at", _Text, nullable=False),
    Column("read_at", _Text),
    Column("content", JSON, nullable=False),
    sqlite_autoincrement=True,
)
Index("alerts_watch", alerts.c.watch_id, alerts.c.pk)
Index("alerts_article", alerts.c.article_id)

# Every article that a watch has reported, with the alert that it joined (empty: it was purged) and
# the hashes of its sentences, those of its earlier versions included. The index holds that none is
# reported twice.
alert_reports = Table(
    "alert_reports",
    metadata,
    Column("pk", _Key, primary_key=True, autoincrement=True),
    Column("watch_id", _Text, nullable=False),
    Column("article_id", _Text, nullable=False),
    Column("alert_id", _Text, nullable=False),
    Column("relation", _Text, nullable=False),
    Column("sentences", LargeBinary, nullable=False),
    sqlite_autoincrement=True,
)
Index("alert_reports_once", alert_reports.c.watch_id, alert_reports.c.article_id, unique=True)
Index("alert_reports_alert", alert_reports.c.alert_id)
Index("alert_reports_article", alert_reports.c.article_id)

# What is still to be sent, was sent or was given up; written with the alert itself.
deliveries = Table(
    "deliveries",
    metadata,
    Column("pk", _Key, primary_key=True, autoincrement=True),
    Column("alert_id", _Text, nullable=False),
    Column("watch_id", _Text, nullable=False),
    Column("target", _Text, nullable=False),
    Column("state", _Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("first_at", _Text),
    Column("next_at", _Text),
    Column("error", _Text, nullable=False),
    sqlite_autoincrement=True,
)
Index("deliveries_due", deliveries.c.state, deliveries.c.next_at)
Index("deliveries_watch", deliveries.c.watch_id, deliveries.c.state)


class likely(FunctionElement[bool]):  # noqa: N801 - functions of SQL are written so
    """A condition that nearly all rows satisfy.

    SQLite keeps no statistics. It would take ``ended_seq IS NULL`` for rare, and look through all
    that is current instead of looking up the keys that are asked for. PostgreSQL knows.
    """

    inherit_cache = True


@compiles(likely)
def _condition(element: likely, compiler: Any, **options: Any) -> str:
    return f"({compiler.process(element.clauses, **options)})"


@compiles(likely, "sqlite")
def _likely_condition(element: likely, compiler: Any, **options: Any) -> str:
    return f"likely({compiler.process(element.clauses, **options)})"


def current_at(table: Table, sequence: int | ColumnElement[int] | None) -> ColumnElement[bool]:
    """Whether a row of ``articles`` or ``clusters`` is current at a sequence number (None: now)."""
    ended: ColumnElement[int | None] = table.c.ended_seq
    if sequence is None:
        return likely(ended.is_(None))
    return and_(table.c.added_seq <= sequence, or_(ended.is_(None), ended > sequence))
