"""Entries of a feed: which is which from one poll to the next."""

from datetime import UTC, datetime

from semsearch.model.article import Article, Provider
from semsearch.store.catalog.feeds import KnownEntry
from semsearch.watch.entries import Entry, entry_of, told_apart

PAGE = "https://ledger.example/notices"
HOME = "https://ledger.example/feed"


def entry(day: int, *, title: str = "", text: str = "", guid: str = "") -> Entry:
    """An entry whose link is that of all others."""
    return entry_of(
        Article(
            id="same",
            title=title or f"Notice {day}",
            excerpt=text or f"What was said on day {day}.",
            provider=Provider("Ledger"),
            url=PAGE,
            published=datetime(2024, 3, day, tzinfo=UTC),
        ),
        guid,
        HOME,
    )


def polled(entries: list[Entry], known: dict[str, KnownEntry]) -> dict[str, Entry]:
    """The entries by their titles, after which they are known."""
    found = told_apart(entries, known)
    known |= {one.key: KnownEntry(one.key, one.guid_hash, one.digest, 0) for one in found}
    return {one.article.title: one for one in found}


def test_entries_of_one_link_and_guid_are_told_apart_by_their_titles() -> None:
    for guid in ("", "N/A"):
        known: dict[str, KnownEntry] = {}
        first = polled([entry(2, guid=guid), entry(1, guid=guid)], known)
        assert len({one.article.id for one in first.values()}) == 2
        second = polled([entry(day, guid=guid) for day in (3, 2, 1)], known)
        assert len({one.article.id for one in second.values()}) == 3
        assert {title: one.key for title, one in second.items() if title in first} == {
            title: one.key for title, one in first.items()
        }
        third = polled([entry(day, guid=guid) for day in (4, 3)], known)  # the first has left
        assert third["Notice 3"].key == second["Notice 3"].key
        assert third["Notice 4"].key not in {one.key for one in second.values()}


def test_an_entry_that_was_edited_or_stands_twice_is_one() -> None:
    known: dict[str, KnownEntry] = {}
    (before,) = polled([entry(1)], known).values()
    (edited,) = polled([entry(1, text="It was otherwise.")], known).values()
    assert edited.key == before.key
    twice = polled([entry(1, text="It was otherwise."), entry(1, text="Once more.")], known)
    assert [one.key for one in twice.values()] == [before.key]
