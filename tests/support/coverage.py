"""Invented reports whose relations nobody would dispute."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from semsearch.index import Index
from semsearch.model.article import Article, Provider
from semsearch.model.clusters import CoverageQuery
from tests.support.articles import make_article

_SYLLABLES = [a + b for a in "bdfgklmnprst" for b in ("a", "e", "i", "o", "u", "or", "in", "el")]
_DAY = datetime(2024, 3, 5, 12, tzinfo=UTC)


def words_of(event: str, count: int) -> list[str]:
    """Words that belong to one event alone; always the same ones."""
    chance = random.Random(event)
    return ["".join(chance.choices(_SYLLABLES, k=3)) for _ in range(count)]


def text_of(event: str, telling: str = "") -> str:
    """A text on an event: each telling opens with the same words in another order."""
    opening, rest = words_of(event, 36), words_of(event + telling, 90)
    random.Random(telling).shuffle(opening)
    found = opening + rest
    sentences = [found[start : start + 12] for start in range(0, len(found), 12)]
    return " ".join(f"{' '.join(one).capitalize()}." for one in sentences)


def report(identity: str, event: str, telling: str = "", **values: Any) -> Article:
    """An article on an event. Reports of one telling are one text, of one event one story.

    Each id has an outlet and an hour of its own.
    """
    number = sum(identity.encode())
    given: dict[str, Any] = {
        "title": f"{words_of(event, 1)[0].title()} seen by {identity}",
        "body": text_of(event, telling),
        "provider": Provider(f"The {identity}", f"{identity}.example"),
        "published": _DAY + timedelta(hours=number % 24, minutes=number % 60),
        **values,
    }
    return make_article(identity, **given)


def groups(index: Index) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Each duplicate group by its id: the original, and its members in order of id."""
    found = index.groups(CoverageQuery(k=1_000)).groups
    return {
        one.id: (one.original, tuple(sorted(member.article.id for member in one.members)))
        for one in found
    }


def stories(index: Index) -> dict[str, tuple[str, ...]]:
    """Each story by its id: its members in order of id."""
    return {
        one.id: tuple(sorted(m.article.id for m in index.story(one.id).members))
        for one in index.stories(CoverageQuery(k=1_000)).stories
    }
