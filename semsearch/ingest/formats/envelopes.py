"""Envelopes: JSON objects that are no record but hold some, as news APIs and feeds answer.

``{"articles": [...]}`` and its like, also one within another, the ``_source`` of a search engine's
hits, JSON Feed, JSON-LD with its ``@graph``, records under their ids, and data frames of pandas.
What has no text of its own and holds a list of records is an envelope, whatever the list is called.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from semsearch.ingest.aliases import field_of, same_name
from semsearch.ingest.renaming import understood

_NAMES = frozenset(
    map(
        same_name,
        """articles items results records docs documents entries stories news posts data hits
        response value rows list feed content payload collection @graph children orderedItems
        statuses edges nodes db messages""".split(),
    )
)
_MOST_LEVELS = 3
_RECORD_IN = (
    "_source",
    "fields",
    "article",
    "node",
    "attributes",
    "data",
    "object",
    "doc",
)  # of hits and edges, where it is an object
_ARTICLE_TYPES = ("Article", "Report", "BlogPosting", "LiveBlogPosting")
_JSON_FEED = "https://jsonfeed.org/version/"
_NO_RECORDS = frozenset(
    map(
        same_name,
        """related author authors creator creators contributors comments replies images image media
        links attachments associations enclosures tag speakers quotes people entities""".split(),
    )
)  # lists of other things, with names and texts of their own
_NAME_CHARS = 40
_SEEN = 10  # items of a list that are looked at
_UNPUBLISHED = ("draft", "scheduled")


@dataclass(frozen=True, slots=True)
class Held:
    """The records that an object holds.

    Attributes:
        note: What is to be said about how they were found; empty: nothing.
    """

    records: list[dict[str, object]]
    note: str = ""


def records_in(value: dict[str, object]) -> Iterator[dict[str, object]]:
    """The records that an object holds; itself, where it is one."""
    yield from held_in(value).records


def held_in(value: dict[str, object]) -> Held:
    """The records that an object holds; itself, where it is one. And what is to be said of them."""
    found = list(_known(value))
    if found != [value] or _is_record(value):
        if "db" in value:  # an export of Ghost
            public = [one for one in found if one.get("status") not in _UNPUBLISHED]
            left = len(found) - len(public)
            return Held(
                public, f"{left:,} drafts of an export of a blog were left out" if left else ""
            )
        return Held(found)
    lists = _lists_of_records(value)
    if not lists or _is_understood(value):
        return Held(found)
    if len(lists) == len(value):  # one for each day, say
        return Held([_inner(one) for records in lists.values() for one in records])
    name = max(lists, key=lambda one: len(lists[one]))
    return Held(
        list(map(_inner, lists[name])), f"the list '{name[:_NAME_CHARS]}' was taken for the records"
    )


def _known(value: dict[str, object]) -> Iterator[dict[str, object]]:
    """The records of an envelope of a kind that is known; the object itself, where it is none."""
    if str(value.get("version", "")).startswith(_JSON_FEED) and isinstance(
        value.get("items"), list
    ):
        yield from _of_json_feed(value)
        return
    graph = value.get("@graph")
    if isinstance(graph, list):
        nodes = [node for node in graph if isinstance(node, dict)]
        articles = [node for node in nodes if is_article(node)]
        yield from articles or nodes
        return
    held = None if _is_record(value) else _held(value, 0) or _keyed(value)
    yield from map(_inner, [value] if held is None else held)


def is_envelope_name(name: str) -> bool:
    """Whether a field of that name may hold the records of an envelope."""
    return same_name(name) in _NAMES


def is_article(node: Mapping[str, object]) -> bool:
    """Whether a node of JSON-LD is of a type of articles."""
    kinds = node.get("@type")
    return any(
        isinstance(kind, str) and kind.endswith(_ARTICLE_TYPES)
        for kind in (kinds if isinstance(kinds, list) else [kinds])
    )


def _of_json_feed(feed: dict[str, object]) -> Iterator[dict[str, object]]:
    """Its items, with the outlet and the language that the feed gives for all."""
    items = feed["items"]
    outlet = {"name": feed.get("title") or "", "url": feed.get("home_page_url") or ""}
    for item in items if isinstance(items, list) else []:
        if isinstance(item, dict):
            language = {"language": feed["language"]} if feed.get("language") else {}
            yield {"source": outlet, **language, **item}


def _is_record(value: Mapping[str, object]) -> bool:
    """Whether it has a text of its own, or a title and an address or a date."""
    found = {
        field_of(name)
        for name, item in value.items()
        if isinstance(item, str | int) and item and not isinstance(item, bool)
    }
    titled = "title" in found or any(
        isinstance(item, Mapping) and field_of(name) == "title" for name, item in value.items()
    )
    return "body" in found or (titled and bool(found & {"webUrl", "publishedDateTime"}))


def _held(value: Mapping[str, object], level: int) -> list[dict[str, object]] | None:
    """The records of an envelope; None where it is none."""
    for name, held in value.items():
        if not is_envelope_name(name):
            continue
        item = held
        if isinstance(held, list) and held and all(isinstance(one, dict) for one in held):
            records = [one for one in held if isinstance(one, dict)]
            if any(_looks_like_record(_inner(one)) for one in records[:10]):
                return records
            item = records[0] if len(records) == 1 else None  # as Ghost exports
        if isinstance(item, dict) and level < _MOST_LEVELS:
            found = [item] if _is_record(item) else _held(item, level + 1)
            if found is not None:
                return found
    return None


def _keyed(value: Mapping[str, object]) -> list[dict[str, object]] | None:
    """The records of an object that has each under its id, or each field of all, as pandas writes.

    None where it is neither.
    """
    columns, data = value.get("columns"), value.get("data")
    if isinstance(columns, list) and isinstance(data, list):
        names = [str(name) for name in columns]
        if any(field_of(name) for name in names):
            return [dict(zip(names, row, strict=False)) for row in data if isinstance(row, list)]
    inner = [one for one in value.values() if isinstance(one, dict)]
    if not inner or len(inner) < len(value):
        return None
    if all(map(_looks_like_record, inner)):
        return [{"_id": key, **one} for key, one in zip(value, inner, strict=True)]
    rows = inner[0].keys()
    if any(field_of(name) for name in value) and all(one.keys() == rows for one in inner):
        return [{name: one[row] for name, one in zip(value, inner, strict=True)} for row in rows]
    return None


def _lists_of_records(value: Mapping[str, object]) -> dict[str, list[dict[str, object]]]:
    """The lists of an object, by name, most of whose items are articles."""
    found = dict[str, list[dict[str, object]]]()
    for name, held in value.items():
        if not isinstance(held, list) or not held or same_name(name) in _NO_RECORDS:
            continue
        records = [one for one in held if isinstance(one, dict)]
        seen = records[:_SEEN]
        if len(records) == len(held) and 2 * sum(map(_is_article, seen)) > len(seen):
            found[name] = records
    return found


def _is_article(value: dict[str, object]) -> bool:
    """Whether it has a text or title with a date or an address, which parts of a text have not."""
    found = {
        field_of(name)
        for name, item in _inner(value).items()
        if isinstance(item, str | list) and item
    }
    dated = "publishedDateTime" in found
    return ("body" in found and (dated or "webUrl" in found)) or (dated and "title" in found)


def _is_understood(value: Mapping[str, object]) -> bool:
    """Whether it is an article itself, as its names are understood: its texts may be lists."""
    read = understood(value)
    dated = any(read.get(name) for name in ("publishedDateTime", "webUrl"))
    return bool(read.get("body") or (read.get("title") and dated))


def _looks_like_record(value: Mapping[str, object]) -> bool:
    return any(field_of(name) in ("title", "body", "excerpt") for name in value)


def _inner(hit: dict[str, object]) -> dict[str, object]:
    """The record of a hit, with the hit's id where it has none of its own."""
    if _is_record(hit):
        return hit
    for name in _RECORD_IN:
        record = hit.get(name)
        if isinstance(record, dict) and _looks_like_record(record):
            given = {key: hit[key] for key in ("_id", "id") if key in hit}
            return {**given, **record}
    return hit
