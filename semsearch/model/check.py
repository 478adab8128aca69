"""A draft against the archive: its quotations, figures, sentences and copied runs, with evidence.

Nothing is called false: everything here says what the archive holds. ``start`` and ``end`` are
characters of the draft, ``draft[start:end] == text``; a ``Span`` is characters of one field of one
article of the archive.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, Field, with_config

from semsearch.model.comparison import Span, Status
from semsearch.model.search import ArticleSummary
from semsearch.model.tabular import Tabular


class QuotationStatus(StrEnum):
    """What the archive holds of a quotation.

    ``VERBATIM``: word for word; typography, the case of letters and final punctuation aside.
    ``CUT``: the same with words left out at an ellipsis, under square brackets, or at its ends
    inside a sentence. ``ALTERED``: words differ that no mark says were changed. ``NOT_FOUND``: no
    article holds it.
    """

    VERBATIM = "verbatim"
    CUT = "cut"
    ALTERED = "altered"
    NOT_FOUND = "not_found"


class WordChangeKind(StrEnum):
    """What was changed in a quotation; ``CUT``: words of the source are left out."""

    NUMBER = "number"
    NEGATION = "negation"
    WORD = "word"
    CUT = "cut"


@with_config(ConfigDict(serialize_by_alias=True))
@dataclass(frozen=True, slots=True)
class WordChange:
    """A place where a quotation and its source differ; either side may be empty.

    Attributes:
        kind: Of the change.
        was: The words of the source.
        is_: The words of the quotation; ``is`` in JSON.
        start: Where these stand in the draft; ``end`` likewise.
        source_start: Where those stand in the source's field; ``source_end`` likewise.
    """

    kind: WordChangeKind
    was: str
    is_: Annotated[str, Field(alias="is")]
    start: int
    end: int
    source_start: int
    source_end: int


@dataclass(frozen=True, slots=True)
class Speaker:
    """Whom the draft and the source say a quotation is by.

    None where neither a name nor a description stands beside it in a form that is understood.
    """

    given: str | None
    source: str | None


@dataclass(frozen=True, slots=True)
class CheckedQuotation:
    """A run in quotation marks; ``text`` is without them.

    Attributes:
        source: The earliest of the articles that hold it best; None where none does.
        changes: Of an altered quotation what differs, numbers and negations first; of a cut one
            what was left out within it.
        speaker: Whom either names.
        also: Where else it stands as it does in the source, by date; at most ten.
        holders: How many articles that is, with the source.
        origins: How many of them are independent: duplicates, and those that credit one agency,
            count once.
    """

    start: int
    end: int
    text: str
    status: QuotationStatus
    source: Span | None
    changes: tuple[WordChange, ...]
    speaker: Speaker
    also: tuple[Span, ...]
    holders: int
    origins: int


class FigureStatus(StrEnum):
    """What the archive holds of a figure; see ``CheckedFigure``."""

    STATED = "stated"
    DIFFERS = "differs"
    NOT_FOUND = "not_found"


@dataclass(frozen=True, slots=True)
class CheckedFigure:
    """A number, date, amount or time of day of a sentence, outside quotation marks.

    ``STATED``: a sentence of the archive that reports the same has it. ``DIFFERS``: a sentence
    that tells of the same thing at the same time has another in its place. ``NOT_FOUND``: neither.

    Attributes:
        kind: ``number``, ``quantity`` (a percentage or a sum of money), ``date`` or ``time``.
        sentence: Which of the sentences it stands in.
        source: The sentence of the archive; None where none was found.
        value: The figure that stands there, as it is written; empty where none was found.
        also: Other articles with that same status, by id.
    """

    start: int
    end: int
    text: str
    status: FigureStatus
    kind: str
    sentence: int
    source: Span | None
    value: str
    also: tuple[str, ...]


class SentenceCheck(StrEnum):
    """What the archive holds of a sentence of the draft; ``DIFFERS``: with another figure."""

    STATED = "stated"
    DIFFERS = "differs"
    NOT_FOUND = "not_found"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class SentenceEvidence:
    """A sentence against one article.

    Attributes:
        status: As a comparison has it.
        score: The probability that it is reported there, 0-1.
        match: The sentence that decides; None where nothing was found.
    """

    article: str
    status: Status
    score: float
    match: Span | None


@dataclass(frozen=True, slots=True)
class CheckedSentence:
    """A sentence that states something, against the articles that it retrieves."""

    start: int
    end: int
    text: str
    status: SentenceCheck
    others: tuple[SentenceEvidence, ...]


@dataclass(frozen=True, slots=True)
class CopiedRun:
    """A dozen words or more outside quotation marks that stand in an article word for word.

    Attributes:
        words: How many.
        source: The earliest article that holds all of it.
        also: Where else it stands, by date; at most ten.
        holders: How many articles hold it, with the source.
        origins: How many of them are independent.
    """

    start: int
    end: int
    text: str
    words: int
    source: Span
    also: tuple[Span, ...]
    holders: int
    origins: int


@dataclass(frozen=True, slots=True)
class ArchiveReach:
    """How far the archive reaches: what "not found" is said of.

    Attributes:
        articles: How many it holds, stubs included.
        first: When the first was published; None where no date is known.
        last: When the last was.
        outlets: How many outlets they are of.
        largest: The names of those with most articles, at most five.
    """

    articles: int
    first: datetime | None
    last: datetime | None
    outlets: int
    largest: tuple[str, ...]


@with_config(ConfigDict(serialize_by_alias=True))
@dataclass(frozen=True, slots=True)
class DraftCheck(Tabular):
    """What the archive holds of a draft; each list in the order of the draft.

    Attributes:
        articles: Every article that is cited, in order of time.
        archive: What was looked through.
        notes: What was passed over or cut short, each in a sentence.
    """

    quotations: tuple[CheckedQuotation, ...]
    figures: tuple[CheckedFigure, ...]
    sentences: tuple[CheckedSentence, ...]
    copied: tuple[CopiedRun, ...]
    articles: tuple[ArticleSummary, ...]
    archive: ArchiveReach
    notes: tuple[str, ...]
    generation: int
    took_ms: float
