"""Values of a filter to choose from, with how many articles have each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from semsearch.model.filters import Attribute, normal_text
from semsearch.model.status import ProviderCount, TopicCount

_OPEN = 8
_MOST = 40


@dataclass(frozen=True, slots=True)
class Choice:
    """A value as it is sent and as it is shown."""

    value: str
    label: str
    articles: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Choices:
    """The first ones, all chosen ones among them, and some more."""

    first: tuple[Choice, ...]
    more: tuple[Choice, ...]


def outlets(counted: Iterable[ProviderCount], chosen: Sequence[str]) -> Choices:
    """Outlets by their domain, else by their name."""
    values = [(one.provider.key, one.provider, one.articles) for one in counted]
    return _choices(
        Attribute.PROVIDER,
        [
            (key, outlet.name or outlet.domain, number, (key, outlet.name))
            for key, outlet, number in values
        ],
        chosen,
    )


def topics(counted: Iterable[TopicCount], chosen: Sequence[str]) -> Choices:
    """Topics."""
    return _choices(
        Attribute.TOPIC,
        [(one.topic, one.topic, one.articles, (one.topic,)) for one in counted],
        chosen,
    )


def _choices(
    attribute: Attribute,
    held: Sequence[tuple[str, str, int, tuple[str, ...]]],
    chosen: Sequence[str],
) -> Choices:
    """Chosen values first, those that nothing has too, then by the number of articles."""
    wanted = {normal_text(attribute, value): value for value in chosen}
    found: list[Choice] = []
    met: set[str] = set()
    for value, label, number, names in held:
        same = {normal_text(attribute, name) for name in names} & wanted.keys()
        met |= same
        # What was chosen is sent as it was written, else it would be sent twice.
        sent = wanted[min(same)] if same else value
        found.append(Choice(sent, label, number, bool(same)))
    found += [Choice(wanted[name], wanted[name], 0, chosen=True) for name in wanted.keys() - met]
    found.sort(key=lambda one: (not one.chosen, -one.articles, one.label))
    first = max(_OPEN, sum(one.chosen for one in found))
    return Choices(tuple(found[:first]), tuple(found[first:_MOST]))
