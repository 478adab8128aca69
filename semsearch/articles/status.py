"""What an index says about itself."""

from dataclasses import dataclass

from semsearch.articles.article import Provider


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
class IndexStatus:
    """Counts and sizes of the newest generation.

    Attributes:
        sequence: Last write that is searchable; ``catalog_sequence`` - the last that is durable.
        bytes: On disk, by part.
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
