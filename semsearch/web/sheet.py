"""Aligned sentences as a sheet (CSV)."""

import csv
import io

from semsearch.model.comparison import Comparison
from semsearch.web.naming import clean

_COLUMNS = ("fact", "provider", "article", "field", "start", "end", "sentence", "basis")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def sheet(found: Comparison) -> str:
    """One row per sentence and provider; rows of one fact are what is aligned.

    A text that a spreadsheet would take for a formula begins with an apostrophe.
    """
    lines = io.StringIO(newline="")
    rows = csv.writer(lines, lineterminator="\n")
    rows.writerow(_COLUMNS)
    for number, fact in enumerate(found.shared_facts, start=1):
        for one in fact.sentences:
            where = one.sentence
            for provider in one.providers:
                named = (_cell(provider), _cell(where.article), where.field, where.start)
                rows.writerow([number, *named, where.end, _cell(where.text), fact.basis])
    return lines.getvalue()


def _cell(text: str) -> str:
    shown = clean(text)
    return f"'{shown}" if shown.startswith(_FORMULA) else shown
