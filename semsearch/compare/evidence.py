"""How often each kind of claim was right when last measured, which was on English news.

``measured.json`` is written by ``research/fit_alignment.py``. A kind that is not in it has not been
measured, and its precision is None.
"""

import json
from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cache
from importlib.resources import files

from semsearch.model.comparison import ClaimEvidence, Precision


class Claim(StrEnum):
    """Kinds of claims that a comparison makes."""

    SHARED = "shared"
    NOT_FOUND = "not_found"
    MISSING = "missing"
    DIFFERS = "differs"
    MAY_DIFFER = "may_differ"
    LABELS = "labels"
    FRAMES = "frames"
    QUOTES = "quotes"
    UPSTREAM = "upstream"


_MEASURED_IN = "en"


def evidence_in(languages: Iterable[str]) -> Mapping[Claim, ClaimEvidence]:
    """The evidence for claims about texts; nothing was measured where one is not English.

    Args:
        languages: ISO 639-1 codes, each with or without a region; empty where unknown.
    """
    if all(language.partition("-")[0] in ("", _MEASURED_IN) for language in languages):
        return measured()
    return dict.fromkeys(Claim, ClaimEvidence())


@cache
def measured() -> Mapping[Claim, ClaimEvidence]:
    """The evidence for every kind of claim."""
    read = json.loads(files("semsearch.compare").joinpath("measured.json").read_text("utf-8"))
    known = {
        kind: Precision(**{**each, "interval": tuple(each["interval"])})
        for kind, each in read.items()
    }
    return {claim: ClaimEvidence(known.get(claim)) for claim in Claim}
