"""How two articles relate, with the evidence for it.

The two articles are called a and b, in the order they were given; everything here reads the same
with the sides swapped. All offsets are characters of a field as it was given:
``article.text(field)[start:end]`` is the text meant.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from semsearch.model.article import Field
from semsearch.model.tabular import Tabular

Side = Literal["a", "b"]


class RelationKind(StrEnum):
    """What a careful reader would call two articles.

    ``UNDECIDABLE`` is no sixth class: it says that too little text is held to choose among the
    five, and comes with a reason.
    """

    COPY = "copy"
    EDITED = "edited"
    STORY = "story"
    RELATED = "related"
    UNRELATED = "unrelated"
    UNDECIDABLE = "undecidable"

    @property
    def is_duplicate(self) -> bool:
        """Whether both are one text: a copy or an edited copy."""
        return self in (RelationKind.COPY, RelationKind.EDITED)


@dataclass(frozen=True, slots=True)
class Probabilities:
    """Of the five classes, each 0-1; they sum to 1."""

    copy: float
    edited: float
    story: float
    related: float
    unrelated: float

    @property
    def duplicate(self) -> float:
        """Of copy or edited."""
        return self.copy + self.edited

    @property
    def same_story(self) -> float:
        """Of copy, edited or story: both report one event."""
        return self.copy + self.edited + self.story

    @property
    def outcomes(self) -> tuple[float, float, float]:
        """Of one text, of two texts on one event, and of two texts on two events."""
        return self.duplicate, self.story, self.related + self.unrelated

    @property
    def is_sure(self) -> bool:
        """Whether one outcome is at least .7, from which on pages state it (docs/relations.md)."""
        return max(self.outcomes) >= _SURE


_SURE = 0.7
_OUTCOMES = ("one text", "two texts on one event", "two texts on two events")
_STATEMENTS = {
    RelationKind.COPY: "One text: at most headline, boilerplate or credit differ.",
    RelationKind.EDITED: "One text, cut, extended, updated or partly rewritten.",
    RelationKind.STORY: "Two texts on one event.",
    RelationKind.RELATED: "Two texts on two events, perhaps of one topic.",
    RelationKind.UNRELATED: "Two texts on two events.",
}


def stated(relation: RelationKind, probabilities: Probabilities) -> str:
    """What is said of two articles: the outcome where it is sure, else the two likeliest.

    Whether two events have a topic in common is not stated: readers draw that line elsewhere.
    """
    if relation is RelationKind.UNDECIDABLE:
        return "Too little text is held to tell."
    if probabilities.is_sure:
        return _STATEMENTS[relation]
    ranked = sorted(zip(probabilities.outcomes, _OUTCOMES, strict=True), reverse=True)
    return f"Not sure: perhaps {ranked[0][1]}, perhaps {ranked[1][1]}."


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a pair is, without the evidence.

    Attributes:
        relation: The likeliest class, or ``UNDECIDABLE``.
        probabilities: Of the classes.
    """

    relation: RelationKind
    probabilities: Probabilities

    @property
    def p_duplicate(self) -> float:
        """Calibrated probability that both are one text, 0-1."""
        return self.probabilities.duplicate


@dataclass(frozen=True, slots=True)
class TextSpan:
    """Characters ``[start, end)`` of a field of article ``side``, and the text there."""

    side: Side
    field: Field
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class SharedSpan:
    """A run of words that both articles have; case and punctuation may differ.

    Attributes:
        words: How many.
        boilerplate: Whether it is a caption, notice or other text that is no report.
        text: As a has it: ``a.text(field_a)[start_a:end_a]``.
    """

    field_a: Field
    start_a: int
    end_a: int
    field_b: Field
    start_b: int
    end_b: int
    words: int
    boilerplate: bool
    text: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """One kind of fact in both articles, each list in alphabetical order.

    Attributes:
        agree: In both.
        only_a: In a alone.
        only_b: In b alone.
        conflict: Each names some that the other does not.
    """

    agree: tuple[str, ...] = ()
    only_a: tuple[str, ...] = ()
    only_b: tuple[str, ...] = ()
    conflict: bool = False


@dataclass(frozen=True, slots=True)
class Cosines:
    """Similarity of meaning per field, -1 to 1; None where a side does not hold the field.

    Attributes:
        text: Of the averages of all passages of excerpt and body.
    """

    title: float | None = None
    excerpt: float | None = None
    body: float | None = None
    lead: float | None = None
    text: float | None = None


class ChangeKind(StrEnum):
    """What was changed between two texts that run alike."""

    FIGURE = "figure"
    NAME = "name"
    NEGATION = "negation"
    CORRECTION = "correction"


@dataclass(frozen=True, slots=True)
class Change:
    """A figure, a name or a negation that one text has in place of the other's.

    Attributes:
        kind: ``CORRECTION``: one text says that it was corrected.
        a: The words of a; None where it has none there.
        b: The words of b.
    """

    kind: ChangeKind
    a: TextSpan | None
    b: TextSpan | None


@dataclass(frozen=True, slots=True)
class PairEvidence:
    """What two articles share and where they differ.

    Attributes:
        words_a: Words of a that were compared: excerpt and body without boilerplate, or the
            title where that is all that is held.
        words_b: The same of b.
        containment_a: Share of a's runs of five words that b has, too, 0-1.
        containment_b: Share of b's that a has.
        shared_words: Words in shared spans, boilerplate left out.
        shared: Longest first, at most 200.
        cosine: Similarity of meaning.
        hours_apart: Between the two dates; None where one is unknown.
        names: People, places, organisations, products.
        numbers: Figures, normalised ("1,200" is "1200").
        months: Months, weekdays, years and quarters that are named.
        regions: Cloud and world regions, states, countries.
        rested_on: The signals that decided, in words, the weightiest first.
        cut: Which texts were too long to be compared to their end.
        changes: Figures, names and negations that were changed between two texts that run alike,
            at most 100; with any of them the later text is edited, and no copy.
    """

    words_a: int
    words_b: int
    containment_a: float
    containment_b: float
    shared_words: int
    shared: tuple[SharedSpan, ...]
    cosine: Cosines
    hours_apart: float | None
    names: Agreement
    numbers: Agreement
    months: Agreement
    regions: Agreement
    rested_on: tuple[str, ...]
    cut: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()


class LineageKind(StrEnum):
    """How one text came to be in two articles."""

    COPY_OF = "copy_of"
    EDITED_FROM = "edited_from"
    COMMON_SOURCE = "common_source"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class AgencyCredit:
    """Where an article names the agency that its text is from; ``agency`` is its common name."""

    agency: str
    span: TextSpan


@dataclass(frozen=True, slots=True)
class Lineage:
    """Where a shared text comes from.

    Attributes:
        kind: ``COMMON_SOURCE``: both have it from ``source``.
        first: The article that the other was made from; None: it cannot be told.
        source: The agency both have it from; empty where there is none.
        reasons: Why, in words, the weightiest first.
        credits: Agencies credited by either article.
        kept: What both have, in the order of a.
        added: What only the later article has; where ``first`` is unknown, what only b has.
        cut: What only the first article has; where ``first`` is unknown, what only a has.
    """

    kind: LineageKind
    first: Side | None
    source: str
    reasons: tuple[str, ...]
    credits: tuple[AgencyCredit, ...]
    kept: tuple[SharedSpan, ...]
    added: tuple[TextSpan, ...]
    cut: tuple[TextSpan, ...]


@dataclass(frozen=True, slots=True)
class Relation(Tabular):
    """The relation of two articles.

    Attributes:
        relation: The likeliest class, or ``UNDECIDABLE``.
        statement: What may be said of the two: where no outcome is sure, it says so.
        probabilities: Of the five classes.
        p_duplicate: Calibrated probability that both are one text, 0-1: the sum of the
            probabilities of copy and edited.
        calibration: Which data the probabilities were fitted on: start of their SHA-256.
        evidence: What it rests on.
        lineage: For a copy or an edited copy, else None.
        reason: Why it is undecidable; empty otherwise.
        a: Id of the one article; of a text that is not in the index, the one that it came with.
        b: Id of the other.
    """

    relation: RelationKind
    statement: str
    probabilities: Probabilities
    p_duplicate: float
    calibration: str
    evidence: PairEvidence
    lineage: Lineage | None = None
    reason: str = ""
    a: str = ""
    b: str = ""


@dataclass(frozen=True, slots=True)
class Relations(Tabular):
    """Relations of pairs of articles, in the order of the pairs."""

    relations: tuple[Relation, ...]
