"""A comparison as Markdown, with numbered citations."""

from collections.abc import Sequence

from semsearch.export import formatting
from semsearch.export.formatting import environment, names_of
from semsearch.export.highlights import Mark, Piece, phrases, worded
from semsearch.export.plain import escaped
from semsearch.model.comparison import Comparison

FIRST_FACTS = 10
"""Shared facts that a reader is shown at once."""


def told(found: Comparison, numbers: dict[str, int], sources: Sequence[str]) -> str:
    """The comparison; words in bold are those that the others lack."""
    template = environment("semsearch.export").get_template("comparison.md.jinja")
    return template.render(
        found=found,
        names=names_of(found),
        formatting=formatting,
        phrases=phrases,
        first_facts=FIRST_FACTS,
        md=escaped,
        marked=_marked,
        worded=worded,
        zip=zip,
        numbers=numbers,
        sources=sources,
    ).removesuffix("\n")


def _marked(marked: Sequence[Piece]) -> str:
    return "".join(
        f"{' ' * piece.text[:1].isspace()}{shown}{' ' * piece.text[-1:].isspace()}"
        if not (shown := escaped(piece.text)) or piece.mark is Mark.NONE
        else f"**{shown}**"
        for piece in marked
    )
