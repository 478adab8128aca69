"""Invented articles and the files they come in."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from semsearch.ingest.records import Removed, article_from_fields
from semsearch.model.article import Article, Provider, Related

# Every word has a stem of its own and none is a stop word, so that for these words the plain
# word and the index term stand in the same articles.
WORDS = [
    "harbour",
    "ferry",
    "tunnel",
    "storm",
    "budget",
    "mayor",
    "otter",
    "salt",
    "cod",
    "tram",
    "dam",
    "bank",
    "copper",
    "orchid",
    "lantern",
    "glacier",
    "violin",
    "engine",
    "forest",
    "market",
]

GAZETTE = Provider("Lisk Gazette", "gazette.example")
HERALD = Provider("Senn Herald", "herald.example")


def make_article(identity: str = "a", title: str = "", **values: Any) -> Article:
    """An article with what a test does not care about filled in."""
    given: dict[str, Any] = {
        "provider": GAZETTE,
        "published": datetime(2024, 3, 5, 12, tzinfo=UTC),
        "url": f"https://gazette.example/{identity}",
        **values,
    }
    return Article(id=identity, title=title or f"Notice {identity}", **given)


def make_link(identity: str, title: str = "", **values: Any) -> Related:
    """An entry of a ``related`` list."""
    return Related(
        id=identity,
        title=title or f"Mention of {identity}",
        url=f"https://herald.example/{identity}",
        **{"provider": HERALD, **values},
    )


def record(number: int, **fields: Any) -> dict[str, object]:
    """The fields of an archive record, identified by its address."""
    return {"title": f"Notice {number}", "webUrl": address(number), **fields}


def address(number: int) -> str:
    return f"https://gazette.example/news/{number}"


def read(fields: Mapping[str, object]) -> Article | Removed:
    """What a record is read as."""
    return article_from_fields(fields, fallback_id="fallback")


def article_of(fields: Mapping[str, object]) -> Article:
    """The article that a record is read as."""
    article = read(fields)
    assert isinstance(article, Article)
    return article


def write_markdown(path: Path, fields: Mapping[str, object]) -> Path:
    """A front matter file."""
    values = dict(fields)
    body = str(values.pop("body", ""))
    front = yaml.safe_dump(values, allow_unicode=True, sort_keys=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"---\n{front}---\n{body}", "utf-8")
    return path


def write_json_lines(path: Path, records: Iterable[Mapping[str, object]]) -> Path:
    """A JSON Lines file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(one) + "\n" for one in records), "utf-8")
    return path
