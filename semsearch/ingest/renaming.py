"""A record under the product's own names, whatever it calls its fields.

The product's own name always comes first, then the names of the table (``ingest.aliases``) in their
order; what is not used stays as it is, and is kept under ``extra``.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

from semsearch.ingest.aliases import (
    ABOUT,
    ALIASES,
    IDS,
    KNOWN,
    OWN,
    OWN_NAMES,
    FieldNames,
    same_name,
)
from semsearch.ingest.values import (
    address_in,
    date_in,
    domain_in,
    id_in,
    outlet_in,
    scalar_in,
    text_in,
    topic_names,
)

Read = Callable[[object], object]

_OBJECTS = frozenset(("provider", "topics", "topic", "related"))
_TEXTS = ("title", "body", "excerpt")
_SAID_BESIDE = ("title", "excerpt", "publishedDateTime", "webUrl", "provider", "topics", "category",
                "language")  # fmt: skip
_OF_OBJECTS = frozenset(("links",))  # of a list of addresses none is that of the article itself
_OF_PUBLICATION = re.compile(r"(?:first_?)?publi", re.IGNORECASE)
_OF_ANYTHING = re.compile(r"creat|date_?creat|@?timestamp|date_?time\Z", re.IGNORECASE)
_PUBLISHED = tuple(filter(_OF_PUBLICATION.match, ALIASES["publishedDateTime"]))
_DATES_OF_PUBLICATION = tuple(
    name for name in ALIASES["publishedDateTime"] if not _OF_ANYTHING.match(name)
)
_TIME = re.compile(r"\s*\d\d?:\d\d")
_DAY = re.compile(r"\s*(?:\d{4}-\d\d-\d\d|\d\d?[./]\d\d?[./]\d{4})\s*\Z")
_MOST_TOPICS = 200


def understood(fields: Mapping[str, object], names: FieldNames = ()) -> dict[str, object]:
    """A record under the product's own names; what it has under others that are not used stays.

    Args:
        fields: The record.
        names: Where the user says that a field is; it comes before every name of the table.
    """
    if not names and all(_needs_no_reading(*one) for one in fields.items()):
        return dict(fields)
    found = _Record(fields, names).renamed()
    for name in ABOUT:
        about = fields.get(name)
        if isinstance(about, Mapping):
            _complete(found, understood(about))
    return found


def _needs_no_reading(key: str, value: object) -> bool:
    """Whether a field is one of ours in its own form, or none that the table knows."""
    if key == "provider":
        return _is_named(value)
    if key in OWN_NAMES:
        return not isinstance(value, Mapping | list) or key in _OBJECTS
    return same_name(key) not in KNOWN


def _is_named(outlet: object) -> bool:
    """Whether an outlet is given in our form: as its name, or an object with name or domain."""
    return not isinstance(outlet, Mapping) or bool(outlet.get("name") or outlet.get("domain"))


def _complete(found: dict[str, object], about: Mapping[str, object]) -> None:
    """Add what a record lacks of what is said beside it."""
    for field in _SAID_BESIDE:
        own = OWN.get(field, (field,))
        if not any(found.get(name) for name in own):
            found.update({name: about[name] for name in own if about.get(name)})


class _Record:
    """One record on its way to our names."""

    def __init__(self, fields: Mapping[str, object], names: FieldNames) -> None:
        self._fields = dict(fields)
        self._keys = {same_name(key): key for key in reversed(list(fields))}
        self._names = names
        self._used: set[str] = set()

    def renamed(self) -> dict[str, object]:
        found: dict[str, object] = {}
        for field, name in self._names:
            value = _of_field(field, self._at(name))
            if field not in found and value not in (None, "", []):
                found[field] = value
                self._use(name, of_several=field in (*_TEXTS, "topics"))
        for field in _TEXTS:
            self._take(found, field, text_in)
        self._leave_out_copies(found)
        self._take_date(found)
        self._take_time(found)
        self._take(found, "webUrl", address_in)
        self._take_provider(found)
        self._take_topics(found)
        self._take(found, "category", scalar_in)
        self._take(found, "language", scalar_in)
        if "webUrl" not in found and "id" not in found and not self._has("id", "webUrl"):
            self._take_first(found, "id", IDS, id_in)
        own = {name for field in found for name in OWN.get(field, (field,))}
        rest = {
            key: value
            for key, value in self._fields.items()
            if key not in self._used and not (key in own and key != "published")
        }
        return {**rest, **found}

    def _take(self, found: dict[str, object], field: str, read: Read) -> None:
        if field in found or self._has(field):
            return
        own = OWN.get(field, (field,))
        others = tuple(name for name in ALIASES[field] if name not in own)
        # Our own name with an object in it, or spelled otherwise, is read as the others are.
        self._take_first(found, field, (*own, *others), read)

    def _take_first(
        self, found: dict[str, object], field: str, names: Iterable[str], read: Read
    ) -> None:
        for name in names:
            key = self._key(name)
            if key is None or key in self._used:
                continue
            given = self._at(name)
            if name in _OF_OBJECTS and not _holds_objects(given):
                continue
            value = read(given)
            if value not in (None, "", []):
                found[field] = value
                self._use(name, of_several=field in _TEXTS)
                return

    def _leave_out_copies(self, found: dict[str, object]) -> None:
        """Of a text that came in several forms, such as HTML and plain, one is enough."""
        body, excerpt = found.get("body"), found.get("excerpt")
        if not isinstance(body, str):
            return
        if isinstance(excerpt, str) and excerpt.split() == body.split():
            del found["excerpt"]
        for alias in ALIASES["body"]:
            key = self._key(alias)
            other = None if key is None or key in self._used else text_in(self._fields[key])
            if key and isinstance(other, str) and other.split() == body.split():
                self._used.add(key)

    def _take_date(self, found: dict[str, object]) -> None:
        """Take the date; when it was made is none, where a field for its publication is empty."""
        if "publishedDateTime" in found or self._has("publishedDateTime"):
            return
        empty = (
            self._key(name) is not None and self._at(name) in (None, "") for name in _PUBLISHED
        )
        names = _DATES_OF_PUBLICATION if any(empty) else ALIASES["publishedDateTime"]
        self._take_first(found, "publishedDateTime", names, date_in)

    def _take_time(self, found: dict[str, object]) -> None:
        """Add the time of day to a day, where it stands in a field of its own."""
        key, given = self._key("time"), found.get("publishedDateTime", self._date_of_ours())
        at = None if key is None else self._fields[key]
        if isinstance(given, str) and isinstance(at, str) and _TIME.match(at) and _DAY.match(given):
            found["publishedDateTime"] = f"{given.strip()} {at.strip()}"
            self._used.add(str(key))

    def _date_of_ours(self) -> object:
        return next((self._fields[name] for name in OWN["publishedDateTime"]
                     if self._fields.get(name)), None)  # fmt: skip

    def _take_provider(self, found: dict[str, object]) -> None:
        ours = self._fields.get("provider")
        if "provider" in found or (self._has("provider") and _is_named(ours)):
            return
        name, domain = outlet_in(ours) if isinstance(ours, Mapping) else ("", "")
        for alias in ALIASES["provider_domain"]:
            key = self._keys.get(same_name(alias))
            given = domain_in(self._fields[key]) if key is not None else ""
            if given and not domain:
                domain = given
                self._use_but_pages(alias)
        for alias in () if name else ALIASES["provider"]:
            key = self._keys.get(same_name(alias))
            if key is None or key in self._used:
                continue
            value = self._fields[key]
            value = value[0] if isinstance(value, list) and value else value
            given_name, given_domain = outlet_in(value)
            if given_name or given_domain:
                name, domain = given_name, given_domain or domain
                self._use_but_pages(alias)
                break
        if name or domain:
            found["provider"] = {"name": name, "domain": domain}

    def _take_topics(self, found: dict[str, object]) -> None:
        if "topics" in found or self._has("topics"):
            return
        topics: list[str] = []
        for alias in ALIASES["topics"]:
            given = list(topic_names(self._at(alias)))
            if given:
                topics += given
                self._use(alias, of_several=True)
        if topics:
            found["topics"] = list(dict.fromkeys(topics))[:_MOST_TOPICS]

    def _has(self, *fields: str) -> bool:
        """Whether a field stands there under a name of ours, in a form that needs no reading."""
        return any(
            self._fields.get(name) not in (None, "", [])
            and not isinstance(self._fields[name], bool)
            and (field in _OBJECTS or not isinstance(self._fields[name], Mapping | list))
            for field in fields
            for name in OWN.get(field, (field,))
            if name in self._fields
        )

    def _at(self, path: str) -> object:
        key = self._key(path)
        if key is None:
            return None
        value: object = self._fields[key]
        for step in () if key == path else filter(None, path.split(".")[1:]):
            if isinstance(value, list):
                value = value[0] if value else None
            if not isinstance(value, Mapping):
                return None
            value = next(
                (item for name, item in value.items() if same_name(str(name)) == same_name(step)),
                None,
            )
        return value

    def _use(self, path: str, *, of_several: bool = False) -> None:
        """Leave a field out of what stays; what holds more than was taken stays.

        ``of_several``: whether all members of a list were taken.
        """
        key = self._key(path)
        if key is None or not _says_one_thing(self._fields[key]):
            return
        value = self._fields[key]
        if of_several or not isinstance(value, list) or len(value) == 1:
            self._used.add(key)

    def _use_but_pages(self, alias: str) -> None:
        """Leave a field out of what stays, but the address of a page, which says more."""
        if address_in(self._at(alias)) is None:
            self._use(alias)

    def _key(self, path: str) -> str | None:
        """The field that a path begins with, as the record writes it."""
        return path if path in self._fields else self._keys.get(_first_step(path))


@lru_cache(maxsize=4096)
def _first_step(path: str) -> str:
    """What the first name of a path is compared as."""
    return same_name(path.partition(".")[0])


def _says_one_thing(value: object) -> bool:
    """Whether nothing is lost of a value when one thing is taken from it."""
    if isinstance(value, Mapping):
        filled = [item for item in value.values() if item not in (None, "", [], {}, False)]
        return len(filled) <= 1 and all(map(_says_one_thing, filled))
    if isinstance(value, list) and any(isinstance(item, Mapping) for item in value):
        return len(value) == 1 and _says_one_thing(value[0])
    return True


def _of_field(field: str, value: object) -> object:
    """A value that a user says is a field's, in the form of the field."""
    if field in _TEXTS:
        return text_in(value) or (value if isinstance(value, int | float) else None)
    if field == "provider":
        name, domain = outlet_in(value)
        return {"name": name, "domain": domain} if name or domain else None
    return list(topic_names(value)) if field == "topics" else value


def _holds_objects(value: object) -> bool:
    return isinstance(value, Mapping | str) or (
        isinstance(value, list) and any(isinstance(one, Mapping) for one in value)
    )
