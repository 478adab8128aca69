"""What an index says about itself, and about what was written to it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from semsearch.model.article import DatePrecision, Provider
from semsearch.model.tabular import Tabular


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """The encoder that an index was made with."""

    name: str
    weights_sha256: str
    dimension: int
    max_tokens: int
    pooling: str
    query_prompt: str
    document_prompt: str
    passage_tokens: int
    passage_overlap: int


@dataclass(frozen=True, slots=True)
class Lag:
    """How far what is searched is behind what is durable.

    Attributes:
        writes: Writes that cannot be searched yet.
        seconds: Since the newest generation was published, while there are any.
        set_aside: Articles whose vectors the engine refuses; words find them.
        unrelated: Writes whose relations, groups and stories are not found yet, and which no watch
            has judged; of a service some of the last two seconds.
    """

    writes: int
    seconds: float
    set_aside: int
    unrelated: int = 0


@dataclass(frozen=True, slots=True)
class FeedCounts:
    """How many feeds are in which state.

    Attributes:
        overdue: Those that should have been polled more than ten minutes ago: does a service run?
        failing: Failures in a row by the id of each feed that fails or was stopped.
    """

    total: int = 0
    by_state: Mapping[str, int] = field(default_factory=dict)
    overdue: int = 0
    failing: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """Counts and sizes of the newest generation.

    Attributes:
        sequence: Last write that is searchable; ``catalog_sequence`` - the last that is durable.
        bytes: On disk, by part.
        engine: What keeps the catalog, and what searches vectors and words.
    """

    version: str
    generation: int
    sequence: int
    catalog_sequence: int
    articles: int
    stubs: int
    passages: int
    providers: int
    topics: int
    vectors: str
    segments: int
    model: ModelStatus
    bytes: dict[str, int]
    engine: dict[str, str]
    lag: Lag
    feeds: FeedCounts


@dataclass(frozen=True, slots=True)
class ProviderCount:
    """A provider and how many articles of it there are, stubs included."""

    provider: Provider
    articles: int


@dataclass(frozen=True, slots=True)
class ProviderList(Tabular):
    """Every provider of a generation, most articles first."""

    generation: int
    providers: tuple[ProviderCount, ...]


@dataclass(frozen=True, slots=True)
class TopicCount:
    """A topic and how many articles have it."""

    topic: str
    articles: int


@dataclass(frozen=True, slots=True)
class TopicList(Tabular):
    """Every topic of a generation, most articles first."""

    generation: int
    topics: tuple[TopicCount, ...]


@dataclass(frozen=True, slots=True)
class Readiness:
    """What answers come from.

    Attributes:
        generation: The newest; every file of it was checked against its manifest, large ones by
            their size.
        sequence: Last write that can be searched.
        unpublished_writes: Writes that are durable and cannot be searched yet.
        model: What questions are encoded with; it has just encoded one.
    """

    status: str
    generation: int
    sequence: int
    unpublished_writes: int
    model: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """One record that could not be read, and why; ``line`` is 1-based where known."""

    path: str
    line: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class Collision:
    """Two records of one run with one id and different texts; the later one is kept.

    Attributes:
        id: Of both.
        path: File of the earlier one; ``line`` is 1-based, None where the file is one record.
        later_path: File of the one that is kept; ``later_line`` likewise.
    """

    id: str
    path: str
    line: int | None
    later_path: str
    later_line: int | None


@dataclass(frozen=True, slots=True)
class Understood:
    """How a record was understood, as a dry run shows it.

    Attributes:
        path: Its file; ``line`` is 1-based, None where the file is one record.
        published: In UTC, or None; of a day its midnight, as ``precision`` says.
        excerpt_chars: Length of its excerpt; ``body_chars`` likewise.
        others: Names of its fields that have no place in an article; they are kept.
    """

    path: str
    line: int | None
    id: str
    title: str
    provider: Provider
    published: datetime | None
    precision: DatePrecision
    url: str
    topics: tuple[str, ...]
    category: str
    language: str
    excerpt_chars: int
    body_chars: int
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A file in a folder or archive whose ending is of no format that is read."""

    path: str


@dataclass(frozen=True, slots=True)
class Note:
    """Records that were read, and not all of them as they stand.

    Attributes:
        text: What was kept otherwise than it stands, or taken for what.
        path: Of the first of them; ``line`` is 1-based, None where the file is one record.
        records: How many.
    """

    text: str
    path: str
    line: int | None
    records: int = 1


@dataclass(frozen=True, slots=True)
class MissingText:
    """Records without a body.

    Attributes:
        field: The longest text that they have under a name that is not understood, such as
            ``maintext``; empty where there is none.
        records: How many.
        path: Of the first of them; ``line`` is 1-based, None where the file is one record.
    """

    field: str
    records: int
    path: str
    line: int | None


@dataclass(frozen=True, slots=True)
class UnreadDates:
    """Dates that could not be read: how many records have one, and the most frequent of them."""

    records: int = 0
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LastSkipped:
    """How many records the last run skipped, and the first of them."""

    total: int
    first: tuple[Skipped, ...]


@dataclass(frozen=True, slots=True)
class IndexReport:
    """Counts of one indexing run.

    Every record that was read is one of ``added``, ``updated``, ``unchanged``, ``removed``
    (marked as removed by the archive) or ``skipped``. Stubs come from ``related`` lists and are
    counted apart: ``stubs_added``; ``stubs_replaced`` by a full article; ``stubs_updated``.

    Attributes:
        files: Files looked at; ``files_unchanged`` of them were not even parsed.
        collisions: Records of one id with different texts.
        passed_over: Files in folders that are of no format that is read, by their endings.
        notes: What was read otherwise than it stands.
        without_text: Records without a body, those of one field together.
        unread_dates: Dates that are kept under ``extra.published_unread``.
        next: What to do, in sentences.
        understood: Of a dry run, the first ten records.
        replaced: Earlier versions of records of these files, under the ids that they had.
        pruned: Articles whose file is gone.
        passages: Passages of the articles written; ``encoded`` of them needed the encoder.
        tokens: Word pieces encoded.
        relating_seconds: Publishing, and finding who reports the same.
        articles_total: Full articles in the index after the run; ``stubs_total`` likewise.
    """

    files: int = 0
    files_unchanged: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    pruned: int = 0
    stubs_added: int = 0
    stubs_updated: int = 0
    stubs_replaced: int = 0
    skipped: tuple[Skipped, ...] = ()
    collisions: tuple[Collision, ...] = ()
    passed_over: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    without_text: tuple[MissingText, ...] = ()
    unread_dates: UnreadDates = UnreadDates()
    next: tuple[str, ...] = ()
    replaced: int = 0
    passages: int = 0
    encoded: int = 0
    tokens: int = 0
    seconds: float = 0.0
    encoding_seconds: float = 0.0
    relating_seconds: float = 0.0
    articles_total: int = 0
    stubs_total: int = 0
    generation: int = 0
    sequence: int = 0
    dry_run: bool = False
    understood: tuple[Understood, ...] = ()

    @property
    def records(self) -> int:
        """How many records the files hold, those among them that were known before."""
        return self.added + self.updated + self.unchanged + self.removed


@dataclass(frozen=True, slots=True)
class IndexProgress:
    """How far a run is. ``done`` and ``total`` count files, ``related`` new articles."""

    done: int
    total: int
    articles: int
    encoded: int
    tokens: int
    related: int = 0
    to_relate: int = 0


@dataclass(frozen=True, slots=True)
class Written:
    """What became of articles sent for writing: durable, and searchable from now on.

    Attributes:
        added: Ids that were new or stubs before; ``updated`` and ``unchanged`` likewise.
        removed: Ids that were sent with ``removed: true``.
        sequence: Of the last write of the catalog that holds them.
        generation: The newest when it was answered. It shows them, unless an engine beside the
            catalog did not answer; then a later one will.
        skipped: Records that could not be read.
        notes: What of records was read otherwise than it stands, and what to do about it.
    """

    added: tuple[str, ...]
    updated: tuple[str, ...]
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]
    sequence: int
    generation: int
    skipped: tuple[Skipped, ...] = ()
    notes: tuple[Note, ...] = ()

    def of(self, ids: Collection[str]) -> "Written":
        """The same of some of the articles alone."""

        def mine(some: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(one for one in some if one in ids)

        return replace(
            self,
            added=mine(self.added),
            updated=mine(self.updated),
            unchanged=mine(self.unchanged),
            removed=mine(self.removed),
        )
