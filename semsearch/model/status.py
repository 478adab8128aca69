"""What an index says about itself."""

from dataclasses import dataclass

from semsearch.model.article import Provider


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
    """

    writes: int
    seconds: float
    set_aside: int


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


@dataclass(frozen=True, slots=True)
class ProviderCount:
    """A provider and how many articles of it there are, stubs included."""

    provider: Provider
    articles: int


@dataclass(frozen=True, slots=True)
class ProviderList:
    """Every provider of a generation, most articles first."""

    generation: int
    providers: tuple[ProviderCount, ...]


@dataclass(frozen=True, slots=True)
class TopicCount:
    """A topic and how many articles have it."""

    topic: str
    articles: int


@dataclass(frozen=True, slots=True)
class TopicList:
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
