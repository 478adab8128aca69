"""How often each kind of claim was right when last measured.

Only an audit of this very index (``semsearch audit``) says it. A kind that none measured has the
precision None.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cache
from types import MappingProxyType

from pydantic import TypeAdapter

from semsearch.model.comparison import MIN_MEASURED, ClaimEvidence, Precision
from semsearch.store.catalog.catalog import Catalog

_SETTING = "precision"  # in the catalog: figures that an audit published, by kind, as JSON


class Claim(StrEnum):
    """Kinds of claims that a comparison makes."""

    STORY = "story"
    SHARED = "shared"
    NOT_FOUND = "not_found"
    MISSING = "missing"
    FRAMES = "frames"
    QUOTES = "quotes"
    SOURCING = "sourcing"
    UPSTREAM = "upstream"


Published = Mapping[str, Precision]
"""Figures of an audit, by kind of claim."""

NOTHING: Published = MappingProxyType({})


def publish(catalog: Catalog, figures: Published) -> None:
    """Keep the figures of an audit with an index; kinds that are not among them stay."""
    figures = {**published(catalog), **figures}
    catalog.write_setting(_SETTING, _FIGURES.dump_json(figures).decode())


def published(catalog: Catalog) -> Published:
    """The figures that audits of an index published."""
    return _read(catalog.setting(_SETTING) or "{}")


_FIGURES = TypeAdapter(dict[str, Precision])


@cache
def _read(text: str) -> Published:
    return _FIGURES.validate_json(text)


def evidence_in(
    languages: Iterable[str], audited: Published = NOTHING
) -> Mapping[Claim, ClaimEvidence]:
    """The evidence for claims about texts, without figures that were not measured on such texts.

    ``languages`` are empty where unknown; ``audited`` are figures that an audit of the index
    published.
    """
    known = {language.partition("-")[0] for language in languages} - {""}

    def holds(figure: Precision) -> bool:
        measured_in = {language.partition("-")[0] for language in figure.languages}
        return figure.n >= MIN_MEASURED and known <= measured_in

    evidence = {}
    for claim in Claim:
        figure = audited.get(claim.value)
        evidence[claim] = ClaimEvidence(figure if figure and holds(figure) else None)
    return evidence
