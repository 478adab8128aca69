"""Standing questions, what they report, and where that goes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from semsearch.model.article import Field, Provider
from semsearch.model.filters import are_of
from semsearch.model.search import Confidence, HitPassage
from semsearch.model.tabular import Tabular


class WatchKind(StrEnum):
    """What a watch waits for: answers to a question, articles like one, news of a story."""

    QUESTION = "question"
    SIMILAR = "similar"
    STORY = "story"


@dataclass(frozen=True, slots=True)
class WatchSpec:
    """What somebody wants to hear of; exactly one of ``question``, ``similar``, ``story`` is given.

    Attributes:
        name: A short name, unique; empty: made from what is watched.
        question: In any words, read as in a search.
        similar: The id of an article: articles that resemble it are reported.
        story: The id of a story: what joins it or continues it is reported.
        provider: Only articles by these outlets, by domain or name.
        filter: A filter tree as in a search, ``{field, operator, value}``.
        min_confidence: ``high`` reports only what surely answers, ``low`` what may answer, too.
        new_only: Report an event once, and again for new facts only; without, every article.
        to: Where alerts are sent: ``webhook:URL``, ``mail:ADDRESS``, ``file:PATH``,
            ``command:PROGRAM``. They can always be listed, too.
    """

    name: str = ""
    question: str = ""
    similar: str = ""
    story: str = ""
    provider: tuple[str, ...] = ()
    filter: Mapping[str, object] | None = None
    min_confidence: Confidence = Confidence.HIGH
    new_only: bool = True
    to: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Take a text for what it names, and one alone for one, as ``Query`` does.

        Raises:
            InvalidRequestError: A field is of the wrong kind.
        """
        typed = are_of(tuple, self.provider, self.to) and are_of(Confidence, self.min_confidence)
        if not typed:
            from semsearch.model.arguments import watch_fields  # noqa: PLC0415 - it needs others

            for name, value in watch_fields(self).items():
                object.__setattr__(self, name, value)

    @property
    def kind(self) -> WatchKind:
        """What it waits for."""
        if self.similar:
            return WatchKind.SIMILAR
        return WatchKind.STORY if self.story else WatchKind.QUESTION


@dataclass(frozen=True, slots=True)
class Watch:
    """A standing question as it is kept; a webhook's secret is not part of it.

    Attributes:
        id: Names it in addresses; it stays.
        created: When it was made.
        interpreted: How the question was read when it was made, in sentences.
        alerts: How many alerts it has; ``unread`` of them nobody has marked as read.
        last_alert: When it last reported anything.
        waiting: Alerts that are still to be sent somewhere; ``dead``: that were given up.
        gone: Places of ``to`` that said that they are gone for good (410): nothing goes there until
            a test arrives there or the watch is changed.
        signed: Whether its webhooks are signed.
    """

    id: str
    name: str
    question: str
    similar: str
    story: str
    provider: tuple[str, ...]
    filter: Mapping[str, object] | None
    min_confidence: Confidence
    new_only: bool
    to: tuple[str, ...]
    created: datetime
    interpreted: tuple[str, ...] = ()
    alerts: int = 0
    unread: int = 0
    last_alert: datetime | None = None
    waiting: int = 0
    dead: int = 0
    gone: tuple[str, ...] = ()
    signed: bool = False

    @property
    def kind(self) -> WatchKind:
        """What it waits for."""
        if self.similar:
            return WatchKind.SIMILAR
        return WatchKind.STORY if self.story else WatchKind.QUESTION


@dataclass(frozen=True, slots=True)
class MadeWatch:
    """A watch that was just made, with what is shown only now.

    Attributes:
        secret: What its webhooks are signed with; empty where it has none.
    """

    watch: Watch
    secret: str = ""


@dataclass(frozen=True, slots=True)
class NewSentence:
    """A sentence that was not found in what the watch had seen of the event.

    ``article.<field>[start:end] == text``.
    """

    field: Field
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Report:
    """An article that reports the event of an alert.

    ``relation`` says what it is to the article of the alert: ``first`` for that itself, ``copy``,
    ``edited``, ``story`` or ``related``; ``update`` for a newer version of an article.
    """

    article: str
    relation: str


@dataclass(frozen=True, slots=True)
class Alert:
    """What a watch reports of one event.

    Attributes:
        id: A receiver drops what it gets twice by it.
        watch: The id of the watch; ``watch_name`` its name.
        article: The id of the article that it is about.
        story: The id of its story; None where no other article reports the event.
        at: When it was made.
        score: As a search for the question gives it; ``score_parts`` sum to it.
        confidence: How sure it is that the article answers.
        passage: What answers best; None for a watch without a question.
        new: Sentences that the watch had not seen of this event or its affair before, at most 20.
        reports: All articles that the watch has seen with this alert: of its event, or of another
            of its affair that told nothing new.
        again: The id of the alert before, of this event or another of its affair; None: the first.
        read: When somebody marked it as read.
    """

    id: str
    watch: str
    watch_name: str
    article: str
    title: str
    url: str
    provider: Provider
    published: datetime | None
    story: str | None
    at: datetime
    score: float
    score_parts: Mapping[str, float]
    confidence: Confidence
    passage: HitPassage | None
    new: tuple[NewSentence, ...]
    reports: tuple[Report, ...]
    again: str | None = None
    read: datetime | None = None


@dataclass(frozen=True, slots=True)
class AlertQuery:
    """Which alerts are listed, newest first.

    Attributes:
        watch: The id or name of a watch; empty: of all.
        since: Made then or later.
        unread: Only those that nobody has marked as read.
        limit: At most so many, 1-1000.
        before: Only older ones than this alert, by id; empty: from the newest on.
    """

    watch: str = ""
    since: datetime | None = None
    unread: bool = False
    limit: int = 100
    before: str = ""


@dataclass(frozen=True, slots=True)
class Alerts(Tabular):
    """Alerts, newest first. ``next_before`` asks for older ones; None where there are none."""

    alerts: tuple[Alert, ...]
    next_before: str | None = None


class DeliveryState(StrEnum):
    """Whether an alert was sent to a place: ``gone`` where that takes none any more (410)."""

    WAITING = "waiting"
    SENT = "sent"
    DEAD = "dead"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One alert on its way to one place.

    Attributes:
        to: The place, such as ``webhook:https://desk.example/in``.
        attempts: How often it was tried.
        next_at: When it is tried next; None where it is sent or given up.
        error: Why the last attempt failed; empty where it did not.
    """

    alert: str
    watch: str
    to: str
    state: DeliveryState
    attempts: int
    first_at: datetime | None
    next_at: datetime | None
    error: str = ""


@dataclass(frozen=True, slots=True)
class Tested:
    """What came of sending an invented alert to the places of a watch."""

    to: str
    ok: bool
    error: str = ""


@dataclass(frozen=True, slots=True)
class ReplayedAlert:
    """What a watch would have reported; ``reports`` are the ids of all articles that joined it."""

    article: str
    title: str
    provider: Provider
    published: datetime | None
    story: str | None
    score: float
    confidence: Confidence
    new: tuple[str, ...]
    reports: tuple[str, ...]
    again: bool


@dataclass(frozen=True, slots=True)
class Replay(Tabular):
    """What a watch would have reported over a period; nothing was written.

    Attributes:
        since: From then on, by publication; ``until``: to then.
        judged: How many articles were judged, in order of publication.
        undated: How many of the archive could not be, for want of a date.
    """

    watch: str
    since: datetime
    until: datetime
    judged: int
    undated: int
    alerts: tuple[ReplayedAlert, ...]
    notes: Sequence[str] = field(default=())
