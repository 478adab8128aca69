"""Addresses that differ from another in one parameter: filters put in and taken out."""

from dataclasses import dataclass, replace
from urllib.parse import urlencode


@dataclass(frozen=True, slots=True)
class Link:
    """A path with its query, in order."""

    path: str
    parameters: tuple[tuple[str, str], ...] = ()

    def with_(self, name: str, value: object) -> "Link":
        """With one more value of a parameter."""
        return replace(self, parameters=(*self.parameters, (name, str(value))))

    def without(self, name: str, value: object = None) -> "Link":
        """Without a parameter, or without one value of it."""
        return replace(
            self,
            parameters=tuple(
                one
                for one in self.parameters
                if one[0] != name or (value is not None and one[1] != str(value))
            ),
        )

    def __str__(self) -> str:
        if not self.parameters:
            return self.path
        # Half a surrogate pair can stand in a text, not in an address.
        return f"{self.path}?{urlencode(self.parameters, errors='replace')}"
