"""Which outlets a question asks for, or wants left out.

A name of an outlet is often the topic: in an archive about a company that is also a publisher its
name says little about the wanted source. So a name counts as a wanted source only in a phrase of
attribution ("Harbour Ledger on ...", "according to ...", "what does X say"), and that of a
newsmaker, an outlet that others write headlines about, only in "its own blog" or an exclusion.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TypeVar

from semsearch.ask.terms import ASKING_WORDS, STOP_WORDS
from semsearch.model.article import Provider, bare_host
from semsearch.model.filters import AllOf, AnyOf, Attribute, Condition, Not, OneOf, normal_text


class SameOutlets:
    """The outlets of an index."""

    def __init__(
        self, providers: Collection[Provider] = (), same: Mapping[str, str] | None = None
    ) -> None:
        domains: dict[str, set[str]] = {}
        for provider in providers:
            if provider.name and provider.domain:
                domains.setdefault(_normal(provider.name), set()).add(_normal(provider.domain))
        self._key = {name: min(some) for name, some in domains.items() if len(some) == 1}
        for written, outlet in (same or {}).items():
            self._key[_normal(written)] = _normal(outlet)
        self._written: dict[str, set[str]] = {}
        self._hosts: dict[str, set[str]] = {}
        for provider in providers:
            for value in (provider.domain, provider.name):
                key = self._one(_normal(value))
                if value and (value == provider.domain or key == self.key(provider)):
                    self._written.setdefault(key, set()).add(_normal(value))
            if provider.domain:
                domain = _normal(provider.domain)
                self._hosts.setdefault(_host(domain), set()).add(domain)
        self._names = {_normal(provider.name) for provider in providers}

    def key(self, provider: Provider) -> str:
        """What identifies the outlet; empty where nothing is known of it."""
        return self._one(_normal(provider.domain or provider.name))

    def _one(self, value: str) -> str:
        return self._key.get(value, value)

    def expand(self, condition: Condition) -> Condition:
        """The condition with each outlet in all the ways in which the index knows it."""
        match condition:
            case OneOf(attribute=Attribute.PROVIDER, values=values):
                every = {value for each in values for value in self.ways(each)}
                return OneOf(Attribute.PROVIDER, tuple(sorted(every)))
            case AllOf(conditions=parts):
                return AllOf(tuple(map(self.expand, parts)))
            case AnyOf(conditions=parts):
                return AnyOf(tuple(map(self.expand, parts)))
            case Not(condition=part):
                return Not(self.expand(part))
            case _:
                return condition

    def ways(self, value: str) -> set[str]:
        """All normal texts under which the index knows an outlet, the given one among them."""
        return {value} | self._ways(value)

    def _ways(self, value: str) -> set[str]:
        domains = self._hosts.get(outlet_host(value), set())
        keys = {self._one(one) for one in (value, *domains)}
        return domains.union(*(self._written.get(key, set()) for key in keys))

    def unknown(self, values: Sequence[str]) -> list[str]:
        """Those of some names, domains and addresses that no article of the index has."""
        return [
            value
            for value in values
            for name in (normal_text(Attribute.PROVIDER, value),)
            if name not in self._names and not self._ways(name)
        ]


def same_outlets(
    counts: Iterable[tuple[Provider, int]], same: Mapping[str, str] | None = None
) -> SameOutlets:
    """The outlets of a generation, which are mostly those of the one before.

    Args:
        counts: Every provider with its number of articles.
        same: See ``SameOutlets``.
    """
    return _same_outlets(frozenset(one for one, _ in counts), tuple((same or {}).items()))


@lru_cache(2)
def _same_outlets(providers: frozenset[Provider], same: tuple[tuple[str, str], ...]) -> SameOutlets:
    return SameOutlets(providers, dict(same))


T = TypeVar("T")

# Names, domains and hosts of the index: those of one generation are those of the next, too. What a
# question names is not kept.
_KEPT = 16_384


def folded(counts: Iterable[tuple[T, int]], same: Callable[[T], str]) -> dict[T, int]:
    """Counts of values of which some are one thing, under the first way to write it."""
    totals: dict[str, int] = {}
    names: dict[str, T] = {}
    for value, number in counts:
        key = same(value)
        totals[key] = totals.get(key, 0) + number
        names.setdefault(key, value)
    return {names[key]: number for key, number in totals.items()}


@lru_cache(_KEPT)
def _normal(value: str) -> str:
    return normal_text(Attribute.PROVIDER, value)


_WORD = re.compile(r"[^\W_]+(?:[&'’][^\W_]+)*(?:\.[a-z]{2,3}\b)*")
_PUBLISHES = (
    r"(?:write|writes|wrote|written|report|reports|reported|cover|covers|covered|publish|publishes"
    r"|published)"
)
_SAYS = (
    rf"(?:{_PUBLISHES[3:-1]}|say|says|said|describe|describes|described|tell|tells|told|think|run"
    r"|carry|have|rank|view|see|explain|put it)"
)
_PIECE = (
    r"(?:stories|story|articles?|coverage|reports?|reporting|pieces?|headlines?|news|write-?ups?"
    r"|reviews?|analysis|opinions?|editorials?|commentary|view|take|account|version)"
)
_SOURCE = (
    r"(?:outlets?|press|media|sources?|sites?|papers?|newspapers?|publications?|providers?"
    r"|reports?|articles?|coverage|stories|reporting|anyone|anybody|everyone|others?|news)"
)
_EXCEPT = re.compile(
    r"(?:\b(?:other than|except(?: for| from)?|excluding|besides|apart from|aside from|without"
    r"|rather than|but not|not(?: from| by)?|(?:any|every)(?:one|body|thing) but|(?:any outlet|all)"
    r" but)\s+(?:the\s+)?|\bnon-)$",
    re.IGNORECASE,
)
_NOT_BEFORE = re.compile(
    r"(?:\b(?:that|which)\s+)?\b(?:(?:(?:is|are|was|were)\s+)?(?:not|never)|\w+n['’]t)\s+$",
    re.IGNORECASE,
)
_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)+")
_ALL_BUT = re.compile(r"(?:anyone|anybody|everyone|everybody) but\s+$", re.IGNORECASE)
_COMMA_NOT = re.compile(r",\s*(?:but )?not(?: from| by)?\s+$", re.IGNORECASE)
_END = re.compile(r"\s*[?.]?\s*$")
_AND_MORE = re.compile(r"\s*(?:,|and|or|,\s*and|,\s*or|nor)\s+(?:the\s+)?")
_DO = re.compile(
    r"(?:\b(?:what|which (?:stories|articles)|how)\s+)?\b(?:did|does|do|has|have|is|was)\s+"
    r"(?:the\s+)?$",
    re.IGNORECASE,
)
_OWN = re.compile(
    r"(?:['’]s?)?\s+(?:own\s+\w+|(?:official\s+)?blogs?)\b(?:\s+say\b)?(?:\s+(?:about|on)\b)?",
    re.IGNORECASE,
)
_VERB = re.compile(
    rf"\s+(?:\w+ly\s+|also\s+|ever\s+)?({_SAYS})\b(?:\s+(?:about|on|of)\b)?", re.IGNORECASE
)
_ACCORDING = re.compile(
    r"\b(?:according to|as (?:reported|told) by|(?:written|reported|published) (?:by|in|on)"
    r"|(?:coverage|articles?|stor(?:y|ies)|reports?|news|headlines?|pieces?|anything|something"
    r"|posts?) (?:by|from|in|on|at))\s+(?:the\s+)?$",
    re.IGNORECASE,
)
_PREPOSITION = re.compile(r"(?:\s*,)?(?:\s+(?:about|on)\b)?", re.IGNORECASE)
_POSSESSIVE = re.compile(r"['’]s?$")
# "Nature coverage grows" speaks of nature.
_ITS_PIECE = re.compile(
    rf"['’]s?\s+{_PIECE}\b(?:\s+(?:about|on|of)\b)?"
    rf"|\s+{_PIECE}\b(?:\s+(?:about|on|of)\b|(?=\s+(?:from|in|since|before|after)\b|\s*(?:[?.,;:!]|$)))",
    re.IGNORECASE,
)
_ON = re.compile(r"\s*(?::|\bon\b|\babout\b)")
_FROM = re.compile(r"\b(?:in|from|by)\s+(?:the\s+)?$", re.IGNORECASE)
_CAPITALS = r"(?:[^\W\d_a-z][\w'’&.-]*\s+){1,4}"
_KINDS_OF_NEWS = frozenset(
    """local national international foreign regional global world press media tv television radio
    breaking live full early recent previous past daily weekly official more other further new
    latest extensive wide broad some all any most many few various different several""".split()
)
_UNKNOWN = re.compile(
    rf"\b(?:did|does|do|has|have)\s+(?:the\s+)?({_CAPITALS})(?=(?:\w+ly\s+|ever\s+)?{_PUBLISHES}\b)"
    rf"|^({_CAPITALS})(?={_PIECE}\s+(?:on|about|of)\b)"
)
_OUTLETS = r"(?:outlets|providers|publishers|newspapers|papers|publications|press|media)"
_ASKS_FOR_VARIETY = re.compile(
    rf"\b(?:different|various|several|multiple|diverse|many)\s+(?:news\s+)?{_OUTLETS}\b"
    rf"|\bacross\s+(?:the\s+)?(?:news\s+)?{_OUTLETS}\b"
    rf"|\bhow\s+(?:do|did|does|have|has|are|were)\s+(?:the\s+)?(?:news\s+|other\s+)?{_OUTLETS}\b",
    re.IGNORECASE,
)
_MAX_NAME_WORDS = 5
_MIN_MENTIONS = 3
_NEWSMAKER_SHARE = 0.15
_COMMON_WORD_SHARE = 0.02
_MIN_MENTION_CHARS = 5


_Name = tuple[int, int, set[str], int]
"""Where a name begins and ends, keys of the outlets that it names, and how many words it has."""


@dataclass(frozen=True, slots=True)
class NamedOutlets:
    """Keys of the outlets that a question names, and what is left of it without them.

    ``variety``: it asks for several outlets, whichever they are.
    """

    text: str
    wanted: frozenset[str] = frozenset()
    excluded: frozenset[str] = frozenset()
    mentioned: frozenset[str] = frozenset()
    unknown: str = ""
    variety: bool = False


class Outlets:
    """The providers of an index by the ways in which people name them."""

    def __init__(self, providers: Sequence[tuple[Provider, int]], articles: int) -> None:
        self._articles = articles
        self._counts: dict[str, int] = {}
        self._names: dict[str, Provider] = {}
        self._aliases: dict[str, set[str]] = {}
        for provider, number in providers:
            if not (key := provider.key):
                continue
            self._counts[key] = self._counts.get(key, 0) + number
            self._names.setdefault(key, provider)
            for alias in _aliases(provider):
                self._aliases.setdefault(alias, set()).add(key)

    def name(self, key: str) -> str:
        """How an outlet calls itself."""
        provider = self._names[key]
        return provider.name or provider.domain

    def named(self, name: str) -> set[str]:
        """Keys of the outlets with a name, a domain, or a domain under it."""
        return self._under.get(outlet_host(name), set()) | self._aliases.get(_squeeze(name), set())

    @cached_property
    def _under(self) -> dict[str, set[str]]:
        """Keys of outlets by their hosts and all hosts that these are under."""
        under: dict[str, set[str]] = {}
        for key in self._names:
            labels = _host(key).split(".")
            for first in range(len(labels)):
                if host := ".".join(labels[first:]):
                    under.setdefault(host, set()).add(key)
        return under

    def name_at(self, text: str, start: int) -> int:
        """Where the longest name of an outlet ends that begins at a place; else the place.

        A single word in lower case is none.
        """
        spans = [match.span() for match in _WORD.finditer(text, start)][:_MAX_NAME_WORDS]
        for count in range(len(spans), 0, -1):
            written = text[start : spans[count - 1][1]]
            a_name = count > 1 or not written.islower() or "." in written
            if a_name and spans[0][0] == start and _squeeze(written) in self._aliases:
                return spans[count - 1][1]
        return start

    def read(
        self,
        text: str,
        *,
        frequency: Callable[[str], int],
        headlines_about: Callable[[str, str, int], int],
    ) -> NamedOutlets:
        """Find the outlets that a question asks for.

        Args:
            text: The question.
            frequency: In how many articles a word stands.
            headlines_about: How many headlines of others hold an outlet's name, given the name,
                its key and where counting may stop.
        """
        mentions = _Mentions()
        for start, end, keys, words in _joined(text, self._named_in(text, frequency)):
            newsmaker = any(self._is_newsmaker(key, headlines_about) for key in keys)
            mentions.take(text, start, end, keys, newsmaker=newsmaker, words=words)
        left = mentions.cut(text)
        unknown = "" if mentions.wanted else self._unknown(text)
        return NamedOutlets(
            left,
            frozenset(mentions.wanted),
            frozenset(mentions.excluded),
            frozenset(mentions.mentioned),
            unknown,
            asks_for_variety(text),
        )

    def _named_in(self, text: str, frequency: Callable[[str], int]) -> Iterator[_Name]:
        """The names of outlets in a text, from left to right, the longest at each place."""
        spans = [match.span() for match in _WORD.finditer(text)]
        place = 0
        while place < len(spans):
            name = self._longest_name(text, spans, place, frequency)
            if name is None:
                place += 1
                continue
            words, end, keys = name
            yield spans[place][0], end, keys, words
            place += words
            while place < len(spans) and spans[place][0] < end:
                place += 1

    def _longest_name(
        self,
        text: str,
        spans: list[tuple[int, int]],
        place: int,
        frequency: Callable[[str], int],
    ) -> tuple[int, int, set[str]] | None:
        """The longest run of words from here that names outlets.

        Returns:
            How many words, where the name ends (before a possessive), and which keys.
        """
        host = _HOST.match(text, spans[place][0])
        if host is not None and (under := self.named(host[0])):
            return sum(host.start() <= start < host.end() for start, _ in spans), host.end(), under
        for count in range(min(_MAX_NAME_WORDS, len(spans) - place), 0, -1):
            start, end = spans[place][0], spans[place + count - 1][1]
            written = text[start:end]
            keys = self._aliases.get(_squeeze(written))
            if keys is None:
                written = _POSSESSIVE.sub("", written)
                keys = self._aliases.get(_squeeze(written))
            if keys is None:
                continue
            first = text[slice(*spans[place])]
            if count == 1:
                word = written.lower()
                if word in STOP_WORDS or word in ASKING_WORDS:
                    continue
                ordinary = frequency(word) > _COMMON_WORD_SHARE * self._articles
                if written == word and "." not in written and ordinary:
                    continue
            elif first.islower() and first in STOP_WORDS:
                continue
            if host is None or host.end() <= start + len(written):
                return count, start + len(written), keys
        return None

    def _is_newsmaker(self, key: str, headlines_about: Callable[[str, str, int], int]) -> bool:
        enough = max(_MIN_MENTIONS, int(_NEWSMAKER_SHARE * self._counts[key]) + 1)
        return headlines_about(self.name(key), key, enough) >= enough

    def _unknown(self, text: str) -> str:
        match = _UNKNOWN.search(text)
        if match is None:
            return ""
        name = _POSSESSIVE.sub("", (match[1] or match[2]).strip())
        written = _WORD.findall(name)
        if all(word.lower() in _KINDS_OF_NEWS for word in written):
            return ""
        parts = {
            _squeeze("".join(written[i:j]))
            for i in range(len(written))
            for j in range(i + 1, len(written) + 1)
        }
        return "" if parts & set(self._aliases) else name


def _joined(text: str, names: Iterable[_Name]) -> Iterator[_Name]:
    """Names with those that "and" or a comma joins taken as one: "Metro and the Echo report"."""
    last: _Name | None = None
    for name in names:
        start, end, keys, words = name
        if last is not None and _AND_MORE.fullmatch(text[last[1] : start]):
            last = (last[0], end, last[2] | keys, max(last[3], words))
            continue
        if last is not None:
            yield last
        last = name
    if last is not None:
        yield last


@dataclass(slots=True)
class _Mentions:
    """What has been found so far, and the spans that name it."""

    wanted: set[str] = field(default_factory=set)
    excluded: set[str] = field(default_factory=set)
    mentioned: set[str] = field(default_factory=set)
    spans: list[tuple[int, int]] = field(default_factory=list)

    def take(
        self, text: str, start: int, end: int, keys: set[str], *, newsmaker: bool, words: int
    ) -> None:
        """Judge one name by the words around it."""
        before, after = text[:start], text[end:]
        strength, left, right = _attribution(before, after, is_host="." in text[start:end])
        exclusion = _EXCEPT.search(before)
        if exclusion and (not newsmaker or _is_about_sources(before, after)):
            self._exclude(keys, exclusion.start(), end)
        elif strength and not newsmaker and (negation := _NOT_BEFORE.search(text[:left])):
            self._exclude(keys, negation.start(), end + right)
        elif strength == _OWN_WORDS or (strength and not newsmaker):
            self.wanted |= keys
            self.spans.append((left, end + right))
        elif not newsmaker and (words > 1 or end - start >= _MIN_MENTION_CHARS):
            self.mentioned |= keys

    def _exclude(self, keys: set[str], start: int, end: int) -> None:
        self.excluded |= keys
        self.spans.append((start, end))

    def cut(self, text: str) -> str:
        """The question without the phrases that name sources."""
        for start, end in sorted(self.spans, reverse=True):
            text = f"{text[:start]} {text[end:]}"
        return re.sub(r"\s+([?,.])", r"\1", " ".join(text.split())).strip(" ,:")


_OWN_WORDS = 3


def _attribution(before: str, after: str, *, is_host: bool) -> tuple[int, int, int]:
    """How strongly the words around a name make it a source.

    Returns:
        3 for its own words, 2 or 1 for words of reporting, 0 for none; where the phrase starts,
        and how far it goes on behind the name.
    """
    do = _DO.search(before)
    own = _OWN.match(after)
    if own:
        return _OWN_WORDS, do.start() if do else len(before), own.end()
    if do and (verb := _VERB.match(after)):
        strong = re.fullmatch(_PUBLISHES, verb[1], re.IGNORECASE)
        return 2 if strong else 1, do.start(), verb.end()
    if according := _ACCORDING.search(before):
        preposition = _PREPOSITION.match(after)
        return 2, according.start(), preposition.end() if preposition else 0
    if piece := _ITS_PIECE.match(after):
        return 2, len(before), piece.end()
    if not before.strip() and (on := _ON.match(after)):
        return 2, 0, on.end()
    source = _FROM.search(before)
    if source and (is_host or (_END.match(after) and re.search(_SOURCE, before, re.IGNORECASE))):
        return 2, source.start(), 0
    return 0, 0, 0


def asks_for_variety(question: str) -> bool:
    """Whether the words ask for several outlets: "from different outlets", "how did the press"."""
    return bool(_ASKS_FOR_VARIETY.search(question))


def _is_about_sources(before: str, after: str) -> bool:
    """Whether an exclusion is of a source: "outlets other than X", "X press", "everyone but X"."""
    return bool(
        re.search(rf"\b{_SOURCE}\b", before, re.IGNORECASE)
        or re.match(rf"\s+{_SOURCE}\b", after, re.IGNORECASE)
        or _ALL_BUT.search(before)
        or (_COMMA_NOT.search(before) and _END.match(after))
    )


def outlet_host(name: str) -> str:
    """The bare host of an address, or of a host with a port or a star; else the name itself."""
    host = re.sub(r"^\w+://|[/?#].*$|:\d+$", "", name.strip().removeprefix("*").strip("."))
    host = bare_host(re.sub(r"[/?#].*$|:\d+$", "", host).removeprefix("*."))
    if "xn--" in host:
        with suppress(UnicodeError):
            return host.encode().decode("idna")
    return host


_host = lru_cache(_KEPT)(outlet_host)


@lru_cache(_KEPT)
def _aliases(provider: Provider) -> set[str]:
    """The ways in which people name an outlet, squeezed."""
    name, domain = provider.name, provider.domain
    label = domain.partition(".")[0]
    forms = {
        name,
        re.sub(r"^the ", "", name, flags=re.IGNORECASE),
        re.sub(r"\.com$", "", name, flags=re.IGNORECASE),
        domain,
        label if len(label) > 3 else "",  # noqa: PLR2004 - "cnn" yes by name, "is" never
    }
    return {squeezed for form in forms if len(squeezed := _squeeze(form)) >= 3}  # noqa: PLR2004


def _squeeze(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))
