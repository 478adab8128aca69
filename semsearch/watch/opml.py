"""Read and write lists of feeds as OPML, as every feed reader does."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement, indent, tostring
from xml.parsers import expat

from semsearch.errors import InvalidFeedError, UnreadableError
from semsearch.ingest.formats.xmlhead import refuse_bombs, root_of
from semsearch.model.feeds import Feed, interval_of

MAX_BYTES = 8 * 2**20
_OUTLINE = "outline"
_OWN = "semsearch-"
_FEED_TYPES = ("rss", "rss1", "atom", "rdf", "feed")
_BARE = re.compile(rb"&(?!(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|amp|lt|gt|quot|apos);)")


@dataclass(frozen=True, slots=True)
class Outline:
    """An entry of a list that names a feed.

    Attributes:
        line: Where it stands, 1-based.
        url: As it stands there; empty: it is said to be a feed, and has no address.
        every, provider, full_text: As another index wrote them; empty: they are not said.
    """

    line: int
    url: str
    title: str = ""
    every: str = ""
    provider: str = ""
    full_text: bool = False


def read_opml(data: bytes) -> list[Outline]:
    """The feeds of a list, in order, whatever folders they stand in.

    Raises:
        InvalidFeedError: It is no OPML.
    """
    if len(data) > MAX_BYTES:
        raise InvalidFeedError(f"The list is larger than {MAX_BYTES // 2**20} MiB.")
    if root_of(data[: 2**16].decode("utf-8", "replace").lstrip("\ufeff")) != "opml":
        raise InvalidFeedError("It is no OPML, the list that feed readers export.")
    try:
        refuse_bombs(data)
        try:
            return _outlines(data)
        except expat.ExpatError:  # many readers write addresses as they are
            return _outlines(_BARE.sub(b"&amp;", data))
    except expat.ExpatError as error:
        raise InvalidFeedError(f"It is broken OPML: {error}.") from None
    except UnreadableError as error:
        raise InvalidFeedError(f"The list is not read: {error.reason}.") from None


def _outlines(data: bytes) -> list[Outline]:
    outlines: list[Outline] = []
    parser = expat.ParserCreate()

    def start(name: str, given: dict[str, str]) -> None:
        values = {key.lower(): value.strip() for key, value in given.items()}
        is_feed = values.get("xmlurl") or values.get("type", "").lower() in _FEED_TYPES
        if name.lower() == _OUTLINE and is_feed:
            outlines.append(
                Outline(
                    parser.CurrentLineNumber,
                    values.get("xmlurl", ""),
                    values.get("title") or values.get("text", ""),
                    values.get(f"{_OWN}every", ""),
                    values.get(f"{_OWN}provider", ""),
                    values.get(f"{_OWN}full-text", "") == "true",
                )
            )

    parser.StartElementHandler = start
    parser.Parse(data, True)  # noqa: FBT003 - its own
    return outlines


def write_opml(feeds: Iterable[Feed]) -> str:
    """A list of feeds; what only semsearch knows stands in attributes that others pass over."""
    root = Element("opml", version="2.0")
    SubElement(SubElement(root, "head"), "title").text = "Feeds of semsearch"
    body = SubElement(root, "body")
    for feed in feeds:
        name = _printable(feed.provider or feed.title or feed.url)
        given = {"type": "rss", "text": name, "title": name, "xmlUrl": feed.url}
        given[f"{_OWN}every"] = interval_of(feed.every)
        if feed.provider:
            given[f"{_OWN}provider"] = _printable(feed.provider)
        if feed.full_text:
            given[f"{_OWN}full-text"] = "true"
        SubElement(body, _OUTLINE, given)
    indent(root)
    return tostring(root, encoding="unicode", xml_declaration=False).join(
        ('<?xml version="1.0" encoding="UTF-8"?>\n', "\n")
    )


def _printable(text: str) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in text)
