"""What the last indexing run could not read, kept with the index."""

import json
from collections.abc import Sequence
from dataclasses import asdict

from semsearch.model.report import LastSkipped, Skipped
from semsearch.store.catalog.catalog import Catalog
from semsearch.store.catalog.catalog_reader import CatalogReader

_KEY = "skipped"
_MOST = 1_000


def remember(catalog: Catalog, skipped: Sequence[Skipped]) -> None:
    """Keep what a run skipped in place of what the one before did: the first 1,000, and the total.

    Nothing is written where nothing changed.
    """
    kept = {"total": len(skipped), "first": [asdict(one) for one in skipped[:_MOST]]}
    text = json.dumps(kept)
    if text != (catalog.setting(_KEY) or json.dumps({"total": 0, "first": []})):
        catalog.keep_setting(_KEY, text)


def last_skipped(catalog: CatalogReader) -> LastSkipped:
    """What the last run skipped; nothing where there was none."""
    kept = json.loads(catalog.setting(_KEY) or "{}")
    return LastSkipped(kept.get("total", 0), tuple(Skipped(**one) for one in kept.get("first", ())))
