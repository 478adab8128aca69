"""Say which values of filters no article of an index has, and which that there are come near."""

import re
from collections.abc import Collection, Iterator, Sequence
from unicodedata import combining, normalize

from semsearch.ask.outlets import SameOutlets
from semsearch.model.filters import (
    AllOf,
    AnyOf,
    Attribute,
    Condition,
    Filters,
    Not,
    OneOf,
    from_timestamp,
    normal_text,
    timestamp,
)
from semsearch.store.snapshot import Snapshot

_CALLED = {
    Attribute.PROVIDER: "outlet",
    Attribute.TOPIC: "topic",
    Attribute.CATEGORY: "category",
    Attribute.TYPE: "type",
    Attribute.LANGUAGE: "language",
}
_KINDS = (Attribute.CATEGORY, Attribute.TYPE, Attribute.LANGUAGE)
_NEAREST = 3
_FEW = 6
_LIKE = 75.0  # per cent of the letters; "Harbor Ledger" is like "Harbour Ledger"
_LIKE_A_WORD = 80.0  # "Ledgr" is like a word of it
_PART = 100.0  # every word of the one is in the other
_ENDS_BEFORE = "The time that is asked for ends before it begins, so no article is of it."


class KnownValues:
    """The values of attributes that the articles of a generation have."""

    def __init__(self, snapshot: Snapshot, same: SameOutlets) -> None:
        self._snapshot = snapshot
        self._same = same
        self._held: dict[Attribute, Collection[str]] = {}

    def unknown(self, filters: Filters) -> tuple[str, ...]:
        """Why filters leave nothing: values that no article has, or a time that is none."""
        notes = [
            self.not_here(attribute, value)
            for attribute, values in _texts_asked(filters).items()
            for value in self._unknown(attribute, values)
        ]
        if filters.since and filters.until and filters.since >= filters.until:
            notes.append(_ENDS_BEFORE)
        elif filters.since or filters.until:
            notes += self._outside(filters)
        return tuple(notes)

    def _outside(self, filters: Filters) -> list[str]:
        """That no article is of the time that is filtered by, where that is so."""
        if self._snapshot.span is None:
            return ["No article of this index has a date."]
        first, last = map(from_timestamp, self._snapshot.span)
        after = filters.since is not None and timestamp(filters.since) > timestamp(last)
        before = filters.until is not None and timestamp(filters.until) <= timestamp(first)
        span = f"{first:%Y-%m-%d} to {last:%Y-%m-%d}"
        return [f"No article is of that time: this index holds {span}."] if after or before else []

    def _unknown(self, attribute: Attribute, values: Sequence[str]) -> list[str]:
        """Those of some values that no article has."""
        if attribute is Attribute.PROVIDER:
            return self._same.unknown(values)
        known = {normal_text(attribute, value) for value in self._values(attribute)}
        return [value for value in values if normal_text(attribute, value) not in known]

    def not_here(self, attribute: Attribute, value: str) -> str:
        """That no article has a value, and which ones come near, in a sentence."""
        return not_here(attribute, value, self._values(attribute))

    def _values(self, attribute: Attribute) -> Collection[str]:
        """The values of an attribute that there are, as they are written."""
        if attribute not in self._held:
            self._held[attribute] = self._read_values(attribute)
        return self._held[attribute]

    def _read_values(self, attribute: Attribute) -> Collection[str]:
        match attribute:
            case Attribute.PROVIDER:
                outlets = [outlet for outlet, _ in self._snapshot.providers]
                return {name for o in outlets for name in (o.name, o.domain) if name}
            case Attribute.TOPIC:
                return [topic for topic, _ in self._snapshot.topics]
            case Attribute.LANGUAGE:
                written = self._snapshot.vectors.values(attribute)
                return {normal_text(attribute, value) for value in written}
            case _:
                return self._snapshot.vectors.values(attribute)


def _texts_asked(filters: Filters) -> dict[Attribute, tuple[str, ...]]:
    """The texts that filters compare with; those of a tree, which are in lower case, behind."""
    asked = {
        Attribute.PROVIDER: list(filters.provider),
        Attribute.TOPIC: list(filters.topic),
        Attribute.CATEGORY: list(filters.category),
        Attribute.TYPE: list(filters.type),
        Attribute.LANGUAGE: list(filters.language),
    }
    for one in _comparisons(filters.tree):
        asked[one.attribute] += one.values
    return {attribute: tuple(dict.fromkeys(texts)) for attribute, texts in asked.items() if texts}


def _comparisons(condition: Condition) -> Iterator[OneOf]:
    match condition:
        case OneOf():
            yield condition
        case AllOf(conditions=parts) | AnyOf(conditions=parts):
            for part in parts:
                yield from _comparisons(part)
        case Not(condition=part):
            yield from _comparisons(part)


def not_here(attribute: Attribute, value: str, known: Collection[str]) -> str:
    """That no article has a value, and which ones come near, in a sentence.

    Args:
        attribute: Whose value it is.
        value: As it was written.
        known: The values that there are, as they are written.
    """
    called = _CALLED[attribute]
    said = f'There is no {called} "{value}" in this index'
    if not known:
        return f"{said}: no article has one."
    if near := _near(value, known):
        return f"{said}; the nearest {_are(near)}."
    if attribute in _KINDS and len(known) <= _FEW:
        return f"{said}; there {_are(sorted(known))}."
    return f"{said}."


def _are(values: Sequence[str]) -> str:
    *first, last = (f'"{value}"' for value in values)
    return f"are {', '.join(first)} and {last}" if first else f"is {last}"


def _near(value: str, known: Collection[str]) -> list[str]:
    """Values that are written nearly so, or of which all words are among the others'."""
    from rapidfuzz import fuzz, process  # noqa: PLC0415 - few filters name what is not there

    names: dict[str, str] = {}
    for name in sorted(known):
        names.setdefault(_plain(name), name)
    wanted, found = _plain(value), dict[str, str]()
    for scorer, least in ((fuzz.ratio, _LIKE), (fuzz.token_set_ratio, _PART)):
        near = process.extract(
            wanted, list(names), scorer=scorer, score_cutoff=least, limit=_NEAREST
        )
        found.update((name, names[name]) for name, _, _ in near if name)
    if wanted and " " not in wanted:  # one word of a name of several
        held = {word: name for name in names for word in name.split()}
        near = process.extract(wanted, list(held), scorer=fuzz.ratio, score_cutoff=_LIKE_A_WORD)
        found.update((held[word], names[held[word]]) for word, _, _ in near)
    ranked = sorted(found, key=lambda name: (-fuzz.ratio(wanted, name), name))
    return [found[name] for name in ranked[:_NEAREST]]


def _plain(name: str) -> str:
    """Its letters and figures without marks, in small letters."""
    bare = "".join(sign for sign in normalize("NFKD", name.casefold()) if not combining(sign))
    return " ".join(re.sub(r"[\W_]+", " ", bare).split())
