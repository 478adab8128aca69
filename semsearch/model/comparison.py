"""How providers frame a story: everything a comparison says, with its evidence.

Every block says what it rests on: ``basis`` (how much text is held), ``method`` (how it was made)
and ``evidence.precision`` (how often claims of its kind were right when last measured). What is
cited is a ``Span``: characters of one field of one article as it was given.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from semsearch.model.article import Basis, DatePrecision, Field, Phrase, Provider
from semsearch.model.search import Confidence
from semsearch.model.tabular import Tabular

MAX_ARTICLES = 200
"""That are compared at once."""

MIN_MEASURED = 50
"""Claims of a kind that were judged, at least, where its precision is shown."""

SURE_FROM = 0.9
"""Precision below which what a claim says "may be"."""


class Detail(StrEnum):
    """How much a comparison says; ``SENTENCES`` adds every sentence's status."""

    SUMMARY = "summary"
    SENTENCES = "sentences"


class Status(StrEnum):
    """What another article says about a sentence.

    ``STATED``: it reports the same. ``UNCLEAR``: the evidence decides neither way. ``NOT_FOUND``:
    its text is held whole and does not report it. ``UNKNOWN``: it was not found, and absence
    cannot be told: the text is not held whole, is older, or is of another event.
    """

    STATED = "stated"
    UNCLEAR = "unclear"
    NOT_FOUND = "not_found"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Precision:
    """How often claims of a kind were right when last measured.

    Attributes:
        value: Share of right claims among those made, 0-1.
        interval: 95 % interval of it; Wilson's where an audit measured it.
        n: Claims that were judged.
        of: Which claims, in words.
        read_on: Index, generation and seed that an audit drew the claims from, in words.
        at: When the audit was published.
        languages: ISO 639-1 codes of the texts that were read.
    """

    value: float
    interval: tuple[float, float]
    n: int
    of: str
    read_on: str = ""
    at: date | None = None
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ClaimEvidence:
    """What supports a kind of claim.

    ``precision`` is None where it has not been measured on 50 claims or more, and on texts in the
    language of these.
    """

    precision: Precision | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """``article.<field>[start:end] == text``."""

    article: str
    field: Field
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class ComparedArticle:
    """An article of the comparison, in a list.

    Attributes:
        partial: Its body begins or ends within a sentence, so that absence says nothing.
    """

    id: str
    title: str
    url: str
    published: datetime | None
    precision: DatePrecision
    provider: Provider
    basis: Basis
    stub: bool
    partial: bool = False


@dataclass(frozen=True, slots=True)
class Voice:
    """One text and everyone who carries it; duplicates count once.

    Attributes:
        article: Id of the carrier whose text is compared: the fullest, then the earliest.
        carriers: Ids of all articles with this text, that one included.
        providers: Keys of the providers that carry it.
    """

    article: str
    carriers: tuple[str, ...]
    providers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HeadlineView:
    """A headline among the others; an order of closeness, no score of its own.

    Attributes:
        only_here: Words that no other headline uses.
        closest: Id of the article with the closest other headline; None where there is none.
        own_sentence: The sentence of its own body closest to it; None without a body.
    """

    article: str
    text: str
    only_here: tuple[Phrase, ...]
    closest: str | None
    own_sentence: Span | None
    basis: Basis
    method: str
    evidence: ClaimEvidence = ClaimEvidence()


@dataclass(frozen=True, slots=True)
class SentenceShares:
    """How many of a provider's sentences others report too.

    Attributes:
        sentences: How many were compared.
        shared: Share that at least one other voice states; 0-1.
        unclear: Share that is neither shared nor only here.
        only_here: Share that was found in no other text, and tells something: ten words or more,
            with a name or a figure that no other text holds, and, where another outlet's copy was
            compared, words that the provider's own copy holds. None where ``against`` is empty:
            nothing is said then.
        against: Ids of the other voices' articles of which absence can be told: held whole, of
            the same event, and dated no earlier.
        evidence: Of calling a sentence shared.
        evidence_only_here: Of calling it only here, against each of those texts.
        shared_sentences: The shared ones.
        unclear_sentences: The unclear ones.
        only_here_sentences: Those only here.
    """

    sentences: int
    shared: float | None
    unclear: float | None
    only_here: float | None
    shared_sentences: tuple[Span, ...]
    unclear_sentences: tuple[Span, ...]
    only_here_sentences: tuple[Span, ...]
    against: tuple[str, ...]
    basis: Basis
    method: str
    evidence: ClaimEvidence
    evidence_only_here: ClaimEvidence


@dataclass(frozen=True, slots=True)
class FrameCount:
    """Sentences of one frame.

    Attributes:
        strongest: The one that is nearest to it, where it is much nearer than to any other frame;
            else None.
        score: How near; None without one.
    """

    frame: str
    sentences: int
    strongest: Span | None
    score: float | None


@dataclass(frozen=True, slots=True)
class FrameProfile:
    """Sentences per frame, most frequent first; ``unassigned`` ones fit none clearly."""

    counts: tuple[FrameCount, ...]
    unassigned: int
    basis: Basis
    method: str
    evidence: ClaimEvidence


@dataclass(frozen=True, slots=True)
class Mention:
    """A source and the places where it is named."""

    name: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Sourcing:
    """Whom a provider names as its source.

    Attributes:
        agencies: News agencies to which something is attributed, in words or by a credit.
        outlets: Other outlets of which the same is true.
        anonymous: Phrases for a source that is not named.
        quotes: Quotations of four words or more, quotation marks included.
        quoted_share: Their characters among all of excerpt and body, 0-1; None where a text is a
            transcript or an interview.
    """

    agencies: tuple[Mention, ...]
    outlets: tuple[Mention, ...]
    anonymous: tuple[Span, ...]
    quotes: tuple[Span, ...]
    quoted_share: float | None
    basis: Basis
    method: str
    evidence: ClaimEvidence


@dataclass(frozen=True, slots=True)
class ProviderView:
    """One provider's coverage. ``basis`` is the fullest of its articles.

    Attributes:
        articles: Ids, first published first.
        published: Of the first of them.
        precision: Whether that is a day or has a time.
        lag_hours: After the first article of the comparison; None where a date is unknown.
        lag_precision: Whether that is whole days or has a time.
    """

    domain: str
    name: str
    articles: tuple[str, ...]
    basis: Basis
    published: datetime | None
    precision: DatePrecision
    lag_hours: float | None
    lag_precision: DatePrecision
    headlines: tuple[HeadlineView, ...]
    sentences: SentenceShares
    frames: FrameProfile
    sourcing: Sourcing

    @property
    def key(self) -> str:
        """What a comparison names the provider by; an unnamed one by its article."""
        return Provider(self.name, self.domain).key or self.articles[0]


@dataclass(frozen=True, slots=True)
class Wording:
    """Two aligned sentences, word by word; ``a`` and ``b`` are indices of the fact's sentences.

    Attributes:
        labels: Always empty: what stood in the same place was seldom worth telling. Goes with the
            next version.
    """

    a: int
    b: int
    score: float
    only_a: tuple[Phrase, ...]
    only_b: tuple[Phrase, ...]
    labels: tuple[()] = ()


@dataclass(frozen=True, slots=True)
class FactSentence:
    """How one voice states a fact."""

    providers: tuple[str, ...]
    sentence: Span


@dataclass(frozen=True, slots=True)
class SharedFact:
    """What several voices report: one sentence of each, and how each pair words it.

    Every pair of its sentences reports the same, none through a third.
    """

    sentences: tuple[FactSentence, ...]
    wording: tuple[Wording, ...]
    basis: Basis
    method: str
    evidence: ClaimEvidence


@dataclass(frozen=True, slots=True)
class MissingFact:
    """What two or more others report and the whole text held from one provider does not.

    Attributes:
        provider: Key of the provider.
        articles: Its articles that were looked at.
        sentences: How the others state it.
        status: ``not_found``.
    """

    provider: str
    articles: tuple[str, ...]
    sentences: tuple[FactSentence, ...]
    status: Status
    basis: Basis
    method: str
    evidence: ClaimEvidence


@dataclass(frozen=True, slots=True)
class Upstream:
    """A source to which several providers attribute something.

    Attributes:
        name: The agency or outlet.
        providers: Keys of those that name it.
        spans: Where.
    """

    name: str
    providers: tuple[str, ...]
    spans: tuple[Span, ...]
    basis: Basis
    method: str
    evidence: ClaimEvidence


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """An article in order of time; those without a date come last."""

    article: str
    provider: str
    headline: str
    published: datetime | None
    precision: DatePrecision
    lag_hours: float | None
    lag_precision: DatePrecision
    basis: Basis
    method: str
    evidence: ClaimEvidence = ClaimEvidence()


@dataclass(frozen=True, slots=True)
class Match:
    """Where in the other article."""

    field: Field
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class SentenceStatus:
    """A sentence against one other article; ``score`` is the probability that it is reported."""

    article: str
    status: Status
    score: float
    match: Match | None


@dataclass(frozen=True, slots=True)
class SentenceRow:
    """A sentence against every other article."""

    article: str
    field: Field
    start: int
    end: int
    text: str
    others: tuple[SentenceStatus, ...]


@dataclass(frozen=True, slots=True)
class Comparison(Tabular):
    """A story across providers; the same for any order of the articles.

    ``differs``, ``may_differ`` and ``frame_contrast`` are always empty and go with the next
    version: too few of what they held was right.

    ``title`` is that of the story to which all articles belong, its most central headline; where
    there is no such story it is that of the first article. ``answer_confidence`` says of a question
    whether the articles seem to answer it; it is None where none was asked. ``notes`` say how the
    question was read.
    """

    articles: tuple[ComparedArticle, ...]
    voices: tuple[Voice, ...]
    providers: tuple[ProviderView, ...]
    shared_facts: tuple[SharedFact, ...]
    reported_by_others_not_here: tuple[MissingFact, ...]
    common_upstream: tuple[Upstream, ...]
    timeline: tuple[TimelineEntry, ...]
    evidence: Mapping[str, ClaimEvidence]
    differs: tuple[()] = ()
    may_differ: tuple[()] = ()
    frame_contrast: tuple[()] = ()
    sentences: tuple[SentenceRow, ...] | None = None
    title: str = ""
    answer_confidence: Confidence | None = None
    notes: tuple[str, ...] = ()
