"""What an outlet says again and again is not compared, whatever the order in which it came."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from semsearch.compare import repeated
from semsearch.index import Index
from semsearch.model.article import Article, Provider
from semsearch.model.comparison import Detail
from semsearch.relate.update import keep_sentences
from semsearch.store.catalog import catalog_reader
from tests.support.coverage import report, stories
from tests.support.encoder import HashingEncoder
from tests.support.indexes import filled_index, open_index

APPEAL = "Our newsroom in the valley of Sorrel lives on what its 4,100 readers give each month."
TIDE = Provider("The Tide", "tide.example")


def told(event: str, *, provider: Provider = TIDE, appeal: bool = True) -> list[Article]:
    """An event in two outlets; the one has the appeal under its report."""
    own = report(f"{event}-own", event, "one", provider=provider)
    body = f"{own.body}\n\n{APPEAL}" if appeal else own.body
    return [replace(own, body=body), report(f"{event}-other", event, "two")]


def compared(index: Index, event: str) -> list[str]:
    """The sentences that are compared of the story of an event."""
    (identity,) = (one for one, ids in stories(index).items() if f"{event}-own" in ids)
    found = index.compare(story=identity, detail=Detail.SENTENCES)
    return texts_of(asdict(found))


def texts_of(part: object) -> list[str]:
    if isinstance(part, dict):
        own = [part["text"]] if isinstance(part.get("text"), str) else []
        return own + [text for value in part.values() for text in texts_of(value)]
    if isinstance(part, list | tuple):
        return [text for each in part for text in texts_of(each)]
    return []


def fill(index: Index, batches: Iterable[list[Article]]) -> None:
    for batch in batches:
        index.add(batch)


@pytest.fixture
def index() -> Iterator[Index]:
    with filled_index(dimension=512) as opened:
        yield opened


def test_a_sentence_of_three_texts_of_an_outlet_is_compared_in_none(index: Index) -> None:
    events = ("strike", "flood", "fair")
    fill(index, map(told, events[:2]))
    for event in events[:2]:  # one text beside the compared one may be chance
        assert APPEAL in compared(index, event)
    fill(index, [told("fair")])
    for event in events:
        assert APPEAL not in compared(index, event)
        assert compared(index, event)
    found = index.compare("strike-own", "flood-other", detail=Detail.SENTENCES)
    assert APPEAL not in texts_of(asdict(found))


@pytest.mark.parametrize("order", [("strike", "flood", "fair"), ("fair", "strike", "flood")])
def test_the_order_of_arrival_does_not_matter(folder: Path, order: tuple[str, ...]) -> None:
    opened = open_index(folder, HashingEncoder(dimension=512))
    fill(opened, map(told, order))
    assert not any(APPEAL in compared(opened, event) for event in order)
    opened.close()


def test_when_the_others_are_gone_it_is_compared_again(index: Index) -> None:
    fill(index, map(told, ("strike", "flood", "fair")))
    index.delete(["fair-own"])
    assert APPEAL in compared(index, "strike")


def test_what_other_outlets_say_is_not_repeated_by_one(index: Index) -> None:
    others = [
        told(event, provider=Provider(event, f"{event}.example")) for event in ("flood", "fair")
    ]
    fill(index, [told("strike"), *others])
    assert APPEAL in compared(index, "strike")


def test_outlets_without_a_name_are_not_one_outlet(index: Index) -> None:
    fill(index, (told(event, provider=Provider()) for event in ("strike", "flood", "fair")))
    assert APPEAL in compared(index, "strike")


def test_copies_of_one_text_are_no_repetition(index: Index) -> None:
    own, other = told("strike")
    copies = [replace(own, id=f"again-{n}", title=f"Again {n}") for n in range(3)]
    index.add([own, other, *copies])
    found = index.compare("strike-own", "strike-other", detail=Detail.SENTENCES)
    assert APPEAL in texts_of(asdict(found))


@pytest.mark.parametrize("many", [200, 2])
def test_what_watches_keep_of_lone_articles_changes_nothing(
    index: Index, monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    for module in (repeated, catalog_reader):
        monkeypatch.setattr(module, "MANY_HOLDERS", many)
    monkeypatch.setattr(repeated, "_AT_ONCE", 2)
    lone = [told(event)[0] for event in ("fair", "flood", "tram")]
    fill(index, [told("strike"), lone])
    before = compared(index, "strike")
    assert APPEAL in before
    with index.library.writing():
        pks = index.library.catalog.pks_at([one.id for one in lone], index.library.catalog.sequence)
        keep_sentences(index.library, pks.values())
    assert compared(index, "strike") == before
    fill(index, map(told, ("fair", "flood", "tram")))  # now they are of stories
    assert APPEAL not in compared(index, "strike")
