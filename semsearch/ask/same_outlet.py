"""Which outlets are one: known by name in one record and by domain in another.

The index's own records decide, those that give both: a name stands for its domain where it has one
alone. What they do not tell is told in the settings (``outlets``).
"""

from collections.abc import Mapping, Sequence

from semsearch.model.article import Provider
from semsearch.model.filters import AllOf, AnyOf, Attribute, Condition, Not, OneOf, normal_text


class SameOutlets:
    """The outlets of an index.

    Args:
        providers: Every provider of the index.
        same: Names and domains, and the domain of the outlet that each is.
    """

    def __init__(
        self, providers: Sequence[Provider] = (), same: Mapping[str, str] | None = None
    ) -> None:
        domains: dict[str, set[str]] = {}
        for provider in providers:
            if provider.name and provider.domain:
                domains.setdefault(_normal(provider.name), set()).add(_normal(provider.domain))
        self._key = {name: min(some) for name, some in domains.items() if len(some) == 1}
        for written, outlet in (same or {}).items():
            self._key[_normal(written)] = _normal(outlet)
        self._written: dict[str, set[str]] = {}
        for provider in providers:
            for value in (provider.domain, provider.name):
                key = self._one(_normal(value))
                if value and (value == provider.domain or key == self.key(provider)):
                    self._written.setdefault(key, set()).add(_normal(value))

    def key(self, provider: Provider) -> str:
        """What identifies the outlet; empty where nothing is known of it."""
        return self._one(_normal(provider.domain or provider.name))

    def _one(self, value: str) -> str:
        return self._key.get(value, value)

    def expand(self, condition: Condition) -> Condition:
        """The condition with each outlet in all the ways in which the index knows it."""
        match condition:
            case OneOf(attribute=Attribute.PROVIDER, values=values):
                every = {value for each in values for value in (each, *self._ways(each))}
                return OneOf(Attribute.PROVIDER, tuple(sorted(every)))
            case AllOf(conditions=parts):
                return AllOf(tuple(map(self.expand, parts)))
            case AnyOf(conditions=parts):
                return AnyOf(tuple(map(self.expand, parts)))
            case Not(condition=part):
                return Not(self.expand(part))
            case _:
                return condition

    def _ways(self, value: str) -> set[str]:
        return self._written.get(self._one(value), set())


def _normal(value: str) -> str:
    return normal_text(Attribute.PROVIDER, value)
