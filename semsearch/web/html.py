"""A comparison as an HTML page that stands alone: no script, nothing fetched, printable."""

from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup

from semsearch.model.comparison import Comparison, ProviderView
from semsearch.web import naming, plots
from semsearch.web.marking import Mark, Piece, phrases, worded
from semsearch.web.rendering import environment

_COLUMNS = 6  # providers that fit beside each other on a printed page


@dataclass(frozen=True, slots=True)
class FactRow:
    """A shared fact: the marked sentence of each provider that states it, by its key."""

    number: int
    cells: dict[str, tuple[Piece, ...]]
    basis: str

    def said_by(self, group: Iterable[ProviderView]) -> bool:
        """Whether one of some providers states it."""
        return any(naming.key_of(view) in self.cells for view in group)


def html(found: Comparison) -> str:
    """The page."""
    return (
        environment("")
        .get_template("report.html.jinja")
        .render(
            found=found,
            names=naming.names_of(found),
            rows=_rows(found),
            columns=_COLUMNS,
            Mark=Mark,
            naming=naming,
            phrases=phrases,
            # Made by our own plotting, which escapes what stands in it.
            timeline=Markup(plots.timeline(found)),  # noqa: S704
            frames=Markup(plots.frames(found)),  # noqa: S704
        )
    )


def _rows(found: Comparison) -> list[FactRow]:
    return [
        FactRow(
            number,
            {
                provider: marked
                for one, marked in zip(fact.sentences, worded(fact), strict=True)
                for provider in one.providers
            },
            fact.basis.value,
        )
        for number, fact in enumerate(found.shared_facts, start=1)
    ]
