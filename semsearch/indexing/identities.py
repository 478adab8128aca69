"""Say which article each record of a run is."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from semsearch.ingest.identity import guid_of, is_another, narrower_id
from semsearch.ingest.records import Placed, Removed
from semsearch.model.address import anchor_of
from semsearch.model.article import Article

Held = Callable[[Iterable[str]], Mapping[str, Article]]
"""Gives the articles that have some ids now."""


def settled(records: Iterable[Placed], held: Held, *, numbers: bool = True) -> Iterator[Placed]:
    """Records under the ids that they go by.

    Where the id of a record is that of another article (``is_another``), it takes its narrower
    one, and keeps that whenever it is read again.

    Args:
        records: In their order.
        held: Asked for the articles that have ids of theirs.
        numbers: Whether ids that are plain numbers count within an outlet, and a guid tells a
            record from one on the same page that was there before. Of records without a file it
            tells those apart that come together: a server may give new ones with every answer.
    """
    records = list(records)
    number = Counter(each.record.id for each in records)
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
            tells = numbers or number[record.id] > 1 or anchor_of(article.url)
            if narrower in holders or (holder and tells and is_another(article, holder)):
                record = replace(record, id=narrower)
        if record.id in wanted and isinstance(record, Article):
            holders[record.id] = record
        yield replace(placed, record=record)


def _narrower(record: Article | Removed, *, numbers: bool) -> str:
    if record.id.isdecimal():
        return narrower_id(record.id, record.provider, "") if numbers else ""
    if not isinstance(record, Article):
        return ""
    return narrower_id(record.id, record.provider, record.url, guid_of(record))


def _of(removed: Removed) -> Article:
    return Article(removed.id, "", provider=removed.provider)
