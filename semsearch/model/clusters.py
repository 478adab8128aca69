"""Clusters of articles that report the same: duplicate groups and stories, as they are answered."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from semsearch.model.article import DatePrecision
from semsearch.model.filters import are_moments, are_of
from semsearch.model.relation import Lineage, LineageKind, Probabilities, RelationKind
from semsearch.model.search import ArticleSummary
from semsearch.model.tabular import Tabular


class CoverageOrder(StrEnum):
    """By what groups and stories are listed, largest or newest first."""

    SIZE = "size"
    RECENT = "recent"
    ORIGINS = "origins"


@dataclass(frozen=True, slots=True)
class CoverageQuery:
    """Which groups or stories are listed.

    Attributes:
        order: ``origins`` counts independent texts: 30 copies of one text are one.
        k: How many a page, 1-1000.
        provider: Only those with a member by this outlet (domain or name).
        since: Only those with reports at this moment or later; ``until`` likewise, exclusive.
        min_size: Articles at least; ``min_origins`` independent texts at least.
        page_token: ``next_page_token`` of the page before.
    """

    order: CoverageOrder = CoverageOrder.SIZE
    k: int = 20
    provider: str = ""
    since: datetime | None = None
    until: datetime | None = None
    min_size: int = 2
    min_origins: int = 1
    page_token: str | None = None

    def __post_init__(self) -> None:
        """Take a text for what it names, as ``Query`` does.

        Raises:
            InvalidRequestError: A field is of the wrong kind.
        """
        typed = (
            are_of(CoverageOrder, self.order)
            and are_of(int, self.k, self.min_size, self.min_origins)
            and are_of(str, self.provider)
            and are_moments(self.since, self.until)
        )
        if not typed:
            from semsearch.model.arguments import coverage_fields  # noqa: PLC0415 - it needs this

            for name, value in coverage_fields(self).items():
                object.__setattr__(self, name, value)


@dataclass(frozen=True, slots=True)
class GroupMember:
    """An article of a duplicate group and what it is to the group's original.

    Attributes:
        relation: To the original; None for the original itself.
        p_duplicate: Probability that it has the original's text, 0-1; None for the original.
        lag_hours: Published so long after the original; None: a date is unknown.
        lag_precision: Whether that is whole days or has a time.
    """

    article: ArticleSummary
    relation: RelationKind | None = None
    p_duplicate: float | None = None
    lag_hours: float | None = None
    lag_precision: DatePrecision = DatePrecision.TIME


@dataclass(frozen=True, slots=True)
class DuplicateGroup:
    """Articles with the same text.

    Attributes:
        original: Id of the member that stands for the group: each of the others has its text. It
            is the one that they come from only where ``original_known``.
        original_known: Whether credits, or dates within one outlet, tell that every other member
            has its text from this one; where not, who had it first cannot be told.
        title: The original's.
        providers: How many outlets.
        members: The original, then the others in order of time, at most 200 of them; none where
            they were not asked for.
        outlets: Names of outlets, the original's first, then in order of time; at most 20.
    """

    id: str
    original: str
    title: str
    size: int
    providers: int
    first_published: datetime | None
    last_published: datetime | None
    members: tuple[GroupMember, ...]
    outlets: tuple[str, ...] = ()
    original_known: bool = False


@dataclass(frozen=True, slots=True)
class DuplicateGroups(Tabular):
    """One page of the duplicate groups of a generation; ``notes`` as of ``Stories``."""

    generation: int
    total: int
    groups: tuple[DuplicateGroup, ...]
    next_page_token: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Descent:
    """From which article of its group a member has its text, as far as can be told.

    Attributes:
        article: Id of the member.
        parent: Id of the earlier member that holds most of its text, or of the original.
        relation: To the parent.
        lineage: How the text came from the one to the other; ``source`` is the agency that both
            have it from, where they name one, and ``reasons`` say why. Side a is the parent.
        agencies: News agencies that the member credits.
    """

    article: str
    parent: str
    relation: RelationKind
    lineage: LineageKind
    source: str
    reasons: tuple[str, ...]
    agencies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GroupView(Tabular):
    """A duplicate group whole.

    Attributes:
        agencies: News agencies that the original credits.
        descent: Of every member shown but the original, in order of time.
        story: The story that the original belongs to; None where it is in none.
    """

    generation: int
    group: DuplicateGroup
    agencies: tuple[str, ...]
    descent: tuple[Descent, ...]
    story: str | None


@dataclass(frozen=True, slots=True)
class FoundDuplicate:
    """An article of the index with the text that was asked about, and why we say so."""

    article: ArticleSummary
    relation: RelationKind
    p_duplicate: float
    probabilities: Probabilities
    hours_apart: float | None
    containment_a: float
    containment_b: float
    shared_words: int
    rested_on: tuple[str, ...]
    lineage: Lineage | None


@dataclass(frozen=True, slots=True)
class DuplicatesFound(Tabular):
    """What the index holds of one text.

    Attributes:
        article: Id of the text that was asked about; None for one that is not in the index.
        compared: How many articles it was compared with.
        group: Id of the duplicate group of the article, where it is in one.
        duplicates: Most probable first. Side a of their evidence is the text asked about.
        reason: Why nothing can be said, such as a text too short; empty otherwise.
    """

    article: str | None
    generation: int
    took_ms: float
    compared: int
    group: str | None
    duplicates: tuple[FoundDuplicate, ...]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    """Articles that seem to report one event.

    Attributes:
        title: The most central headline.
        article: Id of the article with that headline.
        origins: Independent texts: duplicates count once.
        providers: How many outlets.
        statement: How sure it is: probably, or perhaps one event.
    """

    id: str
    title: str
    article: str
    size: int
    origins: int
    providers: int
    first_seen: datetime | None
    last_seen: datetime | None
    statement: str


@dataclass(frozen=True, slots=True)
class Stories(Tabular):
    """One page of the stories of a generation.

    ``notes`` say why the filters may leave nothing, in sentences.
    """

    generation: int
    total: int
    stories: tuple[Story, ...]
    next_page_token: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DayOfStories:
    """How many stories began on a day (UTC)."""

    day: date
    stories: int


@dataclass(frozen=True, slots=True)
class StoryProvider:
    """An outlet that reports a story: its articles, and how long after the first report.

    ``lag_hours`` is None where its dates are unknown. ``precision`` says whether
    ``first_published`` is a day, ``lag_precision`` whether the lag is of whole days.
    """

    domain: str
    name: str
    articles: tuple[str, ...]
    first_published: datetime | None
    precision: DatePrecision
    lag_hours: float | None
    lag_precision: DatePrecision


@dataclass(frozen=True, slots=True)
class StoryEvent:
    """A story that was ``merged`` into another, or ``split`` off another."""

    event: str
    story: str
    other: str
    at: datetime


@dataclass(frozen=True, slots=True)
class StoryMember:
    """An article of a story; ``group`` is its duplicate group, where it is in one."""

    article: ArticleSummary
    group: str | None


@dataclass(frozen=True, slots=True)
class Thread:
    """Stories that continue one another, such as a trial, and articles that go with them.

    Attributes:
        size: Articles in all.
        stories: In order of their first report, at most 50, the one asked about among them.
        articles: Those in no story, in order of time, at most 50.
        cut: Whether there may be more than is listed.
    """

    size: int
    stories: tuple[Story, ...]
    articles: tuple[ArticleSummary, ...]
    cut: bool


# Stories of windows that nothing was fitted on, as two readers read them (docs/measured.md).
_OF_SEVERAL_OUTLETS = (
    "Put together by how alike the articles are. Of 120 stories of several outlets that were read "
    "96 were one event."
)
_OF_ONE_OUTLET = (
    "All of these articles are of one outlet. Of 67 such stories that were read 39 were one event, "
    "of those of three or more articles 7 of 23; the others were one topic. Read them before you "
    "cite them as one event."
)


@dataclass(frozen=True, slots=True)
class StoryView(Tabular):
    """A story whole: members in order of time, outlets in order of their first report.

    ``thread`` is None where nothing continues it.
    """

    generation: int
    story: Story
    members: tuple[StoryMember, ...]
    providers: tuple[StoryProvider, ...]
    events: tuple[StoryEvent, ...]
    thread: Thread | None = None

    @property
    def caution(self) -> str:
        """What a reader should know before citing it as one event, in sentences."""
        return _OF_ONE_OUTLET if self.story.providers == 1 else _OF_SEVERAL_OUTLETS
