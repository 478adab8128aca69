"""Say which values of filters no article of an index has, and which that there are come near."""

import re
from collections.abc import Collection, Iterator, Sequence
from unicodedata import combining, normalize

from semsearch.model.filters import AllOf, AnyOf, Attribute, Condition, Filters, Not, OneOf

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
_PART = 100.0  # every word of the one is in the other


def texts_asked(filters: Filters) -> dict[Attribute, tuple[str, ...]]:
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
    ranked = sorted(found, key=lambda name: (-fuzz.ratio(wanted, name), name))
    return [found[name] for name in ranked[:_NEAREST]]


def _plain(name: str) -> str:
    """Its letters and figures without marks, in small letters."""
    bare = "".join(sign for sign in normalize("NFKD", name.casefold()) if not combining(sign))
    return " ".join(re.sub(r"[\W_]+", " ", bare).split())
