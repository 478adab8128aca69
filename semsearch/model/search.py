"""A question and its answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from enum import StrEnum

from semsearch.model.article import Article, Basis, DatePrecision, Field, Phrase, Provider
from semsearch.model.filters import Filters, are_moments, are_of
from semsearch.model.status import ProviderCount, TopicCount
from semsearch.model.tabular import Tabular


class Mode(StrEnum):
    """Which evidence ranks: words and vectors, vectors alone, or words alone."""

    HYBRID = "hybrid"
    DENSE = "dense"
    LEXICAL = "lexical"


class Collapse(StrEnum):
    """Which hits are folded into one."""

    NONE = "none"
    DUPLICATES = "duplicates"
    STORY = "story"


class Sort(StrEnum):
    """Which answers come first."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    OLDEST = "oldest"


class Confidence(StrEnum):
    """How sure it is that the archive holds an answer to a question."""

    HIGH = "high"
    LOW = "low"
    NONE = "none"

    def reaches(self, least: "Confidence") -> bool:
        """Whether it is at least as sure as another."""
        falling = list(Confidence)
        return falling.index(self) <= falling.index(least)


class ParseStep(StrEnum):
    """A step of parsing; each can be left out."""

    PHRASE = "phrase"
    EXCLUSION = "exclusion"
    PROVIDER = "provider"
    TOPIC = "topic"
    DATE = "date"
    NOW = "now"
    NEWEST = "newest"
    SPELLING = "spelling"
    ACRONYM = "acronym"


ALL_STEPS: tuple[str, ...] = tuple(ParseStep)


def steps_of(names: Sequence[str] | None) -> tuple[str, ...]:
    """The steps that somebody names: all where none is named, and with "none" alone, none."""
    if names is None:
        return ALL_STEPS
    return () if list(names) == ["none"] else tuple(names)


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked.

    Attributes:
        text: The question as typed.
        k: Hits a page, 1-1000.
        filters: What an answer must satisfy.
        collapse: ``duplicates`` folds hits with one text into the best ranked of them,
            ``story`` hits on one event.
        asked_at: The moment that "this week" counts from, and that newer articles are favoured
            before; None: it counts from now or, where that is older than thirty days, from the
            newest article, and nothing is favoured.
        prefer_quality: Better articles by ``quality`` count a little more.
        diversity: Articles count less the more better ranked ones their provider has.
        sort: By relevance, or first those that answer, the newest or the oldest of them first;
            an article answers that scores at least seven tenths as much as the best.
        steps: Steps of parsing the question; see ``ask.parsing.ParseStep``.
        min_score: Hits of a lower score are left out; None: none is.
        min_confidence: Where it is less sure that the archive holds an answer, no hit is shown.
        page_token: ``next_page_token`` of an earlier answer to the same question.
        explain: Adds how the score came about.
        facets: Adds counts of what was ranked.
    """

    text: str
    k: int = 10
    filters: Filters = Filters()
    mode: Mode = Mode.HYBRID
    collapse: Collapse = Collapse.NONE
    asked_at: datetime | None = None
    prefer_quality: bool = False
    diversity: bool = False
    min_score: float | None = None
    page_token: str | None = None
    explain: bool = False
    facets: bool = False
    steps: tuple[str, ...] = ALL_STEPS
    sort: Sort = Sort.RELEVANCE
    min_confidence: Confidence = Confidence.NONE

    def __post_init__(self) -> None:
        """Take a text for what it names: ``sort="newest"`` is ``Sort.NEWEST``.

        Raises:
            InvalidRequestError: A field is of the wrong kind.
        """
        typed = (
            are_of(str, self.text)
            and are_of(int, self.k)
            and are_of(Filters, self.filters)
            and are_of(Mode, self.mode)
            and are_of(Collapse, self.collapse)
            and are_of(Sort, self.sort)
            and are_of(Confidence, self.min_confidence)
            and are_of(float | int | None, self.min_score)
            and are_of(tuple, self.steps)
            and are_moments(self.asked_at)
        )
        if not typed:
            from semsearch.model.arguments import query_fields  # noqa: PLC0415 - it needs this

            for name, value in query_fields(self).items():
                object.__setattr__(self, name, value)


@dataclass(frozen=True, slots=True)
class Interpreted:
    """How the question was read: the text that was searched, filters added, and why.

    ``steps`` names the step of reading that each of the first notes comes from; notes beyond
    them are about the ranking.
    """

    text: str
    filters: Mapping[str, object] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadQuery:
    """The question as typed and as read."""

    text: str
    interpreted: Interpreted


@dataclass(frozen=True, slots=True)
class ArticleSummary:
    """An article in a list of hits."""

    id: str
    title: str
    excerpt: str
    url: str
    published: datetime | None
    precision: DatePrecision
    provider: Provider
    topics: tuple[str, ...]
    category: str
    type: str
    language: str
    quality: int | None
    heat: int | None
    basis: Basis
    stub: bool


@dataclass(frozen=True, slots=True)
class HitPassage:
    """The passage that answers best: ``article.<field>[start:end] == text``.

    ``highlights`` are ``[start, end)`` character spans within ``text`` of the question's words;
    ``answer`` is such a span of the sentence that holds most of them, None where none does.
    """

    field: Field
    start: int
    end: int
    text: str
    highlights: tuple[tuple[int, int], ...] = ()
    answer: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Other articles with the text of a hit that satisfy the filters.

    ``ids`` are those of the first 100, in order of time.
    """

    count: int = 0
    ids: tuple[str, ...] = ()


def event_statement(providers: int) -> str:
    """What may be said of the articles of a story, by how many outlets have them.

    What one outlet prints on one subject is often put together: see ``StoryView.caution``.
    """
    return "perhaps one event" if providers == 1 else "probably one event"


@dataclass(frozen=True, slots=True)
class StoryOfHit:
    """The story of a hit: how many articles and outlets of the index seem to report the event.

    Attributes:
        statement: How sure that is: probably, or perhaps one event.
    """

    id: str
    size: int
    providers: int
    statement: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A ranked article.

    Attributes:
        score: Larger is better; ``score_parts`` sum to it.
        duplicates: Who else has its text; whether they are hits too depends on ``collapse``.
        story: None where no other article reports its event.
        folded: Ids of lower ranked hits that this one stands for; see ``collapse``.
    """

    rank: int
    score: float
    score_parts: Mapping[str, float]
    article: ArticleSummary
    passage: HitPassage
    duplicates: Duplicates = Duplicates()
    story: StoryOfHit | None = None
    folded: tuple[str, ...] = ()
    explanation: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class ProviderFraming:
    """How one provider treats the question, from the text that is held.

    Attributes:
        article: Id of its best ranked article, which the rest is about.
        headline: That article's headline.
        only_here: Words of it that no headline of another provider in this answer uses.
        passage: Its closest passage.
        published: When it appeared.
        precision: Whether that is a day or has a time.
        lag_hours: Hours after the first article of the index on the story of the best hit; None
            where this article is not in that story, or a date is unknown.
        lag_precision: Whether that is whole days or has a time.
        basis: How much of the article is held.
    """

    article: str
    headline: str
    only_here: tuple[Phrase, ...]
    passage: HitPassage
    published: datetime | None
    precision: DatePrecision
    lag_hours: float | None
    lag_precision: DatePrecision
    basis: Basis


@dataclass(frozen=True, slots=True)
class ProviderRow:
    """One provider in the answer, with the ranks of its hits."""

    domain: str
    name: str
    hits: int
    ranks: tuple[int, ...]
    framing: ProviderFraming


@dataclass(frozen=True, slots=True)
class DayCount:
    """A day (UTC) and how many articles were published on it."""

    day: date
    articles: int


@dataclass(frozen=True, slots=True)
class Facets:
    """What the articles are that come nearest to a question, shown or not.

    They are the nearest 200 of the whole index by vectors and as many by words, of an index of up
    to 1,000 articles all; counted are those of them that satisfy the filters. So a filter never
    raises a count.

    Attributes:
        articles: How many are counted.
        providers: Most articles first; ``topics`` likewise.
        days: In order of time; articles without a date are in none.
    """

    articles: int
    providers: tuple[ProviderCount, ...]
    topics: tuple[TopicCount, ...]
    days: tuple[DayCount, ...]


@dataclass(frozen=True, slots=True)
class SearchResults(Tabular):
    """The answer to a question, from one generation of the index.

    ``confidence_evidence`` holds the signals that ``answer_confidence`` was judged by and their
    sum ``logit``, the log-odds of an answer; it is empty where no vector was compared.
    ``total`` is how many articles the pages hold to their end, those that are folded into others
    counted; ``truncated`` says that more satisfy the question and its filters, and that the list
    ends before them.
    """

    query: ReadQuery
    generation: int
    took_ms: float
    answer_confidence: Confidence
    hits: tuple[Hit, ...]
    providers: tuple[ProviderRow, ...]
    next_page_token: str | None = None
    confidence_evidence: Mapping[str, float] = field(default_factory=dict)
    facets: Facets | None = None
    total: int = 0
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class SimilarResults(Tabular):
    """Articles nearest to a given one.

    Attributes:
        article: Its id; None for a text that is not in the index.
        hits: ``score`` lies in [-1, 1]: 0.3 of it is the cosine of the titles, 0.7 that of the
            mean vectors of the texts; where a title or text is missing the other counts alone.
        notes: Why the filters may leave nothing, in sentences.
    """

    article: str | None
    generation: int
    took_ms: float
    hits: tuple[Hit, ...]
    notes: tuple[str, ...] = ()


_SUMMARISED = tuple(one.name for one in fields(ArticleSummary))


def summary(article: Article) -> ArticleSummary:
    """The article as it is shown in a list."""
    return ArticleSummary(**{name: getattr(article, name) for name in _SUMMARISED})
