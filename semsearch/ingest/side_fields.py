"""Fields of an odd kind: read as what they can mean, else kept aside; none costs an article."""

import re
from collections.abc import Mapping
from typing import TypeGuard

from semsearch.ingest.values import (
    MAX_SCALAR_CHARS,
    address_in,
    outlet_in,
    scalar_in,
    topic_names,
    with_scheme,
)

_PARAGRAPHS = {"title": " ", "excerpt": " ", "body": "\n\n"}
"""What parts of a text that is given as a list are joined with."""
_ADDRESSES = ("webUrl", "url", "originalUrl")
_SCALARS = ("category", "type", "language", "lang", "id", "provider_domain", *_ADDRESSES)
_PLACE_ON_A_SITE = re.compile(r"\.{0,2}/(?!/)")  # such as /2024/dockers/; of which, nobody knows
_SCORES = ("quality", "heat")
_OURS = frozenset((*_PARAGRAPHS, *_SCALARS, *_SCORES, "provider", "topics", "topic", "related"))

Fields = dict[str, object]


def usable(fields: Mapping[str, object], notes: list[str]) -> tuple[Fields, Fields]:
    """The fields of a record, those under our own names as texts and lists; and what is kept aside.

    A list of one is its item. Of several the first counts, further categories are topics, and
    texts are joined. What says nothing that the field can hold is kept aside.

    Args:
        fields: Under our names and others, which stay as they are. What is kept aside has its
            name with ``_unread`` behind it, as dates have.
        notes: Takes a sentence on each field of which something is kept aside.
    """
    found, aside = dict(fields), Fields()
    for name, value in fields.items():
        if _is_empty(value):
            if name in _OURS:
                found[name] = None
            continue
        read = _read(name, value)
        found[name] = read
        if read is None:
            aside[f"{name}_unread"] = value
            notes.append(f"'{name}' could not be used and is kept under extra.{name}_unread")
        elif name == "related" and isinstance(read, list) and read != value:
            aside[f"{name}_unread"] = value
            notes.append(f"of '{name}' what is no object is kept under extra.{name}_unread")
        elif isinstance(value, list) and len(value) > 1 and name in (*_SCALARS, "provider"):
            aside[f"{name}_unread"] = value
            notes.append(f"of several in '{name}' the first counts; see extra.{name}_unread")
    return found, aside


def _read(name: str, value: object) -> object:
    """What a field can mean; None: nothing that is of use."""
    if name in _PARAGRAPHS:
        return _joined(value, _PARAGRAPHS[name])
    if name in _SCALARS:
        return _one(value, is_address=name in _ADDRESSES)
    if name == "provider":
        return _outlet(value)
    if name in ("topics", "topic"):
        return list(topic_names(value)) or None
    if name in _SCORES:
        return None if _is_no_number(value) else value
    if name == "related":
        links = (
            [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []
        )
        return links or None
    return value


def completed(fields: Fields, aside: Fields, notes: list[str]) -> Fields:
    """The fields, all under our names now, with further categories among the topics.

    Texts that are still objects go aside.
    """
    odd = [name for name in _PARAGRAPHS if isinstance(fields.get(name), Mapping | list)]
    for name in odd:
        aside[f"{name}_unread"] = fields[name]
        notes.append(f"'{name}' could not be used and is kept under extra.{name}_unread")
    found = {name: value for name, value in fields.items() if name not in odd}
    categories = aside.get("category_unread")
    if isinstance(categories, list):
        topics = found.pop("topic", None) if found.get("topics") is None else found["topics"]
        found["topics"] = [*topic_names(topics), *topic_names(categories[1:])]
    return found


def _joined(value: object, blank: str) -> object:
    if isinstance(value, list) and all(map(_is_scalar, value)):
        return blank.join(str(item) for item in value if item not in (None, ""))
    if isinstance(value, bool):
        return str(value).lower()  # as it was written
    return value


def _one(value: object, *, is_address: bool) -> object:
    if isinstance(value, list):
        value = next((item for item in value if not _is_empty(item)), None)
    if isinstance(value, Mapping):
        value = address_in(value) if is_address else scalar_in(value)
    if is_address and isinstance(value, str):
        value = with_scheme(value.strip())
        if _PLACE_ON_A_SITE.match(value):
            return None
    if not _is_scalar(value) or isinstance(value, bool) or len(str(value)) > MAX_SCALAR_CHARS:
        return None
    return value


def _outlet(value: object) -> object:
    if isinstance(value, list):
        value = next((item for item in value if not _is_empty(item)), None)
    if isinstance(value, Mapping):
        parts = {name: _one(part, is_address=False) for name, part in value.items()}
        kept = {name: part for name, part in parts.items() if part is not None}
        return kept if any(outlet_in(kept)) else None
    return _one(value, is_address=False)


def _is_no_number(value: object) -> bool:
    if isinstance(value, str):
        return not value.strip().lstrip("+-").replace(".", "", 1).isdecimal()
    return isinstance(value, bool) or not isinstance(value, int | float)


def _is_scalar(value: object) -> TypeGuard[str | int | float | bool]:
    return isinstance(value, str | int | float)


def _is_empty(value: object) -> bool:
    if isinstance(value, Mapping):
        return all(one is None or one == "" for one in value.values())
    return value is None or value in ("", [])
