"""What was read from a question."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from semsearch.model.filters import EVERYTHING, Condition


class Step(StrEnum):
    """A step of reading; each can be left out."""

    PHRASE = "phrase"
    PROVIDER = "provider"
    TOPIC = "topic"
    DATE = "date"
    SPELLING = "spelling"
    ACRONYM = "acronym"
    NEEDS = "needs"


ALL_STEPS = tuple(Step)


def steps_of(given: Sequence[str] | None) -> tuple[str, ...]:
    """The steps that somebody names: all where none is named, and with "none" alone, none."""
    if given is None:
        return ALL_STEPS
    return () if list(given) == ["none"] else tuple(given)


@dataclass(frozen=True, slots=True)
class Window:
    """Days from ``first`` to ``last`` that the question names.

    ``event``: the time is that of the event ("the March 2021 outage"), not of the report, so
    later reports count, too.
    """

    first: date
    last: date
    event: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """A question as it was read.

    Attributes:
        text: Without the words that name outlets and times, mended: what words are taken from.
        encoded: What the encoder gets: ``text`` with acronyms spelled out.
        wanted: Providers (keys) whose articles are asked for; ``excluded``, ``mentioned`` likewise.
        unknown_provider: An outlet that is asked for and is not in the index.
        required: What every answer must satisfy: topics named as such.
        phrases: Quoted phrases, which every answer must hold.
        window: The days that are asked for.
        variety: Whether several outlets are asked for.
        needs: The questions that it holds, if there are several; see ``rank.needs``.
        expansions: Acronyms of the question and what they stand for in this index.
        notes: What was read, in sentences; ``steps``: the step that each comes from.
    """

    text: str
    encoded: str
    wanted: frozenset[str] = frozenset()
    excluded: frozenset[str] = frozenset()
    mentioned: frozenset[str] = frozenset()
    unknown_provider: str = ""
    required: Condition = EVERYTHING
    topics: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    window: Window | None = None
    variety: bool = False
    needs: tuple[str, ...] = ()
    expansions: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
