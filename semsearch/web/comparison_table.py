"""A comparison laid out for a page: a column per provider, a row per fact."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from semsearch.export.formatting import names_of
from semsearch.export.highlights import Piece, worded
from semsearch.model.article import Basis
from semsearch.model.comparison import (
    Comparison,
    FactSentence,
    HeadlineView,
    MissingFact,
    ProviderView,
    SharedFact,
)

_NAMED = 2


@dataclass(frozen=True, slots=True)
class Column:
    """Providers that carry the very same texts, and so speak with one voice.

    Attributes:
        keys: Their keys, the first reporter's first.
        names: Their names, in the same order.
        views: The coverage of each.
    """

    keys: tuple[str, ...]
    names: tuple[str, ...]
    views: tuple[ProviderView, ...]

    @property
    def view(self) -> ProviderView:
        """The first one's coverage."""
        return self.views[0]

    @property
    def headlines(self) -> tuple[HeadlineView, ...]:
        """The headlines that they put over the texts, each wording once."""
        every = (each for view in self.views for each in view.headlines)
        return tuple({each.text: each for each in reversed(tuple(every))}.values())[::-1]

    @property
    def name(self) -> str:
        """The names, joined."""
        return ", ".join(self.names)

    @property
    def short_name(self) -> str:
        """The first names, and how many more there are."""
        more = len(self.names) - _NAMED
        return f"{', '.join(self.names[:_NAMED])} and {more} more" if more > 0 else self.name


@dataclass(frozen=True, slots=True)
class Cell:
    """What a column says of a fact: a marked sentence, or why there is none."""

    column: Column
    sentence: tuple[Piece, ...]
    absence: str = ""


@dataclass(frozen=True, slots=True)
class FactRow:
    """A shared fact.

    Attributes:
        cells: One for each column that states it.
        silent: The other columns by why they are silent.
    """

    number: int
    basis: Basis
    cells: tuple[Cell, ...]
    silent: Mapping[str, tuple[str, ...]]
    reported: int


@dataclass(frozen=True, slots=True)
class Unreported:
    """A fact that some report and the full text held from others does not."""

    sentences: tuple[FactSentence, ...]
    missing_in: tuple[str, ...]
    basis: Basis


@dataclass(frozen=True, slots=True)
class Layout:
    """A comparison as a page shows it."""

    columns: tuple[Column, ...]
    facts: tuple[FactRow, ...]
    unreported: tuple[Unreported, ...]


def lay_out(found: Comparison) -> Layout:
    """Columns and rows, in the order of the comparison."""
    columns = _columns(found)
    missing = _missing(found.reported_by_others_not_here)
    return Layout(
        columns=columns,
        facts=tuple(
            _row(number, fact, columns, missing.get(fact.sentences, ()))
            for number, fact in enumerate(found.shared_facts, start=1)
        ),
        unreported=tuple(
            Unreported(sentences, tuple(one.provider for one in facts), facts[0].basis)
            for sentences, facts in missing.items()
        ),
    )


def _columns(found: Comparison) -> tuple[Column, ...]:
    names = names_of(found)
    voices = {
        view.key: tuple(
            place for place, voice in enumerate(found.voices) if view.key in voice.providers
        )
        for view in found.providers
    }
    alike: dict[tuple[int, ...], list[ProviderView]] = {}
    for view in found.providers:
        alike.setdefault(voices[view.key], []).append(view)
    return tuple(
        Column(
            keys=tuple(view.key for view in views),
            names=tuple(names[view.key] for view in views),
            views=tuple(views),
        )
        for views in alike.values()
    )


def _missing(
    facts: Iterable[MissingFact],
) -> dict[tuple[FactSentence, ...], tuple[MissingFact, ...]]:
    found: dict[tuple[FactSentence, ...], list[MissingFact]] = {}
    for fact in facts:
        found.setdefault(fact.sentences, []).append(fact)
    return {sentences: tuple(some) for sentences, some in found.items()}


def _row(
    number: int, fact: SharedFact, columns: Sequence[Column], missing: Sequence[MissingFact]
) -> FactRow:
    sentences = dict(zip((one.providers for one in fact.sentences), worded(fact), strict=True))
    absent_from = {one.provider for one in missing}
    cells = [_cell(column, sentences, absent_from) for column in columns]
    stating = [cell for cell in cells if cell.sentence]
    silent = sorted((cell for cell in cells if not cell.sentence), key=lambda cell: cell.absence)
    return FactRow(
        number=number,
        basis=fact.basis,
        cells=tuple(stating),
        silent={
            why: tuple(cell.column.name for cell in some)
            for why, some in groupby(silent, key=lambda cell: cell.absence)
        },
        reported=sum(len(cell.column.keys) for cell in stating),
    )


def _cell(
    column: Column,
    sentences: Mapping[tuple[str, ...], tuple[Piece, ...]],
    absent_from: set[str],
) -> Cell:
    for providers, sentence in sentences.items():
        if not set(providers).isdisjoint(column.keys):
            return Cell(column, sentence)
    if not absent_from.isdisjoint(column.keys):
        return Cell(column, (), "not found in the text we hold")
    if column.view.basis is Basis.FULL:
        return Cell(column, (), "unclear")
    held = "excerpt" if column.view.basis is Basis.EXCERPT else "headline"
    return Cell(column, (), f"unknown: only the {held} is held")
