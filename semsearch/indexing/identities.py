"""Say which article each record of a run is, and which records of one id differ."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from semsearch.ingest.identity import is_another, narrower_id, text_digest
from semsearch.ingest.records import Placed, Removed
from semsearch.model.article import Article
from semsearch.model.status import Collision

Held = Callable[[Iterable[str]], Mapping[str, Article]]
"""Gives the articles that have some ids now."""


def settled(records: Iterable[Placed], held: Held, *, numbers: bool = True) -> Iterator[Placed]:
    """Records under the ids that they go by.

    Where the id of a record is that of another article (``is_another``), it takes its narrower
    one, and keeps that whenever it is read again.

    Args:
        records: In their order.
        held: Asked for the articles that have ids of theirs.
        numbers: Whether ids that are plain numbers count within an outlet.
    """
    records = list(records)
    narrow = [_narrower(each.record, numbers=numbers) for each in records]
    wanted = {
        identity
        for each, narrower in zip(records, narrow, strict=True)
        if narrower
        for identity in (each.record.id, narrower)
    }
    holders = dict(held(wanted)) if wanted else {}
    for placed, narrower in zip(records, narrow, strict=True):
        record = placed.record
        if narrower:
            article = record if isinstance(record, Article) else _of(record)
            holder = holders.get(record.id)
            if narrower in holders or (holder is not None and is_another(article, holder)):
                record = replace(record, id=narrower)
        if record.id in wanted and isinstance(record, Article):
            holders[record.id] = record
        yield replace(placed, record=record)


def _narrower(record: Article | Removed, *, numbers: bool) -> str:
    if record.id.isdecimal():
        return narrower_id(record.id, record.provider, "") if numbers else ""
    url = record.url if isinstance(record, Article) else ""
    return narrower_id(record.id, record.provider, url)


def _of(removed: Removed) -> Article:
    return Article(removed.id, "", provider=removed.provider)


class Collisions:
    """Records of one run that have one id and different texts; of each id the last one counts.

    Some 200 bytes are kept of each record.
    """

    def __init__(self) -> None:
        self.found: list[Collision] = []
        self._seen: dict[str, tuple[int, str, int | None]] = {}

    def note(self, placed: Placed, path: str) -> None:
        """Take a record of a file."""
        if not isinstance(placed.record, Article):
            return
        identity, digest = placed.record.id, text_digest(placed.record)
        before = self._seen.get(identity)
        if before is not None and before[0] != digest:
            self.found.append(Collision(identity, *before[1:], path, placed.line))
        self._seen[identity] = digest, path, placed.line
