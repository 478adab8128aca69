"""What every page must hold, told from its markup alone."""

from collections import Counter
from html.parser import HTMLParser
from itertools import pairwise

_VOID = {"meta", "link", "input", "br", "hr", "img", "rect", "path", "circle", "line", "source"}


class Markup(HTMLParser):
    """A page taken apart: its elements in order, its text, and what is wrong with it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.faults: list[str] = []
        self._open: list[str] = []
        self.feed(page)
        self.close()
        self.faults += [f"{tag} is not closed" for tag in self._open]
        self._check()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.elements.append((tag, given))
        if tag not in _VOID:
            self._open.append(tag)
        self.faults += [
            f"{tag} has {name}" for name in given if name[:2] == "on" or name == "style"
        ]
        self.faults += [
            f"{tag} twice has {n}" for n, k in Counter(n for n, _ in attrs).items() if k > 1
        ]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self.faults.append(f"{tag} is closed where it is not open")

    def handle_data(self, data: str) -> None:
        if not self._open or self._open[-1] not in ("script", "style"):
            self.text += data
        elif data.strip():
            self.faults.append("a script or style within the page")

    @property
    def tags(self) -> set[str]:
        """The kinds of its elements."""
        return {tag for tag, _ in self.elements}

    def all(self, tag: str) -> list[dict[str, str]]:
        """The attributes of every element of a kind."""
        return [given for name, given in self.elements if name == tag]

    def links(self) -> list[str]:
        """Where the page leads."""
        return [given["href"] for given in self.all("a") if "href" in given]

    def _check(self) -> None:
        ids = Counter(given["id"] for _, given in self.elements if "id" in given)
        self.faults += [f"the id {name} stands twice" for name, number in ids.items() if number > 1]
        levels = [int(tag[1]) for tag, _ in self.elements if tag in ("h1", "h2", "h3", "h4")]
        if levels.count(1) != 1:
            self.faults.append(f"{levels.count(1)} main headings")
        self.faults += [
            f"a heading of level {after} after one of {before}"
            for before, after in pairwise(levels)
            if after > before + 1
        ]
        labelled = {given.get("for") for given in self.all("label")}
        self.faults += [
            f"no label for {given.get('name')}"
            for given in self.all("input") + self.all("textarea")
            if given.get("type") not in ("hidden", "checkbox") and given.get("id") not in labelled
        ]
        for _, given in self.elements:
            names = (
                given.get("aria-labelledby", "") + " " + given.get("aria-describedby", "")
            ).split()
            self.faults += [f"nothing has the id {name}" for name in names if name not in ids]
        self.faults += [
            f"{given['href']} opens without rel"
            for given in self.all("a")
            if given.get("href", "").startswith("http")
            and given.get("rel", "") != "noopener noreferrer nofollow"
        ]
